"""Ctrl-C and SIGTERM: the end at once while nothing can be lost, a wish while training."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any, Self

from sandbox.run.leaving import leave_now

if TYPE_CHECKING:
    from types import FrameType, TracebackType

INTERRUPTED = 130
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
GOODBYE = b"Interrupted before there was anything to save.\n"
SHOW_CURSOR = b"\r\x1b[2K\x1b[?25h"
LEFT_IGNORED = "SIGHUP"  # what nohup asks for


class Interrupts:
    """While entered, catches the signals that ask the process to end.

    `patient` False: the process ends at once with status 130, since a kernel that is being
    compiled cannot be interrupted.  True: `asked` is set, and whoever trains looks at it
    between blocks; a second signal raises KeyboardInterrupt.
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
        if not self.patient:
            _say(GOODBYE)
            leave_now(INTERRUPTED)
        again, self.asked = self.asked, True
        if again:
            raise KeyboardInterrupt


def _say(words: bytes) -> None:
    """Past sys.stderr, which may be in the middle of a line; a bar hides the cursor."""
    with contextlib.suppress(OSError):
        os.write(2, SHOW_CURSOR + words if os.isatty(2) else words)


def _is_ignored(number: int) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN
