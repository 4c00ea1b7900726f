"""The process ends in time and with its status, also while kernels are being compiled."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sandbox.run.leaving import leave

ROOT = Path(__file__).resolve().parents[2]

WARMING = """
import sys, time
from sandbox.run.leaving import leave
from sandbox.run.messages import Mailbox
from sandbox.run.worker import Worker
from tests.run.fakes import experiment, probe_of
box = Mailbox()
worker = Worker(box)
worker.start()
described = experiment()
worker.commands.open("one", described, probe_of(described), train=True)
while "sandbox.engine.kernels.units" not in sys.modules:
    time.sleep(0.05)
time.sleep({compiling})
print("closing", box.drain().status.phase, flush=True)
worker.commands.close()
sys.exit(leave(worker, {status}))
"""


@pytest.mark.parametrize(("compiling", "status"), [(0.0, 0), (0.3, 3)])
def test_that_closing_during_the_first_compilation_ends_the_process_in_time(
    tmp_path: Path, compiling: float, status: int
) -> None:
    environment = {**os.environ, "SEQUENCE_SANDBOX_KERNELS": str(tmp_path), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", WARMING.format(compiling=compiling, status=status)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "closing warming up\n"
    started = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == status
    assert time.monotonic() - started < 3.0
    assert errors == ""


def test_that_a_worker_that_only_waits_for_the_disk_is_waited_for() -> None:
    saving, kept = threading.Event(), []

    def save() -> None:
        saving.set()
        time.sleep(0.4)
        kept.append("the last steps")

    worker = threading.Thread(target=save)
    worker.start()
    assert leave(worker, 6, patience_s=0.05, saving=saving) == 6
    assert kept == ["the last steps"]


def test_that_a_worker_that_has_ended_leaves_the_process_alone() -> None:
    thread = threading.Thread(target=lambda: None)
    assert leave(thread, 4) == 4  # never started
    thread.start()
    assert leave(thread, 5) == 5
