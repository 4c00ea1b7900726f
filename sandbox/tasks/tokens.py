"""A text as characters, code points or words, by one rule for every user's text.

Characters are as people count them, with every line ending as one.  Words are in lower case; a word
ends at white space, at control characters and at brackets, quotation marks, dashes and the like,
which are all dropped; the marks . , ! ? ; : are words of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sandbox.reading.text_notes import TextNotes
from sandbox.reading.texts import clusters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Level = Literal["characters", "code points", "words"]
MARKS = ".,!?;:"
LEFT_OUT = '"()[]{}<>_*#/\\|=+`~“”„«»‹›…—–'
APOSTROPHES = "'’-"
MANY_WORDS = 1000  # the vocabulary for words, unless another is wanted
MOST_KINDS = 2**16 - 1  # kinds of tokens that are told apart; the rest count as one more
OTHER = {"words": "(other)", "characters": "□", "code points": "□"}  # all rare ones together
SHOWN = {" ": "␣", "\n": "⏎", "\t": "⇥"}  # how characters that cannot be seen are written


class Source(NamedTuple):
    """Which text, and how it is read.

    data: the id of a file, "" for the sample.  tidy: in normal form C, without what cannot be seen.
    recipe: what a person settled, as text.
    """

    data: str
    level: str
    tidy: bool = True
    recipe: str = ""


@dataclass(frozen=True)
class Corpus:
    """A whole text as numbers.

    tokens: unsigned (n,), each its kind's place when kinds are sorted by how often they come,
    the most frequent first; MOST_KINDS for the rarest.   words: the kinds in that order.
    counts: how often each comes, int64 (kinds,).  notes: what was met while the text was read.
    """

    tokens: NDArray[Any]
    words: tuple[str, ...]
    counts: NDArray[np.int64]
    notes: TextNotes = field(default_factory=TextNotes)

    def __len__(self) -> int:
        return len(self.tokens)


def tokens_in(text: str, level: str) -> list[str]:
    """The characters, code points or words of a text, as above."""
    if level == "words":
        return words_in(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return clusters(text) if level == "characters" else list(text)


def words_in(text: str) -> list[str]:
    """The words of a text, as above."""
    text = re.sub("[\x00-\x1f\x7f-\x9f]", " ", text)
    for letter in LEFT_OUT:
        text = text.replace(letter, " ")
    for mark in MARKS:
        text = text.replace(mark, f" {mark} ")
    return [word.lower() for part in text.split() if (word := part.strip(APOSTROPHES))]


def ranked(tokens: Sequence[str]) -> Corpus:
    """The corpus of a short list of n tokens; of equally frequent ones the first comes first."""
    kinds, counts = zip(*Counter(tokens).most_common(), strict=True) if tokens else ((), ())
    place = {kind: number for number, kind in enumerate(kinds)}
    numbers = np.array([place[token] for token in tokens], np.uint16)
    notes = TextNotes(different=len(kinds))
    return Corpus(numbers, kinds, np.array(counts, np.int64), notes)
