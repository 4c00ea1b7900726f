"""docs/one_step.md is true: the files and functions exist, are few, and are the ones that run."""

from __future__ import annotations

import ast
import re
import sys
import threading
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication

from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from tests.gui.live import live, tiny
from tests.run.fakes import probe_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parent.parent
MOST = {"One training step": 25, "One frame": 15}
KERNELS = "sandbox/engine/kernels/"
PATIENCE_MS = 120_000


def walks() -> dict[str, dict[str, list[str]]]:
    """By heading, the functions named for each file, in order."""
    text = (ROOT / "docs" / "one_step.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        items = re.split(r"(?m)^(?=\d+\. )", body)[1:]
        files = {}
        for item in items:
            names, _, _ = item.partition("\n\n")
            path, *functions = re.findall(r"`([^`]+)`", names)
            files[path] = functions
        found[heading] = files
    return found


def functions_in(path: str) -> set[str]:
    """The qualified names of a file's functions and methods."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{x.name}" for x in node.body if isinstance(x, ast.FunctionDef)}
    return found


class Calls:
    """Functions of the sandbox by file; those inside `within` alone, if it is given."""

    def __init__(self, within: str = "") -> None:
        self.by_file: defaultdict[str, set[str]] = defaultdict(set)
        self.inside: defaultdict[str, set[str]] = defaultdict(set)
        self.on = False
        self._within, self._depth = within, 0

    def __call__(self, frame: Any, event: str, arg: object) -> None:
        code = frame.f_code
        if not self.on or event not in ("call", "return"):
            return
        path = Path(code.co_filename)
        if not path.is_relative_to(ROOT / "sandbox"):
            return
        if code.co_qualname == self._within:
            self._depth += 1 if event == "call" else -1
        name = path.relative_to(ROOT).as_posix()
        self.by_file[name].add(code.co_qualname)
        if self._depth > 0:
            self.inside[name].add(code.co_qualname)


@contextmanager
def traced(calls: Calls, install: Callable[[Any], None]) -> Iterator[None]:
    install(calls)
    try:
        yield
    finally:
        install(None)


@pytest.mark.parametrize("heading", MOST)
def test_that_files_and_functions_exist_and_are_few(heading: str) -> None:
    files = walks()[heading]
    assert 0 < len(files) <= MOST[heading]
    for path, functions in files.items():
        assert functions, path
        assert set(functions) <= functions_in(path), path


def test_that_a_step_calls_what_is_named_and_passes_through_no_other_file(qtbot: QtBot) -> None:
    calls, mailbox = Calls(within="Worker._train"), Mailbox()
    worker, experiment = Worker(mailbox), tiny()

    def is_at(phase: Phase, step: int) -> Callable[[], bool]:
        def there() -> bool:
            status = mailbox.drain().status
            return status is not None and (status.phase, status.step) == (phase, step)

        return there

    with traced(calls, threading.setprofile):
        worker.start()
        worker.commands.open("one", experiment, probe_of(experiment))
        qtbot.waitUntil(is_at(Phase.READY, 0), timeout=PATIENCE_MS)
        worker.commands.step(30)
        qtbot.waitUntil(is_at(Phase.PAUSED, 30), timeout=PATIENCE_MS)
        calls.on = True
        worker.commands.step(1)
        qtbot.waitUntil(is_at(Phase.PAUSED, 31), timeout=PATIENCE_MS)
        calls.on = False
        worker.commands.close()
        worker.join(PATIENCE_MS / 1000)
    named = walks()["One training step"]
    for path, functions in named.items():
        if not path.startswith(KERNELS):
            assert set(functions) <= calls.by_file[path], path
    assert len(calls.inside) > 5
    assert set(calls.inside) <= set(named)


def test_that_a_frame_calls_what_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    calls = Calls()
    with live(tmp_path / "one", qtbot) as at:
        frame = at.train_to(30)
        at.session._timer.stop()
        at.session.feed._mailbox.drain()
        at.session.feed._mailbox.post(frame)
        with traced(calls, sys.setprofile):
            calls.on = True
            at.session.tick()
            QApplication.processEvents()
            calls.on = False
    for path, functions in walks()["One frame"].items():
        assert set(functions) <= calls.by_file[path], path
