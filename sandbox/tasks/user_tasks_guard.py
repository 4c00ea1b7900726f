"""A guard around a user's task: checks whatever its methods raise or return.

Kernels do not check an index again, so every array that is drawn is checked, each time, and a
fault is reported with file and line.  One thread draws at a time: training draws batches ahead
on a thread of its own while evaluations and previews draw on others, and a task may keep state.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from functools import wraps
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Baseline, Channels, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.user_tasks_faults import Source, in_words
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


LONGEST = 100_000  # steps of a sequence that is tested on
MOST_WAIT_S = 10.0  # that the main thread waits for its turn to draw
MOST_TESTED = 100_000  # sequences that one evaluation may ask for
TARGETS = {
    "cross_entropy": (np.int32, "int32"),
    "squared_error": (np.float32, "float32"),
    "legal_symbols": (np.uint8, "uint8"),
}


def guard(kind: type[Task], source: Source) -> None:
    """Make this class raise OwnTaskError only, check what it returns, and draw one at a time."""
    for name in _CHECKS:
        setattr(kind, name, _guarded(kind, name, source))


def _guarded(kind: type[Task], name: str, source: Source) -> Callable[..., Any]:
    inner = getattr(kind, name)

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
        if why := _first_fault(name, self, result, *args, **named):
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


def _first_fault(name: str, task: Task, result: object, *args: Any, **named: Any) -> str:
    """What is first found wrong with what a method returned or set, or ""."""
    kind, words, check = _CHECKS[name]
    if not isinstance(result, kind):
        return f"{name} returned {type(result).__name__}, not {words}"
    try:
        return next(check(task, result, *args, **named), "") if check else ""
    except Exception as error:  # values that cannot even be compared
        return f"what it set or returned cannot be checked: {in_words(error)}"


def _wrong_in_instance(task: Task, *args: Any, **named: Any) -> Iterator[str]:
    """What is wrong with a task after `__init__`."""
    for name in ("inputs", "outputs", "length", "dependency", "baselines", "criterion"):
        if not hasattr(task, name):
            yield f"__init__ does not set self.{name}"
    if not isinstance(task.inputs, Tokens | Channels) or not task.inputs.size:
        yield "self.inputs is neither Tokens with words nor Channels with names"
    if isinstance(task.inputs, Channels) and not task.inputs.low < task.inputs.high:
        yield "self.inputs has a `low` that is not below its `high`"
    least = 2 if task.loss == "cross_entropy" else 1
    if not _is_tuple_of(str, task.outputs, least):
        yield f"self.outputs is not a tuple of at least {least} names"
    if type(task.length) is not int or task.length < 1:
        yield f"self.length is {task.length!r}, not an int of at least 1"
    if type(task.dependency) is not int or task.dependency < 2:
        yield f"self.dependency is {task.dependency!r}, not an int of at least 2"
    if not _is_tuple_of(Baseline, task.baselines, 1):
        yield "self.baselines is not a tuple of at least one Baseline"
    if not all(np.isfinite(each.loss) for each in task.baselines):
        yield "self.baselines has a loss that is not finite"
    if not isinstance(task.criterion, Criterion):
        yield "self.criterion is not a Criterion"
    tested = task.criterion.sequences
    if not 1 <= tested <= MOST_TESTED:
        yield f"self.criterion asks for {tested} sequences, not 1 to {MOST_TESTED:,}"


def _wrong_in_draw(
    task: Task, drawn: Sequences, rng: object, count: int, split: str = ""
) -> Iterator[str]:
    yield from _wrong_in_arrays(task, drawn, count)
    steps = drawn.inputs.shape[1]
    most = task.length if split in ("", task.splits[0]) else LONGEST
    if steps > most:
        yield f"draw returned {steps:,} steps, more than the {most:,} allowed"


def _wrong_in_arrays(task: Task, drawn: Sequences, count: int) -> Iterator[str]:
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


def _wrong_in_labels(
    task: Task, labels: list[object], sequences: Sequences, index: int
) -> Iterator[str]:
    steps = sequences.scored.shape[1]
    if not all(isinstance(each, str) for each in labels):
        yield "labels did not return a list of text"
    if len(labels) != steps:
        yield f"labels returned {len(labels)} words for {steps} steps"


def _wrong_in_continued(
    task: Task, longer: Sequences | None, sequences: Sequences, answers: object
) -> Iterator[str]:
    if longer is not None:
        yield from _wrong_in_arrays(task, longer, len(sequences))
        if longer.inputs.shape[1] != sequences.inputs.shape[1] + 1:
            yield "continued did not add one step"


def _is_tuple_of(kind: type, values: object, least: int) -> bool:
    """Whether this is a tuple of at least so many values of a kind."""
    if not isinstance(values, tuple) or len(values) < least:
        return False
    return all(isinstance(each, kind) for each in values)


# By method, the kind that it has to return, that kind in words, and what is checked then.
_CHECKS: dict[str, tuple[Any, str, Callable[..., Iterator[str]] | None]] = {
    "__init__": (NoneType, "None", _wrong_in_instance),
    "draw": (Sequences, "Sequences", _wrong_in_draw),
    "encode": (Sequences, "Sequences", lambda task, read, text: _wrong_in_arrays(task, read, 1)),
    "labels": (list, "a list of text", _wrong_in_labels),
    "question": (str, "a line of text", None),
    "test_size": (int, "a whole number", None),
    "with_gap": (Task, "a task", None),
    "remark": (str, "a sentence or an empty text", None),
    "continued": (Sequences | None, "Sequences or None", _wrong_in_continued),
}
