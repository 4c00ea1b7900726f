"""How much space runs may take, and which checkpoints are deleted when they take more.

The oldest runs first lose the checkpoints between their first and last, then, if that is not
enough, all but the last. Curves, events and results always stay, and so does every checkpoint of
a run that is starred, was exported or is being trained.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.store.base import RunError, Usage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

DEFAULT, LEAST = 2_000_000_000, 10_000_000  # bytes
UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
_NAME = "budget"


@dataclass(frozen=True)
class Thinned:
    """A run that lost checkpoints, and the bytes that this freed."""

    run: str
    freed: int


def usage(connection: sqlite3.Connection) -> Usage:
    """The space that all runs take, deleted ones included, and the budget."""
    (used,) = connection.execute(
        "SELECT coalesce(sum(curve_bytes + checkpoint_bytes), 0) FROM runs"
    ).fetchone()
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_NAME,)).fetchone()
    try:
        budget = max(int(row[0]), LEAST) if row else DEFAULT
    except (ValueError, TypeError):
        budget = DEFAULT
    return Usage(int(used), budget)


def set_budget(connection: sqlite3.Connection, budget: int) -> None:
    """Store a new budget in bytes; RunError if it is below LEAST."""
    if budget < LEAST:
        raise RunError(f"The budget for kept runs must be at least {in_units(LEAST)}.")
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_NAME, str(budget)))


def thin_next(connection: sqlite3.Connection, held: Callable[[str], bool]) -> Thinned | None:
    """Delete checkpoints of the next run; None if the budget is kept or nothing can go.

    held: whether a run is being trained.
    """
    found = usage(connection)
    if found.used <= found.budget:
        return None
    for keep_first in (True, False):
        for number, run, first, last in _candidates(connection, 2 if keep_first else 1):
            if not held(run):
                return _thin(connection, number, run, first if keep_first else last, last)
    return None


def _candidates(
    connection: sqlite3.Connection, checkpoints: int
) -> list[tuple[int, str, int, int]]:
    """Runs with more than so many checkpoints: row number, id, first and last step.

    Deleted runs come first, then the oldest.
    """
    return connection.execute(
        "SELECT runs.id, runs.run, min(checkpoints.step), max(checkpoints.step)"
        " FROM runs JOIN checkpoints ON checkpoints.run = runs.id"
        " WHERE star = 0 AND exported = 0 GROUP BY runs.id HAVING count(*) > ?"
        " ORDER BY deleted IS NULL, runs.id",
        (checkpoints,),
    ).fetchall()


def _thin(connection: sqlite3.Connection, number: int, run: str, first: int, last: int) -> Thinned:
    """Delete all checkpoints but those of these steps; add an event that says so."""
    chosen, values = "run = ? AND step NOT IN (?, ?)", (number, first, last)
    (freed,) = connection.execute(
        f"SELECT coalesce(sum(length(data)), 0) FROM checkpoints WHERE {chosen}", values
    ).fetchone()
    connection.execute(f"DELETE FROM checkpoints WHERE {chosen}", values)
    connection.execute(
        "UPDATE runs SET checkpoint_bytes = checkpoint_bytes - ? WHERE id = ?", (freed, number)
    )
    kept = f"step {last:,}" if first == last else f"steps {first:,} and {last:,}"
    text = f"all checkpoints but those of {kept} were deleted to save space"
    event = {"step": last, "kind": "note", "text": text, "cell": None}
    connection.execute(
        "INSERT INTO events (run, step, event) VALUES (?, ?, ?)", (number, last, json.dumps(event))
    )
    return Thinned(run, int(freed))


def in_words(thinned: list[Thinned], budget: int) -> str:
    """What was deleted, and how to keep it next time."""
    runs = len({each.run for each in thinned})
    older = "one older run" if runs == 1 else f"{runs:,} older runs"
    freed = in_units(sum(each.freed for each in thinned))
    return (
        f"Kept runs took more than {in_units(budget)}, so {older} gave up checkpoints ({freed}); "
        "curves and results stay. Star or export a run to keep all of it."
    )


def too_full(found: Usage) -> str:
    """The sentence for a budget that is exceeded with nothing left to delete."""
    return (
        f"Kept runs take {in_units(found.used)} of {in_units(found.budget)}, and there is nothing "
        "left to give up: delete runs or stars, or raise the budget."
    )


def in_units(count: int) -> str:
    """A size, as "16.7 MB"."""
    unit = "GB" if count >= 999_500_000 else "MB" if count >= 999_500 else "kB"
    return f"{count / UNITS[unit]:.3g} {unit}"


def bytes_of(text: str) -> int:
    """Bytes from a text such as "2 GB" or "500MB"; ValueError if it is not a size."""
    for unit, scale in UNITS.items():
        if text.strip().casefold().endswith(unit.casefold()):
            return round(float(text.strip()[: -len(unit)]) * scale)
    return int(text)
