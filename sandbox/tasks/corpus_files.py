"""Large texts as numbers: read once in pieces, then memory-mapped from the cache.

A dict numbers the words of a piece: hashing them all in numpy took as long, sixty lines more, and a
small chance of taking two words for one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.data import Report, from_cache, into_cache, name_of, path_of, silent
from sandbox.reading.text_encodings import guesses_of
from sandbox.reading.text_notes import TextNotes, notes_from
from sandbox.reading.text_pieces import How, pieces
from sandbox.reading.text_recipe import text_recipe_of
from sandbox.tasks.numbering import numbered_letters, numbered_words
from sandbox.tasks.samples import tale
from sandbox.tasks.tokens import Corpus, Source, ranked, words_in
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path


VERSION = 4  # of the cached data
MOST_OPEN = 4  # texts kept in memory
LOOKING = 0.15  # of the work: finding the encoding
_opened: dict[tuple[Path, Source], Corpus] = {}  # the last one used comes last


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
    stored = _stored(path.name, source)
    found = _opened.pop((path, source), None) or _from_cache(stored)
    found = found or _kept(stored, read_corpus(path, source, report))
    for oldest in list(_opened)[: 1 - MOST_OPEN]:
        _opened.pop(oldest, None)
    _opened[path, source] = found
    return found


def _stored(data: str, source: Source) -> str:
    """What the corpus is called in the cache."""
    how = source._replace(data="", recipe=str(text_recipe_of(source.recipe)))
    return f"{data}.{hashlib.sha256(repr(how).encode()).hexdigest()[:16]}.{VERSION}"


def read_corpus(path: Path, source: Source, report: Report = silent) -> Corpus:
    """The n tokens of any file; ExperimentError if it is not text."""
    recipe = text_recipe_of(source.recipe)
    guesses = guesses_of(path, recipe.encoding, lambda done: report(LOOKING * done))
    notes = TextNotes(guesses[0].encoding, guesses)
    how = How(notes.encoding, source.tidy, recipe.controls, bool(recipe.encoding))
    found = pieces(path, how, notes, lambda done: report(LOOKING + (0.95 - LOOKING) * done))
    if source.level == "words":
        made, notes.different = numbered_words(found, notes)
    else:
        made, notes.different = numbered_letters(found, whole=source.level == "characters")
    if not len(made):
        name = name_of(path.name)
        raise ExperimentError("data", name, f"a file with text in it: {name} has none")
    report(1.0)
    return replace(made, notes=notes)


def _from_cache(stored: str) -> Corpus | None:
    """What was written under that name; None if that cannot be used."""
    tokens, kinds = from_cache(f"{stored}.npy"), from_cache(f"{stored}.kinds.npy")
    if tokens is None or kinds is None:
        return None
    try:
        known = json.loads(kinds.tobytes())
        counts, notes = np.array(known["counts"], np.int64), notes_from(known["notes"])
        return Corpus(tokens, tuple(known["words"]), counts, notes)
    except (ValueError, KeyError, TypeError):
        return None  # it can be made again


def _kept(stored: str, made: Corpus) -> Corpus:
    """The same corpus, its tokens mapped into memory if they could be written."""
    known = {"words": made.words, "counts": made.counts.tolist(), "notes": vars(made.notes)}
    into_cache(f"{stored}.kinds.npy", np.frombuffer(json.dumps(known).encode(), np.uint8))
    return replace(made, tokens=into_cache(f"{stored}.npy", made.tokens))
