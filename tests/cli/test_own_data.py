"""`data FILE`, and the recipes that `--set data.…` settles."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from sandbox.cli import main

if TYPE_CHECKING:
    from pathlib import Path

ONE_OR_TWO = "".join(f"{20 + n % 9},{31 + n % 8}\n" for n in range(300))
SETTINGS = ["--set", "forecasts=10", "--set", "gap=5", "--count", "1"]


def events(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, object]]:
    assert main(["data", *argv, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_that_a_table_is_told_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "levels.csv"
    path.write_text("day;level\n2024-03-03;1.090,5\n2024-03-02;n/a\n2024-03-01;993,0\n")
    reading, times, column = events(capsys, str(path))
    assert reading["event"] == "reading"
    assert (reading["separator"], reading["decimal"], reading["thousands"]) == (
        "semicolon",
        ",",
        ".",
    )
    assert (reading["header"], reading["skipped"], reading["order"]) == (1, 0, "turned round")
    assert (times["first"], times["step"]) == ("2024-03-01T00:00:00", "1 day")
    assert column == {
        "event": "column",
        "name": "level",
        "unit": "",
        "n": 2,
        "missing": 1,
        "first": 993.0,
        "last": 1090.5,
        "mean": 1041.75,
        "sure": True,
    }


def test_that_what_is_in_doubt_is_asked_and_can_be_settled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ONE_OR_TWO)
    told = events(capsys, str(path))
    (question,) = [event for event in told if event["event"] == "question"]
    assert question["about"] == "separator"
    assert not any(event["sure"] for event in told if event["event"] == "column")
    for setting in ("separator=none", "data.separator=none"):
        settled = events(capsys, str(path), "--set", setting)
        assert [event["event"] for event in settled] == ["reading", "column"]
        assert (settled[1]["first"], settled[1]["sure"]) == (20.31, True)


def test_that_what_is_accepted_is_sure_and_still_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ONE_OR_TWO)
    told = events(capsys, str(path), "--set", "accept=true")
    assert all(event["sure"] for event in told if event["event"] == "column")
    assert main(["data", str(path), "--set", "accept=true"]) == 0
    said = capsys.readouterr().out
    assert "accepted: 20,31 could be" in said
    assert "not sure" not in said


def test_that_people_are_told_in_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ONE_OR_TWO)
    assert main(["data", str(path)]) == 0
    said = capsys.readouterr().out
    assert "300 rows, values with commas between" in said
    assert "--set data.separator=none" in said


@pytest.mark.parametrize(
    ("name", "content", "settings", "sentence"),
    [
        ("missing.csv", None, [], "the path of a file"),
        ("words.csv", b"a,b\nc,d\n", [], "a table with a column of numbers"),
        ("noise.csv", bytes(range(256)) * 40, [], "data:"),
        ("table.csv", b"a\n1\n2\n", ["colour=1"], "data.colour"),
        ("table.csv", b"a\n1\n2\n", ["decimal"], "KEY=VALUE"),
        ("table.csv", b"a\n1\n2\n", ["encoding=klingon"], "the name of an encoding"),
        ("empty.csv", b"", [], "data: 'empty.csv'"),
        ("table.csv", b"a,b\n1,3\n2,5\n", ["time=c"], "data.time: 'c' was given; it takes none or"),
        ("table.csv", b"a\n1\n2\n", ["table=2"], "data.table: 2 was given; it takes a number up"),
        ("table.csv", b"a\n1\n2\n", ["skip_after=9"], "data.skip_after: 9 was given; it takes"),
    ],
)
def test_that_a_wrong_request_gets_one_sentence_and_status_2(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    settings: list[str],
    sentence: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    argv = [part for setting in settings for part in ("--set", setting)]
    assert main(["data", str(path), *argv]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("how", ["folder", "pipe", "locked", "long name"])
def test_that_a_file_that_cannot_be_read_gets_one_sentence_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    path = tmp_path / ("x" * 300 if how == "long name" else "levels.csv")
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "locked":
        path.write_text("a\n1\n2\n")
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("nothing is locked for this user")
    assert main(["data", str(path)]) == 2
    said = capsys.readouterr().err
    assert "the path of a file that can be read (" in said
    assert said.count("\n") == 1


def test_that_a_task_reads_its_file_as_it_was_settled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ONE_OR_TWO)
    show = ["tasks", "show", "forecast", "--set", f"data={path}", *SETTINGS]
    assert main(show) == 2
    assert "--set data.separator=none" in capsys.readouterr().err
    assert main([*show, "--set", "data.separator=none"]) == 0
    assert "20.31 " in capsys.readouterr().out


def test_that_a_wrong_choice_is_refused_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ONE_OR_TWO)
    argv = ["train", "--task", "forecast", "--set", f"data={path}", "--set", "data.decimal=x"]
    assert main(argv) == 2
    assert capsys.readouterr().err.startswith("data.decimal: 'x' was given; it takes one of")


def test_that_an_even_step_is_told_as_it_will_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "levels.csv"
    rows = (
        f"2024-03-{1 + n // 4:02d} {n % 4 * 6:02d}:{n % 3 * 10:02d},{n % 9}.5" for n in range(40)
    )
    path.write_text("\n".join(["time,level", *rows]))
    _, times, column = events(capsys, str(path), "--set", "every=day", "--set", "resample=sum")
    assert (times["step"], times["gaps"]) == ("1 day", 0)
    assert column["n"] == 10
    assert column["first"] == 0.5 + 1.5 + 2.5 + 3.5
    assert main(["data", str(path), "--set", "every=soon"]) == 2
    assert "data.every: 'soon' was given; it takes a step such as" in capsys.readouterr().err
    assert main(["data", str(path), "--set", "every=1 second"]) == 2
    assert "data.every: '1 second' was given; it takes a longer step" in capsys.readouterr().err
