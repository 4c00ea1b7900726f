"""Series of whole sentences with an exact number of words, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.filler import COUNTRY, LONG_ENOUGH, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

SLOT = -1  # the token of COUNTRY, until a country is chosen
DISTRACTOR_SHARE = 0.2  # of the sentences, beside the one that every sequence has


class SentenceTable:
    """Sentences as tokens, and which of them may come next.

    Sentence 0 is empty; then come the plain ones, then the distractors.  Row r of `_next`
    lists the plain sentences that may come next where r words are still to be filled: those
    after which nothing is left, or enough for another sentence of LONG_ENOUGH words.  From
    the last row on, every plain sentence of at least LONG_ENOUGH words may.
    """

    def __init__(
        self, plain: Sequence[Sentence], distractors: Sequence[Sentence], token: Mapping[str, int]
    ) -> None:
        lines: list[Sentence] = [(), *plain, *distractors]
        self._lengths = np.array([len(line) for line in lines], np.intp)
        self._starts = np.cumsum(self._lengths) - self._lengths
        flat = [SLOT if word == COUNTRY else token[word] for line in lines for word in line]
        self._flat = np.array(flat, np.int32)
        last = int(self._lengths[: len(plain) + 1].max()) + LONG_ENOUGH
        lengths = self._lengths[1 : len(plain) + 1]
        self._next, self._choices = _ragged(
            [np.flatnonzero(_fits(lengths, left)) + 1 for left in range(last + 1)]
        )
        ids = np.arange(len(plain) + 1, len(lines))
        self._distractors, self._distractor_choices = _ragged(
            [ids[self._lengths[ids] == length] for length in range(last + 1)]
        )

    def series(self, rng: np.random.Generator, count: int, gap: int) -> NDArray[np.intp]:
        """(count, S) sentence numbers, 0 behind the last; lengths in each row sum to `gap`."""
        slots = max(1, gap // LONG_ENOUGH)
        luck = rng.random((slots, count), np.float32)
        left = np.full(count, gap, np.intp)
        series = []
        for draw in luck:
            row = np.minimum(left, len(self._next) - 1)
            chosen = self._next[row, (draw * self._choices[row]).astype(np.intp)]
            left -= self._lengths[chosen]
            series.append(chosen)
            if not left.any():
                break
        return np.stack(series, axis=1)

    def with_distractors(
        self, rng: np.random.Generator, series: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """The series with some sentences, at least one a row, exchanged for distractors.

        A distractor takes the place of a sentence of its own length.
        """
        exchanged = rng.random(series.shape, np.float32) < DISTRACTOR_SHARE
        used = (series > 0).sum(axis=1)
        forced = (rng.random(len(series), np.float32) * used).astype(np.intp)
        exchanged[np.arange(len(series)), forced] = True
        lengths = self._lengths[series]
        choices = self._distractor_choices[lengths]
        pick = (rng.random(series.shape, np.float32) * choices).astype(np.intp)
        return np.where(exchanged & (choices > 0), self._distractors[lengths, pick], series)

    def tokens(self, series: NDArray[np.intp], gap: int) -> NDArray[np.int32]:
        """(count, gap) tokens of the series, SLOT where a distractor names a country."""
        ids = series.ravel()
        lengths = self._lengths[ids]
        shift = self._starts[ids] - (np.cumsum(lengths) - lengths)
        steps = np.repeat(shift, lengths)
        steps += np.arange(len(steps))
        tokens: NDArray[np.int32] = self._flat[steps].reshape(len(series), gap)
        return tokens


def _fits(lengths: NDArray[np.intp], left: int) -> NDArray[np.bool_]:
    """Which sentences may come next where `left` words are still to be filled."""
    rest = left - lengths
    fills: NDArray[np.bool_] = rest == 0
    if left >= LONG_ENOUGH:
        fills = (lengths >= LONG_ENOUGH) & (fills | (rest >= LONG_ENOUGH))
    return fills


def _ragged(rows: Sequence[NDArray[np.intp]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of different lengths as one table, padded with 0, and their lengths."""
    table = np.zeros((len(rows), max(1, max(len(row) for row in rows))), np.intp)
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
    return table, np.array([len(row) for row in rows], np.intp)
