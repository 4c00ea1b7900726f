"""A word on the window and its paragraph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word and its paragraph; `question` is how a person would ask for it."""

    question: str
    text: str
