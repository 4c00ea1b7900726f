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
from typing import Annotated, Any, Literal, get_args

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
Longest = Annotated[int, Field(ge=2, le=1_000_000), NUMBERS_ONLY]
Gap = Annotated[int, Field(ge=0, le=100_000), NUMBERS_ONLY]
Share = Annotated[float, Field(gt=0, le=1), NUMBERS_ONLY]
Factor = Annotated[float, Field(gt=1, le=100), NUMBERS_ONLY]
Power = Annotated[float, Field(ge=-5, le=5), NUMBERS_ONLY]
Optimizer = Literal["adam", "rmsprop", "momentum", "sgd"]
RecurrentInit = Literal["default", "orthogonal", "identity"]
ReluInit = Literal["default", "orthogonal", "identity", "irnn"]

Device = Literal["cpu", "cuda"]
ClipBy = Literal["norm", "value"]
Schedule = Literal["constant", "linear", "cosine", "exponential"]
Curriculum = Literal["fixed", "range", "power_law", "growing"]

MAX_CONTESTANTS = 8
LATER = (
    "clip_by",
    "schedule",
    "warmup",
    "curriculum",
    "gap_from",
    "gap_power",
    "grow_at",
    "grow_by",
)
LATER_OF_A_CONTESTANT = ("chrono_max",)


class Frozen(BaseModel):
    """A value object: immutable, and without fields that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Contestant(Frozen):
    """One net in the run.  `lr`, `clip` and `optimizer` are the run's where they are None."""

    name: Name = Field(description="Its name in the run")
    hidden: Whole = Field(32, ge=1, le=512, description="Hidden units")
    layers: Whole = Field(1, ge=1, le=4, description="Layers, each reading the one below")
    lr: Rate | None = Field(None, description="Learning rate, where it is its own")
    clip: Norm | None = Field(None, description="Largest gradient norm, where its own")
    optimizer: Optimizer | None = Field(None, description="Optimiser, where it is its own")


class Recurrent(Contestant):
    """A net whose state is multiplied by a matrix at every step."""

    recurrent_init: RecurrentInit = Field("default", description="Recurrent weights at the start")


class ForgetBias(Frozen):
    """`forget_bias` is a number, or "chrono": b_f = ln U[1, T_max - 1], b_i = -b_f
    (Tallec & Ollivier 2018, eq. 16).
    """

    forget_bias: Literal["chrono"] | Bias = Field(
        "chrono", description="Forget-gate bias at the start"
    )
    chrono_max: Longest | None = Field(
        None, description="T_max of chrono; none: the task's longest dependency"
    )


class UpdateBias(Frozen):
    """`update_bias` pulls the update gate towards keeping the memory: a number, or "chrono"."""

    update_bias: Literal["chrono"] | Bias = Field(
        "chrono", description="Bias of the update gate towards keeping, at the start"
    )
    chrono_max: Longest | None = Field(
        None, description="T_max of chrono; none: the task's longest dependency"
    )


class RnnContestant(Recurrent):
    """A plain RNN: one tanh layer."""

    cell: Literal["rnn"] = "rnn"
    name: Name = Field("rnn", description="Its name in the run")


class RnnReluContestant(Contestant):
    """A plain RNN with relu.  "irnn" is Le et al. 2015: identity, no bias, small inputs."""

    cell: Literal["rnn_relu"] = "rnn_relu"
    name: Name = Field("rnn_relu", description="Its name in the run")
    recurrent_init: ReluInit = Field("irnn", description="Weights at the start")


class LstmContestant(ForgetBias, Recurrent):
    """An LSTM with forget, input and output gates."""

    cell: Literal["lstm"] = "lstm"
    name: Name = Field("lstm", description="Its name in the run")


class GruContestant(UpdateBias, Recurrent):
    """A GRU: an update gate in place of forget and input gates, and a reset gate."""

    cell: Literal["gru"] = "gru"
    name: Name = Field("gru", description="Its name in the run")


class PeepholeLstmContestant(ForgetBias, Recurrent):
    """An LSTM whose gates also see the cell state."""

    cell: Literal["lstm_peephole"] = "lstm_peephole"
    name: Name = Field("lstm_peephole", description="Its name in the run")


class CoupledLstmContestant(ForgetBias, Recurrent):
    """An LSTM that writes exactly what it forgets: f = 1 - i."""

    cell: Literal["lstm_coupled"] = "lstm_coupled"
    name: Name = Field("lstm_coupled", description="Its name in the run")


class NoForgetLstmContestant(Recurrent):
    """The LSTM of 1997, without a forget gate."""

    cell: Literal["lstm_no_forget"] = "lstm_no_forget"
    name: Name = Field("lstm_no_forget", description="Its name in the run")


class NoInputLstmContestant(ForgetBias, Recurrent):
    """An LSTM without an input gate."""

    cell: Literal["lstm_no_input"] = "lstm_no_input"
    name: Name = Field("lstm_no_input", description="Its name in the run")


class NoOutputLstmContestant(ForgetBias, Recurrent):
    """An LSTM without an output gate."""

    cell: Literal["lstm_no_output"] = "lstm_no_output"
    name: Name = Field("lstm_no_output", description="Its name in the run")


class LinearLstmContestant(ForgetBias, Recurrent):
    """An LSTM without the candidate's tanh."""

    cell: Literal["lstm_linear"] = "lstm_linear"
    name: Name = Field("lstm_linear", description="Its name in the run")


class MinGruContestant(UpdateBias, Contestant):
    """minGRU (Feng et al. 2024): its gate sees the input only."""

    cell: Literal["mingru"] = "mingru"
    name: Name = Field("mingru", description="Its name in the run")


class MinLstmContestant(ForgetBias, Contestant):
    """minLSTM (Feng et al. 2024): its gates see the input only, and sum to one."""

    cell: Literal["minlstm"] = "minlstm"
    name: Name = Field("minlstm", description="Its name in the run")


AnyContestant = Annotated[
    RnnContestant
    | RnnReluContestant
    | LstmContestant
    | GruContestant
    | PeepholeLstmContestant
    | CoupledLstmContestant
    | NoForgetLstmContestant
    | NoInputLstmContestant
    | NoOutputLstmContestant
    | LinearLstmContestant
    | MinGruContestant
    | MinLstmContestant,
    Field(discriminator="cell"),
]
CONTESTANTS: Mapping[str, type[Contestant]] = {
    kind.model_fields["cell"].default: kind for kind in get_args(get_args(AnyContestant)[0])
}


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
    device: Device = Field("cpu", description="cuda: PyTorch on an NVIDIA GPU")
    clip_by: ClipBy = Field(
        "norm", description="norm: the whole gradient is scaled down; value: each entry is cut off"
    )
    schedule: Schedule = Field("constant", description="Learning rate over the steps")
    warmup: Whole = Field(
        0, ge=0, le=1_000_000, description="Steps over which the learning rate rises from 0"
    )
    curriculum: Curriculum = Field("fixed", description="Gaps that are trained on")
    gap_from: Gap | None = Field(
        None, description="Shortest gap trained on; none: the task's shortest"
    )
    gap_power: Power = Field(1.0, description="Power law: P(gap) falls as gap to minus this")
    grow_at: Share = Field(0.9, description="Growing: the accuracy at which the gap grows")
    grow_by: Factor = Field(1.5, description="Growing: what the gap is multiplied by")

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
        """Canonical JSON: sorted keys, no spaces; later fields only where they are not default."""
        data = self.model_dump(mode="json")
        _leave_out(data, self, LATER)
        for each, contestant in zip(data["contestants"], self.contestants, strict=True):
            _leave_out(each, contestant, LATER_OF_A_CONTESTANT)
        return json.dumps(data, sort_keys=True, separators=(",", ":"))

    def changed(self, **fields: Any) -> Experiment:
        """This experiment with other fields, validated anew; ExperimentError when refused."""
        return parse({**self.model_dump(), **fields})

    def contestant(self, name: str) -> AnyContestant:
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


def _leave_out(data: dict[str, Any], model: BaseModel, names: tuple[str, ...]) -> None:
    """Drop fields that are at their defaults, so that older descriptions keep their digest."""
    fields = type(model).model_fields
    for name in names:
        if name in data and getattr(model, name) == fields[name].default:
            del data[name]


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
