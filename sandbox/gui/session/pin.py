"""What a person pinned by a click: a step and a unit of a contestant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pin:
    """A step, and a unit of the contestant with this key; -1 and "" where none was clicked."""

    step: int
    key: str = ""
    unit: int = -1
