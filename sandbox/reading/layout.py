"""Where a table lies in a file's lines: separator, header, units, rows before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.cells import is_missing, plain
from sandbox.reading.doubts import is_total
from sandbox.reading.splitting import (
    COMMENTS,
    FIXED,
    Body,
    Splitting,
    bodies,
    body_of,
    is_comment,
    is_figure,
    is_ruler,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.recipe import Recipe

RIVAL = 0.93  # a way of splitting that scores this share of the best is as plausible
RIVALS = (
    {"comma", "none"},
    {"comma", "space"},
    {"comma", "semicolon"},
    {"comma", "tab"},
    {"space", "none"},
    {FIXED, "none"},
)
STRONG = ("tab", "semicolon", "bar")  # where they stand in all rows, blanks separate nothing
LOOKED_AT = 400  # lines that decide on the separator
MOST_HEADER_ROWS = 3
UNCLEAR = "it does not look like the other rows"
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
_FORMAT = re.compile(r"\d+[sdnf]")  # of columns, as the USGS writes it
_UNIT = re.compile(
    r"\(.*\)|\[.*\]|[-–%‰°µμ/]+|°?[CFK]|(?:[kcdmµμnMGTh]?(?:m|g|s|l|L|Pa|W|Wh|J|V|A|Hz|bar|ppm|ppb|mol|"
    r"t|ha|h|d|min|yr|kt|ft|in|mi|mph|gal|psi|EUR|USD|€|\$|%))(?:[23²³])?"
    r"(?:[ ·*/]?(?:[kcdmµμ]?(?:m|g|s|l|L|h|d|min|ha|yr|a|W|t))[23²³]?(?:[-^]?\d)?)*|"
    r"deg\.? ?[CF]?|degrees|mm|cm|km|number|count|no\.|index|1|"
    r"y{2,4}.?m{2}.?d{2}.*|d{2}.?m{2}.?y{2,4}.*|hh.?mm.*|[µμ]g/m[3³]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Layout:
    """Where the table is.

    body: its rows.  names, units: of its columns.  header: indices of the rows that name them.
    first, last: the first row of values, and one past the last.  left_out: rows between them that
    are no values, with a reason each.  before, after: lines and rows outside.  rival: another way
    of splitting that is as plausible, or None.  second: whether another table follows.  open_end:
    whether the file does not end with a line's end.  blocks: how many parts of the table two empty
    lines keep apart.  lost: a row outside that is like those inside, or "".
    """

    body: Body
    names: tuple[str, ...]
    units: tuple[str, ...]
    header: tuple[int, ...]
    first: int
    last: int
    left_out: dict[int, str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    named_rows: bool = False
    header_doubt: str = ""
    rival: Body | None = None
    second: tuple[int, int] | None = None
    open_end: bool = False
    blocks: int = 1
    lost: str = ""

    @property
    def rows(self) -> list[list[str]]:
        """The rows of values, each as wide as the table."""
        width = self.body.width
        return [
            (row + [""] * width)[:width]
            for at, row in enumerate(self.body.rows[self.first : self.last], self.first)
            if at not in self.left_out
        ]


class NoTable(ValueError):
    """There is no table in these lines; says why."""


def layout_of(lines: Sequence[str], recipe: Recipe) -> Layout:
    """The table in the lines, as the recipe wants it; NoTable."""
    lines = [line.removeprefix("\ufeff") for line in lines[:1]] + list(lines[1:])
    start, separator = _announced(lines)
    lines = ["\n"] * start + list(lines[start:])
    if recipe.skip_before:
        lines[: recipe.skip_before] = ["\n"] * min(recipe.skip_before, len(lines))
    best, rivals = _best(lines, recipe, separator)
    body = body_of(best.splitting, lines) if len(lines) > LOOKED_AT else best
    if body is None:
        raise NoTable("no rows of numbers")
    parts = _tables(body)
    blocks = _blocks(body) if len(parts) == 1 else parts
    if recipe.table is not None:
        parts = blocks
    largest = max(range(len(parts)), key=lambda at: len(parts[at]))
    which = largest if recipe.table is None else min(recipe.table, len(parts)) - 1
    inside = parts[which]
    second = (parts[1][0], parts[1][-1]) if len(parts) > 1 else None
    together = len(blocks) if len(parts) == 1 else 1
    body = replace(body, inside=inside)
    lowest = parts[which - 1][-1] + 1 if which else 0
    found = _with_header(body, recipe, lowest, lines)
    rival = rivals[0] if rivals and not recipe.separator and not separator else None
    last = found.last
    if recipe.skip_after is not None:
        told = [at for at in range(found.first, len(body.rows)) if body.rows[at]]
        last = told[-recipe.skip_after - 1] + 1 if recipe.skip_after < len(told) else last
        if recipe.skip_after == 0:
            last = told[-1] + 1 if second is None else last
    after = tuple(
        " ".join(row)
        for row in body.rows[last : parts[1][0] if second and not which else None]
        if row
    )
    open_end = not lines[-1].endswith("\n")
    return replace(
        found,
        rival=rival,
        second=second,
        last=last,
        after=after,
        open_end=open_end,
        blocks=together,
        lost=_lost(body, last),
    )


def _announced(lines: Sequence[str]) -> tuple[int, str]:
    """How many first lines only name the separator, as Excel writes them, and the separator."""
    match = _SEP_LINE.fullmatch(lines[0]) if lines else None
    if match is None:
        return 0, ""
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
    return 1, names.get(match[1], "")


def _best(lines: list[str], recipe: Recipe, announced: str) -> tuple[Body, list[Body]]:
    """The likeliest way of splitting, and others that explain the lines as well."""
    some = lines if len(lines) <= LOOKED_AT else [*lines[:300], *lines[-100:]]
    found = bodies(some)
    wanted = recipe.separator or announced
    if wanted:
        found = [body for body in found if body.splitting.separator == wanted]
    if recipe.quote:
        quote = "" if recipe.quote == "none" else recipe.quote
        found = [
            replaced
            for body in found
            if (replaced := body_of(replace(body.splitting, quote=quote), some)) is not None
        ]
    if not found:
        raise NoTable(f"no rows of numbers{' with this separator' if wanted else ''}")
    if any(body.splitting.separator in STRONG and body.covered > 0.9 for body in found):
        found = [body for body in found if body.splitting.separator not in ("space", "none")]
    found = _without_cut_times(found, some)
    scored = sorted(found, key=lambda body: -round(_with_words(body), 6))
    best = scored[0]
    limit = RIVAL * _with_words(best)
    rivals = [
        body
        for body in scored[1:]
        if _with_words(body) >= limit
        and body.covered > 0.9
        and _figures(body) != _figures(best)
        and {body.splitting.separator, best.splitting.separator} in RIVALS
    ]
    return best, rivals


def _without_cut_times(found: list[Body], lines: Sequence[str]) -> list[Body]:
    """The ways of splitting without that at each space where fixed places keep times whole."""
    widths = {body.splitting.separator: body for body in found}
    fixed, spaced = widths.get(FIXED), widths.get("space")
    if not fixed or len(found) < 2:
        return found
    wide = sum(re.search(r"\S {2,}\S", line) is not None for line in lines)
    if 2 * wide <= len(lines):  # then the columns are not aligned
        return [body for body in found if body is not fixed]
    if spaced and fixed.width < spaced.width and fixed.score > 0.85 * spaced.score:
        return [body for body in found if body is not spaced]
    return found


def _with_words(body: Body) -> float:
    """The score, better where the row above the values names all columns, and no others."""
    above = next(
        (row for row in reversed(body.rows[: body.inside[0]]) if row and not is_ruler(row)), None
    )
    if above is None or is_comment(above[0]):
        return body.score
    if body.width == 1:
        return body.score * (0.9 if re.search(r"[,;\t|]", above[0]) else 1.0)
    words = [cell for cell in above if kind_of(cell) == "text"]
    if len(above) == body.width and 2 * len(words) >= len(above):
        return body.score * 1.08
    if len(above) == body.width - 1:
        return body.score * (1.0 if _has_row_names(body) else 0.9)
    return body.score * 0.97


def _has_row_names(body: Body) -> bool:
    """Whether the first column can name the rows, as R writes them, and holds no values."""
    first = [body.rows[at][0] for at in body.inside]
    return len(set(first)) == len(first) and (
        body.kinds[0] not in ("number", "padded") or _counting_cells(first[:5]) == len(first[:5])
    )


def _figures(body: Body) -> list[list[str]]:
    """Its cells with figures, as far as two ways of splitting may differ in them."""
    return [[cell for cell in body.rows[at] if is_figure(kind_of(cell))] for at in body.inside[:50]]


def _tables(body: Body) -> list[tuple[int, ...]]:
    """The rows of each table, where a blank line or words and another header come between."""
    parts: list[list[int]] = [[body.inside[0]]]
    for before, at in pairwise(body.inside):
        between = [row for row in body.rows[before + 1 : at] if row and not is_ruler(row)]
        names = [row for row in between if not is_comment(row[0])]
        words = [row for row in names if sum(kind_of(cell) == "text" for cell in row) >= 1]
        if words and len(parts[-1]) > 1 and not _repeats(words[-1], body, parts[0][0]):
            if len(words) >= 1 and any(not row for row in body.rows[before + 1 : at]):
                parts.append([])
        parts[-1].append(at)
    return [tuple(part) for part in parts]


def _blocks(body: Body) -> list[tuple[int, ...]]:
    """The rows in parts, where two empty lines come between, as gnuplot has them."""
    parts: list[list[int]] = [[body.inside[0]]]
    for before, at in pairwise(body.inside):
        empty = sum(not row for row in body.rows[before + 1 : at])
        if empty > 1:
            parts.append([])
        parts[-1].append(at)
    long_enough = body.splitting.separator in ("space", "tab", FIXED) and all(
        len(part) > 2 for part in parts
    )
    return [tuple(part) for part in parts] if long_enough else [body.inside]


def _lost(body: Body, last: int) -> str:
    """A row behind the table with numbers where the table has them, and no sum."""
    above = body.rows[: body.inside[0]]
    whole = [row for row in above + body.rows[last:] if len(row) == 1 < body.width]
    if body.splitting.separator == FIXED:  # lines that do not fit into the columns stay whole
        for row in whole:
            words = row[0].split()
            if len(words) >= body.width and all(is_figure(kind_of(word)) for word in words[-2:]):
                return row[0]
    for row in body.rows[last:]:
        if len(row) < max(2, body.width - 1) or _is_sum(row):
            continue
        texts = sum(kind_of(cell) == "text" for cell in row)
        if texts > body.kinds.count("text"):
            continue
        found = [
            kind_of(cell) in ("number", "padded")
            for cell, kind in zip(row, body.kinds, strict=False)
            if kind in ("number", "padded")
        ]
        if found and all(found):
            return " ".join(row)
    return ""


def _repeats(row: list[str], body: Body, first: int) -> bool:
    """Whether a row says what stands above the table."""
    return any(row == above for above in body.rows[max(first - 4, 0) : first])


def _with_header(body: Body, recipe: Recipe, lowest: int, lines: Sequence[str]) -> Layout:
    first = body.inside[0]
    above = [
        at
        for at in range(first - 1, lowest - 1, -1)
        if body.rows[at] and not is_ruler(body.rows[at])
    ]
    header, units_row = _header_rows(body, lowest, recipe)
    doubt = ""
    names_in = [body.rows[at] for at in header]
    short = bool(names_in) and all(len(row) == body.width - 1 for row in names_in)
    named_rows = short and any(body.rows[at][-1:] != [""] for at in body.inside)
    if named_rows:
        names_in = [["", *row] for row in names_in]
    if not header and recipe.header is None:
        names_in = _in_comment(body, above, lines)
    if not header and not names_in:
        header, doubt = _numbers_above(body, recipe)
        names_in = [body.rows[at] for at in header]
        first = header[-1] + 1 if header else first
    inside = [at for at in body.inside if at not in header]
    if not inside:
        raise NoTable("no rows of numbers below the header")
    first, last = inside[0], inside[-1] + 1
    left_out = _left_out(body, inside)
    units = body.rows[units_row] if units_row is not None else []
    named = set(header) | ({units_row} if units_row is not None else set())
    before = tuple(
        " ".join(body.rows[at]) for at in range(lowest, first) if body.rows[at] and at not in named
    )
    return Layout(
        replace(body, inside=tuple(inside)),
        _names(names_in, body.width),
        tuple((list(units) + [""] * body.width)[: body.width]),
        tuple(header),
        first,
        last,
        left_out,
        before,
        (),
        named_rows,
        doubt,
    )


def _header_rows(body: Body, lowest: int, recipe: Recipe) -> tuple[list[int], int | None]:
    """The rows that name the columns, top first, and the row of their units."""
    stack = _stack(body, lowest)
    unit = next(
        (at for at, above in pairwise(stack) if _is_units(body.rows[at], body.rows[above], body)),
        None,
    )
    if recipe.units == 0:
        unit = None
    elif recipe.units and len(stack) > 1:
        unit = stack[recipe.units - 1]
    names = [at for at in stack if unit is None or at < unit]
    if recipe.header is None:
        grouped = len(names) > 1 and _groups(body.rows[names[1]], body)
        found = names[: 1 + grouped]
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
    words = [cell for cell in told if kind_of(cell) == "text"]
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


def _is_units(row: list[str], above: list[str], body: Body) -> bool:
    """Whether most told cells are units, or formats, and names stand above."""
    if any(is_figure(kind_of(cell)) for cell in above):
        return False
    if len(row) > body.width + 1 or len(row) < body.width - 1:
        return False
    told = [plain(cell) for cell in row if cell]
    if not told or body.width == 1 or len(told) > sum(map(bool, above)):
        return False
    likely = sum(_UNIT.fullmatch(cell) is not None for cell in told)
    return 2 * likely > len(told)


def _in_comment(body: Body, above: list[int], lines: Sequence[str]) -> list[list[str]]:
    """Names in a comment right above the values."""
    for at in above[:2]:
        line = lines[at] if at < len(lines) else ""
        if not is_comment(line):
            return []
        bare = line.strip()
        for sign in COMMENTS:
            while bare.startswith(sign):
                bare = bare[len(sign) :].strip()
        for splitting in (Splitting("space", '"'), body.splitting):
            row = splitting.rows([bare + "\n"])[0]
            if len(row) == body.width and all(kind_of(cell) == "text" for cell in row):
                return [row]
    return []


def _numbers_above(body: Body, recipe: Recipe) -> tuple[list[int], str]:
    """A first row of figures that names the columns, and a doubt about it in words."""
    if recipe.header == 0 or body.width < 2 or len(body.inside) < 3:
        return [], ""
    at = body.inside[0]
    row, below = _without_end(body.rows[at]), [body.rows[each] for each in body.inside[1:]]
    if recipe.header or _has_times_above_numbers(row, body):
        return [at], ""
    words = f"the first row, {', '.join(row[:3])}, …, could name the columns or be values"
    counting = _counting_cells(row)
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


def _counting_cells(row: list[str]) -> int:
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


def _is_sum(row: list[str]) -> bool:
    """Whether a row says that it sums others up: Total, 2021 total."""
    return any(is_total(cell) or is_total(cell.partition(" ")[2]) for cell in row)


def has_figures_beyond(row: list[str], body: Body) -> bool:
    """Whether a row has numbers behind the last column; words there are a remark."""
    return body.kinds[-1] != "text" and any(is_figure(kind_of(cell)) for cell in row[body.width :])


def _left_out(body: Body, inside: list[int]) -> dict[int, str]:
    """Rows between the values that are none, and why."""
    found: dict[int, str] = {}
    fitting = set(inside)
    for at in range(inside[0], inside[-1] + 1):
        row = body.rows[at]
        if at in fitting:
            continue
        if not any(row) and (len(row) < body.width or body.width < 2 or "time" in body.kinds):
            found[at] = "empty"
        elif len(row) == body.width and all(map(is_missing, row)):
            continue
        elif is_comment(row[0]):
            found[at] = "a comment"
        elif is_ruler(row):
            found[at] = "a line"
        elif _repeats(row, body, inside[0]):
            found[at] = "the header again"
        elif has_figures_beyond(row, body):
            found[at] = UNCLEAR
        elif _is_sum(row):
            found[at] = f"{row[0]} is no single value"
        elif not any(is_figure(kind_of(cell)) for cell in row):
            missing = all(
                is_missing(cell) or body.kinds[place] == "text"
                for place, cell in enumerate(row[: body.width])
            )
            if not missing:
                found[at] = UNCLEAR
        elif "time" in body.kinds and not _has_time(row, body):
            found[at] = UNCLEAR
    return found


def _has_time(row: list[str], body: Body) -> bool:
    """Whether a row has a time in the first column of times."""
    place = body.kinds.index("time")
    return len(row) > place and kind_of(row[place]) == "time"


def _names(rows: list[list[str]], width: int) -> tuple[str, ...]:
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
