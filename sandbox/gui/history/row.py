"""One run as the history shows, sorts and searches it; made off the window's thread, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sandbox.run.words import title
from sandbox.tasks.registry import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.store.base import RunInfo


Merit = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contestant with all its replicates.  `results` has one entry a replicate."""

    name: str
    cell: str
    results: tuple[Mapping[str, Any], ...]

    @property
    def title(self) -> str:
        """As it is called everywhere: "LSTM 2"."""
        return _title(self.name, self.cell)

    @property
    def solved(self) -> list[int]:
        """The steps at which replicates solved the task, in order."""
        return sorted(at for at in self._known("solved_at"))

    @property
    def diverged(self) -> list[int]:
        """The steps that replicates could not take, in order."""
        return sorted(at for at in self._known("diverged_at"))

    @property
    def accuracy(self) -> float | None:
        """The best replicate's share right on fresh sequences; None where none was judged."""
        return max(self._known("accuracy"), default=None)

    @property
    def merit(self) -> Merit:
        """What results are sorted by: solved, the sooner the better, not diverged, accuracy."""
        solved, accuracy = self.solved, self.accuracy
        first = -float(solved[0]) if solved else 0.0
        share = -1.0 if accuracy is None else float(accuracy)
        return float(bool(solved)), first, float(not self.diverged), share

    def _known(self, field: str) -> list[Any]:
        values = (result.get(field) for result in self.results)
        return [value for value in values if value is not None]


@dataclass(frozen=True, slots=True)
class Row:
    """A run's line, and what it is found by.

    moment: when it was begun, UTC; None where nothing says so.  searched: every word that a
    search looks into, in lower case.  cells, solvers, diverged: what contestants, those who
    solved it and those who diverged are called, in lower case.  merit: the best contestant's.
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
        """What sorts runs by when they were begun."""
        return ("" if self.moment is None else self.moment.isoformat()), self.info.run


def row_of(info: RunInfo) -> Row:
    """The line of a run."""
    entrants = _entrants(info.cells)
    task = _task_title(info.task)
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


def _entrants(cells: Mapping[str, Mapping[str, Any]]) -> tuple[Entrant, ...]:
    """By name; "lstm#0", "lstm#1" are replicates of one."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for key, result in cells.items():
        grouped.setdefault(key.partition("#")[0], []).append(result)
    return tuple(
        Entrant(name, str(results[0].get("cell", name)), tuple(results))
        for name, results in grouped.items()
    )


def _spoken(entrants: Iterable[Entrant]) -> frozenset[str]:
    """What a search may call them, in lower case."""
    return _shared(tuple((entrant.name, entrant.cell) for entrant in entrants))


@lru_cache(maxsize=1024)
def _shared(contestants: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """One set for all runs of the same contestants: ten thousand of each take memory and time."""
    words = ((name, cell, _title(name, cell).casefold()) for name, cell in contestants)
    return frozenset(word for each in words for word in each)


@lru_cache(maxsize=1024)
def _title(name: str, cell: str) -> str:
    return title(name, cell)


@lru_cache(maxsize=64)
def _task_title(name: str) -> str:
    """The task's title; its name where this version does not know it."""
    return tasks()[name].title if name in tasks() else name


def _moment(info: RunInfo) -> datetime | None:
    """From the run's own word, or from its id, which begins with it."""
    try:
        made = datetime.fromisoformat(info.created)
    except ValueError:
        return _moment_of_id(info.run)
    return made if made.tzinfo is not None else made.replace(tzinfo=UTC)


def _moment_of_id(run: str) -> datetime | None:
    try:
        return datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
