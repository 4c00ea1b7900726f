"""A run's numbers as text: the curves as CSV, everything but the weights as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox import __version__
from sandbox.store.base import nets
from sandbox.store.blobs import finite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.store.base import Measured, Net, RunRecord

HEADER = "step,cell,seed,loss,accuracy,grad_norm\n"
DIGITS = "%.9g"  # enough to restore a float32 to the last bit
ABOUT = {
    "run": "its id; created and updated: UTC; step: updates taken; seconds: spent training; "
    "origin: the run it was forked from, and after which step",
    "experiment": "everything that decides the numbers, as the run began",
    "experiment_at_end": "the same, with the changes made while it ran",
    "events": "what happened, and after which step; an evaluation has loss and accuracy on "
    "fresh sequences of every split, and the judged splits decide whether it is solved; a "
    "generalisation has them on a split that is not trained on; a change has the experiment from "
    "the next step on",
    "results": "by contestant: the last evaluation, parameters, and the steps at which it solved "
    "the task or diverged",
    "curves": "by contestant, of every training step: loss (nats, or squared error) and accuracy "
    "(0 to 1) on its batch, and the gradient's norm before clipping",
    "clock": "pairs of a step and the seconds of training up to it",
    "null": "stands for a missing value, and for a number that is not finite",
}


def csv(record: RunRecord) -> bytes:
    """CSV lines `step,cell,seed,loss,accuracy,grad_norm`, one per step and net, sorted by step.

    cell: the contestant's name.  Replicate i of a contestant ("lstm#i") has seed + i.
    """
    curves, all_nets = record.curves, nets(record.begun)
    lines = [line for key, curve in curves.items() for line in _lines(all_nets[key], *curve)]
    steps = np.concatenate([np.zeros(0, np.int64), *(steps for steps, _ in curves.values())])
    order = np.argsort(steps, kind="stable")  # contestants of a step stay in their order
    return "".join([HEADER, *(lines[place] for place in order)]).encode()


def json_of(record: RunRecord) -> bytes:
    """One JSON object with a list per line; its "about" (`ABOUT`) describes the rest."""
    info = record.info
    plain = {
        "about": {"made_by": f"Sequence Sandbox {__version__}", **ABOUT},
        "run": {
            "id": info.run,
            "created": info.created,
            "updated": info.updated,
            "step": info.step,
            "seconds": info.seconds,
            "note": info.note,
            "star": info.star,
            "origin": info.origin and {"parent": info.origin.parent, "step": info.origin.step},
        },
        "experiment": record.begun.model_dump(mode="json"),
        "experiment_at_end": record.experiment_at(info.step).model_dump(mode="json"),
        "events": record.events,
        "results": info.cells,
        "curves": {key: _columns(*curve) for key, curve in record.curves.items()},
        "clock": record.clock.tolist(),
    }
    return (_readable(finite(plain)) + "\n").encode()


def _lines(net: Net, steps: NDArray[np.int64], measured: Measured) -> list[str]:
    line = f"%d,{net.contestant.name},{net.seed},{DIGITS},{DIGITS},{DIGITS}\n"
    columns = zip(steps.tolist(), *(values.tolist() for values in measured), strict=True)
    return [line % numbers for numbers in columns]


def _columns(steps: NDArray[np.int64], measured: Measured) -> dict[str, list[Any]]:
    names = ("loss", "accuracy", "grad_norm")
    return {
        "step": steps.tolist(),
        **{
            name: [float(DIGITS % value) for value in values.tolist()]
            for name, values in zip(names, measured, strict=True)
        },
    }


def _readable(value: Any, indent: str = "") -> str:
    """JSON with one name per line, and each list on one line unless it holds objects."""
    inner, brackets = indent + "  ", ""
    if isinstance(value, dict) and value:
        brackets = "{}"
        parts = [f"{json.dumps(name)}: {_readable(each, inner)}" for name, each in value.items()]
    elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        brackets = "[]"
        parts = [_readable(each, inner) for each in value]
    else:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    body = ",\n".join(inner + part for part in parts)
    return f"{brackets[0]}\n{body}\n{indent}{brackets[1]}"
