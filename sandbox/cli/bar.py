"""A command's progress on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from sandbox.cli import output

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """A bar by rich; without a terminal, at most a line every `every_s` seconds.

    unit: what is counted, such as steps; "" shows a percentage.
    """

    def __init__(self, total: float | None = None, unit: str = "", every_s: float = 0.0) -> None:
        self._every_s, self._next = every_s, 0.0
        self._rich = _rich_bar(unit) if sys.stderr.isatty() else None
        if self._rich:
            self._task = self._rich.add_task("starting", total=total)
            self._rich.start()

    def show(self, description: str, done: float = 0.0, total: float | None = None) -> None:
        """Show what is being done, at `done` of `total` (by default the last total)."""
        if self._rich:
            self._rich.update(self._task, description=description, completed=done, total=total)
        elif time.monotonic() >= self._next:
            output.tell(description)
            self._next = time.monotonic() + self._every_s

    def note(self, text: str) -> None:
        """Print a line, above the bar."""
        if self._rich:
            self._rich.console.print(text, highlight=False, markup=False)
        else:
            output.tell(text)

    def result(self, text: str) -> None:
        """Print to standard output, above the bar."""
        self.stop()
        output.print_text(text)
        if self._rich:
            self._rich.start()

    def stop(self) -> None:
        """Remove the bar; harmless if it is gone already."""
        if self._rich:
            self._rich.stop()


def _rich_bar(unit: str) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
    )

    return Progress(
        BarColumn(bar_width=24),
        MofNCompleteColumn() if unit else TaskProgressColumn(),
        TextColumn(f"{unit}  {{task.description}}" if unit else "{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # rich would send the results to standard error
        redirect_stderr=False,
    )


def time_left(seconds: float) -> str:
    """How long the rest takes, in words."""
    if seconds < 1:
        return "nearly done"
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} minutes left"
