"""What is held in the nets of the run on screen, apart from training; every run keeps its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.cells.known import cell_named
from sandbox.cells.surgery import SurgeryError, read_surgery, surgery_text
from sandbox.gui.session.recording import MORE_STEPS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.surgery import Hold, Surgery
    from sandbox.gui.session.session import Session

Held = dict[str, "Surgery"]  # by net


class Surgeries(QObject):
    """Holds lines of nets at values, for the pictures only."""

    changed = Signal()
    edited = Signal(object, object, str)  # before, after, what was done, for undo

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._by_run: dict[str, Held] = {}
        session.run_opened.connect(self._follow)

    @property
    def run(self) -> str:
        """The run on screen."""
        return self._session.run

    @property
    def held(self) -> Held:
        """What is held in the run on screen."""
        return self._by_run.get(self._session.run, {})

    @property
    def texts(self) -> dict[str, str]:
        """The same as texts, to be kept with the run."""
        return {key: surgery_text(holds) for key, holds in self.held.items()}

    def hold(self, key: str, hold: Hold) -> None:
        """Hold one line more; SurgeryError for what the net lacks."""
        contestant = self._session.experiment.contestant(key.partition("#")[0])
        hold.check(cell_named(contestant.cell), contestant.hidden, contestant.layers)
        before = self.held.get(key, ())
        self._edit({**self.held, key: (*before, hold)}, hold.words)

    def release(self, key: str, number: int) -> None:
        """Let go of one of the lines held in a net."""
        holds = self.held[key]
        left = {**self.held, key: (*holds[:number], *holds[number + 1 :])}
        self._edit(_without_empty(left), f"release {holds[number].line}")

    def clear(self) -> None:
        """Let go of everything."""
        if self.held:
            self._edit({}, "release all")

    def put(self, held: Held) -> None:
        """Hold this and nothing else, for undo and for a run that is opened."""
        self._by_run[self._session.run] = dict(held)
        self._follow()

    def restore(self, texts: Mapping[str, str]) -> None:
        """Hold what was kept with the run on screen."""
        if texts and not self.held:
            try:
                self.put({key: read_surgery(text) for key, text in texts.items()})
            except SurgeryError as error:  # the store is damaged
                self._session.say(f"what was held in this run cannot be read: {error}")

    def train_on(self) -> None:
        """Fork here with what is held as a part of the nets, and train on: at the end, for longer.

        ExperimentError if replicates of a net differ in what is held.
        """
        session, wanted = self._session, self._by_contestant()
        session.fork()
        experiment = session.experiment
        for name, text in wanted.items():
            experiment = experiment.with_contestant(name, surgery=text)
        first = session.shown.first_step
        if experiment.steps <= first:
            experiment = experiment.changed(steps=first + MORE_STEPS)
        session.edit(experiment)
        session.train()

    def _by_contestant(self) -> dict[str, str]:
        """The surgery of each contestant of which something is held: its own, and that."""
        found = {}
        for each in self._session.experiment.contestants:
            mine = [holds for key, holds in self.held.items() if key.partition("#")[0] == each.name]
            if any(holds != mine[0] for holds in mine):
                accepts = "the same for every replicate: release what differs first"
                raise ExperimentError(f"{each.name}.surgery", "different surgeries", accepts)
            if mine:
                found[each.name] = surgery_text((*read_surgery(each.surgery), *mine[0]))
        return found

    def _edit(self, held: Held, what: str) -> None:
        before = self.held
        self.put(held)
        self.edited.emit(before, self.held, what)

    def _follow(self) -> None:
        self._session.feed.operate(self.held)
        self.changed.emit()


def _without_empty(held: Held) -> Held:
    return {key: holds for key, holds in held.items() if holds}
