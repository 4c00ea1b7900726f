"""`train`: train one experiment as the window does."""

from __future__ import annotations

from contextlib import closing
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


def train(arguments: Namespace) -> int:
    """Train to the last step; returns the exit status."""
    with closing(RunStore(runs_file(), output.tell)) as store:
        run, experiment, stored = _planned(arguments, store)
        report = Report(output.wants_json(arguments))
        try:
            with Interrupts() as interrupts:
                report.warming_up()
                training = _training(run, experiment, stored, store, report)
                interrupts.patient = True
                return _train(training, report, interrupts)
        except OwnTaskError as error:  # the task's code is wrong, not the request
            raise RunError(with_report(error)) from error
        finally:
            report.stop()


def _planned(arguments: Namespace, store: RunStore) -> tuple[str, Experiment, RunRecord | None]:
    """The run, its experiment from now on, and the stored run if one is resumed."""
    if arguments.resume is None:
        experiment = requested(arguments)
        return new_run_id(experiment), experiment, None
    run = store.resolve(arguments.resume)
    stored = store.record(run)
    step = stored.info.step
    return run, continued(arguments, stored.experiment_at(step), step), stored


def _training(
    run: str, experiment: Experiment, stored: RunRecord | None, store: RunStore, report: Report
) -> Training:
    engine = Engine()
    trainer = engine(experiment if stored is None else stored.experiment_at(stored.info.step))
    output.tell(notice())
    try:
        if stored:
            store.resume(run)
        training = Training(run, trainer, report.take, store, resumed=stored)
    except BaseException as error:
        trainer.close()
        if isinstance(error, ValueError) and stored:
            raise RunError(f"Run {run} cannot be resumed: {error}.") from None
        raise
    if experiment.digest != trainer.experiment.digest:
        trainer.adjust(experiment)
    return training


def _train(training: Training, report: Report, interrupts: Interrupts) -> int:
    """Train; print and save between blocks only, so that what is saved is consistent."""
    try:
        return _train_to_the_end(training, report, interrupts)
    except BrokenPipeError:  # the reader is gone: treat it as an interruption
        output.forget()
        return INTERRUPTED if training.save(wait=True) else FAILED
    finally:
        training.release()


def _train_to_the_end(training: Training, report: Report, interrupts: Interrupts) -> int:
    training.saving.keep_from_start()  # before it is announced
    training.save(wait=True)
    report.start(training)
    was_over = training.over
    while not training.over and not interrupts.asked:
        training.advance(NO_LIMIT, BLOCK_S)
        report.progress(training)
        if training.saving.due_in(training.step, idle=False) <= 0:
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
