"""Experiment: the one frozen, validated description of a run.

Everything that decides a run's numbers is here and nothing else is: the task and its
parameters, the contestants and theirs, optimiser, clip, batch, steps and seed.  A wrong
value is refused with the field, what was given and what is accepted; nothing is clamped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
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
Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,23}$",
        json_schema_extra={"accepts": "a name of a-z, 0-9 and _, a letter first, up to 24 long"},
    ),
]
Rate = Annotated[float, Field(gt=0, le=10), NUMBERS_ONLY]
Norm = Annotated[float, Field(gt=0), NUMBERS_ONLY]
Bias = Annotated[float, Field(ge=-20, le=20), NUMBERS_ONLY]
Optimizer = Literal["adam", "rmsprop", "momentum", "sgd"]
RecurrentInit = Literal["default", "orthogonal", "identity"]

MAX_CONTESTANTS = 8


class Frozen(BaseModel):
    """A value object: immutable, and without fields that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Contestant(Frozen):
    """One net in the run.  `lr`, `clip` and `optimizer` are the run's where they are None."""

    name: Name = Field(description="Its name in the run")
    hidden: Whole = Field(32, ge=1, le=512, description="Hidden units")
    recurrent_init: RecurrentInit = Field("default", description="Recurrent weights at the start")
    lr: Rate | None = Field(None, description="Learning rate, where it is its own")
    clip: Norm | None = Field(None, description="Largest gradient norm, where its own")
    optimizer: Optimizer | None = Field(None, description="Optimiser, where it is its own")


class RnnContestant(Contestant):
    """A plain RNN: one tanh layer."""

    cell: Literal["rnn"] = "rnn"
    name: Name = Field("rnn", description="Its name in the run")


class LstmContestant(Contestant):
    """An LSTM with forget, input and output gates.

    `forget_bias` is a number, or "chrono": b_f = ln U[1, T_max - 1], b_i = -b_f
    (Tallec & Ollivier 2018, eq. 16).
    """

    cell: Literal["lstm"] = "lstm"
    name: Name = Field("lstm", description="Its name in the run")
    forget_bias: Literal["chrono"] | Bias = Field(
        "chrono", description="Forget-gate bias at the start"
    )


AnyContestant = Annotated[RnnContestant | LstmContestant, Field(discriminator="cell")]


class Experiment(Frozen):
    """The whole description of a run."""

    format: Literal[1] = 1
    task: str = Field("fluent", description="What has to be remembered")
    params: Params = Field(default_factory=dict, description="The task's own parameters")
    contestants: tuple[AnyContestant, ...] = Field(
        default_factory=lambda: (RnnContestant(), LstmContestant()),
        min_length=1,
        max_length=MAX_CONTESTANTS,
    )
    optimizer: Optimizer = Field("adam", description="Optimiser")
    lr: Rate = Field(3e-3, description="Learning rate")
    clip: Norm | None = Field(1.0, description="Largest gradient norm; none: no clipping")
    batch: Whole = Field(32, ge=1, le=1024, description="Sequences in a batch")
    steps: Whole = Field(3000, ge=1, le=10_000_000, description="Training steps")
    seed: Whole = Field(0, ge=0, le=2**32 - 1, description="Seed of everything random")
    replicates: Whole = Field(1, ge=1, le=64, description="Nets a contestant, each its own start")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Experiment:
        names = [contestant.name for contestant in self.contestants]
        if len(set(names)) < len(names):
            raise ExperimentError("contestants", names, "a name of its own for each")
        return self

    @property
    def digest(self) -> str:
        """A stable hash of the whole description: 16 hex digits of its canonical JSON's SHA-256."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    def changed(self, **fields: Any) -> Experiment:
        """This experiment with other fields, validated anew; ExperimentError when refused."""
        return parse({**self.model_dump(), **fields})

    def contestant(self, name: str) -> RnnContestant | LstmContestant:
        """The contestant of that name; KeyError where there is none."""
        for contestant in self.contestants:
            if contestant.name == name:
                return contestant
        raise KeyError(name)

    def with_contestant(self, name: str, **fields: Any) -> Experiment:
        """This experiment with other fields in the contestant of that name."""
        changed = [
            {**contestant.model_dump(), **(fields if contestant.name == name else {})}
            for contestant in self.contestants
        ]
        return self.changed(contestants=changed)


def parse(data: object) -> Experiment:
    """An Experiment from plain data; ExperimentError says which field is wrong, and how.

    The task's own parameters are checked by `sandbox.tasks.registry.complete`.
    """
    try:
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise refusal(error, Experiment, data=data) from None


def from_json(text: str) -> Experiment:
    """An Experiment from JSON text; ExperimentError when it is none."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NoExperiment(f"{where} is not valid JSON") from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, a nest without end
        raise NoExperiment("it is larger or deeper than any experiment") from None
    return parse(data)
