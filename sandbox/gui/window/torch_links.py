"""PyTorch on its way, in the status bar: how far it is, and a click that pauses or goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sandbox import pytorch
from sandbox.drawing.styles import DARK
from sandbox.gui.look.marks import icon
from sandbox.gui.session.torch_fetch import Fetch, TorchFetch
from sandbox.run.messages import Phase

if TYPE_CHECKING:
    from PySide6.QtWidgets import QToolButton

    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.session.session import Session

USE = "Only CUDA, `bench`, checks of gradients and exported scripts need PyTorch."
WORDS = {Fetch.PAUSED: "paused", Fetch.FAILED: "try again"}
CLICK = {
    Fetch.RUNNING: "Click to pause.",
    Fetch.PAUSED: "Click to go on with the download.",
    Fetch.FAILED: "Click to try again.",
}
ICONS = {Fetch.RUNNING: "pause", Fetch.PAUSED: "train", Fetch.FAILED: "restart"}


class TorchLinks(QObject):
    """Shows a `TorchFetch` on a button, and opens the run that waited for PyTorch."""

    def __init__(
        self, session: Session, button: QToolButton, preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._button, self._palette = session, button, DARK
        self.fetch = TorchFetch(preferences, self)
        self.fetch.changed.connect(self._show)
        self.fetch.failed.connect(lambda why: session.say(f"PyTorch was not installed: {why}"))
        self.fetch.arrived.connect(self._arrive)
        button.clicked.connect(self.fetch.toggle)

    def begin(self) -> None:
        """Fetch PyTorch if it is not there and nobody has declined it."""
        if pytorch.comes_by_itself():
            self.fetch.begin()

    def close(self) -> None:
        """Stop for this window."""
        self.fetch.close()

    def set_palette(self, palette: Palette) -> None:
        """Draw the button's icon in these colours."""
        self._palette = palette
        self._show()

    def _show(self) -> None:
        state = self.fetch.state
        self._button.setVisible(state is not Fetch.NONE)
        if state is Fetch.NONE:
            return
        words = WORDS.get(state) or self.fetch.words or "starting"
        self._button.setText(f"PyTorch: {words}")
        self._button.setAccessibleName(self._button.text())
        self._button.setIcon(icon(ICONS[state], self._palette.quiet))
        fault = f"{self.fetch.fault}\n" if self.fetch.fault else ""
        self._button.setToolTip(f"{fault}{USE} {CLICK[state]}")

    def _arrive(self) -> None:
        session = self._session
        waited = session.feed.phase is Phase.FAILED and "PyTorch" in session.shown.refused
        if waited:
            session.go_to(session.undo_point)
        session.say(f"PyTorch is installed{': press Space to train' if waited else ''}")
