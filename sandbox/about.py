"""What a person is told about a field, all of it kept on the field itself.

pydantic's own `title` is the label ("learning rate") and `description` the tip.  The rest is in
`json_schema_extra`, by the names of `About`'s attributes.  `setting` makes such a field.  Forms,
differences, events, heads, exports and the short text read it from here, so none of them has a
table of fields.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sandbox.cells.surgery import surgery_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

FILE_HASH = 17  # characters before a file's name in its id: 16 hex digits and a hyphen


@dataclass(frozen=True)
class About:
    """How a field is shown.

    label: beside its control, in differences and in events.   caption: a shorter label for narrow
    forms.   group: the part of a form it belongs to; "" if it is not a setting, such as a name.
    unit: of its number.   live: whether it may change while a run trains.   short: a format for
    its value without a label: "{} unit{s}".   alone: values that need no such format.   none: the
    words for None.   words: the words for other values.   only_where: other fields, and their
    values at which this one has an effect.   only_with: other fields that must not be empty for
    that.   shown_as: "data" if it is the id of a user's file, "recipe" if it
    is the text of a recipe, "surgery" if it is what is held in a net.
    """

    label: str
    caption: str = ""
    group: str = ""
    unit: str = ""
    live: bool = False
    short: str = ""
    alone: Sequence[str] = ()
    none: str = "none"
    words: Mapping[str, str] = field(default_factory=dict)
    only_where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only_with: Sequence[str] = ()
    shown_as: str = ""

    def say(self, value: object) -> str:
        """The value in words: "3,000", "0.001", "on", "NVIDIA GPU"."""
        if value is None:
            return self.none
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, float):
            return f"{value:.12g}"
        if isinstance(value, str):
            name = value[FILE_HASH:] if self.shown_as == "data" else value
            name = _choices_in_words(value) if self.shown_as == "recipe" else name
            name = surgery_words(value) if self.shown_as == "surgery" else name
            return self.words.get(value, name or "nothing")
        return f"{value:,}" if isinstance(value, int) else str(value)

    def say_briefly(self, value: object) -> str:
        """The value as it is said without a label: "64 units", "bias 1"."""
        said = self.say(value)
        if value is None:
            return f"no {self.label}" if said == "none" else f"{self.label}: {said}"
        if value in self.alone:
            return said
        if self.short:
            return self.short.format(said, s="" if value == 1 else "s")
        return f"{self.label} {said}"

    def has_effect(self, values: Mapping[str, Any]) -> bool:
        """Whether the field has an effect, given the values of all fields."""
        there = all(values[name] for name in self.only_with)
        return there and all(values[name] in taken for name, taken in self.only_where.items())


def _choices_in_words(text: str) -> str:
    """The choices of a recipe without marks: every 1 hour, skip before 3."""
    try:
        choices = [part.partition("=") for part in shlex.split(text)]
    except ValueError:  # it is refused elsewhere
        return text
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, _, value in choices)


def setting(default: object, label: str, tip: str, group: str, **told: Any) -> Any:
    """A pydantic field; `told` has its limits, ge and le, when it is left out of
    data, exclude_if, and attributes of `About`.
    """
    limits = {key: told.pop(key) for key in ("ge", "le", "exclude_if") if key in told}
    extra = {"group": group, **told}
    return Field(default, title=label, description=tip, json_schema_extra=extra, **limits)


@cache
def about(model: type[BaseModel], name: str) -> About:
    """The `About` of a model's field; KeyError if it has no such field."""
    info = model.model_fields[name]
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    known = {key: value for key, value in extra.items() if key in About.__dataclass_fields__}
    return About(info.title or name.replace("_", " "), **known)  # type: ignore[arg-type]


def fields_of(model: type[BaseModel], group: str) -> tuple[str, ...]:
    """The names of a model's fields of that group, in order."""
    return tuple(name for name in model.model_fields if about(model, name).group == group)


@cache
def live_fields(model: type[BaseModel]) -> frozenset[str]:
    """The names of a model's fields that may change while a run trains."""
    return frozenset(name for name in model.model_fields if about(model, name).live)


def settings_in_force(model: BaseModel, unusual: bool = False) -> Iterator[str]:
    """Every setting of a model in brief, except those without effect and those left unset.

    unusual: only those not at their defaults.
    """
    kind, values = type(model), dict(model)
    for name, info in kind.model_fields.items():
        told, value = about(kind, name), values[name]
        usual = value == info.get_default(call_default_factory=True)
        left_out = usual and (value is None or value == "" or unusual)
        if told.group and told.has_effect(values) and not left_out:
            yield told.say_briefly(value)
