"""The runs of the store as rows to show, sort and search; read off the window's thread, no Qt."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from sandbox.cells.known import is_own, title_of
from sandbox.drawing.wording import NEARLY_ALL
from sandbox.experiment import Experiment
from sandbox.run.differences import distinguish
from sandbox.run.words import title, worst_score
from sandbox.store.base import ExperimentTimeline
from sandbox.tasks.registry import task_of, task_title
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sandbox.store.base import RunInfo
    from sandbox.store.runs import RunStore
    from sandbox.tasks.base import Task

NEWEST = 200  # runs whose settings are told apart
ADVANCING_S = 45.0  # a run that took a step within that time is training: it is saved every 10 s
_our_title = lru_cache(maxsize=1024)(title)
Merit = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contestant of a run.  results: one for each replicate.

    why: why it has not solved the task although its accuracy looks as if it had, or "".
    """

    name: str
    cell: str
    results: tuple[Mapping[str, Any], ...]
    why: str = ""

    @property
    def title(self) -> str:
        """Its name on screen: "LSTM 2"."""
        return _title(self.name, self.cell)

    @property
    def words(self) -> str:
        """Its name, and how many replicates it has: "LSTM ×5"."""
        count = len(self.results)
        return f"{self.title} ×{count}" if count > 1 else self.title

    @property
    def solved(self) -> list[int]:
        """The steps at which its replicates solved the task, in order."""
        return sorted(self._known("solved_at"))

    @property
    def diverged(self) -> list[int]:
        """The steps at which its replicates diverged, in order."""
        return sorted(self._known("diverged_at"))

    @property
    def accuracy(self) -> float | None:
        """The best replicate's accuracy in its last evaluation; None before the first one."""
        return max(self._known("accuracy"), default=None)

    @property
    def in_units(self) -> str:
        """What the loss of the most accurate replicate means in the task's units, or ""."""
        known = [result for result in self.results if result.get("accuracy") is not None]
        best = max(known, key=lambda result: result["accuracy"], default={})
        return str(best.get("in_units", ""))

    @property
    def merit(self) -> Merit:
        """Sort key of results: solved, then solved early, then not diverged, then accuracy."""
        solved, accuracy = self.solved, self.accuracy
        first = -float(solved[0]) if solved else 0.0
        share = -1.0 if accuracy is None else float(accuracy)
        return float(bool(solved)), first, float(not self.diverged), share

    def _known(self, field: str) -> list[Any]:
        values = (result.get(field) for result in self.results)
        return [value for value in values if value is not None]


@dataclass(frozen=True, slots=True)
class Row:
    """A run's line in the table, with what a search looks at.

    moment: its start, UTC, or None if unknown.  searched: all its words, in lower case.  cells,
    solvers, diverged: names of all contestants, of those that solved the task and of those that
    diverged, in lower case.  merit: the best contestant's.
    """

    info: RunInfo
    moment: datetime | None
    task: str
    entrants: tuple[Entrant, ...]
    searched: str
    cells: frozenset[str]
    solvers: frozenset[str]
    diverged: frozenset[str]
    merit: Merit | None

    @property
    def run(self) -> str:
        """The run's id."""
        return self.info.run

    @property
    def order(self) -> tuple[str, str]:
        """Sort key of the start."""
        return ("" if self.moment is None else self.moment.isoformat()), self.info.run


def _title(name: str, cell: str) -> str:
    """A contestant's title; that of a person's cell may be known only later."""
    return title(name, cell) if is_own(cell) else _our_title(name, cell)


def row_of(info: RunInfo) -> Row:
    """The row of a run."""
    entrants = _entrants(info)
    task = task_title(info.task)
    called = [f"{each.name} {each.cell} {each.title}" for each in entrants]
    words = (info.run, info.task, task, info.note, *called, info.damage or "")
    return Row(
        info=info,
        moment=_moment(info),
        task=task,
        entrants=entrants,
        searched=" ".join(words).casefold(),
        cells=_spoken(entrants),
        solvers=_spoken(each for each in entrants if each.solved),
        diverged=_spoken(each for each in entrants if each.diverged),
        merit=max((each.merit for each in entrants), default=None),
    )


def _entrants(info: RunInfo) -> tuple[Entrant, ...]:
    """Grouped by name: "lstm#0" and "lstm#1" are replicates of one contestant."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for key, result in info.cells.items():
        grouped.setdefault(key.partition("#")[0], []).append(result)
    return tuple(
        Entrant(name, str(results[0].get("cell", name)), tuple(results), _why(info.task, results))
        for name, results in grouped.items()
    )


def _why(name: str, results: Sequence[Mapping[str, Any]]) -> str:
    """Why a net whose accuracy looks as if it had solved the task has not; "" for any other."""
    best = max(results, key=lambda result: result.get("accuracy") or 0.0)
    task, splits = _plain_task(name), best.get("splits")
    if task is None or not splits or any(r.get("solved_at") is not None for r in results):
        return ""
    criterion = task.criterion
    enough = criterion.threshold if criterion.metric == "accuracy" else NEARLY_ALL
    if (best.get("accuracy") or 0.0) < min(enough, NEARLY_ALL):
        return ""
    known = {
        split: (math.inf if loss is None else loss, accuracy or 0.0)
        for split, (loss, accuracy) in splits.items()
    }
    return worst_score(task, known)[1]


@lru_cache(maxsize=64)
def _plain_task(name: str) -> Task | None:
    """The task with its usual parameters, or None if this version cannot make it."""
    try:
        return task_of(Experiment(task=name))
    except ExperimentError:
        return None


def _spoken(entrants: Iterable[Entrant]) -> frozenset[str]:
    """Names that a search may use for them, in lower case."""
    return _shared(tuple((entrant.name, entrant.cell) for entrant in entrants))


@lru_cache(maxsize=1024)
def _shared(contestants: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """One set for all runs with the same contestants, to save memory at 10,000 runs."""
    words = ((name, cell, _title(name, cell).casefold()) for name, cell in contestants)
    return frozenset(word for each in words for word in each)


def _moment(info: RunInfo) -> datetime | None:
    """The start as stored, or as the run's id says."""
    with suppress(ValueError):
        made = datetime.fromisoformat(info.created)
        return made if made.tzinfo is not None else made.replace(tzinfo=UTC)
    with suppress(ValueError):
        return datetime.strptime(info.run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    return None


@dataclass(frozen=True)
class Listing:
    """All runs, newest first.

    advanced: by id, when a run was last seen to have taken steps; seconds of the monotonic clock.
    """

    rows: tuple[Row, ...] = ()
    advanced: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def by_run(self) -> Mapping[str, Row]:
        """Rows by run id."""
        return {row.info.run: row for row in self.rows}

    @cached_property
    def tasks(self) -> dict[str, str]:
        """Tasks of the runs: name and title, sorted by title."""
        found = {row.info.task: row.task for row in self.rows if row.info.task}
        return dict(sorted(found.items(), key=lambda item: item[1].casefold()))

    @cached_property
    def gaps(self) -> list[int]:
        """Gaps of the runs, in order."""
        return sorted({row.info.gap for row in self.rows if row.info.gap is not None})

    @cached_property
    def cells(self) -> list[str]:
        """Cells of the runs, sorted by name."""
        return sorted({entrant.cell for row in self.rows for entrant in row.entrants})

    @cached_property
    def cell_titles(self) -> dict[str, str]:
        """The titles of the cells; one that a person wrote is called like a contestant."""
        own = {each.cell: each.title for row in self.rows for each in row.entrants}
        return {name: own[name] if is_own(name) else title_of(name) for name in self.cells}

    def advancing(self, now: float) -> frozenset[str]:
        """Runs that have taken a step lately, so they are training somewhere."""
        return frozenset(run for run, at in self.advanced.items() if now - at < ADVANCING_S)

    def without(self, runs: Collection[str]) -> Listing:
        """The listing without these runs."""
        return replace(self, rows=tuple(row for row in self.rows if row.run not in runs))

    def with_infos(self, infos: Iterable[RunInfo]) -> Listing:
        """The listing with these runs updated."""
        other = {info.run: row_of(info) for info in infos}
        return replace(self, rows=tuple(other.get(row.info.run, row) for row in self.rows))


def read(store: RunStore, known: Listing, now: Callable[[], float] = time.monotonic) -> Listing:
    """List the store's runs: `known` itself, or its unchanged rows and new ones."""
    infos = store.list()
    advanced, rows = dict(known.advanced), []
    for info in infos:
        old = known.by_run.get(info.run)
        if old is not None and info.step > old.info.step:
            advanced[info.run] = now()
        rows.append(old if old is not None and old.info == info else row_of(info))
    if len(rows) == len(known.rows) and all(known.by_run.get(row.run) is row for row in rows):
        return known
    rows.sort(key=lambda row: row.order, reverse=True)
    listing = Listing(tuple(rows), advanced)
    _ = listing.by_run, listing.tasks, listing.gaps, listing.cells  # so the window need not
    return listing


Known = dict[str, tuple[str, ExperimentTimeline]]  # by run, as of when it was saved


def told_apart(store: RunStore, listing: Listing, known: Known) -> Mapping[str, str]:
    """By id, the settings in which runs of one task differ, among the newest runs.

    known: what was read before; what has changed since is read again.
    """
    newest = [row.info for row in listing.rows[:NEWEST] if not row.info.damage]
    saved = {info.run: info.updated for info in newest}
    old = [info for info in newest if known.get(info.run, ("",))[0] != info.updated]
    known.update({run: (saved[run], each) for run, each in store.timelines(old).items()})
    by_task: dict[str, list[str]] = {}
    for info in newest:
        if info.run in known:
            by_task.setdefault(info.task, []).append(info.run)
    words: dict[str, str] = {}
    for runs in by_task.values():
        words |= zip(runs, distinguish([known[run][1] for run in runs], nets=False), strict=True)
    return words
