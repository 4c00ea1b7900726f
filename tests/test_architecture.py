"""Imports point one way; heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
BASE = {"validation", "experiment", "settings", "folders"}
# A room may import itself and these rooms, and no others.
MAY_IMPORT = {
    "validation": set(),
    "folders": set(),
    "experiment": {"validation"},
    "settings": {"experiment", "validation"},
    "setup": set(),
    "bootstrap": {"setup", "cli", "gui"},  # hands over once everything is installed
    "tasks": BASE,
    "engine": BASE | {"tasks"},
    "measure": BASE | {"tasks", "engine"},
    "insight": {"engine"},
    "store": BASE | {"tasks", "engine", "setup"},
    "run": BASE | {"tasks", "engine", "store", "insight"},
    "export": BASE | {"tasks", "engine", "store", "insight", "setup"},
    "claims": BASE | {"tasks", "engine", "store", "export", "setup"},
    "cli": BASE
    | {"tasks", "engine", "measure", "store", "insight", "run", "export", "setup", "claims"},
    "gui": BASE | {"tasks", "engine", "store", "insight", "run", "export", "setup", "claims"},
}
ONLY_IN = {
    "PySide6": {"gui", "export"},
    "pyqtgraph": {"gui"},
    "superqt": {"gui"},
    "numba": {"engine"},
    "torch": {"engine", "measure", "export"},
    "sqlite3": {"store"},
    "rich": {"cli"},
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "sandbox").rglob("*.py")):
        parts = path.relative_to(ROOT / "sandbox").with_suffix("").parts
        if parts != ("__init__",):
            yield parts[0], path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            if node.module == "sandbox":
                yield from (f"sandbox.{name.name}" for name in node.names)


@pytest.mark.parametrize(
    ("room", "path"), [pytest.param(r, p, id=str(p.relative_to(ROOT))) for r, p in modules()]
)
def test_that_imports_point_one_way(room: str, path: Path) -> None:
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "sandbox" and rest:
            target = rest.split(".")[0]
            if target in {"__version__"}:
                continue
            assert target == room or target in MAY_IMPORT[room], f"{path} imports {name}"
        assert room in ONLY_IN.get(top, {room}), f"{path} imports {name}"


def test_that_insight_knows_traces_only() -> None:
    for room, path in modules():
        if room == "insight":
            for name in imported(path):
                assert not name.startswith("sandbox.engine") or name == "sandbox.engine.trace"


def test_that_torch_is_imported_by_the_reference_the_benchmark_and_exported_text_only() -> None:
    users = {p for _, p in modules() if any(n.split(".")[0] == "torch" for n in imported(p))}
    engine = ROOT / "sandbox" / "engine"
    assert engine / "reference.py" in users
    benchmark = ROOT / "sandbox" / "measure" / "torch_step.py"
    exported = (ROOT / "sandbox" / "export" / "pytorch_parts").glob("*.py")
    assert users <= {*engine.glob("reference*.py"), benchmark, *exported}


def test_that_the_window_knows_claims_as_presets_only() -> None:
    for room, path in modules():
        if room == "gui":
            claims = {name for name in imported(path) if name.startswith("sandbox.claims")}
            assert claims <= {"sandbox.claims.presets"}, path
    presets = ROOT / "sandbox" / "claims" / "presets.py"
    assert not any(name.startswith("sandbox.engine") for name in imported(presets))


def test_that_the_text_of_exported_scripts_is_never_imported() -> None:
    parts = "sandbox.export.pytorch_parts"
    for _, path in modules():
        if path.parent.name != "pytorch_parts":
            assert {name for name in imported(path) if name.startswith(parts)} <= {f"{parts}.facts"}


def test_that_void_calls_into_qt_keep_the_references_to_none() -> None:
    """PySide6 6.12 loses one a call under Python 3.11, and aborts within seconds."""
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        thing.blockSignals(False)
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 1_000
