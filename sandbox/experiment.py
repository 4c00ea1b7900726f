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
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)

from sandbox.about import live_fields, setting
from sandbox.cells.known import CELLS
from sandbox.cells.starts import USUAL
from sandbox.validation import NUMBERS_ONLY, ExperimentError, NoExperiment, Whole, refusal

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell

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
Bias = Literal["chrono"] | Annotated[float, Field(ge=-20, le=20), NUMBERS_ONLY]
Longest = Annotated[int, Field(ge=2, le=1_000_000), NUMBERS_ONLY]
Gap = Annotated[int, Field(ge=0, le=100_000), NUMBERS_ONLY]
Share = Annotated[float, Field(gt=0, le=1), NUMBERS_ONLY]
Factor = Annotated[float, Field(gt=1, le=100), NUMBERS_ONLY]
Power = Annotated[float, Field(ge=-5, le=5), NUMBERS_ONLY]
Optimizer = Literal["adam", "rmsprop", "momentum", "sgd"]
Device = Literal["cpu", "cuda"]
ClipBy = Literal["norm", "value"]
Schedule = Literal["constant", "linear", "cosine", "exponential"]
Curriculum = Literal["fixed", "range", "power_law", "growing"]

MAX_CONTESTANTS = 8
LOOKS = 8  # as many as there can be contestants
OWN_LOOK: Mapping[str, int] = {"rnn": 0, "lstm": 1, "gru": 2}  # of the first of each cell
OTHER_LOOK = 3  # of the first of all other cells
Look = Annotated[int, Field(ge=0, le=LOOKS - 1), NUMBERS_ONLY]
FREE_LOOKS = (4, 5, 6, 7, 3, 2, 1, 0)  # the order in which further contestants take theirs


class Frozen(BaseModel):
    """An immutable value without undeclared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _own(label: str, tip: str, **told: Any) -> Any:
    """A setting that a net may have of its own in place of the run's."""
    return setting(None, label, f"{tip} of this net alone", "own", none="the run's", **told)


class Contestant(Frozen):
    """One net in the run.

    Its `look` is given once, when it is added, and kept as long as it lives.
    """

    name: Name = Field("", description="Its name in the run")
    look: Look | None = Field(None, description="Its colour, dash and marker")
    hidden: Whole = setting(32, "units", "Hidden units", "net", ge=1, le=512, short="{} unit{s}")
    layers: Whole = setting(
        1, "layers", "Layers, each reading the one below", "net", ge=1, le=4, short="{} layer{s}"
    )
    lr: Rate | None = _own("learning rate", "Learning rate", live=True, short="rate {}")
    clip: Norm | None = _own("clip", "Clipping limit", live=True)
    optimizer: Optimizer | None = _own("optimiser", "Optimiser", short="{}")
    if TYPE_CHECKING:
        cell: str = ""  # each cell's model has its own


def _recurrent_init(cell: Cell) -> dict[str, Any]:
    """The field of a cell with recurrent weights, or with a start of its source's."""
    usual = USUAL if cell.recurrent else USUAL[:1]
    starts = (*usual, cell.start.name) if cell.start else usual
    if len(starts) == 1:
        return {}
    tip = "Weights before training" if cell.start else "Recurrent weights before training"
    told = setting(
        starts[-1] if cell.start else starts[0], "recurrent init", tip, "net", short="{} init"
    )
    return {"recurrent_init": (Literal[starts], told)}


def _bias(cell: Cell) -> dict[str, Any]:
    """The fields of a cell whose memory has a bias: a number, or "chrono", and its T_max.

    chrono is b_f = ln U[1, T_max - 1] = -b_i (Tallec & Ollivier 2018, eq. 16).
    """
    if not cell.memory:
        return {}
    gate, tip = _bias_words(cell)
    name = "update_bias" if gate == "update" else "forget_bias"
    start = cell.start
    given = start is not None and start.sets_bias(dict(cell.memory))
    free: dict[str, Any] = {"recurrent_init": USUAL} if given else {}
    told: dict[str, Any] = {"only_where": free} if free else {}
    told |= {"short": "bias {}", "alone": ["chrono"]}
    tip += f" before training; {start.name} has its own" if start and given else " before training"
    bias = setting("chrono", f"{gate} bias", tip, "net", **told)
    return {name: (Bias, bias), "chrono_max": (Longest | None, _t_max({**free, name: ["chrono"]}))}


def _bias_words(cell: Cell) -> tuple[str, str]:
    """The gate that the bias is called after, and what the bias does."""
    first, sign = cell.memory[0]
    if "forget" in dict(cell.step.lines) and (first, sign) != ("forget", -1):
        return "forget", "Bias of the forget gate"
    return first, f"Bias of the {first} gate towards keeping,"


def _t_max(only_where: dict[str, Any]) -> Any:
    """T_max of the biases, where they are "chrono"."""
    return setting(
        None,
        "T_max",
        "T_max of chrono; none: the longest dependency of the task",
        "chrono",
        none="the task's",
        short="T_max {}",
        only_where=only_where,
    )


def _model(cell: Cell) -> type[Contestant]:
    """The model of contestants with this cell, which are called like it unless they are named."""
    name: Any = (Name, Field(cell.name, description="Its name in the run"))
    own: Any = (Literal[cell.name], cell.name)
    fields = {**_recurrent_init(cell), **_bias(cell), "cell": own, "name": name}
    return create_model(cell.name, __base__=Contestant, **fields)


CONTESTANTS: Mapping[str, type[Contestant]] = {name: _model(cell) for name, cell in CELLS.items()}
if TYPE_CHECKING:
    AnyContestant = Contestant
else:
    AnyContestant = Annotated[reduce(or_, CONTESTANTS.values()), Field(discriminator="cell")]


def looks_of(
    cells: Mapping[str, str], kept: Mapping[str, int] = MappingProxyType({})
) -> dict[str, int]:
    """A look for each contestant by name, no two the same: `cells` has their cells.

    kept: the looks of those that have one already, which stay.  The first RNN, LSTM and GRU get
    the look of their cell, the first of the other cells the fourth, the rest what is free.
    """
    looks = {name: kept[name] for name in cells if name in kept}
    for name, cell in cells.items():
        look = OWN_LOOK.get(cell, OTHER_LOOK)
        if name not in looks and look not in looks.values():
            looks[name] = look
    for name in cells:
        if name not in looks:
            looks[name] = min(FREE_LOOKS, key=list(looks.values()).count)
    return looks


def with_looks(contestants: tuple[AnyContestant, ...]) -> tuple[AnyContestant, ...]:
    """The contestants, each with a look; a look that was given before stays."""
    kept = {each.name: each.look for each in contestants if each.look is not None}
    looks = looks_of({each.name: each.cell for each in contestants}, kept)
    return tuple(each.model_copy(update={"look": looks[each.name]}) for each in contestants)


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
            {**each.model_dump(), **_live(given.get(each.name, each))} for each in self.contestants
        ]
        return self.changed(**_live(other), contestants=contestants)

    def goes_on_as(self, other: Experiment) -> bool:
        """Whether a run of this experiment can go on as the other: only live fields differ."""
        return self.with_live(other) == other


def _live(model: Frozen) -> dict[str, Any]:
    return {name: getattr(model, name) for name in live_fields(type(model))}


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
