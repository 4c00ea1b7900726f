"""The format of a checkpoint: named arrays from which training resumes bit for bit.

`Trainer.state` makes one. The tape keeps it in memory, the store and experiment files keep it
as safetensors, all under these names:

    step                  int64 ()        training steps taken by the nets that got furthest

and for every net, under its key (`lstm`, or `lstm#1` with replicates):

    KEY/weights           float32 (P,)    all trained numbers, in the order of `cells.layout`
    KEY/m, KEY/v          float32 (P,)    optimiser state: momentum or first moment; second moment
    KEY/recent            float32 (2, 10) loss and accuracy of the last batches; NaN for none yet
    KEY/updates           int64 ()        updates done
    KEY/optimizer_began   int64 ()        updates before the optimiser state began; > 0 in forks
    KEY/stage             int64 ()        how often the gap has grown
    KEY/solved_at         int64 ()        training step, or -1
    KEY/diverged_at       int64 ()        training step that could not be taken, or -1
    KEY/failed            int64 ()        evaluations failed in a row; below zero, passed in a row
    KEY/next_evaluation   int64 ()        updates before the next evaluation
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

State = Mapping[str, NDArray[Any]]
Kind = tuple[str, tuple[int, ...]]  # type and shape

VECTORS = ("weights", "m", "v")
COUNTS = (
    "updates",
    "optimizer_began",
    "stage",
    "solved_at",
    "diverged_at",
    "failed",
    "next_evaluation",
)
NEVER = -1  # in place of a training step
RECENT = 10  # batches
MAX_STEPS = 10_000_000


def kinds(sizes: Mapping[str, int]) -> dict[str, Kind]:
    """Type and shape of each array of a checkpoint; sizes: the parameters of each net by key."""
    found: dict[str, Kind] = {"step": ("int64", ())}
    for key, size in sizes.items():
        found |= {f"{key}/{name}": ("float32", (size,)) for name in VECTORS}
        found[f"{key}/recent"] = ("float32", (2, RECENT))
        found |= {f"{key}/{name}": ("int64", ()) for name in COUNTS}
    return found


def of_net(state: State, key: str) -> dict[str, NDArray[Any]]:
    """One net's arrays by name, without its key; empty if the net is missing."""
    start = f"{key}/"
    return {name[len(start) :]: array for name, array in state.items() if name.startswith(start)}


def misfit(state: State, expected: Mapping[str, Kind]) -> str:
    """Why the arrays are not such a checkpoint, such as "lacks lstm/m"; "" if they are."""
    for name, (dtype, shape) in expected.items():
        if name not in state:
            return f"lacks {name}"
        if state[name].dtype != dtype or state[name].shape != shape:
            return f"has {name} in another type or size than the net's"
    return ""


def impossible(state: State, keys: Iterable[str]) -> str:
    """The first count that no run could have at the checkpoint's step, or ""."""
    step = int(state["step"])
    for key in keys:
        counts = {name: int(state[f"{key}/{name}"]) for name in COUNTS}
        done = counts["updates"]
        limits = {
            "updates": (0, step),
            "optimizer_began": (0, done),
            "stage": (0, done),
            "solved_at": (NEVER, done),
            "diverged_at": (NEVER, step + 1),
            "failed": (-MAX_STEPS, MAX_STEPS),
            "next_evaluation": (0, 2 * MAX_STEPS),
        }
        for name, (least, most) in limits.items():
            if not least <= counts[name] <= most:
                return f"{key}/{name}"
    return ""
