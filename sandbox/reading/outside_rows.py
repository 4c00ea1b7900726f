"""Rows of a file that hold no values of the table: other tables, sums, comments, what is lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.cell_columns import NOUGHTS
from sandbox.reading.doubts import is_total
from sandbox.reading.kinds import is_comment, is_figure, is_ruler, kind_of
from sandbox.reading.label_rows import Labels
from sandbox.reading.missing_words import is_missing
from sandbox.reading.splitting import FIXED
from sandbox.reading.time_formats import looks_like_time

if TYPE_CHECKING:
    from sandbox.reading.body import Body

UNCLEAR = "it does not look like the other rows"
WIDE = "it has more cells than the other rows"


def tables_in(body: Body) -> list[tuple[int, ...]]:
    """The rows of each table, where a blank line or words and another header come between."""
    parts: list[list[int]] = [[body.inside[0]]]
    for before, at in pairwise(body.inside):
        if at == before + 1:
            parts[-1].append(at)
            continue
        between = [row for row in body.rows[before + 1 : at] if row and not is_ruler(row)]
        names = [row for row in between if not is_comment(row[0])]
        words = [row for row in names if sum(kind_of(cell) == "text" for cell in row) >= 1]
        if words and len(parts[-1]) > 1 and not _repeats(words[-1], body, parts[0][0]):
            if len(words) >= 1 and any(not row for row in body.rows[before + 1 : at]):
                parts.append([])
        parts[-1].append(at)
    return [tuple(part) for part in parts]


def blocks_in(body: Body) -> list[tuple[int, ...]]:
    """The rows in parts, where two empty lines come between, as gnuplot has them."""
    parts: list[list[int]] = [[body.inside[0]]]
    for before, at in pairwise(body.inside):
        if at > before + 2 and sum(not row for row in body.rows[before + 1 : at]) > 1:
            parts.append([])
        parts[-1].append(at)
    long_enough = body.splitting.separator in ("space", "tab", FIXED) and all(
        len(part) > 2 for part in parts
    )
    return [tuple(part) for part in parts] if long_enough else [body.inside]


@dataclass(frozen=True)
class Lost:
    """A row outside that may belong to the table.

    row: as text.  after: rows behind the last such row; None if the row does not fit into columns
    at fixed places.  short: whether one has fewer cells than the table.
    """

    row: str
    after: int | None
    short: bool = False


def lost_rows(body: Body, last: int, end: int) -> Lost | None:
    """The first row from `last` to `end` that is like those inside; None if there is none."""
    above = body.rows[: body.inside[0]]
    whole = [row for row in above + body.rows[last:] if len(row) == 1 < body.width]
    if body.splitting.separator == FIXED:  # lines that do not fit into the columns stay whole
        for row in whole:
            words = row[0].split()
            ends = zip(words[-2:], body.kinds[-2:], strict=False)
            if len(words) >= body.width and all(kind_of(word) == kind for word, kind in ends):
                return Lost(row[0], None)
    found = _like_those_inside(body, last, end)
    if not found:
        return None
    after = sum(map(bool, body.rows[found[-1] + 1 : end]))
    short = any(len(body.rows[at]) < body.width for at in found)
    return Lost(" ".join(body.rows[found[0]]), after, short)


def _like_those_inside(body: Body, last: int, end: int) -> list[int]:
    """The rows outside that resemble those inside, or have a label as those have."""
    labels = Labels(body.kinds, [body.rows[at] for at in body.inside])
    found, beside = [], True
    for at in range(last, end):
        row = body.rows[at]
        beside = beside and any(row)
        labelled = labels.verdict(row, [kind_of(cell) for cell in row])
        if _resembles(row, body) or (labelled and (beside or labels.counts(row))):
            found.append(at)
    return found


def _resembles(row: list[str], body: Body) -> bool:
    """Whether a row has numbers where those inside have them, or one word for a number."""
    kinds = [kind_of(cell) for cell in row]
    if len(row) < max(2, body.width - 1) or _is_sum(row) or kinds.count("missing"):
        return False
    words = _words_in_place_of_figures(kinds, body)
    return words == 0 or (words == 1 and len(row) == body.width and "text" in body.kinds)


def _repeats(row: list[str], body: Body, first: int) -> bool:
    """Whether a row says what stands above the table."""
    return any(row == above for above in body.rows[max(first - 4, 0) : first])


def _heads_a_page(row: list[str], body: Body) -> bool:
    """Whether a row has one cell that stands above the table as well, but for its digits."""
    if len(row) != 1 or body.width == 1:
        return False
    shape = row[0].translate(NOUGHTS)
    if not any(map(str.isalpha, shape)):
        return False
    above = body.rows[: body.inside[0]]
    return any(len(other) == 1 and other[0].translate(NOUGHTS) == shape for other in above)


def _is_sum(row: list[str]) -> bool:
    """Whether a row says that it sums others up: Total, 2021 total."""
    return any(is_total(cell) or is_total(cell.partition(" ")[2]) for cell in row)


def has_figures_beyond(row: list[str], body: Body) -> bool:
    """Whether a row has numbers behind the last column; words there are a remark."""
    return body.kinds[-1] != "text" and any(is_figure(kind_of(cell)) for cell in row[body.width :])


def left_out_rows(body: Body, first: int, last: int) -> dict[int, str]:
    """Rows from `first` up to `last` that are no values, and why."""
    fitting = set(body.inside)
    reasons = {at: _why_left_out(body, at) for at in range(first, last) if at not in fitting}
    return {at: why for at, why in reasons.items() if why}


def _why_left_out(body: Body, at: int) -> str:
    """Why a row among the values is none; "" if it is one, with cells that are no numbers."""
    row, kinds = body.rows[at], [kind_of(cell) for cell in body.rows[at]]
    if not any(row) and (len(row) < body.width or body.width < 2 or _labels_all(body)):
        return "empty"
    if len(row) == body.width and all(map(is_missing, row)):
        return ""
    if is_comment(row[0]):
        return "a comment"
    if is_ruler(row):
        return "a line"
    if _repeats(row, body, body.inside[0]) or _heads_a_page(row, body):
        return "the header again"
    if _is_sum(row):
        return f"{row[0]} is no single value"
    if has_figures_beyond(row, body):
        return WIDE
    if not _could_be_values(row, kinds, body):
        return UNCLEAR
    return ""


def _labels_all(body: Body) -> bool:
    """Whether each row has a time or a label, so that one without cells is none."""
    if "time" in body.kinds:
        return True
    texts = [at for at, kind in enumerate(body.kinds) if kind == "text"]
    return any(
        all(len(body.rows[at]) > place and body.rows[at][place] for at in body.inside)
        for place in texts
    )


def _could_be_values(row: list[str], kinds: list[str], body: Body) -> bool:
    """Whether a row has its time, or figures and words where the others have them."""
    if "time" in body.kinds:
        return _has_time(row, body)
    if any(map(is_figure, kinds)):
        return True
    words = _words_in_place_of_figures(kinds, body)
    return len(row) == body.width and (not words or (words == 1 and "text" in body.kinds))


def _words_in_place_of_figures(kinds: list[str], body: Body) -> int:
    """How many cells are words though their columns hold figures."""
    pairs = zip(kinds, body.kinds, strict=False)
    return sum(kind == "text" and is_figure(column) for kind, column in pairs)


def _has_time(row: list[str], body: Body) -> bool:
    """Whether a row has a time in the first column of times."""
    place = body.kinds.index("time")
    return len(row) > place and (kind_of(row[place]) == "time" or looks_like_time(row[place]))
