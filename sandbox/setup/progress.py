"""Progress of a set-up as text."""

from __future__ import annotations

from typing import Protocol, TextIO


class Report(Protocol):
    """Takes what is being done, and that it is at `done` of `total`, 0 if unknown."""

    def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Take one report; a short detail may change often."""


class Text:
    """One line that is rewritten on a terminal; in a log, a line for each step."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._alive = stream is not None and stream.isatty()
        self._last = ""

    def say(self, sentence: str) -> None:
        """Print a line that stays."""
        self._write(("\r\x1b[K" if self._alive else "") + sentence + "\n")

    def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Take a report."""
        line = f"{position(done, total)}{text}"
        if self._alive:
            self._write(f"\r\x1b[K{line} {detail}"[:160])
        elif line != self._last:
            self._write(f"{line} {detail}".rstrip() + "\n")
        self._last = line

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()


def position(done: int, total: int) -> str:
    """Return "[3 of 41] ", counting the one in progress."""
    return f"[{min(done + 1, total)} of {total}] " if total else ""
