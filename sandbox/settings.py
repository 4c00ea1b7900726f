"""`--set KEY=VALUE`: one field of an experiment, given as text.

A bare key is a field of the run (`lr`), of every contestant that has it (`hidden`), or of
the task (`gap`); a dotted key is one contestant's (`lstm.forget_bias`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.about import about
from sandbox.contestants import CONTESTANTS, OwnContestant
from sandbox.experiment import Experiment, parse
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

RECIPE = "data."  # before a choice of the recipe by which a user's file is read
_KINDS: tuple[type[BaseModel], ...] = (Experiment, *CONTESTANTS.values(), OwnContestant)
_NO_SETTINGS = {n for kind in _KINDS for n in kind.model_fields if not about(kind, n).group}
_NO_SETTINGS -= {"task"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None, "null": None}


def with_settings(experiment: Experiment, settings: Iterable[str]) -> Experiment:
    """The experiment after every `key=value`; ExperimentError names the first wrong one.

    The task's own parameters are not checked here: `tasks.registry.complete` does that.
    """
    data = experiment.model_dump()
    for setting in settings:
        key, sign, text = setting.partition("=")
        if not sign or not key.strip():
            raise ExperimentError("--set", setting, "KEY=VALUE, such as gap=50")
        name = key.strip()
        if name.startswith(RECIPE):  # its choices are text, whatever they look like
            data["params"] = {**data["params"], name: text}
        else:
            _put(data, name, _value(text.strip()))
    return parse(data)


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    owner, dot, field = key.rpartition(".")
    contestants = data["contestants"]
    cells = [name for name, kind in CONTESTANTS.items() if key in kind.model_fields]
    if dot:
        _own_fields(contestants, owner, key, field, value)[field] = value
    elif key in _NO_SETTINGS:
        raise ExperimentError(key, value, "no value here: it is not a setting")
    elif key in Experiment.model_fields:
        data[key] = value
    elif having := [each for each in contestants if key in each]:
        for each in having:
            each[key] = value
    elif cells:
        names = ", ".join(each["name"] for each in contestants)
        words = f"no value here, since none of {names} has it; the cells that have it are "
        raise ExperimentError(key, value, words + ", ".join(cells))
    else:
        data["params"] = {**data["params"], key: value}


def field_labelled(label: str) -> str:
    """The name in `--set` of the field that is called so on screen; "" if there is none."""
    fields = ((kind, name) for kind in _KINDS for name in kind.model_fields)
    return next((name for kind, name in fields if about(kind, name).label == label), "")


def _own_fields(
    contestants: list[dict[str, Any]], owner: str, key: str, field: str, value: Any
) -> dict[str, Any]:
    """The fields of one contestant; ExperimentError if it or the field does not exist."""
    by_name = {each["name"]: each for each in contestants}
    if owner not in by_name:
        raise ExperimentError(key, value, f"a contestant before the dot: {', '.join(by_name)}")
    kind = CONTESTANTS.get(by_name[owner]["cell"], OwnContestant)
    known = {*by_name[owner], *kind.model_fields} - _NO_SETTINGS  # an empty one is not dumped
    if field not in known:
        fields = ", ".join(sorted(known))
        raise ExperimentError(key, value, f"one of {owner}'s own fields: {fields}")
    return by_name[owner]


def _value(text: str) -> bool | int | float | str | None:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
