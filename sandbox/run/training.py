"""One run while it trains: its trainer, its messages, and what is kept of it.

The window's worker and the command line both train through this, so they give the same numbers
and the same files.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.run import words
from sandbox.run.messages import Curve, Evaluation, Event, EventKind, Generalisation, Points
from sandbox.run.pace import BLOCK_S, WORTH_A_CALL, BlockSize
from sandbox.run.saving import CHECKPOINT_EVERY, STORED, CheckpointSchedule, Saving, Tape, size_of
from sandbox.store.base import Progress
from sandbox.tasks import user_tasks

if TYPE_CHECKING:
    from sandbox.engine.trainer import Advance, Evaluated, Trainer
    from sandbox.experiment import Experiment
    from sandbox.run.messages import Record
    from sandbox.store.base import Origin, RunRecord
    from sandbox.store.runs import RunStore

Tell = Callable[["Record"], None]


class Training:
    """A run that owns its trainer.  Not thread-safe: one thread drives it.

    tell: called with points, evaluations and events.  store: None keeps nothing.  A change that
    `trainer.adjust` makes is reported and stored with the next block.
    """

    def __init__(
        self,
        run: str,
        trainer: Trainer,
        tell: Tell,
        store: RunStore | None = None,
        resumed: RunRecord | None = None,
        origin: Origin | None = None,
    ) -> None:
        """resumed: the run as it is stored; ValueError if it does not fit the trainer.

        origin: where the run was forked; its trainer is at that step.
        """
        self.run, self.trainer, self.origin = run, trainer, origin
        self.seconds = resumed.info.seconds if resumed else 0.0
        files = [each.get("task_sha256") for each in resumed.events] if resumed else []
        self._task_file, self._file_due = next(filter(None, reversed(files)), ""), True
        self._tell, self._clock = tell, time.monotonic
        self._blocks = BlockSize()
        self.begun = self._announced = trainer.experiment
        self.changes: list[tuple[int, Experiment]] = []
        self._scores: dict[str, dict[str, Any]] = {}
        if resumed:
            trainer.restore(resumed.state)
            self.begun, self.changes = resumed.begun, list(resumed.changes)
            self.origin = resumed.info.origin
            self._scores = {key: dict(each) for key, each in resumed.info.cells.items()}
            self.tape, self._stored = _checkpoints_of(resumed)
        else:
            state = trainer.state()
            self.tape = Tape(trainer.step, state)
            self._stored = CheckpointSchedule(trainer.step, size_of(state), STORED, self.seconds)
        self._solved = {key for key, at in trainer.solved_at.items() if at is not None}
        self.saving = Saving(run, store, self._clock, saved=self.step)
        if resumed is None and store is not None:
            store.begin(run, trainer.experiment, origin)
            self.saving.keep(*self.tape.before(trainer.step), set())

    @property
    def experiment(self) -> Experiment:
        """The experiment with all changes so far."""
        return self.trainer.experiment

    @property
    def step(self) -> int:
        """Training steps taken by the nets that went furthest."""
        return self.trainer.step

    @property
    def all_diverged(self) -> bool:
        """Whether no net is left to train."""
        return all(at is not None for at in self.trainer.diverged_at.values())

    @property
    def over(self) -> bool:
        """Whether no training step is left."""
        return self.all_diverged or self.trainer.step >= self.experiment.steps

    def advance(self, count: int, budget_s: float = BLOCK_S) -> int:
        """Take up to `count` steps within about `budget_s` and report them.

        Returns how many were taken.  The time is added to `seconds`.
        """
        self._announce_change()
        if self._file_due:
            self._file_due = False
            self._announce_file()
        before, started = self.step, self._clock()
        parts = self._take(min(count, self.experiment.steps - before), started, budget_s)
        self.seconds += self._clock() - started
        self._tell_points(parts)
        for part in parts:
            self._tell_results(part)
        return self.step - before

    def finish(self) -> None:
        """Evaluate every net, say how the run ended, and save."""
        self.judge(tell=True)
        keys, at = self.trainer.keys, self.trainer.solved_at
        if self.all_diverged:
            self.event("finished", words.all_diverged(self.step))
        else:
            task, scores = self.trainer.task, self._scores.items()
            why = {
                key: words.unsolved(task, each.get("splits", {}))
                for key, each in scores
                if self.trainer.diverged_at[key] is None
            }
            remarks = {key: each.get("remark", "") for key, each in scores}
            self.event("finished", words.finished(self.experiment.steps, keys, at, why, remarks))
        self.save()

    def judge(self, tell: bool = False) -> None:
        """Evaluate every net now, for `results`; training is not affected."""
        for evaluated in self.trainer.evaluate():
            known = self._scores.get(evaluated.key, {}).get("evaluated_at") == evaluated.step
            self._note_scores(evaluated)
            if tell and not known:
                self._tell_evaluation(evaluated)

    def results(self) -> dict[str, dict[str, Any]]:
        """By key: cell, look, parameters, solved_at, diverged_at, and the last evaluation, if any.

        An evaluation has evaluated_at, loss and accuracy on the task's first split, and splits;
        in_units: what the loss means in the task's units, where that says more.
        """
        trainer = self.trainer
        return {
            key: {
                **self._scores.get(key, {}),
                "cell": cell,
                "look": self.experiment.looks[key.partition("#")[0]],
                "parameters": trainer.parameters[key],
                "solved_at": trainer.solved_at[key],
                "diverged_at": trainer.diverged_at[key],
            }
            for key, cell in trainer.keys.items()
        }

    def save(self, wait: bool = False) -> bool:
        """Hand what is new to the store; returns whether the last write succeeded.

        wait: until it is on disk.  A failure is reported once as an event, and the next save tries
        again.
        """
        self._announce_change()
        progress = Progress(self.step, self.seconds, self.experiment, self.results())
        problem = self.saving.save(self.trainer.state, progress, wait)
        if problem:
            self._tell(Event(self.run, self.step, "note", problem))
        return not self.saving.failing

    def close(self) -> None:
        """Save, release the run and end the trainer's threads."""
        try:
            self.save(wait=True)
        finally:
            self.release()

    def release(self) -> None:
        """Release the run without saving: after a failure the last checkpoint counts."""
        self.saving.finish()
        self.trainer.close()

    def event(
        self,
        kind: EventKind,
        text: str,
        cell: str | None = None,
        step: int | None = None,
        replaced: Experiment | None = None,
        **more: Any,
    ) -> None:
        """Report an event, at this step unless one is given, and keep it.

        more: what else the store keeps of it.
        """
        at = self.step if step is None else step
        self._tell(Event(self.run, at, kind, text, cell, more.get("gap"), replaced))
        self.saving.append({"step": at, "kind": kind, "text": text, "cell": cell, **more})

    def tell_solved_before(self) -> None:
        """Report the nets of a fork that had already solved the task."""
        for key, at in self.trainer.solved_at.items():
            if at is not None:
                text = f"{self._title(key)} solved it at step {at:,}, before the fork"
                self.event("solved", text, key, at)

    def _title(self, key: str) -> str:
        return words.title(key, self.trainer.keys[key])

    def _take(self, count: int, started: float, budget_s: float) -> list[Advance]:
        """Call the trainer until the time is up or too little is left for another call.

        Each call costs some tenths of a millisecond on top of its steps, so a call goes on to the
        trainer's next stop if few steps are left until there.
        """
        parts: list[Advance] = []
        stop = self.trainer.step + count
        while self.trainer.step < stop and not self.over:
            left_s = budget_s - (self._clock() - started)
            if parts and left_s < budget_s * WORTH_A_CALL:
                break
            fitting, to_stop = self._blocks.fitting(max(left_s, 0.0)), self.trainer.until_stop
            fitting = to_stop if fitting < to_stop <= fitting * 1.5 else fitting
            parts.append(self._run(min(stop - self.trainer.step, fitting)))
            self._keep_checkpoint(self.seconds + self._clock() - started)
            if parts[-1].evaluated:
                break
        return parts

    def _keep_checkpoint(self, seconds: float) -> None:
        step, stored = self.step, self._stored.wants(self.step, seconds)
        if not (stored or self.tape.wants(step)):
            return
        state = self.trainer.state()
        self.tape.keep(step, state)
        if stored:
            self.saving.keep(step, state, self._stored.put(step, size_of(state), seconds))

    def _run(self, count: int) -> Advance:
        started, before = self._clock(), self.trainer.step
        part = self.trainer.run(count)
        taken = self.trainer.step - before
        if taken < 1 and not part.diverged:
            raise RuntimeError(f"the trainer took no step at step {before}")
        if taken and not part.evaluated:
            self._blocks.took(taken, self._clock() - started)
        return part

    def _tell_points(self, parts: list[Advance]) -> None:
        if not parts:
            return
        curves = {key: _joined(parts, key) for key in parts[0].curves}
        curves = {key: curve for key, curve in curves.items() if len(curve.loss)}
        if curves:
            self._tell(Points(self.run, parts[0].first, curves, self.seconds))
            self.saving.append_curves(parts[0].first, curves, self.seconds)

    def _tell_results(self, part: Advance) -> None:
        for evaluated in part.evaluated:
            self._note_scores(evaluated)
            self._tell_evaluation(evaluated)
            if evaluated.solved and evaluated.key not in self._solved:
                self._solved.add(evaluated.key)
                who, task = self._title(evaluated.key), self.trainer.task
                text = words.solved(who, evaluated.step, task, evaluated.splits)
                self.event("solved", text, evaluated.key, evaluated.step)
        for each in part.generalised:
            for split, scores in each.splits.items():
                self._tell(Generalisation(self.run, each.step, each.key, split, *scores))
            line = {"step": each.step, "kind": "generalisation", "cell": each.key}
            self.saving.append({**line, "splits": each.splits})
        for key, gap in part.grown:
            self.event("grew", words.grew(self._title(key), self.step, gap), key, gap=gap)
        for key, step, sentence in part.diverged:
            self.event("diverged", sentence, key, step)

    def _tell_evaluation(self, evaluated: Evaluated) -> None:
        key, step, splits = evaluated.key, evaluated.step, dict(evaluated.splits)
        judged = self.trainer.task.judged_on()
        self._tell(Evaluation(self.run, step, key, splits, evaluated.solved, judged))
        line = {"step": step, "kind": "evaluation", "cell": key, "judged": list(judged)}
        self.saving.append({**line, "splits": splits, "solved": evaluated.solved})

    def _announce_change(self) -> None:
        """Report all changes since the last block as one event."""
        old, new = self._announced, self.experiment
        if new is not old and new.digest != old.digest:
            self._announced = new
            self.changes.append((self.step, new))
            text, data = words.edited(old, new), new.model_dump(mode="json")
            self.event("changed", text, replaced=old, experiment=data)

    def _announce_file(self) -> None:
        """Before the first block, report and store the file that an own task comes from.

        A run's numbers follow from its experiment and this file, so a resumed run reports a change
        of the file.
        """
        file, before = user_tasks.file_of(self.experiment.task), self._task_file
        if file is None or file.sha256 == before:
            return
        what = f"the task is your own, from {file.path}"
        if before:
            what = f"the task's file has changed; from here on {file.path} is used as it is now"
        self.event("note", what, task_sha256=file.sha256)

    def _note_scores(self, evaluated: Evaluated) -> None:
        task = self.trainer.task
        loss, accuracy = evaluated.splits[task.splits[0]]
        units = task.in_units(loss)
        self._scores[evaluated.key] = {
            "evaluated_at": evaluated.step,
            "loss": loss,
            "accuracy": accuracy,
            "splits": {split: list(score) for split, score in evaluated.splits.items()},
            **({"remark": evaluated.remark} if evaluated.remark else {}),
            **({"in_units": units} if units else {}),
        }


def _checkpoints_of(record: RunRecord) -> tuple[Tape, CheckpointSchedule]:
    """The checkpoints in memory and the schedule of stored ones.

    The latest, which the next save replaces, is in memory only.
    """
    steps = sorted(record.checkpoints)
    first = record.checkpoints[steps[0]]
    tape = Tape(steps[0], first)
    stored = CheckpointSchedule(steps[0], size_of(first), STORED, record.info.seconds)
    for step in steps[1:]:
        state = record.checkpoints[step]
        tape.keep(step, state)
        if step % CHECKPOINT_EVERY == 0:
            stored.put(step, size_of(state))
    return tape, stored


def _joined(parts: list[Advance], key: str) -> Curve:
    """One net's curves over consecutive blocks, copied and read-only."""
    columns = [part.curves[key] for part in parts if key in part.curves]
    arrays = [np.concatenate(column) for column in zip(*columns, strict=True)]
    for array in arrays:
        array.setflags(write=False)
    return Curve(*arrays)
