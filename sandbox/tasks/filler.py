"""The filler of `fluent`: sentences between the country and the question, and how they are laid.

Two sets that share no word: TRAINING is trained on; the words of UNSEEN are in the vocabulary, but
never drawn in training.  Sentences are in lower case with a full stop between them; COUNTRY is
where a distractor names one.  Every length of a plain sentence, from LONG_ENOUGH words on, is
also the length of a distractor.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COUNTRY = "COUNTRY"
LONG_ENOUGH = 3  # words; shorter sentences are used only where nothing longer fits
DISTRACTOR_SHARE = 0.2  # of the sentences, beside the one that every sequence has
TRAINING = """
anyway. meanwhile. still. time passed. life continued. nobody noticed. seasons changed. the rain
stopped. dinner was late. summer came early. the dog barked. my sister laughed. we walked home.
everyone felt tired. the music faded. the old clock ticked. my brother plays chess. we baked fresh
bread. snow covered the hills. she painted the door. the shop closed early. he forgot his umbrella.
the rain fell softly. our train was late. they sang old songs. the river runs past town. my mother
planted red roses. we bought apples and cheese. the children built a castle. a black cat slept
upstairs. my uncle repairs broken bicycles. the bakery opens before dawn. the coffee tasted very
strong. our neighbour keeps seven chickens. he wrote letters every winter. the phone rang all night.
the teacher told us a story. a grey bird sang all morning. my father reads the paper slowly. they
danced until the band stopped. the boats came back before dark. our cousin broke his left arm. a
tall man carried two buckets. the kitchen smelled of warm soup. we sat together by the fire. the
museum was closed on monday. the wind blew leaves across the garden. every evening the lamps lit the
street. the doctor asked him to rest more. a small boat drifted across the lake. they played cards
while the storm passed. the girl next door won a prize. his new shoes were far too big. the farmer
sold us eggs and butter. somebody left a bicycle outside the library. she found a silver coin under
the table. my grandmother knitted a blue scarf for me. the market sells honey and fish on friday. we
took the bus to the old museum. a young fox crossed the road at night. the moon was bright and the
sea calm. our house has green windows and white walls. my friend lost her keys on the way home. the
baker gave the hungry boy a warm roll. the man at the station sold flowers and candles. after lunch
we swam to the other side slowly. the film was long but nobody wanted to leave. he opened the window
because the room was hot. they waited an hour for a table outside
"""
TRAINING_DISTRACTORS = """
she loves COUNTRY. they left COUNTRY. he missed COUNTRY. my friend visited COUNTRY. he dreamed of
COUNTRY. the wine was from COUNTRY. a letter came from COUNTRY. his wife was from COUNTRY. we flew
over COUNTRY once. the new teacher came from COUNTRY. they sold their house in COUNTRY. my cousin
spent a summer in COUNTRY. our train was late again in COUNTRY. the man next door bought cheese from
COUNTRY. my uncle took a bus all over COUNTRY. we read a story about the king of COUNTRY. the film
showed a small village in COUNTRY. her friend sent us a long letter from COUNTRY
"""
UNSEEN = """
afterwards. elsewhere. nevertheless. stars glow. bees hum. years vanish. painters mix colours.
wolves howl loudly. rockets burn fuel. judges hear witnesses. farmers harvest golden wheat. pilots
land heavy planes. artists sketch quiet villages. spiders weave delicate webs. miners dig deep
beneath mountains. curious monkeys steal ripe bananas. tailors stitch velvet jackets nightly. most
lawyers carry thick folders. graceful dancers wear fine silk dresses. clever engineers design
bridges between islands. sailors mend torn nets with thread. some owls hunt mice around midnight.
patient gardeners pick tomatoes during dry months. busy nurses help anxious patients through nights.
kind librarians stamp dusty novels without hurry. cheerful waiters serve lemon tarts with vanilla
cream. noisy tractors pull wooden carts along muddy lanes. several brave climbers reach icy peaks
without oxygen tanks
"""
UNSEEN_DISTRACTORS = """
tourists admire COUNTRY. merchants praise COUNTRY. actors tour rural COUNTRY. gold reaches northern
COUNTRY. poets describe rivers throughout COUNTRY. many students travel around sunny COUNTRY. rich
traders ship spices toward distant COUNTRY. famous chefs import rare truffles directly into COUNTRY.
proud football teams win difficult matches against mighty COUNTRY
"""

Tokens = list[list[int]]  # of each sentence


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence of a text."""
    return [line.split() for line in text.split(".")]


@lru_cache(maxsize=1)
def filler_words() -> tuple[str, ...]:
    """Every word of every sentence once, in order, without COUNTRY."""
    texts = (TRAINING, TRAINING_DISTRACTORS, UNSEEN, UNSEEN_DISTRACTORS)
    words = dict.fromkeys(word for text in texts for line in sentences(text) for word in line)
    return tuple(word for word in words if word != COUNTRY)


def ragged(rows: Sequence[NDArray[np.intp]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of different lengths as a table, padded with 0, and their lengths."""
    counts = np.array([len(row) for row in rows])
    table = np.zeros((len(rows), counts.max()), np.intp)
    for padded, row in zip(table, rows, strict=True):
        padded[: len(row)] = row
    return table, counts


def series(rng: np.random.Generator, count: int, gap: int, plain: Tokens) -> NDArray[np.intp]:
    """Numbers of sentences, (count, S), that have `gap` words together; 0 is no sentence.

    Where `left` words are to be filled, a sentence may follow if it fills them, or leaves enough
    for one more of LONG_ENOUGH words.
    """
    lengths = np.array([0, *map(len, plain)])
    following = []
    for left in range(lengths.max() + LONG_ENOUGH + 1):  # where more is left, every one may follow
        short = left < LONG_ENOUGH
        fits = (left == lengths) | (~short & (left - lengths >= LONG_ENOUGH))
        following.append(np.flatnonzero(fits & (lengths >= (1 if short else LONG_ENOUGH))))
    table, choices = ragged(following)
    rest, chosen = np.full(count, gap), []
    for luck in rng.random((max(1, gap // LONG_ENOUGH), count), np.float32):
        row = np.minimum(rest, len(table) - 1)
        chosen.append(table[row, (luck * choices[row]).astype(np.intp)])
        rest -= lengths[chosen[-1]]
        if not rest.any():
            break
    return np.stack(chosen, axis=1)


def laid_out(series: NDArray[np.intp], gap: int, lines: Tokens) -> NDArray[np.int32]:
    """The tokens (count, gap) of numbered sentences, one behind another."""
    lengths = np.array([0, *map(len, lines)])
    starts = np.cumsum(lengths) - lengths
    each = lengths[series.ravel()]
    first = starts[series.ravel()] - (np.cumsum(each) - each)
    steps = np.repeat(first, each) + np.arange(gap * len(series))
    return np.concatenate(lines).astype(np.int32)[steps].reshape(-1, gap)


def with_distractors(
    rng: np.random.Generator, series: NDArray[np.intp], plain: Tokens, distractors: Tokens
) -> NDArray[np.intp]:
    """The series with at least one sentence of each row exchanged for a distractor as long.

    Distractors are numbered behind the plain sentences.
    """
    lengths = np.array([0, *map(len, plain), *map(len, distractors)])
    others = [np.flatnonzero(lengths == n) for n in range(lengths.max() + LONG_ENOUGH + 1)]
    others = [each[each > len(plain)] for each in others]
    table, counts = ragged(others)
    exchanged = rng.random(series.shape, np.float32) < DISTRACTOR_SHARE
    used = (series > 0).sum(axis=1)
    forced = (rng.random(len(series), np.float32) * used).astype(np.intp)
    exchanged[np.arange(len(series)), forced] = True
    own = lengths[series]
    pick = (rng.random(series.shape, np.float32) * counts[own]).astype(np.intp)
    return np.where(exchanged & (counts[own] > 0), table[own, pick], series)
