"""The cost of drawing a batch, compared with the training step of an RNN and an LSTM on it.

python bench/generation.py [TASK…]

Every task at its defaults, and some that are expensive to draw.  Exits with 1 if a task at its
defaults costs more than a tenth of the step.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from typing import TYPE_CHECKING

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.settings import with_settings
from sandbox.tasks.batches import BatchSource
from sandbox.tasks.registry import tasks

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = 0.1  # of the step
ROUNDS, STEPS = 9, 25
DEAR = (
    "task=fluent distractors=true",
    "task=fluent gap=500",
    "task=fluent gap=500 distractors=true",
)


def milliseconds(action: Callable[[], object]) -> float:
    """How long the action takes."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1e3


def measure(case: str) -> tuple[float, float]:
    """Milliseconds of drawing a batch, and of the step that takes it.

    Medians of rounds in which one follows the other, so that both meet the same machine.
    """
    experiment = with_settings(Experiment(steps=10**6), case.split())
    trainer = Trainer(experiment)
    trainer.evaluating = False
    trainer.run(STEPS)
    source = BatchSource(trainer.task, experiment.batch, experiment.seed)
    draws, steps = [], []
    for index in range(ROUNDS):
        first = index * source.chunk
        draws.append(milliseconds(lambda at=first: source.block(at, 1)) / source.chunk)  # type: ignore[misc]
        done = trainer.step
        took = milliseconds(lambda: [trainer.run(5) for _ in range(STEPS // 5)])
        steps.append(took / (trainer.step - done))
    trainer.close()
    return statistics.median(draws), statistics.median(steps)


def main(names: list[str]) -> int:
    """Print a line per case; returns how many tasks at their defaults cost too much."""
    defaults = [f"task={name}" for name in names or tasks()]
    dear = 0
    for case in defaults + [case for case in DEAR if not names]:
        draw, step = measure(case)
        too_much = draw > ALLOWED * step and case in defaults
        dear += too_much
        share = f"{draw / step:.1%}" + (" more than allowed" if too_much else "")
        print(f"{case}: draw {draw:.3f} ms a batch, step {step:.3f} ms, {share}", flush=True)
    return dear


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)
