"""A guard around a user's task: checks whatever its methods raise or return.

Kernels do not check an index again, so every array that is drawn is checked, each time, and a
fault is reported with file and line.  One thread draws at a time: training draws batches ahead
on a thread of its own while evaluations and previews draw on others, and a task may keep state.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Baseline, Channels, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.user_tasks_faults import in_words
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sandbox.tasks.user_tasks_faults import Source

LONGEST = 100_000  # steps of a sequence that is tested on
MOST_WAIT_S = 10.0  # that the main thread waits for its turn to draw
MOST_TESTED = 100_000  # sequences that one evaluation may ask for
METHODS = ("draw", "encode", "labels", "question", "test_size", "with_gap", "remark", "continued")
TARGETS = {
    "cross_entropy": (np.int32, "int32"),
    "squared_error": (np.float32, "float32"),
    "legal_symbols": (np.uint8, "uint8"),
}


def guard(kind: type[Task], source: Source) -> None:
    """Make this class raise OwnTaskError only, check what it returns, and draw one at a time."""
    for name in ("__init__", *METHODS):
        setattr(kind, name, _guarded(kind, name, source))


def _guarded(kind: type[Task], name: str, source: Source) -> Callable[..., Any]:
    inner = getattr(kind, name)
    check = _CHECKS.get(name)

    @wraps(inner)
    def call(self: Task, *args: Any, **named: Any) -> Any:
        if type(self) is not kind:  # called by a subclass
            return inner(self, *args, **named)
        try:
            with _turn(kind, source) if name == "draw" else nullcontext():
                result = inner(self, *args, **named)
        except (ExperimentError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise source.raised(error, source.line_of(kind, name)) from error
        if check is not None and (why := _first(check, self, result, *args, **named)):
            raise source.fault(kind, name, why)
        return result

    return call


@contextmanager
def _turn(kind: type[Task], source: Source) -> Iterator[None]:
    """Wait until no other thread draws; the main thread, which runs the window, only so long."""
    patience = MOST_WAIT_S if threading.current_thread() is threading.main_thread() else -1
    if not source.turn.acquire(timeout=patience):
        words = f"draw is still busy in training after {MOST_WAIT_S:g} s, so nothing can be shown"
        raise source.fault(kind, "draw", words)
    try:
        yield
    finally:
        source.turn.release()


def _first(check: Callable[..., Iterator[str]], *args: Any, **named: Any) -> str:
    """The first fault that a check finds, or ""."""
    try:
        return next(check(*args, **named), "")
    except Exception as error:  # values that cannot even be compared
        return f"what it set or returned cannot be checked: {in_words(error)}"


def wrong_in_instance(task: Task, result: object = None, *args: Any) -> Iterator[str]:
    """What is wrong with a task after `__init__`."""
    missing = [
        name
        for name in ("inputs", "outputs", "length", "dependency", "baselines", "criterion")
        if not hasattr(task, name)
    ]
    if missing:
        yield f"__init__ does not set self.{missing[0]}"
    if not isinstance(task.inputs, Tokens | Channels) or not task.inputs.size:
        yield "self.inputs is neither Tokens with words nor Channels with names"
    if isinstance(task.inputs, Channels) and not task.inputs.low < task.inputs.high:
        yield "self.inputs has a `low` that is not below its `high`"
    least = 2 if task.loss == "cross_entropy" else 1
    if not _texts(task.outputs) or len(task.outputs) < least:
        yield f"self.outputs is not a tuple of at least {least} names"
    if type(task.length) is not int or task.length < 1:
        yield f"self.length is {task.length!r}, not an int of at least 1"
    if type(task.dependency) is not int or task.dependency < 2:
        yield f"self.dependency is {task.dependency!r}, not an int of at least 2"
    yield from _wrong_in_judging(task)


def _wrong_in_judging(task: Task) -> Iterator[str]:
    baselines, criterion = task.baselines, task.criterion
    if (
        not isinstance(baselines, tuple)
        or not baselines
        or not all(isinstance(each, Baseline) for each in baselines)
    ):
        yield "self.baselines is not a tuple of at least one Baseline"
    if not all(np.isfinite(each.loss) for each in baselines):
        yield "self.baselines has a loss that is not finite"
    if not isinstance(criterion, Criterion):
        yield "self.criterion is not a Criterion"
    if not 1 <= criterion.sequences <= MOST_TESTED:
        yield f"self.criterion asks for {criterion.sequences} sequences, not 1 to {MOST_TESTED:,}"


def wrong_in_draw(
    task: Task, drawn: object, rng: object, count: int, split: str = ""
) -> Iterator[str]:
    """What is wrong with `count` sequences that `draw` returned."""
    if not isinstance(drawn, Sequences):
        yield f"draw returned {type(drawn).__name__}, not Sequences"
        return
    yield from wrong_in_arrays(task, drawn, count)
    steps = drawn.inputs.shape[1]
    most = task.length if split in ("", task.splits[0]) else LONGEST
    if steps > most:
        yield f"draw returned {steps:,} steps, more than the {most:,} allowed"


def wrong_in_arrays(task: Task, drawn: Sequences, count: int) -> Iterator[str]:
    """What is wrong with the arrays of `count` sequences of this task."""
    arrays = {name: getattr(drawn, name) for name in ("inputs", "targets", "scored", "roles")}
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            yield f"{name} is {type(array).__name__}, not an array"
    shape = (count, drawn.inputs.shape[1] if drawn.inputs.ndim > 1 else 0)
    if not shape[1]:
        yield f"inputs has shape {drawn.inputs.shape}, which has no steps"
    channels, classes = isinstance(task.inputs, Channels), task.loss == "cross_entropy"
    wide, kind = (*shape, task.inputs.size), TARGETS[task.loss]
    for name, size, dtype in (
        ("inputs", wide if channels else shape, np.float32 if channels else np.int32),
        ("targets", shape if classes else (*shape, len(task.outputs)), kind[0]),
        ("scored", shape, np.bool_),
        ("roles", shape, np.uint8),
    ):
        array, wanted = arrays[name], np.dtype(dtype)
        if array.shape != size:
            yield f"{name} has shape {array.shape}, not {size}"
        if array.dtype != wanted:
            yield f"{name} has dtype {array.dtype}, not {wanted}"
    yield from _wrong_in_values(task, drawn)


def _wrong_in_values(task: Task, drawn: Sequences) -> Iterator[str]:
    inputs, targets, padding = drawn.inputs, drawn.targets, drawn.roles == Role.PADDING
    if isinstance(task.inputs, Tokens):
        yield from _beyond("inputs has the token", inputs, task.inputs.size, "the words")
    elif not np.isfinite(inputs).all():
        yield "inputs has values that are not finite"
    if task.loss == "cross_entropy":
        yield from _beyond("targets has the class", targets, len(task.outputs), "self.outputs")
    elif task.loss == "legal_symbols":
        yield from _beyond("targets has", targets[drawn.scored], 2, "legal (1) or not (0)")
    elif not np.isfinite(targets[drawn.scored]).all():
        yield "targets has values that are not finite"
    if drawn.roles.max() > max(Role):
        yield f"roles has {drawn.roles.max()}, which is not a Role"
    if not drawn.scored.any(axis=1).all():
        yield "scored has a sequence without a scored step"
    if (drawn.scored & padding).any():
        yield "scored counts steps whose role is PADDING"
    if (padding[:, :-1] & ~padding[:, 1:]).any():
        yield "roles has PADDING before the end of a sequence"


def _beyond(what: str, values: NDArray[Any], size: int, of: str) -> Iterator[str]:
    if not values.size:
        return
    low, high = int(values.min()), int(values.max())
    if low < 0 or high >= size:
        yield f"{what} {low if low < 0 else high}, outside 0 to {size - 1} ({of})"


def _wrong_in_encoded(task: Task, read: object, text: str = "") -> Iterator[str]:
    if not isinstance(read, Sequences):
        yield f"encode returned {type(read).__name__}, not Sequences"
        return
    yield from wrong_in_arrays(task, read, 1)


def _wrong_in_labels(task: Task, labels: object, sequences: Sequences, index: int) -> Iterator[str]:
    steps = sequences.scored.shape[1]
    if not isinstance(labels, list) or not all(isinstance(each, str) for each in labels):
        yield f"labels returned {type(labels).__name__}, not a list of text"
    elif len(labels) != steps:
        yield f"labels returned {len(labels)} words for {steps} steps"


def _wrong_in_continued(
    task: Task, longer: object, sequences: Sequences, answers: object
) -> Iterator[str]:
    if isinstance(longer, Sequences):
        yield from wrong_in_arrays(task, longer, len(sequences))
        if longer.inputs.shape[1] != sequences.inputs.shape[1] + 1:
            yield "continued did not add one step"
    elif longer is not None:
        yield f"continued returned {type(longer).__name__}, not Sequences or None"


def _no(kind: type, words: str, task: Task, result: object, *args: Any, **named: Any) -> Any:
    if not isinstance(result, kind):
        yield f"{words} was expected, and {type(result).__name__} was returned"


_CHECKS: dict[str, Callable[..., Iterator[str]]] = {
    "__init__": wrong_in_instance,
    "draw": wrong_in_draw,
    "encode": _wrong_in_encoded,
    "labels": _wrong_in_labels,
    "question": partial(_no, str, "a line of text"),
    "test_size": partial(_no, int, "a whole number"),
    "with_gap": partial(_no, Task, "a task"),
    "remark": partial(_no, str, "a sentence, or an empty text,"),
    "continued": _wrong_in_continued,
}


def _texts(values: object) -> bool:
    return isinstance(values, tuple) and all(isinstance(each, str) for each in values)
