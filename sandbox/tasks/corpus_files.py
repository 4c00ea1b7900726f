"""Large texts as numbers: read once in chunks, then memory-mapped from the cache.

A dict numbers the words of a chunk: 2.8 s of processor time for 114 MB, where hashing them all
in numpy took 2.1 s, sixty lines, and a small chance of taking two words for one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.reading.data import Report, from_cache, into_cache, name_of, path_of, silent
from sandbox.reading.encoding import encoding_of, text_chunks
from sandbox.reading.texts import has_clusters, tidied, whole_clusters
from sandbox.tasks.samples import tale
from sandbox.tasks.tokens import (
    APOSTROPHES,
    LEFT_OUT,
    MARKS,
    MOST_KINDS,
    Corpus,
    Source,
    ranked,
    words_in,
)
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray


VERSION = 2  # of the cached data
MOST_OPEN = 4  # texts kept in memory
_opened: dict[tuple[Path, Source], Corpus] = {}  # the last one used comes last
_NOTHING = np.uint32(2**32 - 1)
_SPACES = "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_ASCII_LEFT_OUT = "".join(letter for letter in LEFT_OUT if letter.isascii())
_ASCII_SPACES = "".join(map(chr, range(32))) + _ASCII_LEFT_OUT
_PLAIN = bytes.maketrans(
    (ascii_uppercase + _ASCII_SPACES).encode(),
    (ascii_lowercase + " " * len(_ASCII_SPACES)).encode(),
)
_OTHER_LEFT_OUT = [letter.encode() for letter in LEFT_OUT + _SPACES if not letter.isascii()]
_BEGINNINGS = {letter[:-1] for letter in _OTHER_LEFT_OUT}


def corpus(source: Source) -> Corpus:
    """The text of that file, or of the sample, in characters, code points or words.

    ExperimentError as for `corpus_of_file`.
    """
    return corpus_of_file(source) if source.data else sample(source.level)


@lru_cache(maxsize=2)
def sample(level: str) -> Corpus:
    """The sample's n tokens, characters or words."""
    return ranked(words_in(tale()) if level == "words" else list(tale()))


def corpus_of_file(source: Source, report: Report = silent) -> Corpus:
    """The n tokens of an adopted file; ExperimentError if it is gone or is not text.

    The first reading takes some seconds for 100 MB; later ones come from the cache.
    """
    path = path_of(source.data)
    stored = f"{path.name}.{source.level}{'' if source.tidy else '.as it stands'}.{VERSION}"
    found = _opened.pop((path, source), None) or _from_cache(stored)
    found = found or _kept(stored, _read(path, source, report))
    for oldest in list(_opened)[: 1 - MOST_OPEN]:
        _opened.pop(oldest, None)
    _opened[path, source] = found
    return found


def _read(path: Path, source: Source, report: Report) -> Corpus:
    encoding = encoding_of(path, lambda done: report(0.1 * done))
    whole = source.level == "characters" and any(
        map(has_clusters, text_chunks(path, encoding, lambda done: report(0.1 + 0.3 * done)))
    )
    chunks = text_chunks(path, encoding, lambda done: report(0.4 + 0.5 * done))
    if source.tidy:
        chunks = tidied(chunks)
    if source.level == "words":
        made = _words(chunks)
    else:
        made = _clusters(chunks) if whole else _code_points(chunks)
    if not len(made):
        name = name_of(path.name)
        raise ExperimentError("data", name, f"a file with text in it: {name} has none")
    report(1.0)
    return made


def _from_cache(stored: str) -> Corpus | None:
    """What was written under that name; None if that cannot be used."""
    tokens, kinds = from_cache(f"{stored}.npy"), from_cache(f"{stored}.kinds.npy")
    if tokens is None or kinds is None:
        return None
    try:
        known = json.loads(kinds.tobytes())
        return Corpus(tokens, tuple(known["words"]), np.array(known["counts"], np.int64))
    except (ValueError, KeyError, TypeError):
        return None  # it can be made again


def _kept(stored: str, made: Corpus) -> Corpus:
    """The same corpus, its tokens mapped into memory if they could be written."""
    kinds = json.dumps({"words": made.words, "counts": made.counts.tolist()})
    into_cache(f"{stored}.kinds.npy", np.frombuffer(kinds.encode(), np.uint8))
    return Corpus(into_cache(f"{stored}.npy", made.tokens), made.words, made.counts)


def _ranks(counts: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
    """The kinds that are told apart, the most frequent first, and every kind's place there."""
    kinds = np.flatnonzero(counts)
    kept = kinds[np.argsort(-counts[kinds], kind="stable")][:MOST_KINDS]
    rank = np.full(len(counts), MOST_KINDS, np.uint16)
    rank[kept] = np.arange(len(kept))
    return kept, rank


def _clusters(chunks: Iterable[str]) -> Corpus:
    """Number the characters as they come, then give each its rank."""
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    parts = [
        np.fromiter(map(number.__getitem__, found), np.uint32, len(found))
        for found in whole_clusters(chunks)
    ]
    kinds = list(number)
    counts = np.bincount(np.concatenate(parts), minlength=len(kinds)).astype(np.int64)
    kept, rank = _ranks(counts)
    tokens = np.concatenate([rank[:0], *(rank[part] for part in parts)])
    return Corpus(tokens, tuple(kinds[kind] for kind in kept), counts[kept])


def _code_points(chunks: Iterable[str]) -> Corpus:
    """Count the code points, then give each its rank."""
    counts, codes = np.zeros(0x110000, np.int64), []
    for chunk in chunks:
        if chunk.isascii():
            found: NDArray[Any] = np.frombuffer(chunk.encode("ascii"), np.uint8)
        else:
            found = np.frombuffer(chunk.encode("utf-32-le"), np.uint32)
        own = np.bincount(found)
        counts[: len(own)] += own
        codes.append(found)
    kept, rank = _ranks(counts)
    if len(kept) <= 256:
        rank = rank.astype(np.uint8)
    tokens = np.concatenate([rank[:0], *(rank[found] for found in codes)])
    return Corpus(tokens, tuple(map(chr, kept)), counts[kept])


def _words(chunks: Iterable[str]) -> Corpus:
    """Number the words as they come, then merge the spellings of one word and rank them."""
    number: defaultdict[bytes, int] = defaultdict()
    number.default_factory = number.__len__
    parts = []
    for plain in _whole_words(chunks):
        found = plain.split()
        parts.append(np.fromiter(map(number.__getitem__, found), np.uint32, len(found)))
    words, places = _stripped(list(number))
    counts = np.zeros(len(words), np.int64)
    times = sum(np.bincount(part, minlength=len(places)) for part in parts)
    real = places != _NOTHING
    np.add.at(counts, places[real], np.asarray(times)[real])
    kept, rank_of_word = _ranks(counts)
    rank = np.zeros(len(places), np.uint16)
    rank[real] = rank_of_word[places[real]]
    tokens = [rank[part if real.all() else part[real[part]]] for part in parts]
    return Corpus(np.concatenate(tokens), tuple(words[kind] for kind in kept), counts[kept])


def _whole_words(chunks: Iterable[str]) -> Iterator[bytes]:
    """The text as `_plain` writes it, in parts that are cut between words."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        cut = max(text.rfind(" "), text.rfind("\n")) + 1
        rest = text[cut:]
        yield _plain(text[:cut])
    yield _plain(rest)


def _plain(text: str) -> bytes:
    """Words and marks in UTF-8, separated by white space."""
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
    """The distinct words in lower case without outer apostrophes, and each spelling's place."""
    known: dict[str, int] = {}
    places = np.full(len(found), _NOTHING, np.uint32)
    for index, word in enumerate(found):
        if plain := word.decode().strip(APOSTROPHES).lower():
            places[index] = known.setdefault(plain, len(known))
    return list(known), places
