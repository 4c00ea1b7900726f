"""The mailbox between the worker thread and whoever watches.

Frames and status are coalesced: only the latest is kept.  Points, evaluations and events
never are: each is delivered once, in order.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sandbox.run.messages import Evaluation, Event, Frame, Generalisation, Points, Status

Record = Points | Evaluation | Generalisation | Event


@dataclass
class Mail:
    """What came since the last look."""

    records: list[Record] = field(default_factory=list)
    frame: Frame | None = None
    status: Status | None = None


class Mailbox:
    """Thread-safe; `post` and `take` never wait longer than for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mail = Mail()

    def post(self, message: Record | Frame | Status) -> None:
        """Leave a message; a frame or a status replaces the one nobody has taken."""
        with self._lock:
            if isinstance(message, Frame):
                self._mail.frame = message
            elif isinstance(message, Status):
                self._mail.status = message
            else:
                self._mail.records.append(message)

    def take(self) -> Mail:
        """Everything since the last call."""
        with self._lock:
            mail, self._mail = self._mail, Mail()
        return mail
