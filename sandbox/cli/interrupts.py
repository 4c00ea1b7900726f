"""Ctrl-C and SIGTERM: an exception while nothing can be lost, a wish while training."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
LEFT_IGNORED = "SIGHUP"  # what nohup asks for


class Interrupts:
    """While entered, catches the signals that ask the process to end.

    `patient` False: KeyboardInterrupt is raised at once.  True: `asked` is set, and whoever
    trains looks at it between blocks; a second signal raises all the same.
    """

    def __init__(self) -> None:
        self.patient = self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in SIGNALS:
            number = getattr(signal, name, None)
            if number is None or (name == LEFT_IGNORED and _is_ignored(number)):
                continue
            self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if again or not self.patient:
            raise KeyboardInterrupt


def _is_ignored(number: int) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN
