"""Jobs are begun in order on all cores, and who has none assists until a call has ended."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from sandbox.engine.cores import Cores, available

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 20


@pytest.fixture(params=[1, 2, 4])
def cores(request: pytest.FixtureRequest) -> Iterator[Cores]:
    made = Cores(request.param)
    yield made
    made.close()


def test_that_results_come_in_the_jobs_order(cores: Cores) -> None:
    def job(number: int) -> int:
        time.sleep(0.002 * (7 - number))
        return number

    assert cores.each([lambda n=n: job(n) for n in range(7)]) == list(range(7))
    assert cores.each([]) == []


def test_that_the_first_job_is_done_by_the_thread_that_asks(cores: Cores) -> None:
    asked = [threading.get_ident] * 3
    assert cores.each(asked)[0] == threading.get_ident()


def test_that_an_error_of_a_job_is_raised_once_the_others_are_done(cores: Cores) -> None:
    done = []

    def fails() -> None:
        raise ZeroDivisionError

    def works() -> None:
        time.sleep(0.02)
        done.append(1)

    for jobs in ([fails, works], [works, fails]):
        with pytest.raises(ZeroDivisionError):
            cores.each(jobs)
    assert len(done) >= 1
    assert cores.each([lambda: 1, lambda: 2]) == [1, 2]


def test_that_all_other_threads_assist_a_call(cores: Cores) -> None:
    here, over = set(), threading.Event()

    def assist() -> None:
        here.add(threading.get_ident())
        over.wait(PATIENCE_S)

    with cores.assisting(assist):
        deadline = time.monotonic() + PATIENCE_S
        while len(here) < cores.count - 1 and time.monotonic() < deadline:
            time.sleep(0.001)
        over.set()
    assert len(here) == cores.count - 1
    assert threading.get_ident() not in here


def test_that_a_call_ends_only_when_nobody_is_inside_any_more() -> None:
    """What a call works in may be given back as soon as it has ended."""
    cores, inside, ended = Cores(3), [], threading.Event()

    def assist() -> None:
        inside.append(1)
        ended.wait(PATIENCE_S)
        time.sleep(0.02)
        inside.pop()

    def job() -> int:
        with cores.assisting(assist):
            while not inside:
                time.sleep(0.001)
            ended.set()
        return len(inside)

    for _ in range(20):
        ended.clear()
        assert cores.each([lambda: 0, job]) == [0, 0]
    cores.close()


def test_that_a_thread_without_a_job_assists_the_one_that_lasts() -> None:
    cores, helped, over = Cores(2), threading.Event(), threading.Event()

    def assist() -> None:
        helped.set()
        over.wait(PATIENCE_S)

    def long() -> bool:
        with cores.assisting(assist):
            found = helped.wait(PATIENCE_S)
            over.set()
        return found

    assert cores.each([lambda: True, long]) == [True, True]
    cores.close()


def test_that_there_is_at_least_one_core() -> None:
    assert available() >= 1
