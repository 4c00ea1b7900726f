"""One contestant while it trains: a net, its optimiser settings and its record."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.cells.known import is_own
from sandbox.engine.checkpoint import COUNTS, NEVER, RECENT
from sandbox.engine.compilation import network_for
from sandbox.engine.initialisation import initial_vector
from sandbox.engine.optimizer_constants import CODES
from sandbox.engine.schedules import rates
from sandbox.engine.trace import right_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.contestants import AnyContestant
    from sandbox.engine.compilation import Net
    from sandbox.engine.cores import Cores
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences, Task
    from sandbox.tasks.batches import Block

Curve3 = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
NEAR = 0.05  # how far the recent training accuracy may be below the criterion
PATIENCE = (25, 50, 75, 100, 150, 200)  # steps to the next evaluation after 0, 1, 2, … failed
CONFIRM = (200, 400, 800)  # the same after 1, 2, … passed in a row
TRACE_BATCH = 40  # sequences


class Learner:
    """A replicate of a contestant, keyed "lstm" or "lstm#1"; its seed is the run's + replicate."""

    def __init__(
        self,
        experiment: Experiment,
        task: Task,
        contestant: AnyContestant,
        place: int,
        replicate: int,
        cores: Cores | None = None,
    ) -> None:
        self.name = contestant.name
        self.key = f"{self.name}#{replicate}" if experiment.replicates > 1 else self.name
        self.task = task
        theta = initial_vector(contestant, task, experiment.seed + replicate, place)
        self.net = network_for(contestant, task, theta, experiment.device, cores)
        self.size = self.net.layout.size  # parameters
        self._code = CODES[contestant.optimizer or experiment.optimizer]
        self.done = 0
        self.stage = 0  # how often its gap has grown
        self.began = 0  # updates before the optimiser's vectors began; > 0 in forks
        self.solved_at: int | None = None
        self.diverged_at: int | None = None
        self.diverged_because = ""
        self._failed = 0  # evaluations failed in a row; below zero, passed in a row
        self._next_evaluation = 0
        self._recent: NDArray[np.float32] = np.full((2, RECENT), np.nan, np.float32)
        self.adjust(experiment)

    def adjust(self, experiment: Experiment) -> None:
        """Take over learning rate and clip: the contestant's own, else the run's."""
        own = experiment.contestant(self.name)
        self.rate = own.lr if own.lr is not None else experiment.lr
        clip = own.clip if own.clip is not None else experiment.clip
        self.limit = math.inf if clip is None else clip
        self._experiment = experiment

    def learn(self, block: Block) -> Curve3:
        """Take one step per batch; returns loss, accuracy, unclipped gradient norm, each (n,)."""
        e, count = self._experiment, len(block)
        measured = self.net.learn(
            block,
            self.done - self.began,
            rates(e, self.rate, self.done, count),
            self.limit,
            self._code,
            e.clip_by == "value",
        )
        taken = measured.shape[1]
        self.done += taken
        self._recent = np.concatenate([self._recent, measured[:2]], axis=1)[:, -RECENT:]
        if taken < len(block):
            self.diverged_at = self.done + 1
            self.diverged_because = self._why_it_stopped()
        return measured[0], measured[1], measured[2]

    def _why_it_stopped(self) -> str:
        stopped = f"{self.key} stopped at step {self.diverged_at}"
        what = f"{stopped}: its loss or gradient is not a finite number"
        if is_own(self.net.cell.name) and not self.done:
            return f"{what} before any training; look for a division by zero in its equations."
        return f"{what}; try a smaller learning rate or clip."

    def promising(self) -> bool:
        """Whether recent batches are close enough to the criterion to be worth an evaluation."""
        if self.done < self._next_evaluation:
            return False
        criterion = self.task.criterion
        loss, accuracy = self._recent.mean(axis=1)
        if criterion.metric == "accuracy":
            return bool(accuracy >= criterion.threshold - NEAR)
        return bool(loss < criterion.threshold * 1.5)

    def evaluate(
        self, draws: Mapping[str, Sequences]
    ) -> tuple[dict[str, tuple[float, float]], bool, str]:
        """Loss and accuracy on every split, whether the criterion is met, and a remark.

        Changes nothing; `judge` notes the verdict.
        """
        splits, remark = self.scores(draws)
        met = self.task.criterion.met
        return splits, all(met(*splits[split]) for split in self.task.judged_on()), remark

    def scores(self, draws: Mapping[str, Sequences]) -> tuple[dict[str, tuple[float, float]], str]:
        """Loss and accuracy on each of these splits, and the task's remarks; changes nothing."""
        task, splits, remarks = self.task, {}, []
        for split, sequences in draws.items():
            loss, accuracy = self.net.evaluate(sequences)
            if task.whole_sequences:
                right = whole_right(self.net, sequences, task.correct_within)
                accuracy = float(right.mean())
                remarks.append(task.remark(split, sequences, right))
            splits[split] = (loss, accuracy)
        return splits, "; ".join(filter(None, remarks))

    def grows(self, threshold: float) -> bool:
        """Whether recent batches, all at the current gap, reach this accuracy."""
        return bool(self._recent[1].mean() >= threshold)

    def grow(self) -> None:
        """Move on to the next gap; scores at the last one no longer count."""
        self.stage += 1
        self._recent = np.full((2, RECENT), np.nan, np.float32)

    def judge(self, solved: bool) -> None:
        """Note whether an evaluation at this step was passed, and when the next one is due."""
        if solved and self.solved_at is None:
            self.solved_at = self.done
        if solved:
            self._failed = min(self._failed, 0) - 1
            wait = CONFIRM[min(-self._failed, len(CONFIRM)) - 1]
        else:
            self._failed = max(self._failed, 0) + 1
            wait = PATIENCE[min(self._failed, len(PATIENCE) - 1)]
        self._next_evaluation = self.done + wait

    def state(self) -> dict[str, NDArray[Any]]:
        """Copies of this net's checkpoint arrays, named as in `engine.checkpoint`."""
        solved, diverged = (
            NEVER if at is None else at for at in (self.solved_at, self.diverged_at)
        )
        counts = self.done, self.began, self.stage, solved, diverged
        named = zip(COUNTS, (*counts, self._failed, self._next_evaluation), strict=True)
        return {
            **self.net.vectors(),
            "recent": self._recent.copy(),
            **{name: np.array(count, np.int64) for name, count in named},
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from `state()`."""
        self.net.load_vectors(state)
        self._recent = np.array(state["recent"], np.float32)
        counts = [int(state[name]) for name in COUNTS]
        self.done, self.began, self.stage, solved, diverged = counts[:5]
        self._failed, self._next_evaluation = counts[5:]
        self.solved_at = None if solved == NEVER else solved
        self.diverged_at = None if diverged == NEVER else diverged

    def go_on_as_another(
        self,
        state: Mapping[str, NDArray[Any]] | None,
        step: int,
        same_task: bool,
        same_optimizer: bool,
    ) -> None:
        """Become a fork's net at `step`, with the weights of `state` or with its own.

        Record and optimiser state start afresh unless task and optimiser are the parent's.
        """
        if state is not None:
            self.restore(state)
        if state is None or not same_optimizer:
            zeros = np.zeros(self.net.layout.size, np.float32)
            self.net.load_vectors({**self.net.vectors(), "m": zeros, "v": zeros})
            self.began = step
        if state is None or not same_task:
            self._recent = np.full((2, RECENT), np.nan, np.float32)
            self.solved_at, self._failed, self._next_evaluation = None, 0, step
            self.stage = 0
        self.done, self.diverged_at = step, None


def whole_right(net: Net, sequences: Sequences, within: float) -> NDArray[np.bool_]:
    """Whether every scored step of each sequence is right, (N,).

    within: how near a value must be (`Task.correct_within`).
    """
    whole = []
    for start in range(0, len(sequences), TRACE_BATCH):
        part = sequences.pick(slice(start, start + TRACE_BATCH))
        answers = np.swapaxes(net.trace(part).answers, 0, 1)
        right = right_steps(answers, part.targets, within)
        whole.append(np.where(part.scored, right, True).all(axis=1))
    return np.concatenate(whole)
