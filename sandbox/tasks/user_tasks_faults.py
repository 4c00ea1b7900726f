"""Errors in a user's task file: one sentence with its line, and the traceback."""

from __future__ import annotations

import ast
import threading
import traceback
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.validation import ExperimentError, Nothing

if TYPE_CHECKING:
    from types import TracebackType

LONGEST = 200  # characters of an exception's message


class OwnTaskError(ExperimentError):
    """An error in a user's task file.

    line: 0 if it is at no line.  why: what is wrong, as the end of a sentence.  report: the
    traceback, "" if there is none.
    """

    def __init__(self, path: str, line: int, why: str, report: str = "") -> None:
        where = Path(path).name + (f", line {line}" if line else "")
        super().__init__(where, Nothing, why)
        self.path, self.line, self.why, self.report = path, line, why, report
        self.args = (f"{where}: {why}.",)


@dataclass(frozen=True)
class Source:
    """A task file as it was loaded, and the lines of what is in it.

    turn: held by whoever draws from its tasks, so that only one thread does.
    """

    path: str
    text: bytes
    turn: threading.RLock = field(default_factory=threading.RLock, compare=False, repr=False)

    @cached_property
    def lines(self) -> dict[str, int]:
        """Line numbers by qualified name: classes, their methods and their attributes."""
        found: dict[str, int] = {}
        for node in ast.parse(self.text).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = node.lineno
                for own in node.body:
                    found |= {f"{node.name}.{name}": own.lineno for name in _names(own)}
        return found

    def line_of(self, kind: type, attribute: str = "") -> int:
        """The line of a class's attribute, or of the class if it does not set it."""
        for base in kind.__mro__ if attribute else ():
            if line := self.lines.get(f"{base.__qualname__}.{attribute}"):
                return line
        return self.lines.get(kind.__qualname__, 0)

    def fault(self, kind: type, attribute: str, why: str) -> OwnTaskError:
        """An error at an attribute or method of a class in this file."""
        return OwnTaskError(self.path, self.line_of(kind, attribute), why)

    def raised(self, error: BaseException, otherwise: int = 0) -> OwnTaskError:
        """The OwnTaskError for an exception; `otherwise` is its line if the traceback has none."""
        if isinstance(error, OwnTaskError):
            return error
        if isinstance(error, SyntaxError) and error.filename == self.path:
            report = "".join(traceback.format_exception_only(error))
            return OwnTaskError(self.path, error.lineno or 0, f"{error.msg} (SyntaxError)", report)
        first, line = self._in_this_file(error.__traceback__)
        report = "".join(traceback.format_exception(type(error), error, first))
        return OwnTaskError(self.path, line or otherwise, in_words(error), report)

    def _in_this_file(self, trace: TracebackType | None) -> tuple[TracebackType | None, int]:
        """The traceback from this file inwards, and the line of its innermost frame there."""
        first, line = None, 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.path:
                first, line = first or trace, trace.tb_lineno
            trace = trace.tb_next
        return first, line


def in_words(error: BaseException) -> str:
    """An exception in one line: its message, then its type."""
    said = (str(error).strip().splitlines() or [""])[0].rstrip(". ")
    said = "".join(letter if letter.isprintable() else "?" for letter in said)
    said = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    name = type(error).__name__
    if isinstance(error, SystemExit):
        return "a task must not end the program (SystemExit)"
    return f"{said} ({name})" if said else name


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]
