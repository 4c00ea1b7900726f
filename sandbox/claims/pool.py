"""Jobs on all cores: a process each, started afresh, one thread a net.

Each worker has a pipe of its own.  It says how far it is through it, so it learns there that
its parent is gone, and ends.  The parent never waits for a worker longer than `LOOK_S`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
import traceback
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from sandbox.claims.keeping import Kept, Measured
from sandbox.claims.measure.base import Sitting
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from sandbox.claims.keeping import Job

LOOK_S = 0.2
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class JobFailed(Exception):
    """A job raised an error that nobody expected; its text is the traceback."""


@dataclass(frozen=True)
class Told:
    """News of a job: how much of it is done, or what it measured."""

    job: Job
    share: float = 1.0
    measured: Measured | None = None


@dataclass
class Worker:
    """A process, this end of its pipe, and what it is at."""

    process: BaseProcess
    pipe: Connection
    job: Job | None = field(default=None)


def here(jobs: Sequence[Job], folder: Path) -> Iterator[Told | None]:
    """One job after another in this process: for tests, and where there is one core."""
    for job in jobs:
        yield Told(job, 0.0)
        yield Told(job, measured=measure(job, Kept(folder), Sitting()))


def everywhere(jobs: Sequence[Job], folder: Path, workers: int) -> Iterator[Told | None]:
    """The jobs on so many processes, the first ones first; None now and then, to look around.

    Closing the iterator ends the processes at once; what they were at is gone on with next time.
    ExperimentError as a job raised it; JobFailed where it was not the user's fault.
    """
    waiting = list(jobs)
    crew = [started(str(folder)) for _ in range(min(workers, len(waiting)))]
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


def measure(job: Job, kept: Kept, sitting: Sitting) -> Measured:
    """One job, from where it was interrupted if it was."""
    from sandbox.claims.catalogue import claims

    began = time.monotonic()
    values = claims()[job.claim].measure(job.seed, job.quick, sitting)
    return Measured(values, time.monotonic() - began)


def started(folder: str) -> Worker:
    """A process that waits for jobs and keeps its states in that folder."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_work, args=(its, folder), daemon=True)
    process.start()
    its.close()  # so that its end closes with it
    return Worker(process, mine)


def _hand(worker: Worker, waiting: list[Job]) -> None:
    worker.job = waiting.pop(0) if waiting else None
    if worker.job is not None:
        worker.pipe.send(worker.job)


def _heard(worker: Worker) -> Told:
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
    return Told(worker.job, value) if what == "share" else Told(worker.job, measured=value)


def _end(worker: Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()
    worker.process.close()


class _Telling(Sitting):
    """Tells the parent; BrokenPipeError where it is gone."""

    def __init__(self, pipe: Connection, file: Path) -> None:
        super().__init__(file)
        self._pipe = pipe

    def progress(self, share: float) -> None:
        self._pipe.send(("share", share))


def _work(pipe: Connection, folder: str) -> None:
    """A worker's life."""
    from pathlib import Path

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and decides
    for name in ONE_THREAD:
        os.environ[name] = "1"
    kept = Kept(Path(folder))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            job = pipe.recv()
            pipe.send(_answer(job, kept, pipe))


def _answer(job: Job, kept: Kept, pipe: Connection) -> tuple[str, Any]:
    try:
        return "measured", measure(job, kept, _Telling(pipe, kept.unfinished(job)))
    except (BrokenPipeError, ConnectionResetError):
        raise
    except ExperimentError as error:
        return "refused", error
    except Exception:
        return "failed", traceback.format_exc()
