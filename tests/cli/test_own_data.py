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
    assert (reading["event"], reading["kind"]) == ("reading", "table")
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


PROSE = "The rain fell on the café, and the wind blew.\r\n" * 40


def test_that_a_text_is_told_in_json_with_each_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rain.txt"
    path.write_bytes(PROSE.encode())
    reading, *tokens = events(capsys, str(path), "--set", "vocabulary=3")
    assert reading == {
        "event": "reading",
        "kind": "text",
        "encoding": "utf-8",
        "line_ends": "CRLF",
        "level": "characters",
        "normal_form": "C",
        "vocabulary": 3,
        "tokens": 46 * 40,
        "different": 20,
        "kept": 3,
        "sure": True,
        "notes": ["40 CRLF line ends, each read as one"],
    }
    assert [token["shown"] for token in tokens] == ["␣", "e", "n", "□"]
    assert [token["token"] for token in tokens] == [" ", "e", "n", None]
    assert sum(int(str(token["count"])) for token in tokens) == 46 * 40
    assert tokens[-1]["others"] == 17


def test_that_a_text_is_told_to_people_as_a_short_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "many.txt"
    path.write_text(" ".join(f"w{n} the" for n in range(2000)), encoding="utf-8")
    assert main(["data", str(path), "--set", "level=words"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("many.txt: UTF-8 text, 4,000 words, 2,001 different, of which ")
    assert lines[4].split() == ["the", "2,000", "50.00%"]
    assert len(lines) == 4 + 40 + 2
    assert lines[-2].endswith("960 more")
    assert "1,001 others: w999 w1000 " in lines[-1]


def test_that_what_is_in_doubt_about_a_text_is_asked_and_can_be_settled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bell.txt"
    path.write_bytes(b"p\x8ele \x07 est\x87. c\xf3mo? It rained on the town. " * 2000)
    told = events(capsys, str(path))
    questions = [event for event in told if event["event"] == "question"]
    assert [question["about"] for question in questions] == ["encoding", "controls"]
    assert not told[0]["sure"]
    settled = ["--set", "data.encoding=mac-roman", "--set", "controls=left out"]
    told = events(capsys, str(path), *settled)
    assert told[0]["sure"]
    assert "question" not in {event["event"] for event in told}
    assert not [event for event in told if event.get("token") == "\x07"]
    show = ["tasks", "show", "own", "--set", f"data={path}", "--count", "1"]
    assert main(show) == 2
    said = capsys.readouterr().err
    assert "an answer first. Several encodings are plausible: mac-roman (“pé" in said
    assert "--set data.accept=true" in said
    assert main([*show, "--set", "data.encoding=mac-roman", "--set", "data.controls=kept"]) == 0
    assert main([*show, "--set", "data.accept=true"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("level=letters", "level: 'letters' was given; it takes one of characters, code points"),
        ("vocabulary=1", "vocabulary: 1 was given; it takes a whole number from 2 to 5,000."),
        ("vocabulary=many", "vocabulary: 'many' was given; it takes a whole number"),
        ("normal_form=D", "normal_form: 'D' was given; it takes one of C, as it stands."),
        ("data.encoding=ascii", "data.encoding: 'ascii' was given; it takes an encoding in which"),
        ("data.encoding=klingon", "data.encoding: 'klingon' was given; it takes the name of"),
        ("decimal=,", "data.decimal: ',' was given; it takes no value: decimal is about tables"),
        ("levle=words", "levle is unknown, and the choices for a text are level, normal_form, v"),
        ("=words", "--set: '=words' was given; it takes KEY=VALUE"),
        ("kind=prose", "kind: 'prose' was given; it takes one of text, table."),
        ("kind=table", "a table with a column of numbers, and rain.txt has"),
    ],
)
def test_that_a_wrong_setting_of_a_text_is_refused_by_its_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, sentence: str
) -> None:
    path = tmp_path / "rain.txt"
    path.write_bytes(PROSE.encode())
    assert main(["data", str(path), "--set", setting]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_that_a_kind_that_is_asked_for_overrides_what_the_file_looks_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "levels.csv"
    path.write_text("day,level\n" + "".join(f"{n},{n % 7}\n" for n in range(40)))
    assert events(capsys, str(path))[0]["kind"] == "table"
    assert events(capsys, str(path), "--set", "kind=text")[0]["kind"] == "text"


def test_that_a_recipe_without_a_file_or_about_tables_is_refused_for_a_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rain.txt"
    path.write_bytes(PROSE.encode("cp1252"))
    train = ["train", "--task", "own", "--set", f"data={path}", "--steps", "1"]
    assert main([*train, "--set", "data.header=1"]) == 2
    assert "data.header: '1' was given; it takes no value: header is" in capsys.readouterr().err
    assert main(["tasks", "show", "own", "--set", "data.encoding=cp1252"]) == 2
    assert "recipe: 'encoding=cp1252' was given; it takes no ch" in capsys.readouterr().err
    assert main([*train, "--set", "data.encoding=cp1250", "--set", "batch=2"]) == 0
    capsys.readouterr()
