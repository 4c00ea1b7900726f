"""The trainer: every contestant of one experiment, stepped on the same batches.

Each net trains on a block of batches in one compiled call that releases the GIL and returns loss,
accuracy and gradient norm of every step; the nets share the cores.  They stay in lockstep block by
block.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sandbox.engine import footprint
from sandbox.engine.checkpoint import kinds, misfit, of_net
from sandbox.engine.cores import Cores, available
from sandbox.engine.errors_ahead import ErrorsAhead, errors_ahead
from sandbox.engine.free_running import ahead
from sandbox.engine.holding import held_by
from sandbox.engine.learner import Curve3, Learner
from sandbox.tasks.batches import Batches
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.surgery import Surgery
    from sandbox.contestants import AnyContestant
    from sandbox.engine.checkpoint import State
    from sandbox.engine.holding import Held
    from sandbox.engine.trace import Trace
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences

    HeldByNet = Mapping[str, Held]

EVALUATE_EVERY = 25  # steps
PROBED = 128  # most sequences of another split that are tested between evaluations
T = TypeVar("T")


@dataclass(frozen=True)
class Evaluated:
    """A net's scores on fresh sequences: {split: (loss, accuracy)}.

    solved: whether the criterion is met; never on a split that is not trained on alone.
    """

    key: str
    step: int
    splits: dict[str, tuple[float, float]]
    solved: bool = False
    remark: str = ""  # what else was found: see `Task.remark`


@dataclass(frozen=True)
class Advance:
    """What happened in one block: updates `first`, `first` + 1, … of every contestant.

    curves: key -> (loss, accuracy, gradient norm), each float32 (n,); shorter for a
    contestant that diverged.   diverged: (key, the step that could not be taken, sentence).
    grown: (key, its next gap).
    """

    first: int
    curves: dict[str, Curve3]
    evaluated: list[Evaluated] = field(default_factory=list)
    diverged: list[tuple[str, int, str]] = field(default_factory=list)
    generalised: list[Evaluated] = field(default_factory=list)
    grown: list[tuple[str, int]] = field(default_factory=list)


class Trainer:
    """The nets of one experiment in order, keyed "lstm", or "lstm#1" with replicates."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = complete(experiment)
        self.task = task_of(self.experiment)
        footprint.check(self.experiment, self.task)
        self.step = 0
        self.evaluating = True  # whether nets are evaluated while they train
        self._beside = ThreadPoolExecutor(1, "batches")
        self._batches = Batches(self.experiment, self.task, self._beside)
        e = self.experiment
        self._cores = Cores(available())
        every = [
            Learner(e, self.task, contestant, place, replicate, self._cores)
            for place, contestant in enumerate(e.contestants)
            for replicate in range(e.replicates)
        ]
        self._learners = {learner.key: learner for learner in every}

    @property
    def keys(self) -> dict[str, str]:
        """The nets in order: key -> cell name."""
        return {key: learner.net.cell.name for key, learner in self._learners.items()}

    @property
    def parameters(self) -> dict[str, int]:
        """The number of parameters by key."""
        return {key: learner.size for key, learner in self._learners.items()}

    @property
    def solved_at(self) -> dict[str, int | None]:
        """The step of the first evaluation that met the criterion, by key."""
        return {key: learner.solved_at for key, learner in self._learners.items()}

    @property
    def diverged_at(self) -> dict[str, int | None]:
        """The step that could not be taken, by key."""
        return {key: learner.diverged_at for key, learner in self._learners.items()}

    @property
    def finished(self) -> bool:
        """Whether all steps are taken or no net is left to train."""
        return self.step >= self.experiment.steps or not self._going()

    def run(self, count: int) -> Advance:
        """Take at most `count` steps, fewer if a chunk of batches ends or an evaluation is due.

        Takes none if finished, or if all nets diverge at the first.
        """
        first, going = self.step + 1, self._going()
        if self.finished:
            return Advance(first, {})
        curves = self._learn(going, max(1, min(count, self.until_stop)))
        self.step = max(self._learners[key].done for key in going)
        diverged = [
            (key, learner.diverged_at, learner.diverged_because)
            for key, learner in going.items()
            if learner.diverged_at is not None
        ]
        evaluated = self._due()
        return Advance(first, curves, evaluated, diverged, self._generalise(), self._grow())

    def evaluate(self) -> list[Evaluated]:
        """Evaluate every net on fresh sequences of every split; changes nothing."""
        return self._evaluate(self._learners)

    def trace(self, probe: Sequences, held: HeldByNet | None = None) -> dict[str, Trace]:
        """Every net's trace on the probe; held: see `engine.holding`, by key."""
        own = held or {}
        return {key: one.net.trace(probe, own.get(key)) for key, one in self._learners.items()}

    def held(self, surgery: Mapping[str, Surgery], steps: int) -> dict[str, Held]:
        """What a surgery holds in T steps, by key; SurgeryError for what a net lacks."""
        nets = {key: self._learners[key].net for key in surgery if key in self._learners}
        return {
            key: held_by(surgery[key], net.cell, net.layers, net.hidden, steps)
            for key, net in nets.items()
        }

    def operated(self, probe: Sequences, surgery: Mapping[str, Surgery]) -> dict[str, Trace]:
        """Traces of the nets in which something is held, by key."""
        held = self.held(surgery, probe.roles.shape[1])
        return {key: self._learners[key].net.trace(probe, own) for key, own in held.items()}

    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of every net's flat vector (P,), by key."""
        return {key: one.net.vectors()["weights"] for key, one in self._learners.items()}

    def ahead(
        self, probe: Sequences, steps: int, held: HeldByNet | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Every net's answers on the probe and `steps` steps beyond it, fed its own answers.

        Arrays (T + steps, N, O) by key: see `free_running.ahead`; empty if it cannot be done.
        """
        own = held or {}
        found = {
            key: ahead(one.net, self.task, probe, steps, own.get(key))
            for key, one in self._learners.items()
        }
        return {key: answers for key, answers in found.items() if answers is not None}

    def errors_ahead(self, steps: int) -> ErrorsAhead | None:
        """How far off every net's forecasts are up to `steps` ahead: see `errors_ahead`."""
        return errors_ahead({key: one.net for key, one in self._learners.items()}, self.task, steps)

    def adjust(self, experiment: Experiment) -> None:
        """Adopt the experiment's live fields; the others stay as they are."""
        self.experiment = self.experiment.with_live(complete(experiment))
        for learner in self._learners.values():
            learner.adjust(self.experiment)

    def state(self) -> dict[str, NDArray[Any]]:
        """A checkpoint, copied: see `engine.checkpoint`."""
        state: dict[str, NDArray[Any]] = {"step": np.array(self.step, np.int64)}
        for key, learner in self._learners.items():
            state |= _keyed(key, learner.state())
        return state

    def restore(self, state: State) -> None:
        """Resume from `state()`; ValueError, with nothing changed, if it does not fit."""
        if wrong := misfit(state, kinds(self.parameters)):
            raise ValueError(f"the checkpoint {wrong}")
        for key, learner in self._learners.items():
            learner.restore(of_net(state, key))
        self.step = int(state["step"])

    def fork(self, state: State, parent: Experiment) -> list[str]:
        """Go on from the state of another experiment, with this one's nets.

        Returns the keys of nets that begin untrained, because the parent's weights do not fit.
        """
        parent, e, anew = complete(parent), self.experiment, []
        old = {each.name: each for each in parent.contestants}
        same_task = _trained_on(parent) == _trained_on(e)
        self.step = int(state["step"])
        for key, learner in self._learners.items():
            own = of_net(state, _source(key, learner.name, state))
            was, now = old.get(learner.name), e.contestant(learner.name)
            wanted = kinds({"": learner.size})
            whole = {"step": state["step"], **_keyed("", own)}
            if was is None or _size(was) != _size(now) or misfit(whole, wanted):
                anew.append(key)
                learner.go_on_as_another(None, self.step, False, False)
            else:
                rules = was.optimizer or parent.optimizer, now.optimizer or e.optimizer
                learner.go_on_as_another(own, self.step, same_task, rules[0] == rules[1])
        return anew

    def close(self) -> None:
        """End the threads."""
        self._beside.shutdown(cancel_futures=True)
        self._cores.close()

    def _going(self) -> dict[str, Learner]:
        return {k: one for k, one in self._learners.items() if one.diverged_at is None}

    @property
    def until_stop(self) -> int:
        """Steps that one call of `run` can take."""
        to_evaluation = EVALUATE_EVERY - self.step % EVALUATE_EVERY
        to_chunk = self._batches.chunk - self.step % self._batches.chunk
        return min(to_evaluation, to_chunk, self.experiment.steps - self.step)

    def _each(self, job: Callable[[Learner], T], learners: Mapping[str, Learner]) -> dict[str, T]:
        """Do the job for every learner in parallel; returns the results by key, in order."""
        by_size = sorted(learners, key=lambda key: learners[key].size, reverse=True)
        results = self._cores.each([partial(job, learners[key]) for key in by_size])
        found = dict(zip(by_size, results, strict=True))
        return {key: found[key] for key in learners}

    def _learn(self, going: Mapping[str, Learner], count: int) -> dict[str, Curve3]:
        """Learn from at most `count` batches, each net from those of its own stage."""
        stages = {one.stage for one in going.values()}
        blocks = {stage: self._batches.block(stage, self.step, count) for stage in stages}
        return self._each(lambda one: one.learn(blocks[one.stage]), going)

    def _grow(self) -> list[tuple[str, int]]:
        """Give longer gaps to nets that are good enough; returns (key, new gap)."""
        if not self._batches.growing or self.step % EVALUATE_EVERY:
            return []
        grown = []
        for key, one in self._going().items():
            last = one.stage + 1 >= self._batches.stages
            if not last and one.grows(self.experiment.grow_at):
                one.grow()
                grown.append((key, self._batches.gap(one.stage)))
        self._batches.keep({one.stage for one in self._going().values()})
        return grown

    def _generalise(self) -> list[Evaluated]:
        """Test every net on the split that is not trained on, ever more rarely."""
        split = self.task.generalisation
        going = self._going()
        if split is None or not going or not self.evaluating or not _is_probed(self.step):
            return []
        rng = stream(self.experiment.seed, Purpose.GENERALISATION, self.step)
        sequences = self.task.draw(rng, min(PROBED, self.task.test_size(split)), split)
        results = self._each(lambda one: one.scores({split: sequences})[0], going)
        return [Evaluated(key, self.step, scores) for key, scores in results.items()]

    def _due(self) -> list[Evaluated]:
        """Evaluate nets that may have solved the task, and all nets at the last step."""
        going, last = self._going(), self.step >= self.experiment.steps
        if not self.evaluating or (self.step % EVALUATE_EVERY and not last):
            return []
        due = going if last else {k: one for k, one in going.items() if one.promising()}
        results = self._evaluate(due)
        for result in results:
            if result.solved or not last:
                due[result.key].judge(result.solved)
        return results

    def _evaluate(self, learners: Mapping[str, Learner]) -> list[Evaluated]:
        if not learners:
            return []
        draws = {split: self._fresh(split) for split in self.task.splits}
        results = self._each(lambda one: one.evaluate(draws), learners)
        return [Evaluated(key, self.step, *result) for key, result in results.items()]

    def _fresh(self, split: str) -> Sequences:
        judged, splits = self.task.judged_on(), self.task.splits
        purpose, among = Purpose.EVALUATION, judged
        if split not in judged:
            purpose, among = Purpose.GENERALISATION, splits
        rng = stream(self.experiment.seed, purpose, self.step * len(among) + among.index(split))
        return self.task.draw(rng, self.task.test_size(split), split)


def _is_probed(step: int) -> bool:
    """Every 25 steps at first, then whenever training has lasted 8% longer."""
    count, rest = divmod(step, EVALUATE_EVERY)
    if rest or not count:
        return False
    return count == 1 or int(math.log(count, 1.08)) > int(math.log(count - 1, 1.08))


def _keyed(key: str, arrays: State) -> dict[str, NDArray[Any]]:
    return {f"{key}/{name}": array for name, array in arrays.items()}


def _source(key: str, name: str, state: State) -> str:
    """The key of the net whose state is taken over if the number of replicates has changed."""
    if f"{key}/weights" in state or key.partition("#")[2] not in ("", "0"):
        return key
    return name if f"{name}/weights" in state else f"{name}#0"


def _trained_on(e: Experiment) -> tuple[object, ...]:
    """What a net's record depends on: task, parameters and curriculum."""
    return e.task, dict(e.params), e.curriculum, e.gap_from, e.grow_by


def _size(one: AnyContestant) -> tuple[str, int, int]:
    """What decides whether weights fit."""
    return one.cell, one.hidden, one.layers
