"""`--set KEY=VALUE`: one field of an experiment, given as text.

A bare key is a field of the run (`lr`), of every contestant that has it (`hidden`), or of
the task (`gap`); a dotted key is one contestant's (`lstm.forget_bias`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.experiment import CONTESTANTS, Experiment, parse
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIXED = {"format", "params", "contestants", "name", "cell"}
_OF_THE_RUN = set(Experiment.model_fields) - _FIXED
_OF_CONTESTANTS = {name for kind in CONTESTANTS.values() for name in kind.model_fields}


def with_settings(experiment: Experiment, settings: Iterable[str]) -> Experiment:
    """The experiment after every `key=value`; ExperimentError names the first wrong one.

    The task's own parameters are taken as they are: `tasks.registry.complete` checks them.
    """
    data = experiment.model_dump()
    for setting in settings:
        key, sign, text = setting.partition("=")
        if not sign or not key.strip():
            raise ExperimentError("--set", setting, "KEY=VALUE, such as gap=50")
        _put(data, key.strip(), _value(text.strip()))
    return parse(data)


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    owner, dot, field = key.rpartition(".")
    if dot:
        _put_into_contestants(data, key, field, value, only=owner)
    elif key in _FIXED:
        raise ExperimentError(key, value, "no value here: it is not a setting")
    elif key in _OF_THE_RUN:
        data[key] = value
    elif any(key in contestant for contestant in data["contestants"]):
        _put_into_contestants(data, key, key, value, only=None)
    elif key in _OF_CONTESTANTS:
        raise ExperimentError(key, value, _which_have(key, data["contestants"]))
    else:
        data["params"] = {**data["params"], key: value}


def _put_into_contestants(
    data: dict[str, Any], key: str, field: str, value: Any, only: str | None
) -> None:
    names = [contestant["name"] for contestant in data["contestants"]]
    if only is not None and only not in names:
        raise ExperimentError(key, value, f"a contestant before the dot: {', '.join(names)}")
    for contestant in data["contestants"]:
        if only is None and field in contestant:
            contestant[field] = value
        elif contestant["name"] == only:
            if field not in contestant or field in _FIXED:
                fields = ", ".join(sorted(set(contestant) - _FIXED))
                raise ExperimentError(key, value, f"one of {only}'s own fields: {fields}")
            contestant[field] = value


def _which_have(field: str, contestants: list[dict[str, Any]]) -> str:
    names = ", ".join(contestant["name"] for contestant in contestants)
    cells = ", ".join(name for name, kind in CONTESTANTS.items() if field in kind.model_fields)
    return f"no value here, since none of {names} has it; the cells that have it are {cells}"


def _value(text: str) -> bool | int | float | str | None:
    words: dict[str, bool | None] = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
