"""What a new contestant is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def free_name(cell: str, taken: Iterable[str]) -> str:
    """A name for a new contestant: "lstm", or "lstm2", "lstm3", … where it is taken."""
    names = set(taken)
    candidates = (cell if number == 1 else f"{cell}{number}" for number in range(1, 1000))
    return next(name for name in candidates if name not in names)
