"""The filler of `fluent`: sentences between country and question, and how they are arranged.

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
    from numpy.typing import NDArray

COUNTRY = "COUNTRY"
LONG_ENOUGH = 3  # words; shorter sentences are used only where nothing longer fits
DISTRACTOR_SHARE = 0.2  # share of the sentences, besides the one that every sequence has
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

Lines = list[list[int]]  # the tokens of sentences


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence of a text."""
    return [sentence.split() for sentence in text.split(".")]


@lru_cache(maxsize=1)
def filler_words() -> tuple[str, ...]:
    """Every word of every sentence once, in order, without COUNTRY."""
    texts = (TRAINING, TRAINING_DISTRACTORS, UNSEEN, UNSEEN_DISTRACTORS)
    words = dict.fromkeys(word for text in texts for line in sentences(text) for word in line)
    return tuple(word for word in words if word != COUNTRY)


def filling(rng: np.random.Generator, count: int, gap: int, lines: Lines) -> NDArray[np.intp]:
    """Random numbers of lines (count, S) that have `gap` words together; line 0 is empty."""
    lengths = np.array([len(line) for line in lines])
    left = np.arange(lengths.max() + LONG_ENOUGH + 1)[:, None]
    # A line may come next if it fills what is left, or leaves enough for another one.
    fits = (left == lengths) | (left - lengths >= LONG_ENOUGH) & (left >= LONG_ENOUGH)
    fits &= lengths >= np.where(left < LONG_ENOUGH, 1, LONG_ENOUGH)
    may_follow, choices = np.argsort(~fits, axis=1, kind="stable"), fits.sum(axis=1)
    rest, chosen = np.full(count, gap), [np.zeros(count, np.intp)]
    for luck in rng.random((max(min(1, gap), gap // LONG_ENOUGH), count), np.float32):
        row = np.minimum(rest, len(left) - 1)
        chosen.append(may_follow[row, (luck * choices[row]).astype(np.intp)])
        rest -= lengths[chosen[-1]]
        if not rest.any():
            break
    return np.stack(chosen, axis=1)


def laid_out(numbers: NDArray[np.intp], gap: int, lines: Lines) -> NDArray[np.int32]:
    """The tokens (count, gap) of numbered lines, one after another."""
    lengths = np.array([len(line) for line in lines])
    each = lengths[numbers.ravel()]
    starts = (np.cumsum(lengths) - lengths)[numbers.ravel()] - (np.cumsum(each) - each)
    steps = np.repeat(starts, each) + np.arange(len(numbers) * gap)
    return np.concatenate(lines).astype(np.int32)[steps].reshape(len(numbers), gap)


def with_distractors(
    rng: np.random.Generator, numbers: NDArray[np.intp], lines: Lines, first: int
) -> NDArray[np.intp]:
    """The numbers (N, S) of lines without the first column, with some swapped for distractors.

    At least one in each row, for a line of the same length; distractors are the lines from number
    `first` on.
    """
    numbers, lengths = numbers[:, 1:], np.array([len(line) for line in lines])
    of_length = lengths == np.arange(lengths.max() + 1)[:, None]
    of_length[:, :first] = False
    distractors, choices = np.argsort(~of_length, axis=1, kind="stable"), of_length.sum(axis=1)
    exchanged = rng.random(numbers.shape, np.float32) < DISTRACTOR_SHARE
    used = (numbers > 0).sum(axis=1)
    forced = (rng.random(len(numbers), np.float32) * used).astype(np.intp)
    exchanged[np.arange(len(numbers)), forced] = True
    own = lengths[numbers]
    pick = (rng.random(numbers.shape, np.float32) * choices[own]).astype(np.intp)
    return np.where(exchanged & (choices[own] > 0), distractors[own, pick], numbers)
