"""The text of `own`: a file of the user's, or the sample."""

from __future__ import annotations

from functools import lru_cache

from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.sample_text import SAMPLE
from sandbox.tasks.tokens import Corpus, ranked, tokens_in


def corpus(data: str, level: str) -> Corpus:
    """The text of that file, or of the sample if `data` is "", in characters or words."""
    if data:
        return corpus_of_file(data, level)
    return sample(level)


@lru_cache(maxsize=2)
def sample(level: str) -> Corpus:
    """The sample, in characters or words."""
    return ranked(tokens_in(SAMPLE, level))
