"""Two runs side by side: reads what they were set to, and shows what they differ in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.gui.history import history_wording
from sandbox.run.differences import ExperimentTimeline, timeline_differences, timeline_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.gui.history.calls import Calls
    from sandbox.gui.history.details import Details
    from sandbox.gui.history.row import Row
    from sandbox.run.differences import Difference
    from sandbox.store.base import Store

PAIR = "pair"
ON_SCREEN = "the run on screen"


@dataclass(frozen=True)
class _Both:
    one: str
    other: str
    heads: tuple[str, str]


class Pair:
    """Which two runs are compared now, if any."""

    def __init__(self, calls: Calls, details: Details) -> None:
        self._calls, self._details = calls, details
        self._both: _Both | None = None
        self._current: tuple[str, Experiment] | None = None

    def set_current(self, run: str, experiment: Experiment) -> None:
        """The run on screen; a comparison with another one is over."""
        both = self._both
        if both is not None and both.heads[1] == ON_SCREEN and both.other != run:
            self._both = None
        self._current = run, experiment

    def holds(self, row: Row) -> bool:
        """Whether that run is compared with the one on screen."""
        both = self._both
        return both is not None and both.one == row.run and both.heads[1] == ON_SCREEN

    def forget(self) -> None:
        """No two runs are compared any more."""
        if self._both is not None:
            self._both = None
            self._calls.forget(PAIR)

    def compare(self, one: Row, other: Row) -> None:
        """Show what two runs differ in; nothing is read anew where they are shown already."""
        now = datetime.now(UTC)
        heads = f"A: {_called(one, now)}", f"B: {_called(other, now)}"
        self._ask(_Both(one.run, other.run, heads))

    def compare_with_current(self, row: Row) -> None:
        """Show what a run and the one on screen differ in, as it was set at its beginning."""
        if self._current is not None:
            head = f"A: {_called(row, datetime.now(UTC))}"
            self._ask(_Both(row.run, self._current[0], (head, ON_SCREEN)))

    def _ask(self, both: _Both) -> None:
        compared = self._details.show_compared()
        if both == self._both:
            return
        self._both = both
        compared.wait()
        current = self._current

        def job(store: Store) -> tuple[Difference, ...]:
            both_runs = (_timeline(store, r, current) for r in (both.one, both.other))
            return timeline_differences(*both_runs)

        def show(found: tuple[Difference, ...]) -> None:
            compared.show_differences(found, *both.heads)

        self._calls.ask(PAIR, job, show, compared.refuse)


def _timeline(store: Store, run: str, current: tuple[str, Experiment] | None) -> ExperimentTimeline:
    """What is kept of a run; the one on screen may not be kept yet."""
    if current is not None and run == current[0]:
        try:
            store.resolve(run)
        except ExperimentError:
            return ExperimentTimeline(current[1])
    return timeline_of(store.load(run))


def _called(row: Row, now: datetime) -> str:
    gap = "" if row.info.gap is None else f", gap {row.info.gap:,}"
    return f"{history_wording.when(row.moment, now)}{gap}"
