"""The tokens that a net will know of a text, most frequent first, as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sandbox.reading.text_questions import share_in_words, text_notes_in_words
from sandbox.reading.text_recipe import text_recipe_of
from sandbox.reading.unseen import described, is_unseen, visible
from sandbox.tasks.tokens import OTHER, SHOWN, Corpus, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = 12  # rare tokens that are named


class Row(NamedTuple):
    """A token: as it is, as a person reads it, what it is, how often it comes and in which share.

    The rare ones together are "" and have the name of their group.
    """

    token: str
    shown: str
    name: str
    times: int
    share: float


@dataclass(frozen=True)
class Alphabet:
    """The `vocabulary` most frequent tokens of a text, and all others as one."""

    text: Corpus
    level: str
    vocabulary: int

    @property
    def kept(self) -> int:
        """How many tokens are told apart."""
        return min(self.vocabulary, len(self.text.words))

    @property
    def others(self) -> int:
        """How many kinds share the last row."""
        return max(self.text.notes.different, len(self.text.words)) - self.kept

    @property
    def rare_count(self) -> int:
        """How often the others come together."""
        return len(self.text) - int(self.text.counts[: self.kept].sum())

    def __len__(self) -> int:
        return self.kept + (self.others > 0)

    def row(self, place: int) -> Row:
        """A row of the table; IndexError if there is none."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        if place == self.kept:
            share = self.rare_count / len(self.text)
            return Row("", OTHER[self.level], self._rare(), self.rare_count, share)
        token, count = self.text.words[place], int(self.text.counts[place])
        return Row(token, shown(token), _name(token, self.level), count, count / len(self.text))

    def _rare(self) -> str:
        """'57 others: ż ǿ …'"""
        first = self.text.words[self.kept : self.kept + NAMED]
        more = " …" if self.others > len(first) else ""
        other = "others" if self.others > 1 else "other"
        return f"{self.others:,} {other}: {' '.join(map(shown, first))}{more}"


def shown(token: str) -> str:
    """A token as a person reads it: ␣ for a blank, U+00A0 for one that does not break."""
    return SHOWN.get(token) or visible(token)


def _name(token: str, level: str) -> str:
    """What a character is; of a word, which of its code points cannot be seen."""
    if level != "words":
        return described(token)
    return " + ".join(dict.fromkeys(described(letter) for letter in token if is_unseen(letter)))


def summary(alphabet: Alphabet, source: Source) -> str:
    """How many tokens, how many different ones, what is grouped, and what reading changed."""
    text, level, others = alphabet.text, alphabet.level, alphabet.others
    words = f"{len(text):,} {level}, {alphabet.kept + others:,} different"
    if others:
        share = share_in_words(alphabet.rare_count / len(text))
        which = f"the {others:,} rarest" if others > 1 else "the rarest"
        words += (
            f", of which {which} ({share} of the text) {'are' if others > 1 else 'is'} read as "
        )
        words += OTHER[level]
    return "; ".join([words, *notes_in_words(alphabet, source)])


def notes_in_words(alphabet: Alphabet, source: Source) -> Iterator[str]:
    """What was changed, left out or met while the text was read, a clause each."""
    recipe, words = text_recipe_of(source.recipe), source.level == "words"
    return text_notes_in_words(alphabet.text.notes, recipe, tidy=source.tidy, words=words)
