"""What was met in a text while it was read, by kind and number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

SOFT_HYPHEN = "\xad"
ORDER_MARK = "\ufeff"  # of bytes, inside a text
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = SOFT_HYPHEN + ORDER_MARK + DIRECTIONS  # left out in normal form C
CONTROLS = "".join(map(chr, [*range(9), 11, *range(14, 32), *range(127, 133), *range(134, 160)]))
REPLACED = "\ufffd"  # stands where a letter was lost before
COUNTED = f"\t\n{INVISIBLE}{CONTROLS}{REPLACED}"


class Guess(NamedTuple):
    """An encoding, and some words of the text as it has them."""

    encoding: str
    words: str = ""


@dataclass
class TextNotes:
    """How a text was read.

    encoding: in force.  guesses: all encodings that are plausible, the one in force first; only one
    where there is no doubt.  letters: how many code points the file has, each line end as one.
    found: how often each of COUNTED occurs in it.  crlf, cr: line ends of that kind among all.
    joined: accents that became one with their letter.  replaced: code points that became another.
    dropped: brackets, quotation marks and dashes that are in no word.  different: how many kinds of
    tokens there are.
    """

    encoding: str = "utf-8"
    guesses: tuple[Guess, ...] = ()
    letters: int = 0
    found: Counter[str] = field(default_factory=Counter)
    crlf: int = 0
    cr: int = 0
    joined: int = 0
    replaced: int = 0
    dropped: int = 0
    different: int = 0

    @property
    def controls(self) -> Mapping[str, int]:
        """How often each control character occurs."""
        return {letter: many for letter, many in self.found.items() if letter in CONTROLS}

    def times(self, letters: str) -> int:
        """How often any of these letters, all of COUNTED, occurs."""
        return sum(self.found[letter] for letter in letters)


def notes_from(known: Mapping[str, object]) -> TextNotes:
    """The notes that `vars` gave; ValueError, TypeError or KeyError if it did not."""
    notes = TextNotes(**known)  # type: ignore[arg-type]
    notes.guesses = tuple(Guess(*each) for each in notes.guesses)
    notes.found = Counter(notes.found)
    return notes
