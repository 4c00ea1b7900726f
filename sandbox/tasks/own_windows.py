"""The windows of a text that `own` draws, and how often each token is the answer in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.corpus_files import corpus
from sandbox.tasks.tokens import tokens_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HELD_OUT = 10  # the last 1/HELD_OUT of a text is not trained on
AT_ONCE = 1 << 22  # tokens that are looked through at once

Part = tuple[int, int]  # the first token, and one past the last


def parts_of(count: int) -> tuple[Part, Part]:
    """What is trained on, and the last tenth, which is not."""
    first = count - count // HELD_OUT
    return (0, first), (first, count)


def cue_words(cues: str, level: str) -> tuple[str, ...]:
    """The cues in a list with commas, each once; a comma alone cannot be one."""
    found = (tokens_in(cue.strip(), level) for cue in cues.split(","))
    return tuple(dict.fromkeys("".join(each) for each in found if each))


@lru_cache(maxsize=8)
def cue_places(
    data: str, level: str, cues: tuple[str, ...], length: int, part: Part
) -> NDArray[np.intp]:
    """Where in the part a cue ends a window of `length` tokens, and a token follows; (n,)."""
    text = corpus(data, level)
    is_cue = np.zeros(len(text.words) + 1, np.bool_)
    is_cue[[text.words.index(cue) for cue in cues]] = True
    first, last = part[0] + length - 1, part[1] - 1
    found = [
        start + np.flatnonzero(is_cue[tokens])
        for start, tokens in _pieces(text.tokens, first, last)
    ]
    return np.concatenate([np.zeros(0, np.intp), *found])


@lru_cache(maxsize=8)
def next_counts(data: str, level: str, cues: tuple[str, ...], length: int) -> NDArray[np.float64]:
    """How often each kind is the answer in all windows of the first part together; (kinds + 1,).

    Without cues the window of T tokens that begins at s asks for tokens s + 1 to s + T, for s
    from 0 to n - T - 1; so the token at j is the answer in min(j, T, n - T, n - j) of them.
    """
    text = corpus(data, level)
    part, _ = parts_of(len(text))
    kinds = len(text.words) + 1
    if cues:
        behind = text.tokens[cue_places(data, level, cues, length, part) + 1]
        return np.bincount(behind, minlength=kinds) + np.zeros(kinds)
    count = part[1]
    most = min(length, count - length)
    counts = most * _counts_of(data, level, part)
    j = np.arange(count) if count < 2 * most else _ends(count, most)
    missing = most - np.minimum(np.minimum(j, count - j), most)
    counts -= np.bincount(text.tokens[j], missing, kinds)
    return counts


@lru_cache(maxsize=4)
def _counts_of(data: str, level: str, part: Part) -> NDArray[np.float64]:
    """How often each kind comes in a part, (kinds + 1,)."""
    text = corpus(data, level)
    counts = np.zeros(len(text.words) + 1)
    for _, tokens in _pieces(text.tokens, *part):
        counts += np.bincount(tokens, minlength=len(counts))
    return counts


def _ends(count: int, most: int) -> NDArray[np.intp]:
    return np.concatenate([np.arange(most), np.arange(count - most, count)])


def _pieces(tokens: NDArray[Any], first: int, last: int) -> Iterator[tuple[int, NDArray[Any]]]:
    """Tokens from `first` to before `last`, in pieces with the place where each begins."""
    for start in range(first, last, AT_ONCE):
        yield start, tokens[start : min(start + AT_ONCE, last)]
