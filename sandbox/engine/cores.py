"""The processor's cores, which the nets of a run share.

A net's call can be assisted by any number of threads: see `engine.kernels.driver`.  Nets are begun
heaviest first, one a thread; a thread without a net assists a call that is still going on.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


def available() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Cores:
    """`count` threads: the one that calls `each`, and others in a pool."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(max(count - 1, 1), "core")
        self._changed = Condition()
        self._open: list[Callable[[], None]] = []

    def each(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Do all jobs, begun in order; returns their results in order.

        This thread takes the first itself: handing over to the pool and back costs two waits
        for the interpreter's lock, which the window holds for milliseconds.
        """
        waiting, results = deque(enumerate(jobs)), dict[int, T]()

        def work() -> None:
            while waiting:
                try:
                    number, job = waiting.popleft()
                except IndexError:  # another thread was faster
                    return
                results[number] = job()

        others = [self._pool.submit(work) for _ in range(min(self.count, len(jobs)) - 1)]
        for other in others:
            other.add_done_callback(self._tell)
        try:
            work()
        finally:
            self._assist_until_done(others)
        for other in others:
            other.result()
        return [results[number] for number in range(len(jobs))]

    def _tell(self, _: Future[None]) -> None:
        with self._changed:
            self._changed.notify_all()

    def _assist_until_done(self, others: Sequence[Future[None]]) -> None:
        try:
            self._assist(others)
        finally:  # an interrupt too leaves no net half trained
            wait(others)

    def _assist(self, others: Sequence[Future[None]]) -> None:
        while not all(other.done() for other in others):
            with self._changed:
                going = self._open[-1] if self._open else None
                if going is None and not all(other.done() for other in others):
                    self._changed.wait()
            if going is not None:
                going()

    @contextmanager
    def assisting(self, assist: Callable[[], None], close: Callable[[], None]) -> Iterator[None]:
        """While this lasts, threads without a net call `assist`, which returns once it is closed.

        One may still call it a moment later.  close: called at the end, however that comes.
        """
        if self.count == 1:
            yield
            return
        going: list[Future[None]] = []
        try:
            with self._changed:
                self._open.append(assist)
                self._changed.notify_all()
            for _ in range(self.count - 1):
                going.append(self._pool.submit(assist))
            yield
        finally:
            close()
            with self._changed:
                self._open = [each for each in self._open if each is not assist]
            for each in going:
                if not each.cancel():
                    each.result()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
