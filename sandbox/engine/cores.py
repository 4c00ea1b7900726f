"""The processor's cores, which the nets of a run share.

A net's call can be assisted by any number of threads: see `engine.kernels.driver`.  Nets are begun
heaviest first, one a thread; a thread without a net assists a call that is still going on.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(eq=False)
class _Call:
    """A call that can be assisted, and how many threads do so now."""

    assist: Callable[[], None]
    inside: int = 0


class Cores:
    """`count` threads: the one that calls `each`, and others in a pool."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(max(count - 1, 1), "core")
        self._changed = Condition()
        self._open: list[_Call] = []

    def each(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Do all jobs, begun in order; returns their results in order.

        This thread takes the first itself: handing over to the pool and back costs two waits
        for the interpreter's lock, which the window holds for milliseconds.
        """
        if not jobs:
            return []
        waiting, results = deque(enumerate(jobs)), dict[int, T]()
        number, first = waiting.popleft()

        def work() -> None:
            while waiting:
                try:
                    place, job = waiting.popleft()
                except IndexError:  # another thread was faster
                    return
                results[place] = job()

        others = [self._pool.submit(work) for _ in range(min(self.count, len(jobs)) - 1)]
        for other in others:
            other.add_done_callback(self._tell)
        try:
            results[number] = first()
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
            self._assist_others(others)
        finally:  # an interrupt too leaves no net half trained
            wait(others)

    def _assist_others(self, others: Sequence[Future[None]]) -> None:
        while not all(other.done() for other in others):
            with self._changed:
                call = min(self._open, key=lambda each: each.inside, default=None)
                if call is None and not all(other.done() for other in others):
                    self._changed.wait()
            if call is not None:
                self._assist(call)

    def _assist(self, call: _Call) -> None:
        """Assist a call unless it has ended; it does not end while a thread is inside."""
        with self._changed:
            if call not in self._open:
                return
            call.inside += 1
        try:
            call.assist()
        finally:
            with self._changed:
                call.inside -= 1
                self._changed.notify_all()

    @contextmanager
    def assisting(
        self, assist: Callable[[], None], close: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        """While this lasts, threads without a net call `assist`.

        That has to return once the call has ended; only then does this end too, since the arrays
        may be gone afterwards.  close: ends a call that an interrupt kept from being made.
        """
        if self.count == 1:
            yield
            return
        call, going = _Call(assist), list[Future[None]]()
        try:
            with self._changed:
                self._open.append(call)
                self._changed.notify_all()
            for _ in range(self.count - 1):
                going.append(self._pool.submit(self._assist, call))
            yield
        finally:
            close()
            for each in going:
                each.cancel()
            with self._changed:
                self._open.remove(call)
                self._changed.wait_for(lambda: not call.inside)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
