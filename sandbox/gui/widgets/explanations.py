"""The words on screen, explained in one paragraph each: the text is in resources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.setup import places

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Term:
    """A word and its paragraph; `question` is how a person would ask for it."""

    question: str
    text: str


def _read() -> dict[str, Term]:
    """Every term by its key; the file has "# key", the question and the paragraph for each."""
    _, *sections = (Path(places.resources()) / "explanations.md").read_text("utf-8").split("\n# ")
    terms = {}
    for section in sections:
        key, question, text = section.split("\n", 2)
        terms[key] = Term(question, " ".join(text.split()))
    return terms


TERMS: Mapping[str, Term] = _read()
