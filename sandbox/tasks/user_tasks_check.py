"""Check that a class of a task file follows the protocol of `sandbox.tasks.base.Task`.

Its attributes come first, then a few sequences of every split.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, get_args

import numpy as np
from pydantic import ValidationError

from sandbox.contestants import CONTESTANTS, Frozen, OwnContestant
from sandbox.experiment import Experiment
from sandbox.tasks.base import Loss, Sequences, Task
from sandbox.tasks.preview import describe
from sandbox.tasks.registry import built_in
from sandbox.tasks.streams import Purpose, stream
from sandbox.tasks.user_tasks_faults import OwnTaskError, Source
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


FEW, MORE = 5, 64  # sequences that are drawn
TOO_SLOW_S, SLOW_S = 5.0, 0.25  # for MORE of them
NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
WORDS = ("title", "summary", "explanation", "source")
_KINDS: tuple[type[Frozen], ...] = (*CONTESTANTS.values(), OwnContestant)
_TAKEN = set(Experiment.model_fields) | {field for kind in _KINDS for field in kind.model_fields}


def check_class(kind: type[Task], source: Source) -> None:
    """Raise OwnTaskError for the first attribute that is missing or wrong."""
    left_out = sorted(kind.__abstractmethods__)
    if left_out:
        raise source.fault(kind, "", f"{kind.__name__} has no method {', '.join(left_out)}")
    for attribute, why in _wrong_in_class(kind):
        raise source.fault(kind, attribute, why)
    for why in _wrong_in_params(kind):
        raise source.fault(kind.Params, "", why)


def check_draws(
    kind: type[Task], source: Source, clock: Callable[[], float] = time.perf_counter
) -> str:
    """Draw from every split; OwnTaskError if something is wrong with them.

    Returns a sentence if drawing is slow, else "".
    """
    try:
        json.dumps(describe(kind))
    except (TypeError, ValueError, KeyError) as error:
        raise source.raised(error, source.line_of(kind)) from error
    task, slowest = kind(kind.Params()), 0.0
    for split in kind.splits:
        one, again = (_drawn(task, split, FEW) for _ in range(2))
        if not all(map(np.array_equal, one.arrays, again.arrays)):
            words = "draw must take random numbers from `rng` only and not depend on earlier calls"
            raise source.fault(kind, "draw", words)
        _read_aloud(task, one)
        started = clock()
        _drawn(task, split, MORE)
        slowest = max(slowest, clock() - started)
        if slowest > TOO_SLOW_S:
            words = f"draw takes {slowest:.1f} s for {MORE} sequences, too slow to train with"
            raise source.fault(kind, "draw", words)
    _check_limits(kind, source)
    if slowest < SLOW_S:
        return ""
    tested = task.criterion.sequences
    return (
        f"{task.title} is slow to draw: {MORE} sequences take {slowest:.1f} s, so an evaluation of "
        f"{tested:,} takes about {tested / MORE * slowest:.0f} s."
    )


def _drawn(task: Task, split: str, count: int) -> Sequences:
    return task.draw(stream(0, Purpose.EXAMPLES), count, split)


def _read_aloud(task: Task, sequences: Sequences) -> None:
    """Call labels and question, and encode what they show; encode may refuse it."""
    for index in range(len(sequences)):
        labels = task.labels(sequences, index)
        task.question(sequences, index)
        for text in (" ".join(filter(None, labels)), ""):
            try:
                task.encode(text)
            except OwnTaskError:
                raise
            except ExperimentError:
                continue


def _check_limits(kind: type[Task], source: Source) -> None:
    """Draw one sequence with the shortest and one with the longest gap."""
    if kind.gap_field is None:
        return
    schema = kind.Params.model_json_schema()["properties"][kind.gap_field]
    for gap in (schema["minimum"], schema["maximum"]):
        try:
            task = kind(kind.Params.model_validate({kind.gap_field: gap}))
        except OwnTaskError:
            raise
        except ExperimentError:  # refused with the other fields' defaults
            continue
        except ValidationError as error:
            raise source.raised(error, source.line_of(kind.Params)) from error
        for split in kind.splits:
            _drawn(task, split, 1)


def _wrong_in_class(kind: type[Task]) -> Iterator[tuple[str, str]]:
    """Yield (attribute, what is wrong with it)."""
    name = getattr(kind, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield "name", 'name must be a word of a-z, 0-9 and _, up to 24 long, such as "my_task"'
    if name in built_in():
        yield "name", f'name is "{name}", which a task of the sandbox has: choose another'
    for each in WORDS:
        if not isinstance(getattr(kind, each, None), str) or not getattr(kind, each).strip():
            yield each, f"{each} must be text that is not empty"
    params = getattr(kind, "Params", None)
    if not (isinstance(params, type) and issubclass(params, Frozen)):
        yield "Params", "Params must be a class derived from sandbox.experiment.Frozen"
    gap = getattr(kind, "gap_field", "")
    if gap is not None and (gap not in kind.Params.model_fields):
        yield "gap_field", "gap_field must be the name of a field of Params, or None"
    splits = kind.splits
    if not isinstance(splits, tuple) or not splits or len(set(splits)) < len(splits):
        yield "splits", "splits must be a tuple of different names, the first for training"
    if kind.generalisation is not None and kind.generalisation not in splits[1:]:
        yield "generalisation", "generalisation must be one of the splits after the first, or None"
    if not set(kind.solved_on) <= set(splits):
        yield "solved_on", "solved_on has a name that is not a split"
    if kind.loss not in get_args(Loss):
        yield "loss", f"loss must be one of {', '.join(get_args(Loss))}"
    if kind.loss == "squared_error" and not kind.correct_within > 0:
        yield "correct_within", "correct_within must be above 0 if the loss is squared_error"


def _wrong_in_params(kind: type[Task]) -> Iterator[str]:
    schemas = kind.Params.model_json_schema().get("properties", {})
    for name, schema in schemas.items():
        if name in _TAKEN:
            yield f"Params.{name} has the name of a training setting: choose another"
        if "default" not in schema:
            yield f"Params.{name} has no default"
        if not schema.get("description"):
            yield f"Params.{name} has no description"
        of_type = schema.get("type")
        numeric = of_type in ("integer", "number")
        if numeric and not {"minimum", "maximum"} <= set(schema):
            yield f"Params.{name} has no limits: give it ge= and le="
        if name == kind.gap_field and of_type != "integer":
            yield f"Params.{name} is the gap and must be a whole number"
        choices = "enum" in schema and all(isinstance(each, str) for each in schema["enum"])
        if not (numeric or choices or of_type == "boolean"):
            yield f"Params.{name} must be a number, true or false, or a Literal of several words"
