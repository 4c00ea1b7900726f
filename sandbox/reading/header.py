"""The rows above a table's values that name its columns and give their units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.comment_names import names_in_comments
from sandbox.reading.doubts import is_total
from sandbox.reading.kinds import is_comment, is_figure, is_ruler, kind_of
from sandbox.reading.missing_words import AS_WRITTEN
from sandbox.reading.splitting import FIXED
from sandbox.reading.unit_rows import is_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.body import Body
    from sandbox.reading.recipe import Recipe

MOST_HEADER_ROWS = 3
MOST_FACTS = 6  # rows that tell of the columns, such as when they were updated
_FORMAT = re.compile(r"\d+[sdnf]")  # of columns, as the USGS writes it


@dataclass(frozen=True)
class Header:
    """What names the columns.

    rows: indices of the rows of names, top first.  units: index of the row of units, or None.
    names: unique, (columns,).  named_rows: whether the first column names the rows, as R has it.
    doubt: why the rows could be values, in words; "" if they cannot.
    """

    rows: tuple[int, ...]
    units: int | None
    names: tuple[str, ...]
    named_rows: bool = False
    doubt: str = ""


def header_of(body: Body, begin: int, recipe: Recipe, lines: Sequence[str]) -> Header:
    """The header of a table whose part of the file begins at row `begin`."""
    rows, units = _header_rows(body, begin, recipe)
    named = [body.rows[at] for at in rows]
    if rows:
        short = all(len(row) == body.width - 1 for row in named)
        named_rows = short and any(body.rows[at][-1:] != [""] for at in body.inside)
        if named_rows:
            named = [["", *row] for row in named]
        return Header(tuple(rows), units, _column_names(named, body.width), named_rows)
    if recipe.header is None:
        far = _names_above_facts(body, begin)
        if far is not None:
            first, *others = body.rows[far]
            label, *facts = body.rows[body.inside[0] - 1]
            first = first if any(facts) else label
            return Header((far,), units, _column_names([[first, *others]], body.width))
        named, units_below = names_in_comments(body, begin, lines)
        if named:
            return Header((), units_below or units, _column_names(named, body.width))
    if body.keys:
        return Header((), units, _column_names([_keys(body)], body.width))
    rows, doubt = _numbers_above(body, recipe)
    names = _column_names([body.rows[at] for at in rows], body.width)
    return Header(tuple(rows), units, names, doubt=doubt)


def _keys(body: Body) -> list[str]:
    return [body.keys.get(at, "") for at in range(body.width)]


def _header_rows(body: Body, lowest: int, recipe: Recipe) -> tuple[list[int], int | None]:
    """The rows that name the columns, top first, and the row of their units."""
    stack = _stack(body, lowest)
    unit = next(
        (at for at, above in pairwise(stack) if is_units(body.rows[at], body.rows[above], body)),
        None,
    )
    if recipe.units == 0:
        unit = None
    elif recipe.units and len(stack) > 1:
        unit = stack[recipe.units - 1]
    names = [at for at in stack if unit is None or at < unit]
    if recipe.header is None:
        grouped = len(names) > 1 and _groups(body.rows[names[1]], body)
        nested = grouped and len(names) > 2 and _groups_all(body.rows[names[2]], body)
        found = names[: 1 + grouped + nested]
    else:
        found = names[: recipe.header]
        first = body.inside[0]
        found = [*reversed(range(first, first + recipe.header - len(found))), *found]
    return list(reversed(found)), unit


def _stack(body: Body, lowest: int) -> list[int]:
    """Rows right above the values that could name columns or give units, the lowest first."""
    found: list[int] = []
    apart = False  # whether an empty line lies between
    for at in range(body.inside[0] - 1, lowest - 1, -1):
        row = body.rows[at]
        if not any(row) and len(row) == body.width and found and _lacks_names(found[-1], body):
            continue
        if not any(row):
            apart = True
            if found:
                break
        elif apart and any(is_figure(kind_of(cell)) for cell in row):
            break
        elif is_ruler(row) or (not found and (_is_total_row(row) or _is_format(row))):
            continue
        elif is_comment(row[0]) or not _may_name(row, body, at) or len(found) > MOST_HEADER_ROWS:
            break
        else:
            found.append(at)
    return found


def _may_name(row: list[str], body: Body, at: int) -> bool:
    """Whether a row could name the columns or hold their units."""
    if body.width == 1:
        alone = at == 0 or not body.rows[at - 1]
        return len(row) == 1 and len(row[0]) <= 60 and (alone or ":" not in row[0])
    if body.splitting.separator != FIXED and not body.width - 1 <= len(row) <= body.width + 1:
        return False
    told = [cell for cell in row if cell]
    words = [cell for cell in told if kind_of(cell) == "text" or cell in AS_WRITTEN]
    same = {kind for cell, kind in zip(row, body.kinds, strict=False) if kind == kind_of(cell)}
    if same >= {"time", "number"}:
        return False
    columns = sum(kind != "missing" for kind in body.kinds)  # those with a value
    return bool(words) and (len(told) > 1 or columns == 1 or (columns < 4 and not row[0]))


def _is_total_row(row: list[str]) -> bool:
    """Whether a row above the values sums them up."""
    return is_total(row[0]) and any(is_figure(kind_of(cell)) for cell in row[1:])


def _is_format(row: list[str]) -> bool:
    """Whether a row gives the widths of columns: 5s 15s 20d."""
    return all(_FORMAT.fullmatch(cell) for cell in row if cell)


def _groups(row: list[str], body: Body) -> bool:
    """Whether a row above the names holds names of groups of columns."""
    words = [cell for cell in row if cell]
    return (
        body.width > 2
        and len(words) > 1
        and (len(words) < len(row) - 1 or len(set(words)) < len(words))
    )


def _groups_all(row: list[str], body: Body) -> bool:
    """Whether a row above two others holds a group's name for each column, one perhaps without."""
    words = [cell for cell in row if cell]
    few = 2 * len(set(words)) <= len(words)
    return few and len(words) >= body.width - 1 and all(kind_of(cell) == "text" for cell in words)


def _lacks_names(at: int, body: Body) -> bool:
    """Whether a row leaves several columns of figures without a name."""
    pairs = zip(body.rows[at], body.kinds, strict=False)
    return sum(not cell and is_figure(kind) for cell, kind in pairs) > 1


def _names_above_facts(body: Body, begin: int) -> int | None:
    """A row of names above rows that each tell one thing about the columns."""
    at = body.inside[0] - 1
    while at >= max(begin, body.inside[0] - MOST_FACTS - 1) and body.width > 1:
        row = body.rows[at]
        words = [cell for cell in row if kind_of(cell) == "text"]
        if len(row) != body.width or kind_of(row[0]) != "text":
            return None
        if len(words) == body.width:
            return at if at < body.inside[0] - 1 else None
        at -= 1
    return None


def _numbers_above(body: Body, recipe: Recipe) -> tuple[list[int], str]:
    """A first row of figures that names the columns, and a doubt about it in words."""
    if recipe.header == 0 or body.width < 2 or len(body.inside) < 3:
        return [], ""
    at = body.inside[0]
    row, below = _without_end(body.rows[at]), [body.rows[each] for each in body.inside[1:]]
    if recipe.header or _has_times_above_numbers(row, body):
        return [at], ""
    words = f"the first row, {', '.join(row[:3])}, …, could name the columns or be values"
    counting = counting_cells(row)
    if counting:
        first = len(row) - counting
        labels = any(kind_of(cell) in ("text", "missing") for cell in row[:first])
        years = int(row[-1]) >= 1500
        cells = [cell for other in below for cell in other[first:]]
        same = sum(_is_like(cell, row[first:], years) for cell in cells)
        if not same or (labels and (years or 10 * same < len(cells))):
            return [at], ""
        return ([at] if 10 * same < len(cells) else []), words
    return ([at], words) if _is_unlike(row, below) else ([], "")


def counting_cells(row: list[str]) -> int:
    """How many cells at the end count up by one, from 0 or 1, or as years; 0 if too few do."""
    numbers = [cell for cell in row if re.fullmatch(r"\d{1,4}", cell)]
    if len(numbers) < 2 or len(numbers) < len(row) - 5 or row[-len(numbers) :] != numbers:
        return 0
    values = [int(cell) for cell in numbers]
    if any(after - before != 1 for before, after in pairwise(values)):
        return 0
    years = 1500 <= values[0] and values[-1] <= 2200
    return len(numbers) if years or values[0] in (0, 1) else 0


def _is_like(cell: str, header: list[str], years: bool) -> bool:
    """Whether a cell could stand among the numbers that may be a header."""
    if re.fullmatch(r"\d{1,4}", cell) is None:
        return False
    return 1500 <= int(cell) <= 2200 if years else int(cell) <= int(header[-1]) + 1


def _without_end(row: list[str]) -> list[str]:
    """The row without empty cells at its end."""
    last = len(row)
    while last and not row[last - 1]:
        last -= 1
    return row[:last]


def _has_times_above_numbers(row: list[str], body: Body) -> bool:
    """Whether dates stand above columns of numbers."""
    above = [
        kind_of(cell) == "time"
        for cell, kind in zip(row, body.kinds, strict=False)
        if kind in ("number", "padded")
    ]
    return len(above) > 1 and all(above)


def _is_unlike(row: list[str], below: list[list[str]]) -> bool:
    """Whether a first row of rising whole numbers stands above columns of decimals."""
    if not all(re.fullmatch(r"\d{1,15}", cell) for cell in row) or len(below) < 5:
        return False
    values = [int(cell) for cell in row]
    rising = all(before < after for before, after in pairwise(values))
    cells = [cell for other in below for cell in other if cell]
    marked = sum("." in cell or "," in cell for cell in cells)
    return rising and marked >= 0.9 * len(cells)


def _column_names(rows: list[list[str]], width: int) -> tuple[str, ...]:
    """A unique name for each column, from rows of names, top first."""
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        told = ""
        for column in range(width):
            cell = " ".join(row[column].split()) if column < len(row) else ""
            told = cell or (told if depth < len(rows) - 1 else "")
            if (cell or told) and told not in parts[column]:
                parts[column].append(told)
    names: list[str] = []
    for column in range(width):
        name = " ".join(parts[column]) or f"column {column + 1}"
        same = sum(known == name or known.startswith(f"{name} (") for known in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return tuple(names)
