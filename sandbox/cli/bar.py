"""A command's progress on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time

from sandbox.cli import output


class Bar:
    """A progress bar by rich.  unit: what is counted, such as steps; "" shows a percentage."""

    def __init__(self, description: str = "", total: float | None = None, unit: str = "") -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
        )

        self._progress = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn() if unit else TaskProgressColumn(),
            TextColumn(f"{unit}  {{task.description}}" if unit else "{task.description}",
                       markup=False),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,  # rich would send the results to standard error
            redirect_stderr=False,
        )  # fmt: skip
        self._task = self._progress.add_task(description, total=total)
        self._progress.start()

    def show(self, description: str, done: float = 0.0, total: float | None = None) -> None:
        """Show what is being done, at `done` of `total` (by default the last total)."""
        self._progress.update(self._task, description=description, completed=done, total=total)

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, highlight=False, markup=False)

    def result(self, text: str) -> None:
        """Print to standard output, above the bar."""
        self._progress.stop()
        output.print_text(text)
        self._progress.start()

    def stop(self) -> None:
        """Remove the bar; harmless if it is gone already."""
        self._progress.stop()


class Lines:
    """The same without a terminal: at most a line every `every_s` seconds."""

    def __init__(self, every_s: float = 0.0) -> None:
        self._every_s, self._next = every_s, 0.0

    def show(self, description: str, done: float = 0.0, total: float | None = None) -> None:
        """Print what is being done."""
        if time.monotonic() >= self._next:
            output.tell(description)
            self._next = time.monotonic() + self._every_s

    def note(self, text: str) -> None:
        """Print a line."""
        output.tell(text)

    def result(self, text: str) -> None:
        """Print to standard output."""
        output.print_text(text)

    def stop(self) -> None:
        """Nothing to remove."""


def progress(total: float, every_s: float = 0.0) -> Bar | Lines:
    """A bar where standard error is a terminal, else lines."""
    return Bar("starting", total) if sys.stderr.isatty() else Lines(every_s)


def time_left(seconds: float) -> str:
    """How long the rest takes, in words."""
    if seconds < 1:
        return "nearly done"
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} minutes left"
