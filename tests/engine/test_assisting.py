"""Threads that assist a net's call go home whatever happens to it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.engine.cores import Cores
from sandbox.engine.kernels import panels
from sandbox.engine.network import Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.tasks.batches import block_of
from tests.engine.nets import random_theta, sequences_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(100)
BLOCK = block_of(sequences_of("values", 64, 10, 3, 2, "every"), 64)


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cores]:
    monkeypatch.setattr(panels, "WORTH_DIVIDING", 0)
    cores = Cores(3)
    yield cores
    cores.close()


def net_with(cores: Cores | None) -> Network:
    return Network(CELLS["lstm"], random_theta("lstm", 3, 9, 2), 3, 9, 2, cores=cores)


def learn(net: Network) -> np.ndarray:
    return net.learn(BLOCK, 0, 0.1, 1.0, CODES["sgd"])


@pytest.mark.parametrize("stage", ["begun", "handed over"])
def test_that_an_interrupt_before_a_call_leaves_no_thread_waiting(
    cores: Cores, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = net_with(cores)

    def interrupted(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    submit, left = cores._pool.submit, iter([True])

    def once(*job: Any) -> object:
        return submit(*job) if next(left, False) else interrupted()

    with monkeypatch.context() as patch:
        if stage == "begun":
            patch.setattr(net._kernels, "_run", interrupted)
        else:
            patch.setattr(cores._pool, "submit", once)
        with pytest.raises(KeyboardInterrupt):
            learn(net)
    np.testing.assert_array_equal(learn(net), learn(net_with(None)))
    assert cores.each([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]


def test_that_a_call_after_the_end_is_refused_and_leaves_nothing_open(cores: Cores) -> None:
    net = net_with(cores)
    cores.close()
    with pytest.raises(RuntimeError):
        learn(net)
    assert cores._open == []


@pytest.mark.parametrize("broken", [0, 1, 3])
def test_that_others_end_their_work_before_a_failure_is_raised(cores: Cores, broken: int) -> None:
    ended = []

    def job(number: int) -> None:
        if number == broken:
            raise MemoryError
        time.sleep(0.02)
        ended.append(number)

    with pytest.raises(MemoryError):
        cores.each([partial(job, number) for number in range(6)])
    assert sorted(ended) == [n for n in range(6) if n != broken]


def test_that_an_interrupt_while_others_train_waits_for_them(
    cores: Cores, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    def slow() -> None:
        time.sleep(0.1)
        ended.append(True)

    monkeypatch.setattr(cores._changed, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cores.each([lambda: None, slow])
    assert ended == [True]
