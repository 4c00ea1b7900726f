"""Lines as rows of cells, for each way in which a table may be written."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.cells import Style, is_missing, plain, taken_apart, value_of
from sandbox.reading.times import looks_like_time

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATORS = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "space": " ", "none": ""}
FIXED = "fixed"  # columns begin at the same place in every line
COMMENTS = ("#", "%", "//", "!", "--")
MOST_COLUMNS = 2000
FEW = 400  # lines that are split in several ways
HIGHEST = 20  # rows that may stand above the names, with as many cells
_ANY = [
    Style(decimal, thousands)
    for decimal in ".,"
    for thousands in ("", ",", ".", " ", "'")
    if decimal != thousands
]
_RULER = re.compile(r"[-=+:|_\s]*[-=+_]{3,}[-=+:|_\s]*")
_NO_COMMENT = re.compile(
    r"#(?:N/?A|[A-Z]+/?0?[!?])|--?-?(?=[\"',;\t|]|\s+[-+\d]|\s*$)", re.IGNORECASE
)
_GROUP = re.compile(r"[-+]?\d{1,3} \d{3}(?:[.,]\d+)?")
_SIMPLE = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,20})?")  # most numbers
# What a cell of each kind adds to the score of a way of splitting.
WORTH = {"number": 1.0, "time": 1.0, "missing": 0.7, "padded": 0.6, "text": 0.3}


def kind_of(cell: str) -> str:
    """What a plain cell may be: number, padded (with zeros), time, missing or text."""
    return "number" if _SIMPLE.fullmatch(cell) else _kind_of(cell)


@lru_cache(maxsize=1 << 15)
def _kind_of(cell: str) -> str:
    if is_missing(cell):
        return "missing"
    found = taken_apart(cell)
    if found.after and looks_like_time(cell):
        return "time"
    if found.digits:
        if found.digits[0] == "0" and found.digits[1:2].isdigit():
            whole = found.digits.isdigit() or not looks_like_time(cell)
            return "padded" if whole else "time"
        if any(value_of(found, style) is not None for style in _ANY):
            return "number"
    return "time" if looks_like_time(cell) else "text"


def is_figure(kind: str) -> bool:
    """Whether cells of this kind stand for numbers or times."""
    return kind in ("number", "padded", "time")


@dataclass(frozen=True)
class Splitting:
    """One way to split lines into cells.

    separator: a key of SEPARATORS, or FIXED.  quote: '"', "'" or "".  edges: where columns begin
    and end if they are fixed.
    """

    separator: str
    quote: str = '"'
    edges: tuple[tuple[int, int], ...] = ()

    def rows(self, lines: Sequence[str]) -> list[list[str]]:
        """A row of plain cells a line, [] for an empty one; csv.Error."""
        if self.separator == "none":
            return [[_unquoted(plain(line), self.quote)] if line.strip() else [] for line in lines]
        if self.separator == FIXED:
            return self._rows_at_edges(lines)
        sign = SEPARATORS[self.separator]
        if sign == "|":
            lines = _without_outer_bars(lines)
        elif sign == " ":
            lines = [line.replace("\t", " ").strip() + "\n" for line in lines]
        reader = csv.reader(
            lines,
            delimiter=sign,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=sign in " ,;|",
        )
        return [[plain(cell) for cell in row] if any(row) or len(row) > 1 else [] for row in reader]

    def _rows_at_edges(self, lines: Sequence[str]) -> list[list[str]]:
        """The rows, where lines before the names and after the values stay whole."""
        gaps = [(left[1], right[0]) for left, right in pairwise(self.edges)]
        fits = [not any(line[first:last].strip() for first, last in gaps) for line in lines]
        fits = [fit and not self._crosses(line) for fit, line in zip(fits, lines, strict=True)]
        told = [at for at, line in enumerate(lines) if line.strip()]
        fitting = [order for order, at in enumerate(told) if fits[at]] or [0]
        rich = [order for order in fitting if 2 * len(lines[told[order]].split()) > len(self.edges)]
        first = rich[0] if rich else 0
        words = lines[told[first]].split() if told else []
        names_cross = any(is_figure(kind_of(plain(word))) for word in words)
        inside = set(told[max(first - names_cross, 0) : fitting[-1] + 1])
        return [
            [] if not line.strip() else self._at_edges(line) if at in inside else [plain(line)]
            for at, line in enumerate(lines)
        ]

    def _crosses(self, line: str) -> bool:
        """Whether a word stands in two columns."""
        return any(
            sum(first < word.end() and word.start() < last for first, last in self.edges) > 1
            for word in re.finditer(r"\S+", line)
        )

    def _at_edges(self, line: str) -> list[str]:
        """The cells of a line: words that reach over an edge belong where most of them stand."""
        cells = [""] * len(self.edges)
        for match in re.finditer(r"\S+(?: \S+)*", line.rstrip()):
            whole = any(
                first < match.start() + 1 and match.end() <= last for first, last in self.edges
            )
            crossed = [
                at
                for at, (first, last) in enumerate(self.edges)
                if first < match.end() and match.start() < last
            ]
            if whole or len(crossed) < 2:
                middle = (match.start() + match.end()) / 2
                at = (
                    min(
                        range(len(self.edges)), key=lambda at: abs(sum(self.edges[at]) / 2 - middle)
                    )
                    if not crossed
                    else crossed[0]
                )
                cells[at] = plain(f"{cells[at]} {match.group()}")
            else:
                for at in crossed:
                    first, last = self.edges[at]
                    part = line[max(first, match.start()) : min(last, match.end())]
                    cells[at] = plain(f"{cells[at]} {part}")
        return cells


@dataclass(frozen=True)
class Body:
    """The rows of a table that hold its values.

    rows: all rows.  width: cells in one.  kinds: what each column mostly holds.  inside: the
    indices of the rows that fit, in order.  score: of the way of splitting, up to about 1.
    """

    splitting: Splitting
    rows: list[list[str]]
    width: int
    kinds: tuple[str, ...]
    inside: tuple[int, ...]
    score: float

    @property
    def covered(self) -> float:
        """The share of rows, from the first of the table on, that fit."""
        told = sum(map(bool, self.rows[self.inside[0] : self.inside[-1] + 1]))
        return len(self.inside) / max(told, 1)


def is_comment(line: str) -> bool:
    """Whether a line begins as comments do; neither a number nor a missing value does."""
    line = line.lstrip()
    return line.startswith(COMMENTS) and _NO_COMMENT.match(line) is None


def is_ruler(row: Sequence[str]) -> bool:
    """Whether a row only draws a line, as in Markdown."""
    return bool(row) and _RULER.fullmatch(" | ".join(row)) is not None


def bodies(lines: Sequence[str]) -> list[Body]:
    """Every way of splitting that gives a table, the best first."""
    told = [line for line in lines if line.strip() and not is_comment(line)]
    found: list[Body] = []
    for splitting in _candidates(lines, told):
        try:
            body = body_of(splitting, lines)
        except csv.Error:
            continue
        if body is not None and not any(body.rows == other.rows for other in found):
            found.append(body)
    return sorted(found, key=lambda body: -body.score)


def body_of(splitting: Splitting, lines: Sequence[str]) -> Body | None:
    """The table that lies in the lines if they are split so; None if there is none; csv.Error."""
    return (_body_of if len(lines) > FEW else _body_of_few)(splitting, tuple(lines))


def _read_body(splitting: Splitting, lines: tuple[str, ...]) -> Body | None:
    rows = splitting.rows(lines)
    kinds_of = [[kind_of(cell) for cell in row] for row in rows]
    figures = [any(is_figure(kind) for kind in kinds) for kinds in kinds_of]
    widths = Counter(
        len(row)
        for row, is_told in zip(rows, figures, strict=True)
        if is_told and not is_comment(row[0])
    )
    if not _may_be_one_column(splitting, lines):
        widths.pop(1, None)
    if not widths:
        return None
    width = max(widths, key=lambda width: (widths[width], width))
    if width > MOST_COLUMNS:
        return None
    columns = _kinds_of_columns(rows, kinds_of, width)
    inside = tuple(
        at
        for at, (row, kinds) in enumerate(zip(rows, kinds_of, strict=True))
        if figures[at] and not is_comment(row[0]) and _fits(kinds, columns)
    )
    if not inside:
        return None
    inside = _below_words(inside, rows, kinds_of, columns)
    inside = _with_missing_rows(inside, rows, kinds_of, columns)
    inside = _with_missing_between(inside, rows, kinds_of, columns)
    worth = [
        WORTH[kind]
        for at in inside
        for kind, column in zip(kinds_of[at], columns, strict=False)
        if column != "missing" or kind != "missing"
    ]
    told = sum(1 for row in rows if row and not is_comment(row[0]) and not is_ruler(row))
    whole = sum(len(rows[at]) == width for at in inside)
    score = (len(inside) + whole) / 2 / told * sum(worth) / len(worth)
    body = Body(splitting, rows, width, columns, inside, score)
    return body if not _splits_numbers(body) and not _holds_several(body) else None


# A table is read again by another recipe, often with the same cells.
_body_of = lru_cache(maxsize=2)(_read_body)
_body_of_few = lru_cache(maxsize=12)(_read_body)


def _candidates(lines: Sequence[str], told: list[str]) -> list[Splitting]:
    text = "".join(told[:400])
    quotes = ['"']
    if re.search(r"(?m)(?:^|[,;\t| ])'[^'\n]*'(?:[,;\t| ]|$)", text) and '"' not in text:
        quotes = ["'"]
    found = []
    for separator, sign in SEPARATORS.items():
        if sign == " " or sign in text:
            found += [Splitting(separator, quote) for quote in quotes]
    edges = _edges(told)
    if edges:
        found.append(Splitting(FIXED, "", edges))
    return found


def _edges(lines: list[str]) -> tuple[tuple[int, int], ...]:
    """Where columns stand if blanks separate them at the same places of all lines."""
    lines = [line.rstrip() for line in lines if any(letter.isdigit() for letter in line)][:300]
    lines = _without_odd_ends(lines)
    if len(lines) < 3 or any("\t" in line for line in lines):
        return ()
    longest = max(map(len, lines))
    blank = [all(at >= len(line) or line[at] == " " for line in lines) for at in range(longest)]
    edges, first = [], None
    for at in range(longest + 1):
        if at < longest and not blank[at]:
            first = at if first is None else first
        elif first is not None:
            edges.append((first, at))
            first = None
    edges = _with_whole_times(edges, lines)
    return tuple(edges) if len(edges) > 1 else ()


def _without_odd_ends(lines: list[str]) -> list[str]:
    """The lines without those at both ends whose words are not as in most lines."""
    shapes = [
        tuple(word.rstrip("),%.")[-1:].isdigit() or is_missing(word) for word in line.split())
        for line in lines
    ]
    usual = Counter(shapes).most_common(1)[0][0] if shapes else ()
    wordy = [sum(map(str.isalpha, line)) > sum(map(str.isdigit, line)) for line in lines]
    usually = 2 * sum(wordy) > len(wordy)
    told = [
        at
        for at, shape in enumerate(shapes)
        if shape[:2] == usual[:2] and 2 * len(shape) > len(usual) and wordy[at] == usually
    ]
    return lines[told[0] : told[-1] + 1] if told else lines


def _with_whole_times(edges: list[tuple[int, int]], lines: list[str]) -> list[tuple[int, int]]:
    """The edges with those as one between which dates and times of day have their blanks."""
    found: list[tuple[int, int]] = []
    while edges:
        close = 1
        while close < min(len(edges), 5) and edges[close][0] - edges[close - 1][1] == 1:
            close += 1
        whole = next(
            (
                many
                for many in range(close, 1, -1)
                if _are_times(edges[0][0], edges[many - 1][1], lines)
            ),
            1,
        )
        found.append((edges[0][0], edges[whole - 1][1]))
        edges = edges[whole:]
    return found


def _are_times(first: int, last: int, lines: list[str]) -> bool:
    told = [plain(line[first:last]) for line in lines]
    return sum(map(looks_like_time, told)) > 0.8 * len(told)


def _kinds_of_columns(
    rows: list[list[str]], kinds_of: list[list[str]], width: int
) -> tuple[str, ...]:
    """What most of the told cells of each column are, in rows of that width."""
    counts = [Counter[str]() for _ in range(width)]
    for row, kinds in zip(rows, kinds_of, strict=True):
        if row and not is_comment(row[0]) and len(row) == width:
            for count, kind in zip(counts, kinds, strict=False):
                count[kind] += 1
    found = []
    for count in counts:
        told = count.copy()
        told.pop("missing", None)
        if not told:
            found.append("missing")
            continue
        kind = max(told, key=lambda kind: (told[kind], is_figure(kind)))
        if kind == "padded" and told["number"]:
            kind = "number"
        found.append(kind)
    return tuple(found)


def _fits(kinds: list[str], columns: tuple[str, ...]) -> bool:
    """Whether a row has figures where the columns have them, in at least half of those told."""
    told = [
        (kind, column)
        for kind, column in zip(kinds, columns, strict=False)
        if is_figure(column) and kind != "missing"
    ]
    wrong = sum((kind == "time") != (column == "time") or kind == "text" for kind, column in told)
    times = [kind for kind, column in zip(kinds, columns, strict=False) if column == "time"]
    if times and all(kind not in ("time", "missing") for kind in times):
        return False
    width = len(kinds)
    long = (
        width > len(columns)
        and columns[-1] not in ("text", "missing")  # words may hold commas without quotes
        and any(kind != "missing" for kind in kinds[len(columns) :])
    )
    few = width < len(columns) and wrong  # a row that ends early has to be right so far
    return bool(told) and 2 * wrong <= len(told) and wrong < len(told) and not long and not few


def _with_missing_rows(
    inside: tuple[int, ...],
    rows: list[list[str]],
    kinds_of: list[list[str]],
    columns: tuple[str, ...],
) -> tuple[int, ...]:
    """The rows inside, and those among them and next to them in which all values are missing."""
    known = [
        {rows[at][place] for at in inside if len(rows[at]) > place} if kind == "text" else set()
        for place, kind in enumerate(columns)
    ]

    def is_missing_row(at: int, *, any_text: bool = True) -> bool:
        row, kinds = rows[at], kinds_of[at]
        if len(row) != len(columns) or is_ruler(row):
            return False
        return all(
            kind == "missing" or (kind == "text" and (cell in words or (any_text and words)))
            for cell, kind, words in zip(row, kinds, known, strict=True)
        ) and any(cell and kind == "missing" for cell, kind in zip(row, kinds, strict=True))

    first, last, fitting = inside[0], inside[-1], set(inside)
    while first and is_missing_row(first - 1, any_text=False):
        first -= 1
    while last + 1 < len(rows) and is_missing_row(last + 1):
        last += 1
    return tuple(at for at in range(first, last + 1) if at in fitting or is_missing_row(at))


def _may_be_one_column(splitting: Splitting, lines: Sequence[str]) -> bool:
    """Whether a row may have one cell: where nothing separates, and between two bars."""
    if splitting.separator != "bar":
        return splitting.separator == "none"
    return all(re.fullmatch(r"\|[^|]*\|", line.strip()) for line in lines if "|" in line)


def _with_missing_between(
    inside: tuple[int, ...],
    rows: list[list[str]],
    kinds_of: list[list[str]],
    columns: tuple[str, ...],
) -> tuple[int, ...]:
    """The rows inside, and those between them in which every figure is missing."""
    if "time" in columns:
        return inside
    known = set(inside)
    for at in range(inside[0], inside[-1]):
        if len(rows[at]) == len(columns) and any(rows[at]) and not is_ruler(rows[at]):
            figures = _of_numbers(kinds_of[at], columns)
            others = set(kinds_of[at]) <= {"missing", "text"}
            if others and set(figures) == {"missing"}:
                known.add(at)
    return tuple(sorted(known))


def _below_words(
    inside: tuple[int, ...],
    rows: list[list[str]],
    kinds_of: list[list[str]],
    columns: tuple[str, ...],
) -> tuple[int, ...]:
    """The rows inside without a list of words and numbers above the row of names."""
    if len(columns) < 2:
        return inside
    fitting = set(inside)
    for at in range(inside[0], min(inside[0] + HIGHEST, inside[-1])):
        if at in fitting:
            if "text" not in _of_numbers(kinds_of[at], columns):
                break
        elif not rows[at] and len(rows[inside[0]]) == len(columns):
            return tuple(other for other in inside if other > at)
        elif len(rows[at]) == len(columns) and set(kinds_of[at]) == {"text"}:
            return tuple(other for other in inside if other > at)
    return inside


def _of_numbers(kinds: list[str], columns: tuple[str, ...]) -> list[str]:
    """The kinds of a row's cells in columns of figures."""
    return [kind for kind, column in zip(kinds, columns, strict=False) if is_figure(column)]


def _holds_several(body: Body) -> bool:
    """Whether most rows have a cell with a wide gap, as between columns."""
    if body.splitting.separator in ("space", FIXED):
        return False
    wide = sum(any("  " in cell or "\t" in cell for cell in body.rows[at]) for at in body.inside)
    return 2 * wide > len(body.inside)


def _is_told(cell: str) -> bool:
    return kind_of(cell) != "missing"


def _splits_numbers(body: Body) -> bool:
    """Whether a space would cut groups of thousands apart: 1 090 | 12 300."""
    if body.splitting.separator not in ("space", FIXED) or body.width != 2:
        return False
    told = [body.rows[at] for at in body.inside if any(map(_is_told, body.rows[at]))]
    if not all(len(row) == 2 and _GROUP.fullmatch(" ".join(row)) for row in told):
        return False
    above = next((row for row in reversed(body.rows[: body.inside[0]]) if row), [""])
    one_name = len(" ".join(above).split()) == 1 and kind_of(above[0]) == "text"
    return one_name or any(row[1][0] == "0" for row in told)


def _unquoted(cell: str, quote: str) -> str:
    if quote and len(cell) > 1 and cell[0] == cell[-1] == quote:
        return plain(cell[1:-1])
    return cell


def _without_outer_bars(lines: Sequence[str]) -> Sequence[str]:
    """The lines without bars at both ends if most have them."""
    texts = [line.strip() for line in lines]
    outer = [text[:1] == text[-1:] == "|" and len(text) > 1 for text in texts]
    if 2 * sum(outer) <= sum("|" in text for text in texts):
        return lines
    return [
        text[1:-1] + "\n" if has else line
        for text, has, line in zip(texts, outer, lines, strict=True)
    ]
