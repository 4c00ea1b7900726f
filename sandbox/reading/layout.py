"""Where a table lies in a file's lines: separator, header, units, rows before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox.reading.body import Body, bodies, body_of
from sandbox.reading.header import counting_cells, header_of
from sandbox.reading.kinds import is_comment, is_figure, is_ruler, kind_of
from sandbox.reading.outside_rows import UNCLEAR, blocks_in, left_out_rows, lost_rows, tables_in
from sandbox.reading.picked_rows import OTHER, conditions_of, fits, refuse_none
from sandbox.reading.splitting import FIXED
from sandbox.reading.stacked_periods import only_period, periods_in
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.outside_rows import Lost
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
STRONG = (
    "tab",
    "semicolon",
    "bar",
    "ampersand",
)  # where they stand in all rows, blanks separate nothing
LOOKED_AT = 400  # lines that decide on the separator
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Where the table is.

    body: its rows.  names, units: of its columns.  header: indices of the rows that name them.
    first, last: the first row of values, and one past the last.  left_out: rows between them that
    are no values, with a reason each.  before, after: lines and rows outside.  rival: another way
    of splitting that is as plausible, or None.  tables: how many there are in the file.  open_end:
    whether the file does not end with a line's end.  blocks: how many parts of the table two empty
    lines keep apart.  periods: kinds of periods that stand below one another.  lost: rows below
    that may belong to it.
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
    tables: int = 1
    open_end: bool = False
    blocks: int = 1
    periods: tuple[str, ...] = ()
    lost: Lost | None = None

    @cached_property
    def kept(self) -> list[int]:
        """The indices of the rows of values."""
        return [at for at in range(self.first, self.last) if at not in self.left_out]

    @property
    def rows(self) -> list[list[str]]:
        """The rows of values, each as wide as the table."""
        rows, width = self.body.rows, self.body.width
        return [
            row if len(row) == width else (row + [""] * width)[:width]
            for row in (rows[at] for at in self.kept)
        ]


class NoTable(ValueError):
    """There is no table in these lines; says why."""


def layout_of(lines: Sequence[str], recipe: Recipe) -> Layout:
    """The table in the lines, as the recipe wants it; NoTable.

    ExperimentError if a choice of the recipe does not fit the file.
    """
    lines, announced = _prepared(lines, recipe)
    body, rival = _body_in(lines, recipe, announced)
    parts = tables_in(body)
    blocks = blocks_in(body) if len(parts) == 1 else [body.inside]
    periods = periods_in(body) if len(parts) == len(blocks) == 1 else {}
    if periods and recipe.table is not None and recipe.table <= len(periods):
        body = only_period(body, list(periods.values())[recipe.table - 1])
        found = _around(body, recipe, 0, len(body.rows), lines)
        return replace(found, rival=rival, periods=tuple(periods))
    if recipe.table is not None and len(parts) == 1:
        parts = blocks
    which = max(range(len(parts)), key=lambda at: len(parts[at]))
    if recipe.table is not None:
        if recipe.table > len(parts):
            raise ExperimentError("data.table", recipe.table, f"a number up to {len(parts)}")
        which = recipe.table - 1
    begin = parts[which - 1][-1] + 1 if which else 0
    end = parts[which + 1][0] if which + 1 < len(parts) else len(body.rows)
    found = _around(replace(body, inside=parts[which]), recipe, begin, end, lines)
    return replace(
        found,
        rival=rival,
        tables=len(parts),
        blocks=len(blocks),
        periods=tuple(periods),
        open_end=not lines[-1].endswith("\n"),
    )


def _prepared(lines: Sequence[str], recipe: Recipe) -> tuple[list[str], str]:
    """The lines, those before the table made empty; and the separator that the first one tells."""
    lines = [line.removeprefix("\ufeff") for line in lines[:1]] + list(lines[1:])
    start, announced = _announced(lines)
    start = max(start, min(recipe.skip_before or 0, len(lines)))
    lines[:start] = ["\n"] * start
    return lines, announced


def _body_in(lines: list[str], recipe: Recipe, announced: str) -> tuple[Body, Body | None]:
    """The likeliest body of all lines, and another way of splitting that is as plausible."""
    best, rivals = _best(lines, recipe, announced)
    body = body_of(best.splitting, lines) if len(lines) > LOOKED_AT else best
    if body is None:
        raise NoTable("no rows of numbers")
    settled = recipe.separator or announced
    return body, rivals[0] if rivals and not settled else None


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
    wanted = recipe.separator or announced
    found = bodies(some, wanted)
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
        body.kinds[0] not in ("number", "padded") or counting_cells(first[:5]) == len(first[:5])
    )


def _figures(body: Body) -> list[list[str]]:
    """Its cells with figures, as far as two ways of splitting may differ in them."""
    return [[cell for cell in body.rows[at] if is_figure(kind_of(cell))] for at in body.inside[:50]]


def _around(body: Body, recipe: Recipe, begin: int, end: int, lines: Sequence[str]) -> Layout:
    """The body with its header and the rows outside; begin, end: of the part that it lies in."""
    header = header_of(body, begin, recipe, lines)
    inside = tuple(at for at in body.inside if at not in header.rows)
    if not inside:
        raise NoTable("no rows of numbers below the header")
    body, rows = replace(body, inside=inside), body.rows
    first, last = inside[0], _last(body, recipe, end)
    named = {*header.rows, header.units}
    return Layout(
        body,
        header.names,
        _as_wide(rows[header.units] if header.units is not None else [], body.width),
        header.rows,
        first,
        last,
        _left_out(body, first, last, recipe, header.names),
        tuple(" ".join(rows[at]) for at in range(begin, first) if rows[at] and at not in named),
        tuple(" ".join(row) for row in rows[last:end] if row),
        header.named_rows,
        header.doubt,
        lost=lost_rows(body, last, end),
    )


def _left_out(
    body: Body, first: int, last: int, recipe: Recipe, names: Sequence[str]
) -> dict[int, str]:
    """The rows that are no values, and why, as the recipe wants it."""
    found = left_out_rows(body, first, last)
    if recipe.odd_rows == "kept":
        found = {at: why for at, why in found.items() if why != UNCLEAR}
    conditions = conditions_of(recipe.only, names)
    if not conditions:
        return found
    told = {at: _as_wide(body.rows[at], body.width) for at in range(first, last) if at not in found}
    refuse_none(recipe.only, list(told.values()), conditions)
    return found | {at: OTHER for at, row in told.items() if not fits(row, conditions)}


def _last(body: Body, recipe: Recipe, end: int) -> int:
    """One past the last row of values."""
    if recipe.skip_after is None:
        return body.inside[-1] + 1
    told = [at for at in range(body.inside[0], end) if body.rows[at]]
    if recipe.skip_after >= len(told):
        accepts = f"a number below {len(told):,}, the rows that there are"
        raise ExperimentError("data.skip_after", recipe.skip_after, accepts)
    return told[len(told) - recipe.skip_after - 1] + 1


def _as_wide(row: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(([*row] + [""] * width)[:width])
