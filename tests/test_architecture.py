"""Imports point one way, between rooms, inside rooms and between modules; libraries stay put."""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
BASE = {
    "about",
    "validation",
    "cells",
    "input_files",
    "contestants",
    "experiment",
    "settings",
    "folders",
    "pytorch",
    "reading",
}
# A room may import itself and these rooms, and no others.
MAY_IMPORT = {
    "about": {"cells"},
    "validation": set(),
    "input_files": set(),
    "folders": {"setup"},
    "cells": {"setup"},
    "pytorch": {"setup"},
    "contestants": {"about", "cells", "validation"},
    "experiment": {"about", "contestants", "validation"},
    "settings": {"about", "contestants", "experiment", "validation"},
    "setup": set(),
    "reading": {"folders", "validation"},
    "bootstrap": {"setup", "cli", "gui"},  # hands over once everything is installed
    "tasks": BASE,
    "engine": BASE | {"tasks"},
    "measure": BASE | {"tasks", "engine"},
    "insight": BASE | {"tasks", "engine"},
    "store": BASE | {"tasks", "engine", "setup"},
    "run": BASE | {"tasks", "engine", "insight", "store"},
    "drawing": BASE | {"tasks", "engine", "insight"},
    "export": BASE | {"tasks", "engine", "insight", "store", "drawing", "setup"},
    "claims": BASE | {"tasks", "engine", "store", "drawing", "export", "setup"},
    "cli": BASE
    | {"tasks", "engine", "insight", "measure", "store", "drawing", "run", "export"}
    | {"setup", "claims"},
    "gui": BASE
    | {"tasks", "engine", "insight", "store", "drawing", "run", "export", "setup", "claims"},
}
# The rooms inside a room, from the ground up: each may import itself and those before it.
INSIDE = {
    "gui": (
        "look",
        "widgets",
        "session",
        "panels",
        "own",
        "forms",
        "figures",
        "history",
        "gallery",
        "window",
        "app",
    ),
    "gui.panels": (
        "shared",
        "nets",
        "answers",
        "curves",
        "errors",
        "sentence",
        "why",
        "dynamics",
    ),
}
ONLY_IN = {
    "PySide6": {"gui"},
    "pyqtgraph": {"gui"},
    "llvmlite": {"engine"},
    "torch": {"engine", "measure"},
    "jinja2": {"export"},
    "sqlite3": {"store"},
    "rich": {"cli"},
    "pandas": {"reading"},
    "matplotlib": {"export", "claims"},
}
MOST_NAMES_TWICE = 8


@cache
def modules() -> Mapping[str, Path]:
    """Every module of the sandbox by its dotted name without `sandbox.`; packages by theirs."""
    found = {}
    for path in sorted((ROOT / "sandbox").rglob("*.py")):
        parts = path.relative_to(ROOT / "sandbox").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name:
            found[name] = path
    return found


def imported(path: Path) -> Iterator[str]:
    """What a file imports, at its top, inside functions or for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def graph() -> Mapping[str, frozenset[str]]:
    """The modules of the sandbox that each of them imports; `from PACKAGE import module` counts."""
    known = modules()
    edges = {}
    for name, path in known.items():
        inner = {each.removeprefix("sandbox.") for each in imported(path)} & known.keys()
        # `from sandbox.gui import actions` needs the module, not what its package imports.
        packages = {each for each in inner if any(x.startswith(f"{each}.") for x in inner)}
        edges[name] = frozenset(inner - packages - {name})
    return edges


def circle(edges: Mapping[str, frozenset[str]]) -> list[str]:
    """The modules of one import circle in order, or none."""
    done: set[str] = set()

    def look(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(edges[name]):
            if found := look(other, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in edges if (found := look(name, []))), [])


def room_inside(name: str, room: str) -> str:
    """The room inside `room` that a module lies in."""
    return name.removeprefix(f"{room}.").split(".")[0]


@pytest.mark.parametrize("name", modules())
def test_that_imports_point_one_way(name: str) -> None:
    room = name.split(".")[0]
    for each in imported(modules()[name]):
        top, _, rest = each.partition(".")
        if top == "sandbox" and rest and rest != "__version__":
            target = rest.split(".")[0]
            assert target == room or target in MAY_IMPORT[room], f"{name} imports {each}"
        assert room in ONLY_IN.get(top, {room}), f"{name} imports {each}"


@pytest.mark.parametrize("room", INSIDE)
def test_that_imports_point_one_way_inside_a_room(room: str) -> None:
    order = INSIDE[room]
    for name, others in graph().items():
        if name.startswith(f"{room}."):
            own = room_inside(name, room)
            assert own in order, f"{name} lies in no room of {room}"
            inside = {room_inside(each, room) for each in others if each.startswith(f"{room}.")}
            above = {each for each in inside if order.index(each) > order.index(own)}
            assert not above, f"{name} imports {above}"


def test_that_no_modules_import_each_other_in_a_circle() -> None:
    assert not circle(graph()), " -> ".join(circle(graph()))


def test_that_a_circle_would_be_found() -> None:
    edges = {"a": frozenset("b"), "b": frozenset("cd"), "c": frozenset(), "d": frozenset("b")}
    assert circle(edges) == ["b", "d", "b"]


def test_that_few_module_names_exist_twice() -> None:
    paths = defaultdict(list)
    for name, path in modules().items():
        if path.name != "__init__.py":
            paths[path.stem].append(name)
    twice = {name: found for name, found in paths.items() if len(found) > 1}
    assert len(twice) <= MOST_NAMES_TWICE, twice


def test_that_no_room_is_left_without_rules() -> None:
    rooms = Counter(name.split(".")[0] for name in modules())
    assert rooms.keys() == MAY_IMPORT.keys()


def test_that_torch_is_imported_by_the_reference_and_the_benchmark_only() -> None:
    users = {
        path
        for path in modules().values()
        if any(each.split(".")[0] == "torch" for each in imported(path))
    }
    engine = ROOT / "sandbox" / "engine"
    assert engine / "reference.py" in users
    benchmark = ROOT / "sandbox" / "measure" / "torch_step.py"
    assert users <= {*engine.glob("reference*.py"), benchmark}


def test_that_the_window_knows_presets_and_pictures_of_claims_only() -> None:
    for name, path in modules().items():
        if name.startswith("gui."):
            claims = {each for each in imported(path) if each.startswith("sandbox.claims.")}
            shown = tuple(f"sandbox.claims.{each}" for each in ("presets", "pictures", "drawing"))
            assert all(each.startswith(shown) for each in claims), name
    assert not any(
        each.startswith("sandbox.engine") for each in imported(modules()["claims.presets"])
    )


def test_that_void_calls_into_qt_keep_the_references_to_none() -> None:
    """PySide6 6.12 loses one a call under Python 3.11, and aborts within seconds."""
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        thing.blockSignals(False)
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 1_000
