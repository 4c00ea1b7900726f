"""`train`: train one experiment as the window does."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.cli import output
from sandbox.cli.interrupts import INTERRUPTED, Interrupts
from sandbox.cli.progress_report import Report
from sandbox.cli.request import continued, requested
from sandbox.cli.user_task_files import with_report
from sandbox.run.engine import Engine, notice
from sandbox.run.training import Training
from sandbox.store.base import RunError
from sandbox.store.run_ids import new_run_id
from sandbox.store.runs import RunStore, runs_file
from sandbox.tasks.user_tasks_faults import OwnTaskError

if TYPE_CHECKING:
    from argparse import Namespace

    from sandbox.experiment import Experiment
    from sandbox.store.base import RunRecord

DONE, FAILED = 0, 1
BLOCK_S = 0.1
NO_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class _Plan:
    """What to train: a new run, or a stored one to resume."""

    run: str
    experiment: Experiment
    stored: RunRecord | None = None


def train(arguments: Namespace) -> int:
    """Train to the last step; returns the exit status."""
    with closing(RunStore(runs_file(), output.tell)) as store:
        plan = _planned(arguments, store)
        report = Report(output.wants_json(arguments))
        try:
            with Interrupts() as interrupts:
                report.warming_up()
                training = _training(plan, store, report)
                interrupts.patient = True
                return _train(training, report, interrupts)
        except OwnTaskError as error:  # the task's code is wrong, not the request
            raise RunError(with_report(error)) from error


def _planned(arguments: Namespace, store: RunStore) -> _Plan:
    if arguments.resume is None:
        experiment = requested(arguments)
        return _Plan(new_run_id(experiment), experiment)
    run = store.resolve(arguments.resume)
    stored = store.record(run)
    step = stored.info.step
    return _Plan(run, continued(arguments, stored.experiment_at(step), step), stored)


def _training(plan: _Plan, store: RunStore, report: Report) -> Training:
    engine, stored = Engine(), plan.stored
    engine.load()
    trainer = engine(plan.experiment if stored is None else stored.experiment_at(stored.info.step))
    output.tell(notice())
    try:
        if stored:
            store.resume(plan.run)
        training = Training(plan.run, trainer, report.take, store, resumed=stored)
    except BaseException as error:
        trainer.close()
        if isinstance(error, ValueError) and stored:
            raise RunError(f"Run {plan.run} cannot be resumed: {error}.") from None
        raise
    if plan.experiment.digest != trainer.experiment.digest:
        training.adjust(plan.experiment)
    return training


def _train(training: Training, report: Report, interrupts: Interrupts) -> int:
    """Train; print and save between blocks only, so that what is saved is consistent."""
    try:
        return _train_to_the_end(training, report, interrupts)
    except BrokenPipeError:  # the reader is gone: treat it as an interruption
        output.forget()
        return INTERRUPTED if training.save(wait=True) else FAILED
    finally:
        report.stop()
        training.release()


def _train_to_the_end(training: Training, report: Report, interrupts: Interrupts) -> int:
    training.keep_from_start()  # before it is announced
    report.start(training)
    was_over = training.over
    while not training.over and not interrupts.asked:
        training.advance(NO_LIMIT, BLOCK_S)
        report.progress(training)
        if training.save_due_in(idle=False) <= 0:
            training.save()
    if not training.over:
        kept = training.save(wait=True)
        report.interrupted(training, kept)
        return INTERRUPTED if kept else FAILED
    if was_over:  # an earlier call has recorded the end
        training.judge()
    else:
        training.finish()
    training.save(wait=True)
    report.end(training)
    return FAILED if training.all_diverged else DONE
