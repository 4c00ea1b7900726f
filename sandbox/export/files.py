"""A run exported to a file of any kind, chosen by the name's ending."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.export import run_tables
from sandbox.export.pytorch_weights import weights
from sandbox.export.recorded import npz
from sandbox.export.traces import arrays
from sandbox.store import atomic, seqx
from sandbox.store.base import RunError, nets
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.export.figures.curve_lines import By
    from sandbox.store.base import RunRecord

EXAMPLES = 3  # as in the window
Files = dict[Path, bytes]
ENDINGS: Mapping[str, str] = {
    ".seqx": "the whole run, to open in the sandbox again",
    ".csv": "its curves as a table",
    ".json": "its experiment, curves and events",
    ".npz": "gates, states and gradients of its example sequences",
    ".py": "PyTorch scripts that train it again and load its weights",
    ".ipynb": "a notebook about it",
    ".onnx": "one trained net",
    ".safetensors": "its weights by PyTorch's names",
    ".tfevents": "a folder that TensorBoard reads",
    ".svg": "its curves as a drawing",
    ".pdf": "its curves as a page",
    ".png": "its curves as a picture",
}


@dataclass(frozen=True)
class Options:
    """Options of some kinds of file.

    contestant: the key of the net for .onnx, or "" for the one with the lowest loss.
    scale: of a PNG, 1 to 4.  by: "step" or "seconds", the horizontal axis of drawn curves.
    """

    contestant: str = ""
    scale: int = 2
    by: By = "step"


def export(record: RunRecord, path: Path, options: Options | None = None) -> tuple[Path, ...]:
    """Write the run in the format of `path`'s ending; returns the files written, `path` first.

    For .tfevents `path` is the folder of the files.

    ExperimentError for another ending, RunError if something is missing or cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        kinds = ", ".join(f"{ending} ({what})" for ending, what in ENDINGS.items())
        raise ExperimentError("--to", str(path), f"a file name that ends in {kinds}")
    if path.suffix.lower() == ".seqx":
        seqx.write(path, seqx.fitting(record))
        return (path,)
    files = _MAKERS[path.suffix.lower()](record, path, options or Options())
    try:
        for place, data in files.items():
            if path in place.parents and path.parent.is_dir():  # a folder of files
                place.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(place, data)
    except OSError as error:
        raise RunError(
            f"{path} could not be written ({error.strerror}): choose another folder, or make room."
        ) from None
    return tuple(files)


def best(record: RunRecord) -> str:
    """The key of the net with the lowest loss on fresh sequences; without any, the last net's."""
    keys = list(nets(record.begun))
    losses = {key: record.info.cells.get(key, {}).get("loss") for key in keys}
    judged = {key: loss for key, loss in losses.items() if loss is not None and isfinite(loss)}
    return min(judged, key=lambda key: judged[key], default=keys[-1])


def _traces(record: RunRecord) -> bytes:
    from sandbox.engine.free_running import steps_ahead
    from sandbox.engine.trainer import Trainer
    from sandbox.tasks.preview import example_sequences

    experiment = record.experiment_at(record.info.step)
    task = task_of(experiment)
    probe = example_sequences(task, experiment.seed, EXAMPLES)
    trainer = Trainer(experiment)
    try:
        trainer.restore(record.state)
        further = trainer.ahead(probe, steps_ahead(probe.roles.shape[1]))
        return npz(arrays(trainer.trace(probe), task, probe, further))
    except ValueError as error:
        raise RunError(f"Run {record.info.run} cannot be exported: {error}.") from None
    finally:
        trainer.close()


def _scripts(record: RunRecord, path: Path, options: Options) -> Files:
    from sandbox.export import pytorch

    made = pytorch.script_files(record, path.stem)
    return {path.with_name(name): data for name, data in made.items()}


def _notebook(record: RunRecord, path: Path, options: Options) -> Files:
    from sandbox.export import notebook

    return {path: notebook.notebook(record)}


def _onnx(record: RunRecord, path: Path, options: Options) -> Files:
    from sandbox.export.onnx_model import onnx_model

    key, keys = options.contestant or best(record), list(nets(record.begun))
    if key not in keys:
        raise ExperimentError("--contestant", key, f"one of {', '.join(keys)}")
    return {path: onnx_model(record, key)}


def _tensorboard(record: RunRecord, path: Path, options: Options) -> Files:
    from sandbox.export import tensorboard

    made = tensorboard.tensorboard_events(record)
    return {path / name: data for name, data in made.items()}


def _figure(record: RunRecord, path: Path, options: Options) -> Files:
    from sandbox.export.figures.curves_figure import curves_figure

    figure = curves_figure(record, by=options.by)
    if path.suffix.lower() == ".png":
        return {path: figure.png(options.scale)}
    return {path: figure.svg() if path.suffix.lower() == ".svg" else figure.pdf()}


_MAKERS: Mapping[str, Callable[[RunRecord, Path, Options], Files]] = {
    ".csv": lambda record, path, _: {path: run_tables.csv(record)},
    ".json": lambda record, path, _: {path: run_tables.json_of(record)},
    ".npz": lambda record, path, _: {path: _traces(record)},
    ".py": _scripts,
    ".ipynb": _notebook,
    ".onnx": _onnx,
    ".safetensors": lambda record, path, _: {path: weights(record)},
    ".tfevents": _tensorboard,
    ".svg": _figure,
    ".pdf": _figure,
    ".png": _figure,
}
