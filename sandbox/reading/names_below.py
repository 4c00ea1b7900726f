"""Where a table's values begin below lists of words and numbers, such as facts about a station."""

from __future__ import annotations

from sandbox.reading.kinds import is_figure, kind_of

MOST_ABOVE, MANY_BELOW = 3, 5  # rows above the names that fit by chance; how many more lie below
HIGHEST = 20  # rows that may stand above the names, with as many cells


def first_below_words(
    inside: tuple[int, ...],
    rows: list[list[str]],
    kinds_of: list[list[str]],
    columns: tuple[str, ...],
) -> int:
    """The first row below a list of words and numbers above the row of names; 0 without one."""
    if len(columns) < 2:
        return 0
    fitting = set(inside)
    names = _names_below_others(inside, rows, columns)
    if names is not None:
        return names + 1
    for at in range(inside[0], min(inside[0] + HIGHEST, inside[-1])):
        if at in fitting:
            if "text" not in _of_numbers(kinds_of[at], columns):
                break
        elif not rows[at] and len(rows[inside[0]]) == len(columns):
            return at + 1
        elif len(rows[at]) == len(columns) and set(kinds_of[at]) == {"text"}:
            return at + 1
    return 0


def _names_below_others(
    inside: tuple[int, ...], rows: list[list[str]], columns: tuple[str, ...]
) -> int | None:
    """The row of names below rows that fit by chance: a season, a list of stations."""
    apart = False  # whether an empty row lies between
    for at in range(inside[0], min(inside[0] + HIGHEST, inside[-1])):
        above = sum(other < at for other in inside)
        if above > MOST_ABOVE or len(inside) < MANY_BELOW * above:
            return None
        apart = apart or not any(rows[at])
        if apart and name_columns(rows[at], _used_below(at, inside, rows, columns)):
            return at
    return None


def _used_below(
    at: int, inside: tuple[int, ...], rows: list[list[str]], columns: tuple[str, ...]
) -> tuple[str, ...]:
    """What the columns hold, "missing" for those in which no row below one has a cell."""
    below = [rows[other] for other in inside if other > at]
    return tuple(
        kind if any(len(row) > place and row[place] for row in below) else "missing"
        for place, kind in enumerate(columns)
    )


def _of_numbers(kinds: list[str], columns: tuple[str, ...]) -> list[str]:
    """The kinds of a row's cells in columns of figures."""
    return [kind for kind, column in zip(kinds, columns, strict=False) if is_figure(column)]


def name_columns(row: list[str], columns: tuple[str, ...]) -> bool:
    """Whether words stand above all columns of figures."""
    places = [place for place, kind in enumerate(columns) if is_figure(kind)]
    long_enough = len(row) == len(columns) or (
        len(row) > len(columns) and not any(map(is_figure, map(kind_of, row[len(columns) :])))
    )
    return long_enough and all(kind_of(row[place]) == "text" for place in places)
