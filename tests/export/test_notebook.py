"""The notebook, executed as Jupyter would: in a kernel of its own, in a folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from sandbox.export import notebook as module
from sandbox.export.notebook import notebook
from sandbox.store.base import RunError
from tests.export.records import forked, trained
from tests.export.test_pytorch import alone, experiment

if TYPE_CHECKING:
    from pathlib import Path

EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read("run.ipynb", 4)
NotebookClient(book, timeout=100, kernel_name="python3").execute()
nbformat.write(book, "done.ipynb")
"""
CELLS = ({"cell": "rnn"}, {"cell": "gru", "layers": 2}, {"cell": "lstm_peephole"})


def executed(book: bytes, folder: Path) -> list[Any]:
    """The code cells after a run in a fresh kernel."""
    (folder / "run.ipynb").write_bytes(book)
    places = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    own = {name: str(folder / "jupyter") for name in (*places, "MPLCONFIGDIR")}
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE],
        cwd=folder,
        env={**alone(), **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    cells = nbformat.read(folder / "done.ipynb", 4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def printed(cells: list[Any]) -> str:
    return "".join(out.text for cell in cells for out in cell.outputs if "text" in out)


def pictures(cells: list[Any]) -> int:
    return sum("image/png" in out.get("data", {}) for cell in cells for out in cell.outputs)


def test_that_the_notebook_trains_on_the_runs_curve_and_draws_the_gates(tmp_path: Path) -> None:
    record = trained(experiment("water", contestants=CELLS, steps=60))
    cells = executed(notebook(record), tmp_path)
    text = printed(cells)
    same = [line for line in text.splitlines() if "the run's losses" in line]
    assert [line.split(":")[0] for line in same] == list(record.curves)
    assert all(line.endswith("to 0.001 throughout") for line in same), same
    assert text.count("___") == 3
    assert "lstm_peephole: " in text
    gates = ("input", "forget", "candidate", "output", "cell", "hidden")
    assert pictures(cells) == 2 + len(gates)


def test_that_a_fork_is_drawn_as_text_without_matplotlib_and_again(tmp_path: Path) -> None:
    """Cells that train and load are run twice, as a reader may."""
    growing = {"curriculum": "growing", "grow_at": 0.05, "schedule": "cosine", "warmup": 40}
    whole = experiment("adding", contestants=CELLS[1:], replicates=2, clip_by="value", **growing)
    record = forked(trained(whole, 40), 30, whole.changed(lr=0.02), 50)
    book = nbformat.reads(notebook(record).decode(), 4)
    hide = "import sys\nsys.modules['matplotlib'] = None"
    book.cells.insert(0, nbformat.v4.new_code_cell(hide))
    again = [cell for cell in book.cells if cell.source.startswith(("anew = ", "nets = "))]
    book.cells += [nbformat.v4.new_code_cell(cell.source) for cell in again]
    cells = executed(nbformat.writes(book).encode(), tmp_path)
    text = printed(cells)
    same = [line for line in text.splitlines() if "the run's losses" in line]
    assert len(same) == 8
    assert all(line.endswith("to 0.001 throughout") for line in same), same
    assert "█" in text
    assert pictures(cells) == 0


def test_that_the_notebook_is_valid_always_the_same_and_stands_alone() -> None:
    record = trained(experiment("recall", contestants=CELLS, steps=20))
    book = notebook(record)
    assert book == notebook(record)
    nbformat.validate(nbformat.reads(book.decode(), 4))
    code = "\n".join("".join(c["source"]) for c in json.loads(book)["cells"])
    assert not [line for line in code.splitlines() if "import" in line and "sandbox" in line]


def test_that_weights_too_large_for_a_notebook_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    record = trained(experiment("recall", contestants=CELLS, steps=20))
    monkeypatch.setattr(module, "LARGEST", 1000)
    with pytest.raises(RunError, match=r"too large for a notebook; export it as \.py instead"):
        notebook(record)


def test_that_a_missing_nbformat_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    record = trained(experiment("recall", contestants=CELLS, steps=20))
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(RunError, match="pip install"):
        notebook(record)


def test_that_a_notebooks_curves_are_thinned_with_both_ends() -> None:
    record = trained(experiment("recall"))
    thinned = module.Pages(record).thinned()["lstm"]
    assert (thinned[0][0], thinned[0][-1]) == (1, record.info.step)
    assert len(thinned[0]) == len(thinned[1]) == module.POINTS
