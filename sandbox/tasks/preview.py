"""Tasks and their sequences in words, for the command line and the window's examples."""

from __future__ import annotations

import textwrap
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Channels, Role, Sequences, Task
from sandbox.tasks.registry import tasks
from sandbox.tasks.streams import Purpose, stream
from sandbox.validation import accepted

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = ("name", "title", "summary", "explanation", "source", "gap_field", "loss")
WIDTH = 96  # characters a line
BARS = "▁▂▃▄▅▆▇█"
_POOL = 64  # sequences from which the first examples are chosen


def example_sequences(task: Task, seed: int, count: int) -> Sequences:
    """`count` examples; the first ones have different answers if the task has classes.

    A pure function of (task, seed): with a larger `count`, the first ones stay the same.
    """
    pools = [_pool(task, seed, index) for index in range(max(-(-count // _POOL), 1))]
    return _together(pools).pick(slice(count))


def describe(kind: type[Task]) -> dict[str, Any]:
    """A task in plain data that JSON can hold; lengths and baselines as with the defaults."""
    task = kind(kind.Params())
    return {
        **{name: getattr(kind, name) for name in SHOWN},
        "parameters": _parameters(kind),
        "outputs": list(task.outputs),
        "splits": list(kind.splits),
        "length": task.length,
        "dependency": task.dependency,
        "baselines": [asdict(baseline) for baseline in task.baselines],
        "criterion": asdict(task.criterion),
    }


def catalogue() -> str:
    """Every task with its parameters, baselines and criterion, as text."""
    return "\n\n".join(_entry(describe(kind)) for kind in tasks().values())


def show(task: Task, seed: int, count: int) -> str:
    """Examples in words or drawn channels, each with its question and the right answer."""
    sequences = example_sequences(task, seed, count)
    return "\n\n".join(
        f"{index + 1}.\n{_indented(_drawn(task, sequences, index))}" for index in range(count)
    )


def as_data(task: Task, sequences: Sequences, index: int) -> dict[str, Any]:
    """Sequence `index` in plain data that JSON can hold; steps count from 0.  IndexError."""
    scored = np.flatnonzero(sequences.scored[index])
    data: dict[str, Any] = {
        "steps": task.labels(sequences, index),
        "roles": [Role(role).name.lower() for role in sequences.roles[index]],
        "cue_steps": np.flatnonzero(sequences.roles[index] == Role.CUE).tolist(),
        "query_steps": scored.tolist(),
        "question": task.question(sequences, index),
        "answers": [_answer(task, sequences.targets[index, step]) for step in scored],
    }
    if isinstance(task.inputs, Channels):
        columns = sequences.inputs[index].T.tolist()
        data["channels"] = dict(zip(task.inputs.names, columns, strict=True))
    return data


def _together(pools: list[Sequences]) -> Sequences:
    arrays = [np.concatenate(parts) for parts in zip(*(each.arrays for each in pools), strict=True)]
    rows = [each.rows for each in pools if each.rows is not None]
    return replace(Sequences(*arrays), rows=np.concatenate(rows) if rows else None)


def _pool(task: Task, seed: int, index: int) -> Sequences:
    """_POOL sequences, reordered so that each class comes once before any comes twice."""
    drawn = task.draw(stream(seed, Purpose.EXAMPLES, index), _POOL)
    if task.loss != "cross_entropy":
        return drawn
    return drawn.pick(varied(drawn.targets, drawn.scored))


def varied(targets: NDArray[Any], scored: NDArray[np.bool_]) -> NDArray[np.intp]:
    """An order of sequences (N, T) in which each class comes once before any comes twice."""
    answers = targets[np.arange(len(targets)), scored.argmax(axis=1)]
    times_before = np.tril(answers[:, None] == answers, -1).sum(axis=1)
    return np.argsort(times_before, kind="stable")


def _answer(task: Task, target: Any) -> str | list[str] | list[float]:
    """The right class, the names of the legal symbols, or the values."""
    if task.loss == "cross_entropy":
        return task.outputs[int(target)]
    if task.loss == "legal_symbols":
        return [task.outputs[symbol] for symbol in np.flatnonzero(target)]
    values: list[float] = target.tolist()
    return values


def _parameters(kind: type[Task]) -> list[dict[str, Any]]:
    fields = kind.Params.model_json_schema().get("properties", {})
    return [
        {
            "name": name,
            "description": schema["description"],
            "unit": schema.get("unit", ""),
            "default": schema["default"],
            "minimum": schema.get("minimum"),
            "maximum": schema.get("maximum"),
            "accepts": accepted(schema),
        }
        for name, schema in fields.items()
    ]


def _entry(task: dict[str, Any]) -> str:
    lines = [f"{task['title']}: {task['summary']}"]
    for field in task["parameters"]:
        unit = f" {field['unit']}" if field["unit"] else ""
        default = str(field["default"]).lower()
        limits = f"({field['accepts']}{unit})"
        lines.append(f"--set {field['name']}={default}: {field['description']} {limits}")
    for baseline in task["baselines"]:
        accuracy = baseline["accuracy"]
        right = "" if accuracy is None else f", {accuracy:.1%} right"
        lines.append(f"Baseline: {baseline['label']} (loss {baseline['loss']:.4f}{right})")
    lines += [f"Solved: {task['criterion']['text']}", f"Source: {task['source']}"]
    return "\n".join([task["name"], *map(_indented, lines)])


def _drawn(task: Task, sequences: Sequences, index: int) -> str:
    if isinstance(task.inputs, Channels):
        there = sequences.roles[index] != Role.PADDING
        text = _channels(task.inputs, sequences.inputs[index][there])
    else:
        text = " ".join(filter(None, task.labels(sequences, index)))
    return f"{text}\n{task.question(sequences, index)}"


def _channels(channels: Channels, values: NDArray[np.float32]) -> str:
    """(T, I) values as one row of bars a channel, broken into lines of the same steps."""
    share = (values - channels.low) / (channels.high - channels.low)
    bars = np.clip((share * len(BARS)).astype(int), 0, len(BARS) - 1)
    head = max(map(len, channels.names)) + 2
    room = WIDTH - head - 4
    return "\n".join(
        f"{name:<{head}}" + "".join(BARS[bar] for bar in bars[start : start + room, channel])
        for start in range(0, len(values), room)
        for channel, name in enumerate(channels.names)
    )


def _indented(text: str) -> str:
    lines = (
        textwrap.fill(line, WIDTH, initial_indent="    ", subsequent_indent="    ")
        for line in text.splitlines()
    )
    return "\n".join(lines)
