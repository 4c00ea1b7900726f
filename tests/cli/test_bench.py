"""`bench` from the command line: lines, tables, chart and refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.cells.known import CELLS
from sandbox.cli import bench, main
from sandbox.measure import torch_step
from sandbox.measure.work import CellsPlan, Plan, Size

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = {
    "step": {"cell", "B", "T", "H", "torch_ms", "ours_ms", "gflops", "matmul_gflops"},
    "pair": {"B", "T", "H", "torch_wall_ms", "ours_wall_ms"},
    "replicates": {"n", "ours_wall_ms"},
}
OF_CELLS = {
    "cell": {"cell", "B", "T", "H", "torch_ms", "ours_ms", "gflops", "matmul_gflops"},
    "one_net": {"threads", "cell", "B", "T", "H", "ours_wall_ms", "torch_wall_ms"},
}
DRAWN_ALONE = """
import sys
from sandbox.export.bar_chart import Bar, BarChart, png
bars = tuple(Bar(str(n), value, value) for n, value in enumerate(map(float, sys.argv[1:])))
chart = BarChart("title", ("a note",), "ratio", "sizes", {"RNN": bars}, ("full", "light"))
sys.stdout.buffer.write(png(chart))
"""


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    size = Size(2, 4, 3)
    plan = Plan(0.0, 1, ("rnn", "lstm"), (size,), size, (1, 2), (2, 4), (2, 4))
    monkeypatch.setattr(
        bench,
        "plan_of",
        lambda quick, cells: CellsPlan(cells, 0.0, 1, (size,), (size,)) if cells else plan,
    )
    monkeypatch.setattr(torch_step, "SIDE", 64)


def test_that_json_lines_have_the_contracts_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json", "--quick"]) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    for case, keys in CONTRACT.items():
        found = [line for line in lines if line["case"] == case]
        assert found
        assert all(keys <= set(line) for line in found)
    assert lines[-1]["case"] == "summary"
    assert "LSTM step at B=2 T=4 H=3" in err
    assert "chart" not in err


def test_that_lines_of_every_cell_have_the_contracts_keys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "--cells", "all", "--json"]) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    for case, keys in OF_CELLS.items():
        found = [line for line in lines if line["case"] == case]
        assert all(keys <= set(line) for line in found)
    assert [line["cell"] for line in lines if line["case"] == "cell"] == list(CELLS)
    assert {line["threads"] for line in lines if line["case"] == "one_net"} == {1, 2}
    assert {line["case"] for line in lines} == {*OF_CELLS, "summary"}
    assert lines[-1]["case"] == "summary"
    assert "sLSTM at B=2 T=4 H=3" in err


def test_that_people_get_tables_of_the_cells_they_name(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert main(["bench", "--cells", "lstm, mingru"]) == 0
    out, err = capsys.readouterr()
    for words in ("of LSTM", "minGRU", "One net on several cores", "a loop in torch"):
        assert words in out
    assert "sLSTM" not in out
    assert "chart" not in err
    assert not (home / "bench.png").exists()


@pytest.mark.parametrize("given", ["lstm,elman", "lstm,lstm", "lstm,"])
def test_that_cells_that_are_not_there_are_refused(
    capsys: pytest.CaptureFixture[str], given: str
) -> None:
    assert main(["bench", "--cells", given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"--cells: '{given}' was given; it takes all, or names")
    assert err.count("\n") == 1


def test_that_a_chart_of_cells_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["bench", "--cells", "all", "--out", str(tmp_path / "x.png")]) == 2
    assert "--cells, which draws no chart" in capsys.readouterr().err


def test_that_people_get_tables_and_a_chart_in_the_data_folder(
    capsys: pytest.CaptureFixture[str], home: Path, qapp: object
) -> None:
    assert main(["bench"]) == 0
    out, err = capsys.readouterr()
    for words in ("torch ms", "side by side", "Replicates", "doubles", "LSTM: a step takes torch"):
        assert words in out
    assert f"The chart is in {home / 'bench.png'}." in err
    assert picture_size((home / "bench.png").read_bytes()) == (1600, 900)


def test_that_json_has_a_chart_where_it_is_asked_for(tmp_path: Path, qapp: object) -> None:
    assert main(["bench", "--json", "--out", str(tmp_path / "x.png")]) == 0
    assert picture_size((tmp_path / "x.png").read_bytes()) == (1600, 900)


@pytest.mark.parametrize("name", ["x.jpg", "nowhere/x.png", "folder.png"])
def test_that_a_bad_place_for_the_chart_is_refused_before_anything_is_measured(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    assert main(["bench", "--out", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"--out: '{name}' was given; it takes a file")
    assert err.count("\n") == 1


def test_that_different_work_is_said_in_one_sentence_and_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = torch_step.TorchNet.vector
    monkeypatch.setattr(torch_step.TorchNet, "vector", lambda net: right(net)[::-1].copy())
    assert main(["bench", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "RNN and torch.nn's do not compute the same" in err.splitlines()[-1]


def test_that_a_chart_is_drawn_without_a_screen_and_shows_its_values() -> None:
    def drawn(*values: float) -> bytes:
        argv = [sys.executable, "-c", DRAWN_ALONE, *map(str, values)]
        return subprocess.run(argv, cwd=ROOT, capture_output=True, check=True).stdout

    first = drawn(20.0, 0.2)
    assert picture_size(first) == (1600, 900)
    assert first == drawn(20.0, 0.2)
    assert first != drawn(20.0, 2.0)


def picture_size(png: bytes) -> tuple[int, int]:
    """Width and height from a PNG file's header."""
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5_000
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
