"""What drawing a batch costs beside the training step of both nets that eats it.

python bench/generation.py
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

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = (
    "task=water",
    "task=fluent",
    "task=fluent distractors=true",
    "task=fluent gap=500",
    "task=fluent gap=500 distractors=true",
    "task=recall",
    "task=adding",
    "task=temporal_order",
)


def median_ms(action: Callable[[], object], rounds: int = 7) -> float:
    """Milliseconds, the median of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times)


def measure(case: str) -> tuple[float, float]:
    """Milliseconds of drawing a batch, and of the step that takes it."""
    trainer = Trainer(with_settings(Experiment(steps=10**6), case.split()))
    trainer.run(25)
    source = BatchSource(trainer.task, 32, 0)
    chunks = iter(range(1000))
    draw = median_ms(lambda: source.block(next(chunks) * source.chunk, 1)) / source.chunk
    step = median_ms(lambda: [trainer.run(5) for _ in range(5)]) / 25
    trainer.close()
    return draw, step


def main() -> None:
    """A line a case."""
    for case in CASES:
        draw, step = measure(case)
        print(f"{case}: draw {draw:.3f} ms a batch, step {step:.3f} ms, {draw / step:.1%}")


if __name__ == "__main__":
    main()
