"""Ctrl-C and SIGTERM: end at once while nothing can be lost, else after the block."""

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
GOODBYE = b"Interrupted; there was nothing to save yet.\n"
SHOW_CURSOR = b"\r\x1b[2K\x1b[?25h"
LEFT_IGNORED = "SIGHUP"  # as nohup wants


class Interrupts:
    """A context that catches the signals that ask the process to end.

    patient False: the process ends at once with status 130, since compiling a kernel cannot be
    interrupted.  True: `asked` is set, to be checked between blocks; a second signal raises
    KeyboardInterrupt.
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
    """Bypass sys.stderr, which may be in mid-line, and show the cursor that a bar hid."""
    with contextlib.suppress(OSError):
        os.write(2, SHOW_CURSOR + words if os.isatty(2) else words)


def _is_ignored(number: int) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN
