"""One contestant while it trains: a net, its optimiser settings and its record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.engine.checkpoint import NEVER, RECENT
from sandbox.engine.initialisation import initial_vector
from sandbox.engine.nets import network_for
from sandbox.engine.optimizer_constants import CODES
from sandbox.engine.schedules import rates
from sandbox.engine.whole import whole_right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.experiment import AnyContestant, Experiment
    from sandbox.tasks.base import Sequences, Task
    from sandbox.tasks.batches import Block

Curve3 = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
NEAR = 0.05  # how far the recent training accuracy may be below the criterion
PATIENCE = (25, 50, 75, 100, 150, 200)  # steps to the next evaluation after 0, 1, 2, … failed
CONFIRM = (200, 400, 800)  # the same after 1, 2, … passed in a row


@dataclass(frozen=True)
class Same:
    """What a fork has in common with its parent: the task with its parameters, the optimiser."""

    task: bool
    optimizer: bool


class Learner:
    """A replicate of a contestant, keyed "lstm" or "lstm#1"; its seed is the run's + replicate."""

    def __init__(
        self,
        experiment: Experiment,
        task: Task,
        contestant: AnyContestant,
        place: int,
        replicate: int,
    ) -> None:
        self.name = contestant.name
        self.key = f"{self.name}#{replicate}" if experiment.replicates > 1 else self.name
        self.task = task
        theta = initial_vector(contestant, task, experiment.seed + replicate, place)
        self.net = network_for(contestant, task, theta, experiment.device)
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
            self.diverged_because = (
                f"{self.key} stopped at step {self.diverged_at}: its loss or gradient is not a "
                "finite number; try a smaller learning rate or clip."
            )
        return measured[0], measured[1], measured[2]

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
        counts = {
            "updates": self.done,
            "optimizer_began": self.began,
            "stage": self.stage,
            "solved_at": solved,
            "diverged_at": diverged,
            "failed": self._failed,
            "next_evaluation": self._next_evaluation,
        }
        return {
            **self.net.vectors(),
            "recent": self._recent.copy(),
            **{name: np.array(count, np.int64) for name, count in counts.items()},
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from `state()`."""
        self.net.load_vectors(state)
        self._recent = np.array(state["recent"], np.float32)
        self.done, self.began = int(state["updates"]), int(state["optimizer_began"])
        self.stage, self._failed = int(state["stage"]), int(state["failed"])
        self._next_evaluation = int(state["next_evaluation"])
        solved, diverged = int(state["solved_at"]), int(state["diverged_at"])
        self.solved_at = None if solved == NEVER else solved
        self.diverged_at = None if diverged == NEVER else diverged

    def go_on_as_another(
        self, state: Mapping[str, NDArray[Any]] | None, step: int, same: Same
    ) -> None:
        """Become a fork's net at `step`, with the weights of `state` or with its own.

        Optimiser state and record start afresh unless the settings they belong to are the same.
        """
        if state is not None:
            self.restore(state)
        if state is None or not same.optimizer:
            zeros = np.zeros(self.net.layout.size, np.float32)
            self.net.load_vectors({**self.net.vectors(), "m": zeros, "v": zeros})
            self.began = step
        if state is None or not same.task:
            self._recent = np.full((2, RECENT), np.nan, np.float32)
            self.solved_at, self._failed, self._next_evaluation = None, 0, step
            self.stage = 0
        self.done, self.diverged_at = step, None
