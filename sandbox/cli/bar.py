"""A progress bar on standard error, by rich; only made where that is a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.run.training import Training


class Bar:
    """Steps done, steps a second, and every contestant's smoothed accuracy."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._progress = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("steps  {task.description}"),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,  # rich would send the results to standard error
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=None)
        self._progress.start()

    def say(self, text: str) -> None:
        """A few words beside the bar."""
        self._progress.update(self._task, description=text)

    def show(self, training: Training, values: Mapping[str, Mapping[str, float]]) -> None:
        """Where training is."""
        accuracies = [f"{key} {value['accuracy']:.1%}" for key, value in values.items()]
        self._progress.update(
            self._task,
            total=training.experiment.steps,
            completed=training.step,
            description="right: " + ", ".join(accuracies) if accuracies else "",
        )

    def print(self, text: str) -> None:
        """A line above the bar."""
        self._progress.console.print(text, highlight=False, markup=False)

    def stop(self) -> None:
        """Take it away; also where it is gone already."""
        self._progress.stop()
