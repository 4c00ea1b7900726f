"""The window's way into the nets: the views, what is held, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sandbox.cells.surgery import SurgeryError
from sandbox.drawing.answer_text import answer_at
from sandbox.drawing.dynamics_shown import DynamicsShown
from sandbox.gui.panels.cell.cell_content import CellView
from sandbox.gui.panels.cell.cell_panel import CellPanel
from sandbox.gui.panels.dynamics.dynamics_panel import DynamicsPanel
from sandbox.gui.panels.dynamics.dynamics_view import DynamicsView
from sandbox.gui.panels.why.findings_dialog import FindingsDialog
from sandbox.gui.panels.why.held_line import HeldLine
from sandbox.gui.panels.why.surgery_bar import SurgeryBar
from sandbox.gui.panels.why.why_content import WhyView
from sandbox.gui.panels.why.why_panel import WhyPanel
from sandbox.gui.session.edits import Done
from sandbox.gui.session.insight_feed import CELL, DYNAMICS, EFFECT, SWAP, WHY, InsightFeed
from sandbox.gui.session.surgeries import Surgeries
from sandbox.gui.window import scene
from sandbox.gui.window.views import WATCH, Views
from sandbox.run.words import title
from sandbox.store.base import nets
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from sandbox.cells.surgery import Hold
    from sandbox.drawing.styles import Palette
    from sandbox.gui.figures.figure_source import Further
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.gui.session.edits import Edits
    from sandbox.gui.session.library import Library
    from sandbox.gui.session.pin import Pin
    from sandbox.gui.session.session import Session
    from sandbox.gui.session.surgeries import Held
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.window.stage import Stage
    from sandbox.insight.findings import Finding
    from sandbox.run.messages import Frame
    from sandbox.tasks.shown import ShownSequence

OTHER_LENGTH = (
    "This view compares with fresh sequences of the task, and your own has another length: go back "
    "to an example, or give it as many steps."
)
VIEWS_OF = {"gradient": WATCH, "loss": WATCH, "swap": "why", "cell": "cell"}


class InsightLinks(QObject):
    """Makes the views beside Watch, and keeps them at the frame on screen."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        stage: Stage,
        edits: Edits,
        library: Library,
        say: Callable[[str, str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._stage = window, session, stage
        self._edits, self._library, self._say = edits, library, say
        self._dynamics: dict[str, DynamicsShown] = {}
        self._kept: tuple[str, dict[str, str]] = "", {}  # of which run, and what
        self.surgeries = Surgeries(session, self)
        self.feed = InsightFeed(session, self.surgeries)
        self.why, self.bar, self.line = WhyPanel(), SurgeryBar(), HeldLine()
        self.cell, self.dynamics = CellPanel(), DynamicsPanel()
        pages: dict[str, QWidget] = {WATCH: stage.nets, CELL: self.cell}
        pages |= {WHY: self.why, DYNAMICS: self.dynamics}
        self.views = Views(pages, self.line)
        self.views.use_actions({name: actions[f"view_{name}"] for name in pages})
        for panel in (self.cell, self.why, self.dynamics):
            stage.add_steps(panel)
        self._connect(actions)
        self._show()

    def _connect(self, actions: Actions) -> None:
        stage, session, bar = self._stage, self._session, self.bar
        self.views.changed.connect(self._watch)
        session.run_opened.connect(self._forget_dynamics)
        self.feed.changed.connect(self._keep_dynamics)
        self.feed.changed.connect(self._show)
        self.feed.changed.connect(self._show_swap)
        self.why.form.wanted.connect(self.feed.try_swap)
        self.feed.told.connect(lambda: self.why.findings.show_findings(self.feed.log.shown()))
        self.feed.refused.connect(session.say)
        self.surgeries.changed.connect(self._show_held)
        self.surgeries.edited.connect(self._keep_for_undo)
        self._library.restored.connect(self.surgeries.restore)
        session.beat.connect(self._keep)
        for signal in (session.run_opened, session.status_changed, session.experiment_changed):
            signal.connect(self._show)
        session.frame_arrived.connect(self._show_frame)
        session.example_changed.connect(self._show)
        stage.pin_changed.connect(self._propose)
        self.cell.unit_chosen.connect(self._choose_unit)
        bar.held.connect(self.hold)
        bar.released.connect(self.surgeries.release)
        bar.cleared.connect(self.surgeries.clear)
        bar.trained_on.connect(self.train_on)
        actions["surgery"].toggled.connect(bar.setVisible)
        self.line.switch.toggled.connect(actions["surgery"].setChecked)
        actions["surgery"].toggled.connect(self.line.switch.setChecked)
        self.why.findings.wanted.connect(self.show_finding)
        self.why.log_wanted.connect(lambda: FindingsDialog(self.feed.log.log, self._window).open())

    # -- what is shown ------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours."""
        self.cell.set_palette(palette)
        self.why.set_palette(palette)
        self.dynamics.set_palette(palette)

    def _watch(self, view: str) -> None:
        self.feed.watch(frozenset({view} - {WATCH}))
        self._show()

    def _show(self, *_: object) -> None:
        """Bring the view on screen up to date."""
        session, heads = self._session, scene.heads(self._session)
        self.bar.show_nets(heads, self._layers())
        sequence = scene.sequence_view(session)
        if self.views.shown == WHY:
            found = self.feed.answers(WHY)
            known = {key: each for key, (each, _) in found.items()}
            steps = {key: step for key, (_, step) in found.items()}
            waiting = scene.nets_view(session, sequence, heads).waiting
            if not self.feed.is_as_long:
                waiting = OTHER_LENGTH
            view = WhyView(sequence, heads, known, steps, waiting=waiting, sizes=self._sizes())
            self.why.show_view(view)
        elif self.views.shown == CELL:
            self.cell.show_view(self._cell_view(sequence, heads))
        elif self.views.shown == DYNAMICS:
            waiting_for = self.feed.refusals(DYNAMICS)
            self.dynamics.show_view(
                DynamicsView(sequence, heads, self._frame, self._dynamics, waiting_for)
            )
        self._show_effects()

    def _forget_dynamics(self) -> None:
        self._dynamics = {}

    def _keep_dynamics(self, instrument: str, key: str) -> None:
        """Make what is drawn once for each answer: the panel paints it again only if it is new."""
        if instrument == DYNAMICS:
            found = self.feed.answers(DYNAMICS)
            if key in found:
                self._dynamics[key] = DynamicsShown(*found[key])
            self._dynamics = {name: each for name, each in self._dynamics.items() if name in found}

    def _cell_view(self, sequence: ShownSequence, heads: Mapping[str, NetHead]) -> CellView:
        """The latest traces with what is held, and the weights beside them."""
        view = scene.nets_view(self._session, sequence, heads)
        frame = view.frame if self._frame is not None else None
        if frame is None or not frame.weights:
            return CellView(sequence, heads, waiting=view.waiting)
        known, task = nets(self._session.experiment), self._session.task
        weights = {
            key: known[key].layout(task).views(theta)
            for key, theta in frame.weights.items()
            if key in known
        }
        return CellView(sequence, heads, frame.traces, weights)

    @property
    def _frame(self) -> Frame | None:
        """The latest frame, if it is of the sequences on screen."""
        frame = self._session.shown.frame
        return frame if frame is not None and frame.probe is self._session.examples else None

    def _show_swap(self, instrument: str, key: str) -> None:
        found = self.feed.answer(SWAP, key)
        if instrument == SWAP and found is not None:
            self.why.form.show_result(key, found.what, self._session.task)

    def _show_frame(self, *_: object) -> None:
        if self.views.shown in (CELL, DYNAMICS):
            self._show()
        elif self.surgeries.held:
            self._show_effects()

    def _layers(self) -> dict[str, int]:
        layers = {each.name: each.layers for each in self._session.experiment.contestants}
        return {key: layers.get(key.partition("#")[0], 1) for key in self._session.shown.cells}

    def show_finding(self, finding: Finding) -> None:
        """Show where a finding can be seen, with its unit pinned."""
        units = finding.evidence.get("units") or [finding.evidence.get("unit")]
        if units[0] is not None:
            self._stage.pin_unit(finding.key, int(units[0]))
        self.views.show(VIEWS_OF.get(finding.panel, WHY))

    # -- figures ------------------------------------------------------------------------

    def figures(self) -> dict[str, Further]:
        """Figures of what was found in the nets, by name."""
        from sandbox.gui.window.insight_figures import figures_of

        session = self._session
        whys = {key: each for key, (each, _) in self.feed.answers(WHY).items()}
        titles = {key: title(key, cell) for key, cell in session.shown.cells.items()}
        cloud = self.dynamics.head.cloud.isChecked()
        return figures_of(titles, whys, self._dynamics, cloud, self.cell.shown_contents)

    @property
    def named_figures(self) -> dict[QWidget, Callable[[], str]]:
        """The figure that each panel's menu offers, by panel."""
        return {
            self.cell: lambda: self._first_figure("cell:"),
            self.why: lambda: self._first_figure("swaps:"),
            self.dynamics: lambda: self._first_figure("dynamics:"),
        }

    def _first_figure(self, beginning: str) -> str:
        """Of the net that is pinned, or else of the last one there is; "" for none."""
        names = [name for name in self.figures() if name.startswith(beginning)]
        pin = self._stage.pin
        wanted = f"{beginning}{pin.key}" if pin is not None else ""
        return wanted if wanted in names else next(reversed(names), "")

    # -- what is held -------------------------------------------------------------------

    def hold(self, key: str, hold: Hold) -> None:
        """Hold a line, or say in the form why not."""
        try:
            self.surgeries.hold(key, hold)
        except SurgeryError as error:
            self.bar.refuse(str(error))

    def train_on(self) -> None:
        """Fork with what is held."""
        try:
            self.surgeries.train_on()
        except ExperimentError as error:
            self._say("The run was not forked", str(error))

    def _keep_for_undo(self, before: Held, after: Held, what: str) -> None:
        self._edits.stack.push(_Holding(self.surgeries, before, after, what))

    def _keep(self) -> None:
        """Keep what is held with the run, once the store has it."""
        run, texts = self._session.run, self.surgeries.texts
        before = self._kept[1] if self._kept[0] == run else {}
        if self._session.shown.kept and texts != before:
            self._kept = run, texts
            self._library.keep_held(run, texts)

    def _propose(self, pin: Pin | None) -> None:
        if pin is not None:
            self.bar.show_pin(pin.key, pin.unit)
        if pin is not None and pin.unit >= 0:
            self.cell.show_unit(pin.unit)

    def _choose_unit(self, unit: int) -> None:
        """Pin this unit: of the net that is pinned, or of the last one that has it."""
        pin, sizes = self._stage.pin, self._sizes()
        having = [key for key, size in sizes.items() if unit < size]
        if having:
            key = pin.key if pin is not None and pin.key in having else having[-1]
            self._stage.pin_unit(key, unit)

    def _sizes(self) -> dict[str, int]:
        hidden = {each.name: each.hidden for each in self._session.experiment.contestants}
        return {key: hidden.get(key.partition("#")[0], 0) for key in self._session.shown.cells}

    def _show_held(self) -> None:
        self.bar.show_held(self.surgeries.held)
        self._show_effects()

    def _show_effects(self) -> None:
        """What is held, in a line: its effect on fresh sequences and on the one on screen."""
        said = [self._effect_of(key) for key in self.surgeries.held]
        self.line.line.show_text("   ".join(said))

    def _effect_of(self, key: str) -> str:
        session, frame = self._session, self._session.shown.frame
        cells = session.shown.cells
        if key not in cells:
            return ""
        words = "; ".join(hold.words for hold in self.surgeries.held[key])
        effect = self.feed.answer(EFFECT, key)
        parts = [f"{title(key, cells[key])} with {words}"]
        if effect is not None:
            parts.append(effect.words)
        if frame is not None and key in frame.cut and frame.probe is session.examples:
            sequence = scene.sequence_view(session)
            traces = frame.traces[key], frame.cut[key]
            one, other = (answer_at(sequence, each.answers) for each in traces)
            if one.answer != other.answer:
                parts.append(f"answer {one.answer} → {other.answer}")
        return " · ".join(parts)

    def close(self) -> None:
        """Keep what is held, and end the inspector's thread."""
        self._keep()
        self.feed.close()


class _Holding(Done):
    """One change of what is held in a run."""

    def __init__(self, surgeries: Surgeries, before: Held, after: Held, what: str) -> None:
        super().__init__(what)
        self._surgeries, self._before, self._after = surgeries, before, after
        self._run = surgeries.run

    def undo(self) -> None:
        """Hold what was held before."""
        self._put(self._before)

    def again(self) -> None:
        """Hold it again."""
        self._put(self._after)

    def _put(self, held: Held) -> None:
        """Hold this, unless another run is on screen, as after a restart."""
        if self._surgeries.run == self._run:
            self._surgeries.put(held)
        else:
            self.setObsolete(True)
