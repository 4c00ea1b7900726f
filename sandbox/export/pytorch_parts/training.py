# mypy: disallow-untyped-calls=False
"""Training"""

from __future__ import annotations

import argparse
import copy
import csv
import math
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from sandbox.export.pytorch_parts.batches import Batch, batches
from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.nets import SequenceNet
from sandbox.export.pytorch_parts.settings import (
    CHANGES,
    DEVICE,
    FIRST,
    MEMORY,
    NETS,
    OPTIMIZERS,
    REPLICATES,
    SEED,
    START,
    STEPS,
    WITHIN,
    Net,
)
from sandbox.export.pytorch_parts.start import lay, learned, start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from torch.optim import Optimizer


class Row(NamedTuple):
    """What one net did at one step; the norm is the gradient's before the clip."""

    step: int
    cell: str
    seed: int
    loss: float
    accuracy: float
    grad_norm: float


@dataclass
class Learner:
    """A net while it trains."""

    name: str
    seed: int
    net: SequenceNet
    optimizer: Optimizer
    clip: float | None


def train(steps: int = STEPS) -> Iterator[list[Row]]:
    """Every net on the same batches, up to this step; at each step a row a net."""
    torch.set_num_threads(1)  # nets of this size gain nothing from more
    going = [each for place, settings in enumerate(NETS) for each in learners(settings, place)]
    if has.later:
        going = resumed(going)
    first = FIRST + 1 if has.later else 1
    for step, batch in zip(range(first, steps + 1), batches(), strict=False):
        if has.changed:
            change(going, CHANGES.get(step - 1, {}))
        rows = [Row(step, one.name, one.seed, *learn(one, batch)) for one in going]
        finite = [math.isfinite(row.loss) and math.isfinite(row.grad_norm) for row in rows]
        yield list(compress(rows, finite))
        going = list(compress(going, finite))  # the others stay where they are
        if not going:
            return


def learners(settings: Net, place: int) -> Iterator[Learner]:
    """The net, once a replicate, each with a seed of its own."""
    for seed in range(SEED, SEED + REPLICATES):
        net = SequenceNet(settings)
        start(net, seed, place)
        if has.cuda:
            net.to(DEVICE)
        weights = [parameter for parameter in net.parameters() if parameter.requires_grad]
        optimizer = OPTIMIZERS[settings.optimizer](weights, lr=settings.lr)
        yield Learner(settings.name, seed, net, optimizer, settings.clip)


def learn(one: Learner, batch: Batch) -> tuple[float, float, float]:
    """One step of one net: its loss, accuracy and gradient norm, before the clip."""
    if has.cuda:
        inputs, targets, scored = (each.to(DEVICE) for each in batch)
    else:
        inputs, targets, scored = batch
    loss, right = judged(one.net(inputs)[scored], targets[scored])
    one.optimizer.zero_grad()
    loss.backward()
    largest = math.inf if one.clip is None else one.clip
    norm = clip_grad_norm_(one.net.parameters(), largest)
    if loss.isfinite() and norm.isfinite():
        one.optimizer.step()
    return loss.item(), right.float().mean().item(), norm.item()


def judged(answers: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The mean loss of answers (n, outputs), and which of them are right."""
    if has.classes:
        return functional.cross_entropy(answers, targets.long()), answers.argmax(1) == targets
    else:
        if has.values:
            near = (answers - targets).abs() < WITHIN
            return functional.mse_loss(answers, targets), near.all(1)
        else:
            legal = targets.bool()
            loss = functional.binary_cross_entropy_with_logits(answers, targets.float())
            lowest = answers.masked_fill(~legal, math.inf).amin(1)
            highest = answers.masked_fill(legal, -math.inf).amax(1)
            return loss, lowest > highest  # every legal symbol above every other


def change(going: list[Learner], changes: Mapping[str, tuple[float, float | None]]) -> None:
    """Learning rate and clip from now on, by the net's name."""
    for one in going:
        if one.name in changes:
            one.optimizer.param_groups[0]["lr"], one.clip = changes[one.name]


def resumed(learners: list[Learner]) -> list[Learner]:
    """The nets as they were after step FIRST, without those that had stopped before."""
    try:
        saved = np.load(START)
    except FileNotFoundError:
        raise SystemExit(f"{START} is not there; it was exported with this script.") from None
    going = [one for one in learners if f"{one.name}/{one.seed}/theta" in saved]
    for one in going:
        own = {name: saved[f"{one.name}/{one.seed}/{name}"] for name in ("theta", "m", "v")}
        lay(own["theta"], learned(one.net))
        remember(one, own)
    return going


def remember(one: Learner, saved: dict[str, NDArray[np.float32]]) -> None:
    """The optimiser's running means as they were."""
    for theirs, ours in MEMORY[one.net.settings.optimizer].items():
        twin = copy.deepcopy(one.net)
        lay(saved[ours], learned(twin))
        for weight, mean in zip(one.net.parameters(), twin.parameters(), strict=True):
            if weight.requires_grad:
                one.optimizer.state[weight]["step"] = torch.tensor(float(FIRST))
                one.optimizer.state[weight][theirs] = mean.detach()


def main() -> None:
    """Train; say how it goes, and write every step's losses where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS, help="stop after this step")
    parser.add_argument("--csv", metavar="FILE", help="write step, loss and accuracy of each net")
    arguments = parser.parse_args()
    rows: list[Row] = []
    for measured in train(arguments.steps):
        rows += measured
        if measured and measured[0].step % 100 == 0:
            print(line_of(measured))
    if arguments.csv:
        with open(arguments.csv, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([Row._fields, *rows])


def line_of(measured: list[Row]) -> str:
    """What one step's rows say, in a line."""
    losses = [f"{row.cell} (seed {row.seed}) {row.loss:.4f}" for row in measured]
    return f"step {measured[0].step:,}: loss of {', '.join(losses)}"
