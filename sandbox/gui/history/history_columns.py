"""The columns of the history: heads, widths and sort keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

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
    """The head of a column.

    width: first width in pixels, at a type size of 100%.  key: the sort key of a row; rows with
    None come last in either order.  falling: the first click sorts the largest to the top.
    """

    name: str
    tip: str
    width: int
    key: Callable[[Row], Any]
    falling: bool = False
    number: bool = False


HEADS: Mapping[Column, Head] = {
    Column.STAR: Head("star", "Starred runs (S).", 30, lambda row: row.info.star, falling=True),
    Column.SHOW: Head(
        "show",
        "Draw the curves of this run with those of the current one (Space).",
        52,
        lambda row: row.order,
        falling=True,
    ),
    Column.WHEN: Head("started", "When the run started.", 126, lambda row: row.order, falling=True),
    Column.TASK: Head("task", "The task.", 136, lambda row: row.task or None),
    Column.GAP: Head(
        "gap",
        "The number of filler steps between cue and question.",
        48,
        lambda row: row.info.gap,
        number=True,
    ),
    Column.SETTINGS: Head(
        "differs in",
        "The settings in which it differs from other runs of its task.",
        120,
        lambda row: None,
    ),
    Column.CONTESTANTS: Head(
        "contestants",
        "The nets that were trained.",
        164,
        lambda row: " ".join(entrant.name for entrant in row.entrants) or None,
    ),
    Column.RESULT: Head(
        "result",
        "When each net solved the task, or its accuracy on fresh sequences.",
        200,
        lambda row: row.merit,
        falling=True,
    ),
    Column.NOTE: Head("note", "Your note (F2).", 56, lambda row: row.info.note.casefold() or None),
    Column.STEPS: Head(
        "steps", "Training steps taken.", 108, lambda row: row.info.step, falling=True, number=True
    ),
    Column.SECONDS: Head(
        "training",
        "Time spent training.",
        84,
        lambda row: row.info.seconds,
        falling=True,
        number=True,
    ),
    Column.PARENT: Head(
        "fork of",
        "The run that this one was forked from.",
        100,
        lambda row: (row.info.origin.parent, row.info.origin.step) if row.info.origin else None,
    ),
    Column.SIZE: Head(
        "size",
        "Disk space of curves and checkpoints.",
        80,
        lambda row: row.info.size,
        falling=True,
        number=True,
    ),
}
HIDDEN_AT_FIRST = (Column.PARENT,)
EMPTY_IF_DAMAGED = (Column.STEPS, Column.SECONDS, Column.SIZE)


def arranged(rows: Iterable[Row], column: Column, falling: bool) -> list[Row]:
    """Sort rows by a column; equal rows keep their order, rows without a value come last."""
    key = HEADS[column].key

    def says(row: Row) -> bool:
        value = key(row)
        empty = row.info.damage and column in EMPTY_IF_DAMAGED and not value
        return value is not None and not empty

    known: list[Row] = []
    without: list[Row] = []
    for row in rows:
        (known if says(row) else without).append(row)
    known.sort(key=key, reverse=falling)
    return known + without
