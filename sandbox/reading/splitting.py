"""Lines as rows of cells, for each way in which a table may be written."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.reading.cells import plain
from sandbox.reading.comma_pairs import PAIRS, joined
from sandbox.reading.fixed_places import edges_of, rows_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.fixed_places import Edges


SEPARATORS = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "ampersand": "&"}
SEPARATORS |= {"space": " ", "none": ""}
_LATEX_END, _LATEX_SIGN = re.compile(r"\s*\\\\.*\n?$"), re.compile(r"\\([%_#$])")  # of a row; 5\%
FIXED = "fixed"  # columns begin at the same place in every line


@dataclass(frozen=True)
class Splitting:
    """One way to split lines into cells.

    separator: a key of SEPARATORS, FIXED or PAIRS.  quote: '"', "'" or "".  edges: where columns
    begin and end if they are fixed.
    """

    separator: str
    quote: str = '"'
    edges: Edges = ()

    def rows(self, lines: Sequence[str]) -> list[list[str]]:
        """A row of plain cells a line, [] for an empty one; csv.Error."""
        if self.separator == "none":
            return [[_unquoted(plain(line), self.quote)] if line.strip() else [] for line in lines]
        if self.separator == FIXED:
            return rows_at(self.edges, lines)
        if self.separator == PAIRS:
            return [joined(row) for row in Splitting("comma", self.quote).rows(lines)]
        sign = SEPARATORS[self.separator]
        if sign == "|":
            lines = _without_outer_bars(lines)
        elif sign == "&":
            lines = [_LATEX_END.sub("\n", _LATEX_SIGN.sub(r"\1", line)) for line in lines]
        elif sign == " ":
            lines = [line.replace("\t", " ").strip() + "\n" for line in lines]
        reader = csv.reader(
            lines,
            delimiter=sign,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=sign in " ,;|&",
        )
        return [[plain(cell) for cell in row] if any(row) or len(row) > 1 else [] for row in reader]


def ways_of_splitting(lines: list[str], wanted: str = "") -> list[Splitting]:
    """Every way in which lines may be split, none of them comments.

    wanted: the separator that a person chose; pairs are joined only if they are chosen.
    """
    if wanted == PAIRS:
        return [Splitting(PAIRS)]
    text = "".join(lines[:400])
    quotes = ['"']
    if re.search(r"(?m)(?:^|[,;\t| ])'[^'\n]*'(?:[,;\t| ]|$)", text) and '"' not in text:
        quotes = ["'"]
    found = []
    for separator, sign in SEPARATORS.items():
        if sign == " " or sign in text:
            found += [Splitting(separator, quote) for quote in quotes]
    edges = edges_of(lines)
    if edges:
        found.append(Splitting(FIXED, "", edges))
    return found


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
