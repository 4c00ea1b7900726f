"""The gallery of claims, and the claim that was opened from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.claims.presets import Preset
    from sandbox.experiment import Experiment
    from sandbox.gui.look.theme import Theme
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.widgets.offer import Offer
    from sandbox.gui.window.commands import Commands


class ClaimLinks(QObject):
    """Opens the gallery, and a claim's experiment with what to watch for above it."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        commands: Commands,
        offer: Offer,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._commands, self._offer, self._theme = window, commands, offer, theme
        self._sentence = ""  # what to watch for
        actions["gallery"].triggered.connect(self.show_gallery)
        session.experiment_changed.connect(self._follow)

    def show_gallery(self) -> None:
        """Open the published claims."""
        from sandbox.gui.gallery.gallery_window import GalleryWindow

        gallery = GalleryWindow(self._window, self._theme.palette)
        gallery.opened.connect(self._open_claim)
        gallery.open()

    def _open_claim(self, preset: Preset) -> None:
        if self._commands.take(preset.experiment, f"claim {preset.number}", preset=True):
            self._sentence = f"{preset.title}. {preset.watch}"
            self._offer.make(self._sentence)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        """What to watch for is about the claim's task; with another seed or net it stays."""
        if old.task != new.task:
            self._offer.take_back(self._sentence)
