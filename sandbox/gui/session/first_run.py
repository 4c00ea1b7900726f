"""The first run on a machine: slow at first, so that an eye can follow how it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.run.control import FULL_SPEED

if TYPE_CHECKING:
    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.session.session import Session

KEY, TO_COME, OVER = "first_run", "to come", "over"  # in the preferences
FIRST_PACE = 5.0  # training steps a second
QUICKER_S = 5.3  # the pace grows by itself in so many seconds: 3,000 steps take 25 s


class FirstRun(QObject):
    """Sets the speed of the first run that a person trains, until anyone else sets it.

    changed: whether training is slowed down.  The choice of speed stays the person's: whoever sets
    another ends this, and so does another run.
    """

    changed = Signal(bool)

    def __init__(
        self, session: Session, preferences: Preferences, fresh: bool, parent: QObject | None = None
    ) -> None:
        """fresh: whether no run has ever been kept here."""
        super().__init__(parent)
        self._session, self._preferences, self._pace = session, preferences, 0.0
        self.slowed = False
        if not preferences.text(KEY):
            preferences.keep(KEY, TO_COME if fresh else OVER)
        if preferences.text(KEY) == TO_COME:
            session.training_changed.connect(self._begin)

    def _begin(self, training: bool) -> None:
        """Slow down before the first step is taken."""
        session = self._session
        if not training or self._preferences.text(KEY) != TO_COME:
            return
        self._preferences.keep(KEY, OVER)
        if session.shown.resumed or session.feed.speed != FULL_SPEED:
            return
        self.slowed = True
        self._set(pace_at(session.shown.last_step - session.shown.first_step))
        session.feed.speed_changed.connect(self._heed)
        session.status_changed.connect(self._follow)
        session.frame_arrived.connect(self._follow)
        session.ended.connect(self._end)
        session.run_opened.connect(self._end)
        self.changed.emit(True)

    def _follow(self, *_: object) -> None:
        shown = self._session.shown
        if self.slowed and self._session.feed.training:
            self._set(pace_at(shown.last_step - shown.first_step))

    def _set(self, pace: float) -> None:
        self._pace = pace
        self._session.feed.set_speed(pace)

    def _heed(self, steps_per_s: float) -> None:
        """Leave the speed alone once it is somebody else's."""
        if steps_per_s != self._pace and self.slowed:
            self.slowed = False
            self.changed.emit(False)

    def _end(self, *_: object) -> None:
        """Go on at full speed."""
        if self.slowed:
            self._session.feed.set_speed(FULL_SPEED)


def pace_at(step: int) -> float:
    """Training steps a second after so many steps: it grows evenly with them."""
    return FIRST_PACE + step / QUICKER_S
