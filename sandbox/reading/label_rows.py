"""Rows of labels without numbers next to a table: rows of it, or footnotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.reading.doubts import is_total
from sandbox.reading.kinds import is_comment, is_figure, is_ruler

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROW, DOUBTFUL, NONE = "row", "doubtful", ""
MOST_WORDS = 3  # in a label, unless one inside has more
LONG = 1.5  # times the longest label inside
_NOTES = re.compile(
    r"(?i)(?:foot)?notes?\b|sources?\b|quellen?\b|anmerkung|hinweis|stand\b|legend|fuente|nota\b|"
    r"remarks?\b|comments?\b|copyright|data from|last updated|updated|end\b|eof\b|eor\b|"
    r"export(?:ed)?\b|generated|created|downloaded|license|licence|see\b|\W"
)
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+(?:(?:[-'.]|\. )[^\W\d_]+)*")  # Basel-Stadt and St. Gallen as well


class Labels:
    """The words in the columns of text of a table's rows, and how they are written."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """columns: what each mostly holds.  rows: those that are surely inside."""
        told = list(rows)
        self._columns = columns
        self.words = {
            at: {row[at] for row in told if len(row) > at and row[at]}
            for at, kind in enumerate(columns)
            if kind == "text"
        }
        self._shapes = {at: set(map(_shape, words)) for at, words in self.words.items()}

    def verdict(self, row: Sequence[str], kinds: Sequence[str]) -> str:
        """What a row without figures is: ROW or DOUBTFUL if it has labels and may be one.

        A row of several cells that ends early, or of one, is in doubt at most.
        """
        labels = [(at, row[at]) for at, kind in enumerate(kinds) if kind != "missing"]
        if not labels or "time" in self._columns or not any(map(is_figure, self._columns)):
            return NONE
        if len(row) > len(self._columns) or any(at not in self.words for at, _ in labels):
            return NONE
        if is_ruler(row) or is_comment(row[0]) or any(_is_note(label) for _, label in labels):
            return NONE
        if len(row) < len(self._columns):
            return DOUBTFUL if self.counts(row) else NONE
        if all(self._is_known(*label) for label in labels):
            return ROW
        return DOUBTFUL if all(self._is_as_long(*label) for label in labels) else NONE

    def counts(self, row: Sequence[str]) -> bool:
        """Whether its labels are those of other rows, or have digits where others have them."""
        labels = [(at, row[at]) for at in self.words if at < len(row) and row[at]]
        return bool(labels) and all(
            label in self.words[at] or ("0" in _shape(label) and self._is_known(at, label))
            for at, label in labels
        )

    def _is_known(self, at: int, label: str) -> bool:
        """Whether a label is written as one inside is."""
        written = label in self.words[at] or _shape(label) in self._shapes[at]
        return written and self._is_as_long(at, label)

    def _is_as_long(self, at: int, label: str) -> bool:
        """Whether a label is no longer than those inside may be, thus no sentence."""
        longest = max(map(len, self.words[at]), default=0)
        most = max((len(word.split()) for word in self.words[at]), default=0)
        return len(label) <= LONG * longest and len(label.split()) <= max(MOST_WORDS, most)


def _is_note(label: str) -> bool:
    """Whether a label names a sum or begins as a note does."""
    return is_total(label) or _NOTES.match(label) is not None


def _shape(label: str) -> str:
    """How a label is written: a 0 for digits and an a for letters, a0-a for b17-x."""
    return _LETTERS.sub("a", _DIGITS.sub("0", label))
