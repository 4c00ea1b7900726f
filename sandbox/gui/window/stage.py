"""The stage: sentence, nets, answers and curves, all at one training step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.gui.panels.answers.answers_content import AnswersView
from sandbox.gui.panels.answers.answers_panel import AnswersPanel
from sandbox.gui.panels.curves.curves_panel import CurvesPanel
from sandbox.gui.panels.nets.nets_panel import NetsPanel
from sandbox.gui.panels.sentence.sentence_panel import SentencePanel
from sandbox.gui.panels.shared.views import NetsView
from sandbox.gui.session.overlays import Overlays
from sandbox.gui.session.pin import Pin
from sandbox.gui.window import scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.drawing.styles import Palette
    from sandbox.engine.trace import Float32
    from sandbox.gui.panels.shared.panel import StepPanel
    from sandbox.gui.session.session import Session
    from sandbox.run.messages import Frame, Record

FRAMES_A_CURVE = 4  # curves take longest to draw, and change least


class Stage(QObject):
    """Shows every frame, with heads and answers of the same step; curves at some of them."""

    readout_changed = Signal(str)
    pin_changed = Signal(object)  # Pin or None

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.sentence, self.nets, self.curves = SentencePanel(), NetsPanel(), CurvesPanel()
        self.answers = AnswersPanel(self.nets.area)
        self.overlays = Overlays(self)
        self.marked, self._frames = -1, 0  # the marked step; -1 for none
        self._curves_stale = self._curves_due = False
        self._waiting = ""  # what stands in place of pictures
        self._last_frame: Frame | None = None
        self._further: Frame | None = None  # the last with answers to further steps
        self._sequence = scene.sequence_view(session)
        self._heads = scene.heads(session)
        self.pin: Pin | None = None
        self.step_panels: list[StepPanel[Any]] = []
        for panel in (self.sentence, self.nets, self.answers):
            self.add_steps(panel)
        self.answers.ahead_wanted.connect(lambda: session.feed.look_ahead(self.answers.wanted))
        for signal in (session.experiment_changed, session.run_opened, session.example_changed):
            signal.connect(self.refresh)
        session.status_changed.connect(self._show_heads)
        session.training_changed.connect(self._show_heads)
        session.frame_arrived.connect(self._show_frame)
        session.records_arrived.connect(self._note_records)
        session.beat.connect(self._keep_up)
        session.rested.connect(self._use_rest)
        session.looked_back.connect(self._look_back)
        self.overlays.changed.connect(self._show_curves)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show everything again."""
        self._sequence = scene.sequence_view(self._session)
        self._heads = scene.heads(self._session)
        self.sentence.show_view(self._sequence)
        self._show_nets()
        self._show_curves()
        self.mark(-1 if self.pin is None else min(self.pin.step, self._sequence.length - 1))

    def add_steps(self, panel: StepPanel[Any]) -> None:
        """Mark and pin the same in this panel too."""
        self.step_panels.append(panel)
        panel.step_hovered.connect(self.mark)
        panel.picked.connect(self.toggle_pin)

    def mark(self, step: int) -> None:
        """Mark a step in every panel; -1 for none.  A pin goes along, or away."""
        self.marked = step
        for panel in self.step_panels:
            panel.mark(step)
        if self.pin is not None:
            self.show_pin(replace(self.pin, step=step) if step >= 0 else None)
        self._read_out()

    def toggle_pin(self, pin: Pin) -> None:
        """Pin a step and a unit; those that are pinned already are let go."""
        if self.pin is not None and pin.unit < 0:  # a click on a step leaves the unit
            pin = replace(pin, key=self.pin.key, unit=self.pin.unit)
        self.show_pin(None if pin == self.pin else pin)

    def pin_here(self) -> None:
        """Pin the marked step, or let go what is pinned."""
        if self.pin is not None:
            self.show_pin(None)
        elif self.marked >= 0:
            self.show_pin(Pin(self.marked))

    def pin_unit(self, key: str, unit: int) -> None:
        """Pin this unit, with the marked step or the question."""
        step = self.marked if self.marked >= 0 else self._sequence.asked_at
        self.show_pin(Pin(step, key, unit))

    def show_pin(self, pin: Pin | None) -> None:
        """Pin this in every panel; None: nothing."""
        if pin == self.pin:
            return
        self.pin = pin
        self.marked = pin.step if pin is not None else self.marked
        for panel in self.step_panels:
            panel.show_pin(pin)
        self.pin_changed.emit(pin)
        self._read_out()

    def mark_before(self) -> None:
        """Mark the step before the marked one; the last if none is marked."""
        self.mark(max(self.marked - 1, 0) if self.marked >= 0 else self._sequence.length - 1)

    def mark_after(self) -> None:
        """Mark the step after the marked one; the first if none is marked."""
        self.mark(min(self.marked + 1, self._sequence.length - 1))

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours."""
        for panel in (self.sentence, self.nets, self.answers, self.curves):
            panel.set_palette(palette)

    def _look_back(self, step: int | None) -> None:
        self._show_heads()
        self.curves.look_at(scene.step_marked(self._session))

    def _show_frame(self, frame: Frame) -> None:
        self._last_frame, self._frames = frame, self._frames + 1
        self._further = frame if frame.ahead else self._further
        self._heads = scene.heads(self._session)
        self._show_nets()
        self.curves.look_at(scene.step_marked(self._session))
        self._curves_due |= self._frames % FRAMES_A_CURVE == 0

    def _note_records(self, records: list[Record]) -> None:
        self._curves_stale = True

    def _keep_up(self) -> None:
        self._curves_due = True
        self._show_heads()

    def _use_rest(self) -> None:
        """Draw curves between two frames: along with one, they would block the window longer."""
        if self._curves_due:
            self._curves_due = False
            if self._curves_stale:
                self._show_curves()

    def _show_heads(self, *_: object) -> None:
        before, self._heads = self._heads, scene.heads(self._session)
        view = scene.nets_view(self._session, self._sequence, self._heads)
        if self._heads != before or view.waiting != self._waiting:
            self._show_nets()
        self._read_out()

    def _show_nets(self) -> None:
        view = self._nets_view()
        self._waiting = view.waiting
        self.nets.show_view(view)
        self.answers.show_view(AnswersView(view, self._ahead_of(view.frame)))

    def _ahead_of(self, frame: Frame | None) -> Mapping[str, Float32]:
        """The latest answers to further steps, if they are of the same run and sequences."""
        further = self._further
        if frame is None or further is None:
            return {}
        same = further.run == frame.run and further.probe is frame.probe
        return further.ahead if same else {}

    def _nets_view(self) -> NetsView:
        """The nets with the run's frame; until it has one, with that of the previous run."""
        view = scene.nets_view(self._session, self._sequence, self._heads)
        last = self._last_frame
        if view.frame is None and last is not None and last.probe is self._session.examples:
            return scene.operated(NetsView(view.sequence, view.heads, last, view.waiting))
        return view

    def _show_curves(self) -> None:
        self._curves_stale = False
        session = self._session
        beside = self.overlays.beside(session.shown.timeline(session.experiment))
        self.curves.show_view(scene.curves_view(session, beside))

    def _read_out(self) -> None:
        self.readout_changed.emit(self.nets.readout(self.marked) if self.marked >= 0 else "")
