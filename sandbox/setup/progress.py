"""Show how far a set-up is: as text, or in a small window after a double click."""

from __future__ import annotations

import sys
import time
from typing import Protocol, TextIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

WELCOME = "Sequence Sandbox sets itself up. This happens once; later starts open at once."


class Report(Protocol):
    """Takes what is being done, and that it is at `done` of `total`, 0 where unknown."""

    def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Take one report; a short detail may change often."""


def show(work: Callable[[Report], None], window: bool) -> None:
    """Do the work, showing its progress where the person will see it."""
    if window:
        from sandbox.setup import progress_window

        if progress_window.wanted():
            progress_window.show(work, WELCOME)
            return
    began_s = time.monotonic()
    text = Text(sys.stderr)
    text.say(WELCOME)
    try:
        work(text)
    except KeyboardInterrupt:
        text.say("Stopped. What is there is kept, and the next start goes on from it.")
        raise
    text.say(f"Set up in {time.monotonic() - began_s:.0f} s.")


class Text:
    """Progress on a terminal: one line that renews itself; in a log: a line a step."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._alive = stream is not None and stream.isatty()
        self._last = ""

    def say(self, sentence: str) -> None:
        """Print a line that stays."""
        self._write(("\r\x1b[K" if self._alive else "") + sentence + "\n")

    def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Take a report."""
        line = f"{where(done, total)}{text}"
        if self._alive:
            self._write(f"\r\x1b[K{line} {detail}"[:160])
        elif line != self._last:
            self._write(f"{line} {detail}".rstrip() + "\n")
        self._last = line

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()


def where(done: int, total: int) -> str:
    """Return "[3 of 41] ", the one at work counted in."""
    return f"[{min(done + 1, total)} of {total}] " if total else ""
