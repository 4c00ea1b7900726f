"""The nets of a run by their keys: "lstm", or "lstm#1" with replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.experiment import AnyContestant, Experiment


@dataclass(frozen=True)
class Net:
    """A contestant's replicate.  seed: the experiment's + replicate."""

    contestant: AnyContestant
    seed: int


def nets(experiment: Experiment) -> dict[str, Net]:
    """Every net of the experiment, in its order."""
    one = experiment.replicates == 1
    return {
        each.name if one else f"{each.name}#{replicate}": Net(each, experiment.seed + replicate)
        for each in experiment.contestants
        for replicate in range(experiment.replicates)
    }
