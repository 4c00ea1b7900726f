"""Refusals in one sentence: the field, what was given, what is accepted."""

from __future__ import annotations

import copyreg
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError

_SHOWN = 60  # characters of a given value
_TYPES = {
    "null": "none",
    "boolean": "true or false",
    "string": "text",
    "object": "a set of names and values",
}


class ExperimentError(ValueError):
    """A value from the user that is refused.

    field: its name.   given: the value.   accepted: in words, what the field takes.
    """

    def __init__(self, field: str, given: object, accepted: str) -> None:
        self.field, self.given, self.accepted = field, given, accepted
        super().__init__(f"{field}: {_shown(given)} was given; it takes {accepted}.")

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled without its __init__, which asks for other things in every class.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class NoExperiment(ExperimentError):
    """A text that does not describe an experiment; `why` completes the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__("experiment", Nothing, "JSON")
        self.why = why
        self.args = (f"this is not an experiment: {why}.",)


def _number_only(value: object) -> object:
    if isinstance(value, bool | str | bytes):
        raise ValueError("only numbers")
    return value


def _flag_only(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("only true and false")
    return value


NUMBERS_ONLY = BeforeValidator(_number_only)  # last in Annotated, so that limits reach the schema
Whole = Annotated[int, NUMBERS_ONLY]
Flag = Annotated[bool, BeforeValidator(_flag_only)]


def accepted(schema: Mapping[str, Any]) -> str:
    """What a field takes, in words: the "accepts" of its JSON schema, else from its limits."""
    if "accepts" in schema:
        return str(schema["accepts"])
    if "anyOf" in schema:
        return " or ".join(accepted(choice) for choice in schema["anyOf"])
    if "discriminator" in schema:
        kind = schema["discriminator"]
        return f'a set of values with "{kind["propertyName"]}" one of {", ".join(kind["mapping"])}'
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        low, high = schema.get("minItems"), schema.get("maxItems")
        return "a list" if high is None else f"a list of {low or 0} to {high}"
    return _TYPES.get(schema.get("type", ""), "") or _number(schema)


def refusal(
    error: ValidationError, model: type[BaseModel], prefix: str = "", data: object = None
) -> ExperimentError:
    """The first error of a ValidationError, as an ExperimentError.

    model: what the data was checked against.   prefix: what stands before the field's name.
    data: the data itself, so that a contestant can be called by its own name.
    """
    first = error.errors()[0]
    own = first.get("ctx", {}).get("error")
    if isinstance(own, ExperimentError):
        return own
    names, schema = _walk(first["loc"], schema_of(model), data)
    given = first["input"]
    if first["type"].startswith("union_tag"):
        kind = schema["discriminator"]
        names.append(kind["propertyName"])
        given = given.get(kind["propertyName"], Nothing)
        schema = {"enum": list(kind["mapping"])}
    elif first["type"] == "missing":
        given = Nothing
    elif first["type"] == "extra_forbidden":
        known = ", ".join(sorted(schema["properties"]))
        names.append(str(first["loc"][-1]))
        schema = {"accepts": f"nothing: there is no such field, only {known}"}
    field = ".".join(filter(None, [prefix, *names])) or "experiment"
    return ExperimentError(_one_line(field), given, accepted(schema))


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema, made once; not to be changed."""
    return model.model_json_schema()


class Nothing:
    """Stands for a value that was not given at all."""


def _number(schema: Mapping[str, Any]) -> str:
    kind = "a whole number" if schema.get("type") == "integer" else "a number"
    low, high = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    if above is not None:
        return f"{kind} above {_plain(above)}" + (f", up to {_plain(high)}" if high else "")
    if low is not None and high is not None:
        return f"{kind} from {_plain(low)} to {_plain(high)}"
    return f"{kind} of at least {_plain(low)}" if low is not None else kind


def _plain(limit: float) -> str:
    return f"{limit:,.12g}"


def _walk(
    loc: Sequence[int | str], root: Mapping[str, Any], data: object
) -> tuple[list[str], Mapping[str, Any]]:
    """The names along an error's location, as far as they are declared, and the schema there."""
    names: list[str] = []
    schema = root
    for part in loc:
        schema = _resolve(schema, root)
        variants = schema.get("discriminator", {}).get("mapping", {})
        others = schema.get("additionalProperties")
        if isinstance(part, int) and "items" in schema:
            schema, data = schema["items"], _at(data, part)
            names[-1] += f"[{part}]"
        elif part in schema.get("properties", {}):
            schema, data = schema["properties"][part], _at(data, part)
            names.append(str(part))
        elif part in variants:
            schema = {"$ref": variants[part]}
            names[-1:] = [_name(data) or str(part)]
        elif isinstance(others, Mapping):
            schema = others
            names.append(str(part))
    return names, _resolve(schema, root)


def _at(data: object, key: int | str) -> object:
    try:
        return data[key]  # type: ignore[index]
    except (TypeError, LookupError):
        return None


def _name(data: object) -> str:
    name = _at(data, "name")
    return name if isinstance(name, str) and name.isidentifier() else ""


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _shown(value: object) -> str:
    """A value in one short line: as JSON, but text in single quotes."""
    try:
        text = repr(value) if isinstance(value, str) else json.dumps(value, default=repr)
    except (ValueError, TypeError, RecursionError):  # 5,000 digits, endless nesting
        text = f"a value of type {type(value).__name__}"
    if value is Nothing or (isinstance(value, str) and not value.strip()):
        text = "nothing"
    elif value is None:
        text = "none"
    elif isinstance(value, int) and not isinstance(value, bool) and text[-1].isdigit():
        text = f"{value:,}"
    return _one_line(text)


def _one_line(text: str) -> str:
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."
