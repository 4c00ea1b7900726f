"""A map of swaps of the default LSTM, beside the same map by a script in PyTorch.

python bench/swaps.py [--rounds 3] [--steps 600] [KEY=VALUE …]

The map has an entry for each unit, step and state: 32 × 58 × 2 at the default size.  The script is
what one writes around torch.nn.LSTMCell: a loop over time, and one forward pass for each entry, in
which one number of one state is another at one step.  That step is written out, so that a cell
state is replaced before the hidden state is made from it.  torch has one thread, which is fastest.
For information there are also passes that begin where the swap is, and all swaps of a step as one
batch.  All take turns in one process.  Prints medians, ratios, and how far the maps differ; exits
with 1 if that is more than 1e-4, the map takes more than 2 s, or the script is less than 20 times
slower.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.insight.contrast import Pair, pair_of
from sandbox.insight.subject import Subject, subject_of
from sandbox.insight.swaps import swap_map
from sandbox.settings import with_settings
from sandbox.tasks.preview import example_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Map = NDArray[np.float64]  # (2, T, H): hidden state, cell state
    States = tuple[torch.Tensor, torch.Tensor]  # the same, (B, H)
    Swap = Callable[[int, torch.Tensor], None]

KEY, OURS, SCRIPT = "lstm", "this engine", "torch, a pass for each swap"
APART, LONGEST_S, FASTER = 1e-4, 2.0, 20


def main() -> int:
    """Measure, print, and return whether a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    subject, pair = trained(with_settings(Experiment(steps=given.steps), given.settings))
    ways = ways_to_map(subject, pair)
    times: dict[str, list[float]] = {name: [] for name in ways}
    maps: dict[str, Map] = {}
    ways[OURS]()  # loads the kernels
    for _ in range(given.rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            maps[name] = way()
            times[name].append(time.perf_counter() - begun)
    return told(times, maps)


def told(times: dict[str, list[float]], maps: dict[str, Map]) -> int:
    """Print a line for each way; whether a figure is missed."""
    ours, whole = statistics.median(times[OURS]), maps[OURS]
    states, steps, units = whole.shape
    print(f"{units} units × {steps} steps × {states} states, medians of {len(times[OURS])} rounds")
    print(f"{OURS}: {ours:.3f} s")
    for name in [each for each in times if each != OURS]:
        taken = times[name]
        ratios = [one / other for one, other in zip(taken, times[OURS], strict=True)]
        apart = np.abs(maps[name] - whole).max()
        print(
            f"{name}: {statistics.median(taken):.3f} s, {statistics.median(ratios):.1f} times as "
            f"long ({min(ratios):.1f} to {max(ratios):.1f}); at most {apart:.1e} apart"
        )
    apart = max(np.abs(each - whole).max() for each in maps.values())
    slower = statistics.median(times[SCRIPT]) / ours
    return int(apart > APART or ours > LONGEST_S or slower < FASTER)


def trained(experiment: Experiment) -> tuple[Subject, Pair]:
    """The trained LSTM, and two sentences that differ in the cue."""
    trainer = Trainer(experiment)
    trainer.evaluating = False
    while not trainer.finished:
        trainer.run(100)
    weights = trainer.weights()[KEY]
    trainer.close()
    subject = subject_of(trainer.experiment, KEY, weights, trainer.task)
    examples = example_sequences(trainer.task, trainer.experiment.seed, 3)
    pair = pair_of(trainer.task, examples, 0, examples)
    assert pair is not None
    return subject, pair


def ways_to_map(subject: Subject, pair: Pair) -> dict[str, Callable[[], Map]]:
    """What is measured, by name."""
    net, inputs = TorchNet(subject), one_hot(subject, pair)
    whole, rest = partial(one_by_one, net, inputs), partial(one_by_one, net, inputs, True)
    return {
        OURS: lambda: ours(subject, pair),
        SCRIPT: partial(with_threads, 1, whole),
        "torch, a pass for each from its swap on": partial(with_threads, 1, rest),
        "torch, a batch for each step": partial(
            with_threads, 1, partial(step_by_step, net, inputs)
        ),
    }


def ours(subject: Subject, pair: Pair) -> Map:
    """The map by `insight`."""
    found = swap_map(subject, pair)
    assert found is not None
    return np.stack([found.effects["hidden"], found.effects["cell"]])


# The script in PyTorch ------------------------------------------------------------------


class TorchNet(nn.Module):
    """The same LSTM and readout in torch."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        own = {name: torch.from_numpy(each.T.copy()) for name, each in subject.weights.items()}
        hidden, inputs = own["W_h"].shape[1], own["W_x"].shape[1]
        self.cell, self.readout = nn.LSTMCell(inputs, hidden), nn.Linear(hidden, len(own["b_o"]))
        self.cell.load_state_dict(
            {
                "weight_ih": own["W_x"],
                "weight_hh": own["W_h"],
                "bias_ih": own["b"],
                "bias_hh": torch.zeros_like(own["b"]),
            }
        )
        self.readout.load_state_dict({"weight": own["W_o"], "bias": own["b_o"]})

    def forward(
        self,
        inputs: torch.Tensor,
        at: int = -1,
        swap: Swap | None = None,
        start: int = 0,
        states: States | None = None,
    ) -> tuple[torch.Tensor, list[States]]:
        """Logits (B, O) after the last step and every step's states, from `start` on.

        swap: changes the values (B, H) of state 0, hidden, or 1, cell, at one step.
        """
        if states is None:
            nothing = torch.zeros(inputs.shape[1], self.cell.hidden_size)
            states = nothing, nothing
        kept = []
        for step in range(start, len(inputs)):
            if swap and step == at:
                states = self.opened(inputs[step], states, swap)
            else:
                states = self.cell(inputs[step], states)
            kept.append(states)
        return self.readout(states[0]), kept

    def opened(self, x: torch.Tensor, states: States, swap: Swap) -> States:
        """One step of the cell, written out."""
        h, c = states
        own = self.cell
        sums = functional.linear(x, own.weight_ih, own.bias_ih)
        sums = sums + functional.linear(h, own.weight_hh, own.bias_hh)
        i, f, g, o = sums.chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        swap(1, c)
        h = o.sigmoid() * c.tanh()
        swap(0, h)
        return h, c


def one_hot(subject: Subject, pair: Pair) -> torch.Tensor:
    """The two sentences up to the question, (T, 2, I)."""
    words = torch.from_numpy(pair.both.inputs[:, : pair.asked + 1].astype(np.int64))
    return functional.one_hot(words, subject.task.inputs.size).float().transpose(0, 1)


@torch.no_grad()
def one_by_one(net: TorchNet, inputs: torch.Tensor, from_there: bool = False) -> Map:
    """One pass with a batch of 1 for each entry; from_there: begun with the states before it."""
    plain, kept = net(inputs)
    first, units = inputs[:, :1], net.cell.hidden_size
    moved = np.zeros((2, len(inputs), units))
    for step in range(len(inputs)):
        before = (kept[step - 1][0][:1], kept[step - 1][1][:1]) if from_there and step else None
        for state in range(2):
            donor = kept[step][state][1]
            for unit in range(units):
                swap = partial(replace, state, unit, donor[unit])
                logits, _ = net(first, step, swap, step if before else 0, before)
                moved[state, step, unit] = margins(logits, plain)[0]
    return moved


def replace(state: int, unit: int, value: torch.Tensor, now: int, values: torch.Tensor) -> None:
    """Put a value in the place of one unit's state."""
    if now == state:
        values[:, unit] = value


@torch.no_grad()
def step_by_step(net: TorchNet, inputs: torch.Tensor) -> Map:
    """One pass for each step, with all swaps at that step as its batch."""
    plain, kept = net(inputs)
    units = net.cell.hidden_size
    copies = inputs[:, :1].expand(-1, 2 * units, -1).contiguous()
    moved = np.zeros((2, len(inputs), units))
    for step in range(len(inputs)):
        logits, _ = net(copies, step, partial(replace_each, kept[step]))
        moved[:, step] = margins(logits, plain).reshape(2, units)
    return moved


def replace_each(donors: States, now: int, values: torch.Tensor) -> None:
    """In each of the rows that are there for this state, put the donor's value of one unit."""
    units = torch.arange(values.shape[1])
    values[now * len(units) + units, units] = donors[now][1]


def margins(logits: torch.Tensor, plain: torch.Tensor) -> NDArray[np.float64]:
    """How far logits (B, O) lie from the first of two answers (2, O) to the second."""
    first, second = (int(each) for each in plain.argmax(dim=1))
    low, high = (plain[:, second] - plain[:, first]).double().numpy()
    found = (logits[:, second] - logits[:, first]).double().numpy()
    return np.asarray((found - low) / (high - low))


def with_threads(count: int, work: Callable[[], Map]) -> Map:
    """Do it with so many threads of torch."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        return work()
    finally:
        torch.set_num_threads(before)


if __name__ == "__main__":
    sys.exit(main())
