"""The default experiment over ten seeds: when, and how fast, each net solves it.

python bench/seeds.py [--seeds 10] [--steps 3000] [KEY=VALUE …]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.settings import with_settings


def main() -> None:
    """Print a line per seed, and a summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    base = with_settings(Experiment(), [f"steps={given.steps}", *given.settings])
    warm_up(base)
    rows = [one_run(base.changed(seed=seed)) for seed in range(given.seeds)]
    for key in rows[0]:
        summary(key, [row[key] for row in rows])


def warm_up(experiment: Experiment) -> None:
    """Load the compiled kernels."""
    trainer = Trainer(experiment)
    trainer.run(1)
    trainer.evaluate()
    trainer.close()


def one_run(experiment: Experiment) -> dict[str, tuple[int | None, float | None, float]]:
    """Train to the end: {key: (step solved, seconds to it, final accuracy)}."""
    begun = time.perf_counter()
    trainer = Trainer(experiment)
    seconds: dict[str, float] = {}
    while not trainer.finished:
        trainer.run(25)
        for key, step in trainer.solved_at.items():
            if step is not None and key not in seconds:
                seconds[key] = time.perf_counter() - begun
    final = {e.key: min(a for _, a in e.splits.values()) for e in trainer.evaluate()}
    trainer.close()
    result = {k: (trainer.solved_at[k], seconds.get(k), final[k]) for k in trainer.keys}
    shown = "  ".join(
        f"{key}: {'solved at ' + str(at) + f' in {took:.2f} s' if at else 'not solved'}"
        f", {accuracy:.1%} at the end"
        for key, (at, took, accuracy) in result.items()
    )
    print(f"seed {experiment.seed}: {shown}", flush=True)
    return result


def summary(key: str, results: list[tuple[int | None, float | None, float]]) -> None:
    """Print how many solved it, the median step and the slowest time."""
    solved = [(at, took) for at, took, _ in results if at is not None and took is not None]
    line = f"{key}: solved by {len(solved)} of {len(results)}"
    if solved:
        line += f", median step {statistics.median(at for at, _ in solved):g}"
        line += f", slowest {max(took for _, took in solved):.2f} s"
    print(line)


if __name__ == "__main__":
    main()
