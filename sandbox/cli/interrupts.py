"""Ctrl-C and SIGTERM: end at once while nothing can be lost, else after the block."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any, Self

from sandbox.run.leaving import leave_now

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GOODBYE = b"Interrupted; there was nothing to save yet.\n"
SHOW_CURSOR = b"\r\x1b[2K\x1b[?25h"


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
        for number in SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # as nohup wants
            self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        if not self.patient:
            # sys.stderr may be in mid-line, and a bar may have hidden the cursor.
            with contextlib.suppress(OSError):
                os.write(2, SHOW_CURSOR + GOODBYE if os.isatty(2) else GOODBYE)
            leave_now(INTERRUPTED)
        again, self.asked = self.asked, True
        if again:
            raise KeyboardInterrupt
