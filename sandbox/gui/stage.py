"""The stage: sentence, nets and curves, kept in step with the session and with each other."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from sandbox.experiment import Experiment
from sandbox.gui import scene
from sandbox.gui.palette import Palette
from sandbox.gui.panels.curves import CurvesPanel
from sandbox.gui.panels.nets import NetsPanel
from sandbox.gui.panels.sentence import SentencePanel
from sandbox.gui.session import Session
from sandbox.gui.views import NetsView
from sandbox.run.messages import Frame


class Stage(QObject):
    """Shows the session in the panels; pictures 30 times a second, numbers four times."""

    readout_changed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.sentence, self.nets, self.curves = SentencePanel(), NetsPanel(), CurvesPanel()
        self._marked = -1
        self._last_frame: Frame | None = None
        self._sequence = scene.sequence_view(session)
        self._heads = scene.heads(session)
        for panel in (self.sentence, self.nets):
            panel.step_hovered.connect(self.mark)
        session.experiment_changed.connect(self._follow)
        session.run_opened.connect(self.refresh)
        session.example_changed.connect(self.refresh)
        session.status_changed.connect(self._show_heads)
        session.frame_arrived.connect(self._show_frame)
        session.records_arrived.connect(self._show_curves)
        session.beat.connect(self._show_heads)
        self.refresh()

    def refresh(self) -> None:
        """Show everything anew."""
        self._sequence = scene.sequence_view(self._session)
        self._heads = scene.heads(self._session)
        self.sentence.show_view(self._sequence)
        self._show_nets()
        self._show_curves()
        self.mark(-1)

    def mark(self, step: int) -> None:
        """One step marked in every panel; -1 for none."""
        self._marked = step
        self.sentence.mark(step)
        self.nets.mark(step)
        self._read_out()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours."""
        for panel in (self.sentence, self.nets, self.curves):
            panel.set_palette(palette)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self.refresh()

    def _show_frame(self, frame: Frame) -> None:
        self._last_frame = frame
        self._show_nets()

    def _show_heads(self) -> None:
        heads = scene.heads(self._session)
        if heads != self._heads:
            self._heads = heads
            self._show_nets()
        self._read_out()

    def _show_nets(self) -> None:
        self.nets.show_view(self._nets_view())

    def _nets_view(self) -> NetsView:
        """With the pictures of the run before until the first of this one are there."""
        view = scene.nets_view(self._session, self._sequence, self._heads)
        last = self._last_frame
        if view.frame is None and last is not None and last.probe is self._session.examples:
            return NetsView(view.sequence, view.heads, last, view.waiting)
        return view

    def _show_curves(self) -> None:
        self.curves.show_view(scene.curves_view(self._session))

    def _read_out(self) -> None:
        self.readout_changed.emit(self.nets.readout(self._marked) if self._marked >= 0 else "")
