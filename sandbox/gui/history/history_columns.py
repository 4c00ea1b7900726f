"""The columns of the history: heads, widths, texts and sort keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from sandbox.gui.history import history_wording
from sandbox.gui.history.history_wording import NOTHING
from sandbox.store.budget import in_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sandbox.gui.history.listing import Row


class Column(IntEnum):
    """The columns from the left."""

    STAR = 0
    SHOW = 1
    WHEN = 2
    TASK = 3
    GAP = 4
    SETTINGS = 5
    CONTESTANTS = 6
    RESULT = 7
    NOTE = 8
    STEPS = 9
    SECONDS = 10
    PARENT = 11
    SIZE = 12


@dataclass(frozen=True)
class Head:
    """The head of a column, and what it says of a run.

    width: first width in pixels, at a type size of 100%.  key: the sort key of a row; rows with
    None come last in either order.  text: where it depends on the row alone.  falling: the first
    click sorts the largest to the top.
    """

    name: str
    width: int
    key: Callable[[Row], Any]
    text: Callable[[Row], str] = lambda row: ""
    falling: bool = False
    number: bool = False

    @property
    def tip(self) -> str:
        """One sentence about the column."""
        return TIPS[self.name]


def _steps(row: Row) -> str:
    """Training steps: "3,000" when complete, else "312/3,000"."""
    info = row.info
    return f"{info.step:,}" if info.step >= info.steps else f"{info.step:,}/{info.steps:,}"


def _unless_damaged(text: Callable[[Row], str]) -> Callable[[Row], str]:
    return lambda row: NOTHING if row.info.damage else text(row)


HEADS: Mapping[Column, Head] = {
    Column.STAR: Head(
        "star", 30, lambda row: row.info.star, lambda row: "☆★"[row.info.star], falling=True
    ),
    Column.SHOW: Head("show", 52, lambda row: row.order, falling=True),
    Column.WHEN: Head("started", 126, lambda row: row.order, falling=True),
    Column.TASK: Head("task", 136, lambda row: row.task or None, lambda row: row.task or NOTHING),
    Column.GAP: Head(
        "gap",
        48,
        lambda row: row.info.gap,
        lambda row: NOTHING if row.info.gap is None else f"{row.info.gap:,}",
        number=True,
    ),
    Column.SETTINGS: Head("differs in", 172, lambda row: None),
    Column.CONTESTANTS: Head(
        "contestants",
        164,
        lambda row: " ".join(entrant.name for entrant in row.entrants) or None,
        lambda row: ", ".join(entrant.words for entrant in row.entrants) or NOTHING,
    ),
    Column.RESULT: Head("result", 200, lambda row: row.merit, falling=True),
    Column.NOTE: Head(
        "note", 56, lambda row: row.info.note.casefold() or None, lambda row: row.info.note
    ),
    Column.STEPS: Head(
        "steps",
        108,
        lambda row: None if row.info.damage else row.info.step,
        _unless_damaged(_steps),
        falling=True,
        number=True,
    ),
    Column.SECONDS: Head(
        "training",
        84,
        lambda row: None if row.info.damage else row.info.seconds,
        _unless_damaged(lambda row: history_wording.duration(row.info.seconds)),
        falling=True,
        number=True,
    ),
    Column.PARENT: Head(
        "fork of",
        100,
        lambda row: (row.info.origin.parent, row.info.origin.step) if row.info.origin else None,
    ),
    Column.SIZE: Head(
        "size",
        80,
        lambda row: row.info.size or None,
        lambda row: in_units(row.info.size) if row.info.size else NOTHING,
        falling=True,
        number=True,
    ),
}
TIPS = {
    "star": "Starred runs (S).",
    "show": "Draw the curves of this run with those of the current one (Space).",
    "started": "When the run started.",
    "task": "The task.",
    "gap": "The number of filler steps between cue and question.",
    "differs in": "The settings in which it differs from other runs of its task.",
    "contestants": "The nets that were trained.",
    "result": "When each net solved the task, or its accuracy on fresh sequences.",
    "note": "Your note (F2).",
    "steps": "Training steps taken.",
    "training": "Time spent training.",
    "fork of": "The run that this one was forked from.",
    "size": "Disk space of curves and checkpoints.",
}
HIDDEN_AT_FIRST = (Column.PARENT,)


def arranged(rows: Iterable[Row], key: Callable[[Row], Any], falling: bool) -> list[Row]:
    """Sort rows by a key; equal rows keep their order, rows with None come last."""
    keyed = [(key(row), row) for row in rows]
    known = [each for each in keyed if each[0] is not None]
    known.sort(key=lambda each: each[0], reverse=falling)
    return [row for _, row in known] + [row for value, row in keyed if value is None]
