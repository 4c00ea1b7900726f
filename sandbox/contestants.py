"""The contestants of an experiment: one model for each cell, made from what the cell has.

A cell that a person wrote is the text in the field `equations` of a contestant whose `cell` is
"own"; its model is made when the text is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    WrapValidator,
    create_model,
    field_serializer,
    model_validator,
)

from sandbox.about import live_fields, setting
from sandbox.cells.known import CELLS, OWN, cell_named, own_cell, usual_name
from sandbox.cells.nodes import EquationError
from sandbox.cells.starts import USUAL
from sandbox.cells.surgery import SurgeryError, check_surgery
from sandbox.validation import (
    NUMBERS_ONLY,
    ExperimentError,
    Nothing,
    Whole,
    refusal,
)

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell

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
Surgical = Annotated[str, Field(max_length=2_000)]
Longest = Annotated[int, Field(ge=2, le=1_000_000), NUMBERS_ONLY]
Optimizer = Literal["adam", "rmsprop", "momentum", "sgd"]
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
    surgery: Surgical = setting(
        "",
        "held",
        "What is held in the net in every pass, training too: lines, units and steps",
        "surgery",
        shown_as="surgery",
        short="{}",
        exclude_if=lambda text: not text,  # so that nothing changes where nothing is held
    )
    if TYPE_CHECKING:
        cell: str = ""  # each cell's model has its own

    @model_validator(mode="after")
    def _surgery_fits(self) -> Contestant:
        try:
            check_surgery(self.surgery, cell_named(self.cell), self.hidden, self.layers)
        except SurgeryError as error:
            raise ExperimentError(f"{self.name}.surgery", error.part, error.accepts) from None
        return self


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
    name: Any = (Name, Field(usual_name(cell), description="Its name in the run"))
    own: Any = (Literal[cell.name], cell.name)
    fields = {**_recurrent_init(cell), **_bias(cell), "cell": own, "name": name}
    base = Contestant if cell.name in CELLS else OwnContestant
    return create_model(cell.name, __base__=base, **fields)


class OwnContestant(Contestant):
    """A net with a cell that a person wrote; in plain data its `cell` is "own"."""

    equations: str = Field(description="Its cell: the text of a cell file")
    cell: Literal["own"]

    @field_serializer("cell")
    def _plain_cell(self, cell: str) -> str:
        return OWN


class OwnCellError(ExperimentError):
    """A text that is no cell; `error` has line and column, from 1, and what belongs there."""

    def __init__(self, field: str, text: str, error: EquationError) -> None:
        super().__init__(field, text, "the text of a cell file")
        self.text, self.error = text.removeprefix("\ufeff"), error
        told = f"{field}, {error}"
        self.args = (told if told.endswith((".", "?")) else f"{told}.",)

    def within(self, file: str) -> OwnCellError:
        """The same with the name of an experiment's file before the field."""
        return OwnCellError(f"{file}, {self.field}", self.text, self.error)


CONTESTANTS: Mapping[str, type[Contestant]] = {name: _model(cell) for name, cell in CELLS.items()}
_own_models: dict[str, type[Contestant]] = {}


def kind_of(cell: str) -> type[Contestant]:
    """The model of contestants with the cell of that name; KeyError if it is not known."""
    if cell in CONTESTANTS:
        return CONTESTANTS[cell]
    if cell not in _own_models:  # several threads may read experiments
        _own_models.setdefault(cell, _model(cell_named(cell)))
    return _own_models[cell]


def _own_contestant(value: object, others: Callable[[object], Contestant]) -> Contestant:
    """A contestant with a person's own cell from plain data; all else is left to `others`."""
    if isinstance(value, OwnContestant):
        return value
    if not isinstance(value, Mapping) or value.get("cell") != OWN:
        return others(value)
    name, text = value.get("name", OWN), value.get("equations", Nothing)
    who = name if isinstance(name, str) and name.isidentifier() else OWN
    if not isinstance(text, str):
        accepts = "the text of a cell file, such as hidden = tanh(x W + hidden[t-1] W + b)"
        raise ExperimentError(f"{who}.equations", text, accepts)
    try:
        cell = own_cell(text)
    except EquationError as error:
        raise OwnCellError(f"{who}.equations", text, error) from None
    kind = kind_of(cell.name)
    try:
        return kind.model_validate({**value, "cell": cell.name, "equations": cell.text})
    except ValidationError as error:
        raise refusal(error, kind, prefix=who) from None


if TYPE_CHECKING:
    AnyContestant = Contestant
else:
    _Known = Annotated[
        reduce(or_, [*CONTESTANTS.values(), OwnContestant]), Field(discriminator="cell")
    ]
    AnyContestant = SerializeAsAny[Annotated[_Known, WrapValidator(_own_contestant)]]


def with_cell(contestant: Contestant, text: str) -> dict[str, Any]:
    """The contestant as plain data with another text as its cell; the settings that fit it stay.

    OwnCellError if the text is no cell.
    """
    try:
        kind = kind_of(own_cell(text).name)
    except EquationError as error:
        raise OwnCellError(f"{contestant.name}.equations", text, error) from None
    fields = type(contestant).model_fields
    given = {
        name: value for name, value in contestant.model_dump().items() if _fits(kind, name, value)
    }
    chosen = {n: v for n, v in given.items() if n == "name" or v != fields[n].get_default()}
    return {**chosen, "cell": OWN, "equations": text}


def _fits(kind: type[Contestant], name: str, value: object) -> bool:
    """Whether contestants of a kind have such a field, and may begin as it says."""
    field = kind.model_fields.get(name)
    return field is not None and (name != "recurrent_init" or value in get_args(field.annotation))


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


def live_values(model: Frozen) -> dict[str, Any]:
    """The model's fields that may change while a run trains."""
    return {name: getattr(model, name) for name in live_fields(type(model))}
