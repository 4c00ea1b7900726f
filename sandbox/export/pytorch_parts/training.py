# mypy: disallow-untyped-calls=False
"""Training"""

from __future__ import annotations

import argparse
import copy
import csv
import math
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from sandbox.engine.schedules import scheduled
from sandbox.export.pytorch_parts.batches import batch, batch_at
from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.nets import SequenceNet
from sandbox.export.pytorch_parts.settings import (
    CHANGES,
    DEVICE,
    FIRST,
    GROW_AT,
    GROW_EVERY,
    MEMORY,
    NETS,
    OPTIMIZERS,
    PLANNED,
    RECENT,
    REPLICATES,
    SCHEDULE,
    SEED,
    STAGES,
    START,
    STEPS,
    WARMUP,
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


def none_yet() -> NDArray[np.float32]:
    """No accuracy yet, of RECENT batches."""
    return np.full(RECENT, np.nan, np.float32)


@dataclass
class Learner:
    """A net while it trains."""

    name: str
    seed: int
    net: SequenceNet
    optimizer: Optimizer
    clip: float | None
    if has.scheduled:
        lr: float = 0.0  # what the schedule scales
    if has.growing:
        stage: int = 0  # which of STAGES is its gap
        recent: NDArray[np.float32] = field(default_factory=none_yet)  # accuracies at this gap


def train(steps: int = STEPS) -> Iterator[list[Row]]:
    """Every net on the same batches, up to this step; at each step a row a net."""
    torch.set_num_threads(1)  # nets of this size gain nothing from more
    going = [each for place, settings in enumerate(NETS) for each in learners(settings, place)]
    if has.later:
        going = resumed(going)
    for step in range(FIRST + 1 if has.later else 1, steps + 1):
        if has.changed:
            change(going, CHANGES.get(step - 1, {}))
        if has.scheduled:
            follow_schedule(going, step - 1)
        rows = [Row(step, one.name, one.seed, *learn(one, step)) for one in going]
        finite = [math.isfinite(row.loss) and math.isfinite(row.grad_norm) for row in rows]
        yield list(compress(rows, finite))
        going = list(compress(going, finite))  # the others stay where they are
        if has.growing:
            if step % GROW_EVERY == 0:
                grow(going)
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
        if has.scheduled:
            yield Learner(settings.name, seed, net, optimizer, settings.clip, settings.lr)
        else:
            yield Learner(settings.name, seed, net, optimizer, settings.clip)


def learn(one: Learner, step: int) -> tuple[float, float, float]:
    """One step of one net: its loss, accuracy and gradient norm, before the clip."""
    if has.growing:
        inputs, targets, scored = batch_at(STAGES[one.stage], step - 1)
    else:
        inputs, targets, scored = batch(step - 1)
    if has.cuda:
        inputs, targets, scored = (each.to(DEVICE) for each in (inputs, targets, scored))
    loss, right = judged(one.net(inputs)[scored], targets[scored])
    one.optimizer.zero_grad()
    loss.backward()
    largest = math.inf if one.clip is None else one.clip
    if has.by_value:
        norm = clip_grad_norm_(one.net.parameters(), math.inf)  # only measured
        clip_grad_value_(one.net.parameters(), largest)
    else:
        norm = clip_grad_norm_(one.net.parameters(), largest)
    if loss.isfinite() and norm.isfinite():
        one.optimizer.step()
    accuracy = right.float().mean().item()
    if has.growing:
        one.recent = np.append(one.recent[1:], np.float32(accuracy))
    return loss.item(), accuracy, norm.item()


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
            if has.scheduled:
                one.lr, one.clip = changes[one.name]
            else:
                one.optimizer.param_groups[0]["lr"], one.clip = changes[one.name]


def follow_schedule(going: list[Learner], done: int) -> None:
    """The learning rate of the step after so many."""
    planned = PLANNED[max(step for step in PLANNED if step <= done)]
    for one in going:
        rates = scheduled(one.lr, SCHEDULE, planned, WARMUP, np.array([float(done)]))
        one.optimizer.param_groups[0]["lr"] = rates.item()


def grow(going: list[Learner]) -> None:
    """Longer gaps for the nets that are good at theirs."""
    for one in going:
        if one.stage + 1 < len(STAGES) and one.recent.mean() >= GROW_AT:
            one.stage, one.recent = one.stage + 1, none_yet()


def resumed(learners: list[Learner]) -> list[Learner]:
    """The nets as they were after step FIRST, without those that had stopped before."""
    try:
        saved = np.load(START)
    except FileNotFoundError:
        raise SystemExit(f"{START} is not there; it was exported with this script.") from None
    going = [one for one in learners if f"{one.name}/{one.seed}/theta" in saved]
    for one in going:
        mine = f"{one.name}/{one.seed}/"
        own = {name.removeprefix(mine): saved[name] for name in saved if name.startswith(mine)}
        lay(own["theta"], learned(one.net))
        remember(one, own)
        if has.growing:
            one.stage, one.recent = int(own["stage"]), own["recent"]
    return going


def remember(one: Learner, saved: dict[str, NDArray[Any]]) -> None:
    """The optimiser's running means as they were."""
    for theirs, ours in MEMORY[one.net.settings.optimizer].items():
        twin = copy.deepcopy(one.net)
        lay(saved[ours], learned(twin))
        for weight, mean in zip(one.net.parameters(), twin.parameters(), strict=True):
            if weight.requires_grad:
                one.optimizer.state[weight]["step"] = torch.tensor(float(saved["count"]))
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
