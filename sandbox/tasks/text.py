"""Typed text as numbers or tokens: words without punctuation, near ones told if one is unknown."""

from __future__ import annotations

import difflib
import math
import re
from typing import TYPE_CHECKING

from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; punctuation and ___ are dropped."""
    return _WORD.findall(text.lower())


def tokens_of(words: Iterable[str], known: Sequence[str]) -> list[int]:
    """The place of each lower-case word among the known ones, whatever their case.

    ExperimentError names the first unknown word and near ones.
    """
    index = {word.lower(): token for token, word in enumerate(known)}
    tokens = []
    for word in words:
        if word not in index:
            raise ExperimentError("sequence", word, near_words(word, index))
        tokens.append(index[word])
    return tokens


def number_of(word: str, low: float, high: float, accepts: str) -> float:
    """The number that a word is; ExperimentError if it is none from `low` to `high`."""
    value = float(word) if _NUMBER.fullmatch(word) else math.nan
    if not low <= value <= high:
        raise ExperimentError("sequence", word, accepts)
    return value


def near_words(word: str, words: Iterable[str]) -> str:
    """What is accepted in a word's place: those of `words` that are like it, or the first few."""
    known = list(filter(None, words))
    if near := difflib.get_close_matches(word, known, n=3, cutoff=0.6):
        return "words of the task; near ones are " + ", ".join(near)
    return "words of the task, such as " + ", ".join(known[:8])
