"""Typed text as tokens: words without punctuation; unknown ones are refused with near matches."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; punctuation and ___ are dropped."""
    return _WORD.findall(text.lower())


def token_index(words: Sequence[str]) -> dict[str, int]:
    """Word in lower case -> token."""
    return {word.lower(): token for token, word in enumerate(words)}


def tokens_of(words: Iterable[str], index: Mapping[str, int]) -> list[int]:
    """The token of each word; ExperimentError names the first unknown word and near ones."""
    tokens = []
    for word in words:
        if word not in index:
            raise ExperimentError("sequence", word, _near(word, index))
        tokens.append(index[word])
    return tokens


def _near(word: str, index: Mapping[str, int]) -> str:
    near = difflib.get_close_matches(word, [known for known in index if known], n=3, cutoff=0.6)
    if near:
        return "words of the task; near ones are " + ", ".join(near)
    return "words of the task, such as " + ", ".join([known for known in index if known][:8])
