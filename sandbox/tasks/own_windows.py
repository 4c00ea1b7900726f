"""The windows of a text that `own` draws, and how often each token is the answer in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.corpus_files import corpus
from sandbox.tasks.tokens import Corpus, Source, tokens_in

if TYPE_CHECKING:
    from numpy.typing import NDArray


HELD_OUT = 10  # the last 1/HELD_OUT of a text is not trained on

Part = tuple[int, int]  # the first token, and one past the last


def parts_of(count: int) -> tuple[Part, Part]:
    """What is trained on, and the last tenth, which is not."""
    first = count - count // HELD_OUT
    return (0, first), (first, count)


def cue_words(cues: str, level: str) -> tuple[str, ...]:
    """The cues in a list with commas, each once; a comma alone cannot be one."""
    found = (tokens_in(cue.strip(), level) for cue in cues.split(","))
    return tuple(dict.fromkeys("".join(each) for each in found if each))


def cue_ends(text: Corpus, cues: tuple[str, ...], length: int, part: Part) -> NDArray[np.intp]:
    """Where in the part a cue ends a window of `length` tokens, and a token follows; (n,).

    ValueError if a cue is not in the text.
    """
    first = part[0] + length - 1
    tokens = text.tokens[first : part[1] - 1]
    is_cue = np.zeros(len(tokens), np.bool_)
    for cue in cues:
        is_cue |= tokens == text.words.index(cue)
    return first + np.flatnonzero(is_cue)


@lru_cache(maxsize=8)
def cue_places(source: Source, cues: tuple[str, ...], length: int, part: Part) -> NDArray[np.intp]:
    """`cue_ends` of a file's text, (n,); ValueError if a cue is not in it."""
    return cue_ends(corpus(source), cues, length, part)


@lru_cache(maxsize=8)
def next_counts(source: Source, cues: tuple[str, ...], length: int) -> NDArray[np.float64]:
    """How often each kind is the answer in all windows of the first part together; (kinds + 1,).

    Without cues the window of T tokens that begins at s asks for tokens s + 1 to s + T, for s
    from 0 to n - T - 1; so the token at j is the answer in min(j, T, n - T, n - j) of them.
    """
    text = corpus(source)
    part, _ = parts_of(len(text))
    kinds = len(text.words) + 1
    if cues:
        behind = text.tokens[cue_places(source, cues, length, part) + 1]
        return np.bincount(behind, minlength=kinds) + np.zeros(kinds)
    count = part[1]
    most = min(length, count - length)
    whole = np.append(text.counts, len(text) - text.counts.sum())
    counts = most * (whole - np.bincount(text.tokens[count:], minlength=kinds)).astype(np.float64)
    ends = np.arange(most), np.arange(max(most, count - most), count)
    j = np.concatenate(ends)  # answers of fewer windows than those between
    missing = most - np.minimum(np.minimum(j, count - j), most)
    counts -= np.bincount(text.tokens[j], missing, kinds)
    return counts
