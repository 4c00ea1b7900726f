"""Threads that assist the compiled calls of nets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Cores:
    """Threads beside the one that calls, each of which assists a call until it ends."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(max(count - 1, 1), "core")

    @contextmanager
    def assisting(self, assist: Callable[[], None]) -> Iterator[None]:
        """While this lasts, idle threads call `assist`; it has to return when the call ends."""
        going = [self._pool.submit(assist) for _ in range(self._count - 1)]
        try:
            yield
        finally:
            for each in going:
                each.cancel() or each.result()
