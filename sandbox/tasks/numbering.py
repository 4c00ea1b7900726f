"""A text's tokens as numbers: first as they come, then by how often each kind comes."""

from __future__ import annotations

from collections import defaultdict
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from sandbox.reading.text_pieces import CODES
from sandbox.reading.texts import whole_clusters
from sandbox.tasks.tokens import APOSTROPHES, LEFT_OUT, MARKS, MOST_KINDS, Corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from sandbox.reading.text_notes import TextNotes
    from sandbox.reading.text_pieces import Piece

ESCAPE = 2**16 - 1
Part = TypeVar("Part")
_NOTHING = np.uint32(2**32 - 1)
_SPACES = "\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, [*range(128, 160), *range(0x2000, 0x200B)])
)
_ASCII_LEFT_OUT = "".join(letter for letter in LEFT_OUT if letter.isascii())
_ASCII_SPACES = "".join(map(chr, [*range(32), 127])) + _ASCII_LEFT_OUT
_PLAIN = bytes.maketrans(
    (ascii_uppercase + _ASCII_SPACES).encode(),
    (ascii_lowercase + " " * len(_ASCII_SPACES)).encode(),
)
_OTHER = [letter for letter in LEFT_OUT + _SPACES if not letter.isascii()]
_DROPPED = list(map(ord, LEFT_OUT))


def numbered_letters(pieces: Iterable[Piece], whole: bool) -> tuple[Corpus, int]:
    """The code points of a text, or its characters if they shall be whole; and how many kinds.

    A character of several code points is numbered from CODES on.
    """
    longer: defaultdict[str, int] = defaultdict()
    longer.default_factory = lambda: CODES + len(longer)
    counts, parts = np.zeros(CODES, np.int64), []
    for piece in pieces:
        found, times = piece.codes, piece.times
        if whole and piece.joined:
            found = _cluster_numbers(piece.text, longer)
            times = np.bincount(found)
        if len(times) > len(counts):
            counts = np.append(counts, np.zeros(len(times) + CODES - len(counts), np.int64))
        counts[: len(times)] += times
        parts.append(found)
    names = dict(zip(longer.values(), longer, strict=True))
    kept, rank, different = _ranks(counts)
    words = tuple(names[kind] if kind >= CODES else chr(kind) for kind in kept.tolist())
    tokens = _ranked(parts, rank, int(counts.sum()), lambda part: part)
    return Corpus(tokens, words, counts[kept]), different


def _cluster_numbers(text: str, longer: defaultdict[str, int]) -> NDArray[np.uint32]:
    found = whole_clusters(text)
    numbers = (ord(each) if len(each) == 1 else longer[each] for each in found)
    return np.fromiter(numbers, np.uint32, len(found))


def numbered_words(pieces: Iterable[Piece], notes: TextNotes) -> tuple[Corpus, int]:
    """The words of a text, of which the spellings of one are merged; and how many kinds."""
    number: defaultdict[bytes, int] = defaultdict()
    number.default_factory = number.__len__
    parts: list[_Packed] = []
    for plain in _whole_words(pieces, notes):
        found = plain.split()
        parts.append(_packed(np.fromiter(map(number.__getitem__, found), np.uint32, len(found))))
    words, places, outer = _stripped(list(number))
    times = np.zeros(len(places), np.int64)
    for part in parts:
        here = np.bincount(_unpacked(part))
        times[: len(here)] += here
    notes.dropped += int(times @ outer)
    real = places != _NOTHING
    counts = np.zeros(len(words), np.int64)
    np.add.at(counts, places[real], times[real])
    kept, rank_of_word, different = _ranks(counts)
    rank = np.zeros(len(places), rank_of_word.dtype)
    rank[real] = rank_of_word[places[real]]
    words = [words[kind] for kind in kept.tolist()]
    drop = None if real.all() else real
    tokens = _ranked(parts, rank, int(counts.sum()), lambda part: _unpacked(part, drop))
    return Corpus(tokens, tuple(words), counts[kept]), different


class _Packed(NamedTuple):
    """Numbers (n,) in half their bytes: those from ESCAPE on stand apart, in their order."""

    low: NDArray[np.uint16]
    beyond: NDArray[np.uint32]


def _packed(numbers: NDArray[np.uint32]) -> _Packed:
    low = np.minimum(numbers, ESCAPE).astype(np.uint16)
    return _Packed(low, numbers[numbers >= ESCAPE])


def _unpacked(part: _Packed, kept: NDArray[np.bool_] | None = None) -> NDArray[np.uint32]:
    """The numbers of a part; only those that are kept, if that is said by number."""
    numbers = part.low.astype(np.uint32)
    numbers[part.low == ESCAPE] = part.beyond
    return numbers if kept is None else numbers[kept[numbers]]


def _ranks(counts: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[Any], int]:
    """The kinds that are told apart, the most frequent first; every kind's place there; how many.

    All others together are how many there are in all.
    """
    kinds = np.flatnonzero(counts)
    kept = kinds[np.argsort(-counts[kinds], kind="stable")][:MOST_KINDS]
    small = len(kinds) <= 256
    rank = np.full(len(counts), 0 if small else MOST_KINDS, np.uint8 if small else np.uint16)
    rank[kept] = np.arange(len(kept))
    return kept, rank, len(kinds)


def _ranked(
    parts: list[Part], rank: NDArray[Any], count: int, numbers: Callable[[Part], NDArray[Any]]
) -> NDArray[Any]:
    """The ranks (count,) of the numbers of all parts, which are given up one by one."""
    tokens, done = np.empty(count, rank.dtype), 0
    parts.reverse()
    while parts:
        found = numbers(parts.pop())
        out = tokens[done : done + len(found)]
        rank.take(found, out=out, mode="clip")  # quicker; none is outside
        done += len(found)
    return tokens


def _whole_words(pieces: Iterable[Piece], notes: TextNotes) -> Iterator[bytes]:
    """The text as `_plain` writes it, in parts that are cut between words."""
    rest, there = "", set[str]()
    for piece in pieces:
        times = piece.times
        notes.dropped += sum(int(times[code]) for code in _DROPPED if code < len(times))
        there |= {each for each in _OTHER if ord(each) < len(times) and times[ord(each)]}
        text = rest + piece.text
        cut = max(text.rfind(" "), text.rfind("\n")) + 1
        rest = text[cut:]
        yield _plain(text[:cut], there)
    yield _plain(rest, there)


def _plain(text: str, there: Iterable[str]) -> bytes:
    """Words and marks in UTF-8, separated by white space; `there` may be in it, and is left out."""
    plain = text.encode().translate(_PLAIN)
    if not text.isascii():
        for left_out in there:
            plain = plain.replace(left_out.encode(), b" ")
    for mark in MARKS.encode():
        plain = plain.replace(b"%c" % mark, b" %c " % mark)
    return b" %b " % plain


def _stripped(
    found: list[bytes],
) -> tuple[list[str], NDArray[np.uint32], NDArray[np.int64]]:
    """The distinct words in lower case without outer apostrophes and hyphens.

    Then by spelling, both (n,): its word's place, and how many of these stand around it.
    """
    known: dict[str, int] = {}
    places, outer = np.full(len(found), _NOTHING, np.uint32), np.zeros(len(found), np.int64)
    for index, word in enumerate(found):
        whole = word.decode()
        plain = whole.strip(APOSTROPHES)
        outer[index] = len(whole) - len(plain)
        if plain:
            places[index] = known.setdefault(plain.lower(), len(known))
    return list(known), places, outer
