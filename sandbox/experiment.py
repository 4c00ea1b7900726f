"""Experiment: the one frozen, validated description of a run.

Everything that decides a run's numbers is here: the task and its parameters, the contestants and
theirs, optimiser, clipping, batch, steps and seed.  A wrong value is refused in a sentence that
names the field, the value and what is accepted; nothing is clamped.

What a person is told about a field is kept on the field (`sandbox.about`).  A new field is
therefore one entry here and the code that it drives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from sandbox.about import setting
from sandbox.contestants import (
    CONTESTANTS,
    MAX_CONTESTANTS,
    AnyContestant,
    Norm,
    Optimizer,
    Rate,
    live_values,
    with_looks,
)
from sandbox.contestants import (
    Frozen as Frozen,  # task files import it from here
)
from sandbox.validation import NUMBERS_ONLY, ExperimentError, NoExperiment, Whole, refusal

ParamValue = bool | int | float | str
Params = Annotated[
    Mapping[str, ParamValue],
    AfterValidator(lambda params: MappingProxyType(dict(params))),
    PlainSerializer(dict),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"accepts": "true, false, a number or text"}}
    ),
]
Gap = Annotated[int, Field(ge=0, le=100_000), NUMBERS_ONLY]
Share = Annotated[float, Field(gt=0, le=1), NUMBERS_ONLY]
Factor = Annotated[float, Field(gt=1, le=100), NUMBERS_ONLY]
Power = Annotated[float, Field(ge=-5, le=5), NUMBERS_ONLY]
Device = Literal["cpu", "cuda"]
ClipBy = Literal["norm", "value"]
Schedule = Literal["constant", "linear", "cosine", "exponential"]
Curriculum = Literal["fixed", "range", "power_law", "growing"]


def _of_gaps(default: object, label: str, tip: str, curricula: list[str], **told: Any) -> Any:
    """A setting of these curricula."""
    return setting(default, label, tip, "curriculum", only_where={"curriculum": curricula}, **told)


class Experiment(Frozen):
    """The whole description of a run."""

    format: Literal[1] = 1
    task: str = Field("fluent", description="What has to be remembered")
    params: Params = Field(default_factory=dict, description="The task's own parameters")
    contestants: Annotated[tuple[AnyContestant, ...], AfterValidator(with_looks)] = Field(
        default_factory=lambda: (CONTESTANTS["rnn"](), CONTESTANTS["lstm"]()),
        min_length=1,
        max_length=MAX_CONTESTANTS,
        validate_default=True,
    )
    lr: Rate = setting(3e-3, "learning rate", "Learning rate", "rate", live=True, short="rate {}")
    schedule: Schedule = setting(
        "constant",
        "learning-rate schedule",
        "Learning rate over the steps",
        "rate",
        short="{} schedule",
    )
    warmup: Whole = setting(
        0, "warm-up", "Steps over which the learning rate rises from 0", "rate", ge=0, le=1_000_000
    )
    optimizer: Optimizer = setting("adam", "optimiser", "Optimiser", "training", short="{}")
    clip: Norm | None = setting(
        1.0,
        "clip",
        "Clip the gradient by its norm, each entry by its value, or not at all; the number is "
        "the limit, above 0",
        "training",
        live=True,
    )
    clip_by: ClipBy = setting(
        "norm",
        "clipping",
        "norm: the whole gradient is scaled down; value: each entry is cut off",
        "clipping",
        words={"norm": "by norm", "value": "by value"},
        short="clipping {}",
    )
    batch: Whole = setting(32, "batch", "Sequences in a batch", "training", ge=1, le=1024)
    steps: Whole = setting(
        3000,
        "steps",
        "Training steps",
        "training",
        ge=1,
        le=10_000_000,
        live=True,
        short="{} step{s}",
    )
    replicates: Whole = setting(
        1,
        "replicates",
        "Nets of each contestant, each with first weights of its own",
        "training",
        ge=1,
        le=64,
        short="{} replicate{s}",
    )
    seed: Whole = setting(0, "seed", "Seed of everything random", "seed", ge=0, le=2**32 - 1)
    device: Device = setting(
        "cpu",
        "device",
        "cuda: PyTorch on an NVIDIA GPU",
        "training",
        words={"cpu": "processor", "cuda": "NVIDIA GPU"},
        short="{}",
    )
    curriculum: Curriculum = setting(
        "fixed",
        "curriculum",
        "Which gaps the nets are trained on",
        "gap",
        words={"power_law": "power law"},
        short="{} gap",
    )
    gap_from: Gap | None = _of_gaps(
        None,
        "shortest gap",
        "Shortest gap trained on; none: the shortest that the task has",
        ["range", "power_law", "growing"],
        none="minimum",
    )
    gap_power: Power = _of_gaps(
        1.0,
        "power of the gap",
        "Power law: P(gap) is proportional to the gap to minus this power",
        ["power_law"],
        caption="power",
    )
    grow_by: Factor = _of_gaps(
        1.5,
        "gap grows by",
        "Growing: the factor by which the gap grows",
        ["growing"],
        caption="next gap ×",
    )
    grow_at: Share = _of_gaps(
        0.9,
        "gap grows at accuracy",
        "Growing: the accuracy at which the gap grows",
        ["growing"],
        caption="at accuracy",
    )

    @model_validator(mode="after")
    def _names_and_looks_are_unique(self) -> Experiment:
        names = [each.name for each in self.contestants]
        for what, given in (("name", names), ("look", list(self.looks.values()))):
            if len(set(given)) < len(given):
                raise ExperimentError("contestants", given, f"a {what} of its own for each")
        return self

    @property
    def digest(self) -> str:
        """A stable hash of what decides the numbers, so not of looks: 16 hex digits of SHA-256."""
        data = self.model_dump(mode="json", exclude={"contestants": {"__all__": {"look"}}})
        return hashlib.sha256(_canonical(data).encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces."""
        return _canonical(self.model_dump(mode="json"))

    def changed(self, **fields: Any) -> Experiment:
        """This experiment with other fields, validated again; ExperimentError if refused."""
        return parse({**self.model_dump(), **fields})

    @property
    def looks(self) -> dict[str, int]:
        """The look of each contestant, by name."""
        return {each.name: each.look or 0 for each in self.contestants}

    def contestant(self, name: str) -> AnyContestant:
        """The contestant of that name; KeyError where there is none."""
        return {each.name: each for each in self.contestants}[name]

    def with_contestant(self, name: str, **fields: Any) -> Experiment:
        """This experiment with these fields of the named contestant changed."""
        changed = [
            {**each.model_dump(), **(fields if each.name == name else {})}
            for each in self.contestants
        ]
        return self.changed(contestants=changed)

    def with_live(self, other: Experiment) -> Experiment:
        """This experiment with the other's live fields, and those of its contestants by name."""
        given = {each.name: each for each in other.contestants}
        contestants = [
            {**each.model_dump(), **live_values(given.get(each.name, each))}
            for each in self.contestants
        ]
        return self.changed(**live_values(other), contestants=contestants)

    def goes_on_as(self, other: Experiment) -> bool:
        """Whether a run of this experiment can go on as the other: only live fields differ."""
        return self.with_live(other) == other


def _canonical(data: object) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def parse(data: object) -> Experiment:
    """An Experiment from plain data; ExperimentError says which field is wrong, and how.

    The task's own parameters are checked by `sandbox.tasks.registry.complete`.
    """
    try:
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise refusal(error, Experiment, data=data) from None


def from_json(text: str) -> Experiment:
    """An Experiment from JSON text; ExperimentError if there is none in it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NoExperiment(f"{where} is not valid JSON") from None
    except (ValueError, RecursionError):  # 5,000 digits, endless nesting
        raise NoExperiment("it is larger or deeper than any experiment") from None
    return parse(data)
