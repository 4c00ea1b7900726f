"""What the sandbox's own tasks share: they draw by a rule, and their tokens are words."""

from __future__ import annotations

import math
from abc import abstractmethod
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import numpy as np
from pydantic import Field

from sandbox.tasks.base import Baseline, Criterion, Drawn, Role, Sequences, Task
from sandbox.tasks.sampling import longer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.experiment import Frozen


P = TypeVar("P", bound="Frozen")
LIMITS = ("ge", "le", "max_length")


def param(default: object, tip: str, unit: str = "", **told: Any) -> Any:
    """A field of `Params`; `told` has its LIMITS, and attributes of `About`."""
    title = told.pop("label", None)
    limits = {key: told.pop(key) for key in LIMITS if key in told}
    extra = {"unit": unit, **told}
    return Field(default, title=title, description=tip, json_schema_extra=extra, **limits)


def chance(knows: str, classes: int) -> Baseline:
    """The baseline of guessing among equally likely classes."""
    return Baseline(f"{knows}: ln {classes}", math.log(classes), 1 / classes)


class BuiltIn(Task, Generic[P]):
    """A task of the sandbox; `inputs` are Tokens or Channels, `criterion` the usual one."""

    solved_on: ClassVar[tuple[str, ...]] = ("fresh",)
    criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")
    inputs: Any
    params: P

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The word at each of the T steps, upper case for cues and "" for padding."""
        steps = zip(sequences.inputs[index].tolist(), sequences.roles[index].tolist(), strict=True)
        words = [(self.inputs.words[token] if role else "", role) for token, role in steps]
        return [word.upper() if role == Role.CUE else word for word, role in words]

    def answer(self, sequences: Sequences, index: int) -> str:
        """The right class at the last scored step of sequence `index`; IndexError."""
        asked = np.flatnonzero(sequences.scored[index])[-1]
        return self.outputs[int(sequences.targets[index, asked])]


class RuleTask(BuiltIn[P]):
    """A task that draws by its `rule` alone."""

    rule: Callable[..., Drawn]

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """`count` sequences (count, T) by the rule."""
        return self.with_roles(self.rule(rng, count, **self.given(split)))

    def given(self, split: str) -> dict[str, Any]:
        """The rule's parameters on a split: the task's, with a longer gap on `generalisation`."""
        asked = signature(self.rule).parameters
        given = {name: value for name, value in vars(self.params).items() if name in asked}
        if split == self.generalisation and self.gap_field:
            given[self.gap_field] = longer(given[self.gap_field])
        return given

    @abstractmethod
    def with_roles(self, drawn: Drawn) -> Sequences:
        """What was drawn, (N, T) each, with the role of every step."""
