"""What is known of a file in one line, and how far reading it is where that takes long."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.parts import BriefLabel, fill, named

SOON_MS = 150  # reading that takes no longer is not told


class ReadingStatus(QWidget):
    """A line of words over a thin bar, which keeps its place while it is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self._bar = BriefLabel(role="quiet"), QProgressBar()
        named(self._bar, "How much of the file is read", "")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        fit(self._bar, height=6)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        self._doing = ""
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._say_slow)
        fill(QVBoxLayout(self), self.words, self._bar, spacing=8)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._doing)

    def begin(self, doing: str) -> None:
        """Something is under way, which is said if it takes long."""
        self._doing = doing
        self._soon.start()
        self._bar.setValue(0)

    def advance(self, share: float) -> None:
        """So much of it is done, 0 to 1."""
        self._bar.setValue(round(1000 * share))

    def end(self, known: str) -> None:
        """Nothing is under way any more; say what is known."""
        self._doing = ""
        self._soon.stop()
        self._bar.hide()
        self.words.say(known)

    def _say_slow(self) -> None:
        self.words.say(f"{self._doing} …")
        self._bar.show()
