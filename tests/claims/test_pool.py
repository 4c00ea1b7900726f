"""Worker processes that measure claims."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from sandbox.claims import pool
from sandbox.claims.keeping import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[pool.Worker]:
    worker = pool.started(tmp_path)
    yield worker
    worker.process.kill()
    worker.process.join()


def test_that_a_worker_ends_when_its_parent_is_gone(worker: pool.Worker) -> None:
    """From a worker's side a parent that was killed is a pipe that nobody holds."""
    worker.pipe.send(Job("temporal_order", 0, quick=False))
    assert worker.pipe.poll(60)
    assert worker.pipe.recv()[0] == "share"
    worker.pipe.close()
    worker.process.join(60)
    assert worker.process.exitcode == 0


@pytest.mark.parametrize("before", [None, "7"])
def test_that_a_worker_is_born_with_one_thread_and_the_parent_keeps_its_own(
    before: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The environment of its first instruction: numpy reads it when it is loaded."""
    for name in pool.THREAD_LIMITS:
        if before is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, before)
    worker = pool.started(tmp_path)
    try:
        process = psutil.Process(worker.process.pid)
        while not any("spawn_main" in word for word in process.cmdline()):
            time.sleep(0.01)
        born_with = process.environ()
    finally:
        worker.process.kill()
        worker.process.join()
    assert {born_with.get(name) for name in pool.THREAD_LIMITS} == {"1"}
    assert {os.environ.get(name) for name in pool.THREAD_LIMITS} == {before}
