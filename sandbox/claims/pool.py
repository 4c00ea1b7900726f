"""Jobs on all cores: spawned worker processes with one thread each.

Each worker reports its progress through its own pipe, so it notices when its parent is gone, and
ends.  The parent never waits for a worker longer than `LOOK_S`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from sandbox.claims.keeping import Kept, Measured, claims
from sandbox.claims.measure.claim import Measurement
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from sandbox.claims.keeping import Job

LOOK_S = 0.2
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class JobFailed(Exception):
    """A job raised an error that nobody expected; its text is the traceback."""


@dataclass(frozen=True)
class JobNews:
    """The share of a job that is done, or its result."""

    job: Job
    share: float = 1.0
    measured: Measured | None = None


@dataclass
class Worker:
    """A process, this end of its pipe, and its current job."""

    process: BaseProcess
    pipe: Connection
    job: Job | None = None


def run_inline(jobs: Sequence[Job], folder: Path, workers: int) -> Generator[JobNews | None]:
    """Run one job after another in this process."""
    for job in jobs:
        yield JobNews(job, 0.0)
        yield JobNews(job, measured=measure(job, Measurement()))


def run_in_processes(jobs: Sequence[Job], folder: Path, workers: int) -> Generator[JobNews | None]:
    """Run the jobs in order on `workers` processes; yields None now and then, so callers can stop.

    Closing the iterator ends the processes at once; the next run resumes their jobs.  Raises
    the ExperimentError of a job, and JobFailed for what is not the user's fault.
    """
    waiting = list(jobs)
    crew = [started(folder) for _ in range(min(workers, len(waiting)))]
    try:
        for worker in crew:
            _hand(worker, waiting)
        while busy := {worker.pipe: worker for worker in crew if worker.job is not None}:
            yield None
            for pipe in wait(list(busy), LOOK_S):
                worker = busy[pipe]  # type: ignore[index]
                told = _heard(worker)
                if told.measured is not None:
                    _hand(worker, waiting)
                yield told
    finally:
        for worker in crew:
            _end(worker)


def measure(job: Job, measurement: Measurement) -> Measured:
    """Run one job, resuming it if it was interrupted."""
    began = time.monotonic()
    values = claims()[job.claim].measure(job.seed, job.quick, measurement)
    return Measured(values, time.monotonic() - began)


def started(folder: Path) -> Worker:
    """A process that waits for jobs and keeps its unfinished ones in that folder."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_work, args=(its, folder), daemon=True)
    with _one_thread():
        process.start()
    its.close()  # so that the pipe closes when the worker ends
    return Worker(process, mine)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Set the thread limits that a child inherits: libraries read them when they are loaded."""
    before = {name: os.environ.get(name) for name in THREAD_LIMITS}
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _hand(worker: Worker, waiting: list[Job]) -> None:
    worker.job = waiting.pop(0) if waiting else None
    if worker.job is not None:
        worker.pipe.send(worker.job)


def _heard(worker: Worker) -> JobNews:
    assert worker.job is not None
    try:
        what, value = worker.pipe.recv()
    except EOFError:
        worker.process.join()
        code = worker.process.exitcode
        raise JobFailed(f"The process that measured {worker.job.claim} ended ({code}).") from None
    if what == "refused":
        raise value
    if what == "failed":
        raise JobFailed(value)
    return JobNews(worker.job, value) if what == "share" else JobNews(worker.job, measured=value)


def _end(worker: Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()
    worker.process.close()


class _Reporting(Measurement):
    """Reports to the parent; raises BrokenPipeError if it is gone."""

    def __init__(self, pipe: Connection, file: Path) -> None:
        super().__init__(file)
        self._pipe = pipe

    def progress(self, share: float) -> None:
        self._pipe.send(("share", share))


def _work(pipe: Connection, folder: Path) -> None:
    """Run jobs until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it, and decides
    kept = Kept(folder)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            job = pipe.recv()
            pipe.send(_answer(job, kept, pipe))


def _answer(job: Job, kept: Kept, pipe: Connection) -> tuple[str, Any]:
    try:
        return "measured", measure(job, _Reporting(pipe, kept.unfinished(job)))
    except (BrokenPipeError, ConnectionResetError):
        raise
    except ExperimentError as error:
        return "refused", error
    except Exception:
        return "failed", traceback.format_exc()
