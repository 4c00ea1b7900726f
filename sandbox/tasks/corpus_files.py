"""Large texts as numbers: read once in chunks, then mapped into memory from the cache.

A text of 100 MB is counted without a list of its words: characters by their code, words by a
64-bit hash of their bytes, many at once.  Two words with one hash would be taken for one; for
a million words that is to be expected once in 10⁷ texts.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.data import located, name_of, silent
from sandbox.tasks.data_cache import from_cache, into_cache
from sandbox.tasks.encoding import encoding_of, text_chunks
from sandbox.tasks.tokens import APOSTROPHES, LEFT_OUT, MARKS, MOST_KINDS, Corpus, ranked
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sandbox.tasks.data import Report

VERSION = 1  # of what is in the cache
_R, _SLOTS = 0x9E3779B97F4A7C15, 21  # of the hash; bits of its table's size
_NOTHING = np.uint32(2**32 - 1)
_SPACES = "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_ASCII_LEFT_OUT = "".join(letter for letter in LEFT_OUT if letter.isascii())
_PLAIN = bytes.maketrans(
    (ascii_uppercase + _ASCII_LEFT_OUT).encode(),
    (ascii_lowercase + " " * len(_ASCII_LEFT_OUT)).encode(),
)
_OTHER_LEFT_OUT = [letter.encode() for letter in LEFT_OUT + _SPACES if not letter.isascii()]
_BEGINNINGS = {letter[:-1] for letter in _OTHER_LEFT_OUT}


def corpus_of_file(data: str, level: str, report: Report = silent) -> Corpus:
    """The text of an adopted file; ExperimentError where it is gone or is no text.

    The first time it is read takes some seconds for 100 MB; then it comes from the cache.
    """
    return _opened(str(located(data)), level, _Silent(report))


class _Silent:
    """A report that does not make two calls different."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Silent)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4)
def _opened(path: str, level: str, silent: _Silent) -> Corpus:
    source = Path(path)
    stored = f"{source.name}.{level}.{VERSION}"
    found = _from_cache(stored)
    return found or _kept(stored, _read(source, level, silent.report))


def _read(path: Path, level: str, report: Report) -> Corpus:
    encoding = encoding_of(path, lambda done: report(0.1 * done))
    chunks = text_chunks(path, encoding, lambda done: report(0.1 + 0.8 * done))
    made = (_characters if level == "characters" else _words)(chunks)
    if not len(made):
        name = name_of(path.name)
        raise ExperimentError("data", name, f"a file with text in it: {name} has none")
    report(1.0)
    return made


def _from_cache(stored: str) -> Corpus | None:
    """What was written under that name; None where nothing of use is."""
    tokens, kinds = from_cache(f"{stored}.npy"), from_cache(f"{stored}.kinds.npy")
    if tokens is None or kinds is None:
        return None
    try:
        known = json.loads(kinds.tobytes())
        return Corpus(tokens, tuple(known["words"]), np.array(known["counts"], np.int64))
    except (ValueError, KeyError, TypeError):
        return None  # it can be made again


def _kept(stored: str, made: Corpus) -> Corpus:
    """The same, its tokens mapped into memory where they could be written."""
    kinds = json.dumps({"words": made.words, "counts": made.counts.tolist()})
    into_cache(f"{stored}.kinds.npy", np.frombuffer(kinds.encode(), np.uint8))
    return Corpus(into_cache(f"{stored}.npy", made.tokens), made.words, made.counts)


# Characters -------------------------------------------------------------------------------


def _characters(chunks: Iterable[str]) -> Corpus:
    """Counted by their code; a second pass over the codes gives each its rank."""
    counts, codes = np.zeros(0x110000, np.int64), []
    for chunk in chunks:
        if chunk.isascii():
            found: NDArray[Any] = np.frombuffer(chunk.encode("ascii"), np.uint8)
        else:
            found = np.frombuffer(chunk.encode("utf-32-le"), np.uint32)
        own = np.bincount(found)
        counts[: len(own)] += own
        codes.append(found)
    kinds = np.flatnonzero(counts)
    kinds = kinds[np.argsort(-counts[kinds], kind="stable")]
    if not len(kinds):
        return ranked([])
    width = np.uint16 if len(kinds) > 256 else np.uint8
    rank = np.full(len(counts), min(len(kinds) - 1, MOST_KINDS), width)
    kept = kinds[:MOST_KINDS]
    rank[kept] = np.arange(len(kept))
    tokens = np.concatenate([rank[found] for found in codes])
    return Corpus(tokens, tuple(map(chr, kept)), counts[kept])


# Words ------------------------------------------------------------------------------------


def _words(chunks: Iterable[str]) -> Corpus:
    """Numbered as they come; then those that are one word are made one, and ranked."""
    table = _Numbers()
    parts = [table.of(plain) for plain in _whole_words(chunks)]
    words, places = _stripped(table.words)
    counts = np.zeros(len(words), np.int64)
    found = sum(np.bincount(part, minlength=len(places)) for part in parts)
    real = places != _NOTHING
    np.add.at(counts, places[real], np.asarray(found)[real])
    kinds = np.argsort(-counts, kind="stable")
    kept = kinds[:MOST_KINDS]
    rank = np.full(len(places), MOST_KINDS, np.uint16)
    place_of = np.full(len(words), MOST_KINDS, np.uint16)
    place_of[kept] = np.arange(len(kept))
    rank[real] = place_of[places[real]]
    tokens = [rank[part if real.all() else part[real[part]]] for part in parts]
    return Corpus(np.concatenate(tokens), tuple(words[kind] for kind in kept), counts[kept])


def _whole_words(chunks: Iterable[str]) -> Iterator[bytes]:
    """The text in UTF-8, in parts that begin and end between words; see `_plain`."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        cut = max(text.rfind(" "), text.rfind("\n")) + 1
        rest = text[cut:]
        yield _plain(text[:cut])
    yield _plain(rest)


def _plain(text: str) -> bytes:
    """Words and marks with control characters or spaces between them and at both ends."""
    plain = text.encode().translate(_PLAIN)
    if not text.isascii():
        there = {beginning for beginning in _BEGINNINGS if beginning in plain}
        for left_out in _OTHER_LEFT_OUT:
            if left_out[:-1] in there:
                plain = plain.replace(left_out, b" ")
    for mark in MARKS.encode():
        plain = plain.replace(b"%c" % mark, b" %c " % mark)
    return b" %b " % plain


def _stripped(found: list[bytes]) -> tuple[list[str], NDArray[np.uint32]]:
    """Words in lower case without apostrophes at their ends; by number found, the place there."""
    known: dict[str, int] = {}
    places = np.full(len(found), _NOTHING, np.uint32)
    for index, word in enumerate(found):
        if plain := word.decode().strip(APOSTROPHES).lower():
            places[index] = known.setdefault(plain, len(known))
    return list(known), places


class _Numbers:
    """Numbers for words, in the order in which they were met first.

    A word's hash is Σ code(byte) R^place mod 2⁶⁴, so differences of running sums give it for
    all words at once.  A slot of the table keeps one word; a dict has those that share it.
    """

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self._number: dict[int, int] = {}
        self._keys = np.zeros(1 << _SLOTS, np.uint64)
        self._values = np.zeros(1 << _SLOTS, np.uint32)
        self._codes = np.random.Generator(np.random.Philox(7)).integers(1, 2**64, 256, np.uint64)
        self._powers = self._inverses = np.ones(1, np.uint64)

    def of(self, plain: bytes) -> NDArray[np.uint32]:
        """The number of each word of such a part."""
        letters = np.frombuffer(plain, np.uint8)
        edges = np.flatnonzero(np.diff(letters > ord(" "))) + 1
        starts, stops = edges[0::2], edges[1::2]
        keys = self._hashes(letters, starts, stops)
        slots = keys >> np.uint64(64 - _SLOTS)
        numbers: NDArray[np.uint32] = self._values[slots]
        missed = np.flatnonzero(self._keys[slots] != keys)
        if len(missed):
            distinct, first, back = np.unique(keys[missed], return_index=True, return_inverse=True)
            own = np.zeros(len(distinct), np.uint32)
            for place in np.argsort(first):
                at = missed[first[place]]
                own[place] = self._new(int(distinct[place]), plain[starts[at] : stops[at]])
            numbers[missed] = own[back]
        return numbers

    def _hashes(
        self, letters: NDArray[np.uint8], starts: NDArray[np.intp], stops: NDArray[np.intp]
    ) -> NDArray[np.uint64]:
        if len(letters) > len(self._powers):
            self._powers = _powers(_R, len(letters))
            self._inverses = _powers(pow(_R, -1, 2**64), len(letters))
        sums = np.zeros(len(letters) + 1, np.uint64)
        np.cumsum(self._codes[letters] * self._powers[: len(letters)], out=sums[1:])
        hashes: NDArray[np.uint64] = (sums[stops] - sums[starts]) * self._inverses[starts]
        return hashes

    def _new(self, key: int, word: bytes) -> int:
        """The number of a word that its slot does not have."""
        number = self._number.get(key)
        if number is None:
            number = self._number[key] = len(self.words)
            self.words.append(word)
            slot = key >> (64 - _SLOTS)
            if not self._keys[slot]:
                self._keys[slot], self._values[slot] = key, number
        return number


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    """1, base, base², … mod 2⁶⁴, (count,)."""
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    powers: NDArray[np.uint64] = np.cumprod(factors)
    return powers
