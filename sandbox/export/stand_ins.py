"""Stand-ins, in an exported script, for what a task's file imports; they check nothing."""

from __future__ import annotations

from typing import Any

Whole = int
Flag = bool


class ExperimentError(ValueError):
    """A value that is refused."""


class Frozen:
    """Parameters by name; those not given have their defaults."""

    def __init__(self, **given: Any) -> None:
        for kind in reversed(type(self).__mro__):
            for name in vars(kind).get("__annotations__", {}):
                setattr(self, name, given.get(name, getattr(kind, name, None)))


def Field(default: Any = None, **about: Any) -> Any:
    """The default of a parameter."""
    return default


def model_validator(**when: Any) -> Any:
    """Ignore a validator: parameters are not checked here."""
    return lambda method: method


field_validator = model_validator


class Task:
    """A task with its parameters."""

    splits: tuple[str, ...] = ("fresh",)
    generalisation = None
    solved_on: tuple[str, ...] = ()
    whole_sequences = False
    loss = "cross_entropy"
    correct_within = 0.0

    def __init__(self, params: Any) -> None:
        self.params = params
