"""What the entries of File, Edit and Help do."""

from __future__ import annotations

import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

import sandbox
from sandbox.cells.cell_file import ENDING as CELL_ENDING
from sandbox.experiment import Experiment, from_json
from sandbox.folders import log_folder
from sandbox.gui.own.data_files import ENDINGS as DATA_ENDINGS
from sandbox.gui.session.library import ENDING, needs_file
from sandbox.gui.widgets.dialogs import AboutDialog, KeysDialog, Sentence, WordsDialog, choose_file
from sandbox.input_files import read_text
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError, NoExperiment

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.session.library import Library
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions

LIBRARIES = ("PySide6_Essentials", "pyqtgraph", "numpy", "llvmlite", "torch", "pydantic")
NOT_OPENED = "The experiment was not opened"
FILTER = "Runs and experiments (*.seqx *.json);;Cells (*.cell);;All files (*)"
SHORT = re.compile(r"seqx\d+:", re.IGNORECASE)
SAVE_FILTER = "The run, with all its curves and weights (*.seqx);;The experiment alone (*.json)"


class Commands(QObject):
    """Opens, saves, exports, copies and explains; no dialog blocks the event loop."""

    filed = Signal(str)  # the path of a file that was opened or saved
    data_wanted = Signal(str)  # the path of a text or a table
    cell_file_wanted = Signal(str)  # the path of a cell file that was to be opened
    task_file_wanted = Signal(str)  # the path of a Python file that was to be opened

    def __init__(
        self, window: QWidget, session: Session, actions: Actions, library: Library
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._library = window, session, library
        clipboard = QGuiApplication.clipboard()
        for name, act in (
            ("open", lambda: choose_file(window, "Open experiment", FILTER, self.open)),
            ("save", self.ask_where_to_save),
            ("export", lambda: self.export(session.run)),
            ("copy_short", self.copy_short),
            ("copy", lambda: self._copy(session.experiment.to_json(), "experiment copied as JSON")),
            ("paste", lambda: self.take_text(clipboard.text(), "pasted", "The clipboard: ")),
            ("quit", window.close),
            ("keys", lambda: KeysDialog(window).open()),
            ("explanations", lambda: WordsDialog(window).open()),
            ("report", lambda: self._copy(report(session.experiment), "report copied")),
            ("log_folder", self.open_log_folder),
            ("about", lambda: AboutDialog(window).open()),
        ):
            actions[name].triggered.connect(act)
        library.filed.connect(self.filed)
        self._export = actions["export"]
        for signal in (session.run_opened, session.status_changed, session.beat):
            signal.connect(self._show_exportable)
        self._show_exportable()

    def open(self, path: str) -> None:
        """Show the run or experiment in a file; say why if it cannot be read."""
        ending = path.lower()
        if ending.endswith(ENDING):
            self._library.open_file(path)
        elif ending.endswith(".py"):
            self.task_file_wanted.emit(path)
        elif ending.endswith(CELL_ENDING):
            self.cell_file_wanted.emit(path)
        elif ending.endswith(DATA_ENDINGS):
            self.data_wanted.emit(path)
        else:
            experiment, refusal = read_experiment(path)
            if refusal:
                self.say(NOT_OPENED, refusal)
            elif self.take(experiment, path):
                self.filed.emit(path)

    def ask_where_to_save(self) -> None:
        """Choose a file, then save to it."""
        name = f"{self._session.experiment.task}{ENDING}"
        choose_file(self._window, "Save", SAVE_FILTER, self.save, name, save=True)

    def save(self, path: str) -> None:
        """Write the run, or only the experiment if the file ends in .json."""
        if path.lower().endswith(ENDING):
            self._library.save_file(path, self._session.run)
            return
        from sandbox.store.atomic import write_bytes

        try:
            write_bytes(Path(path), f"{self._session.experiment.to_json()}\n".encode())
        except OSError as error:
            words = f"{path} cannot be written: {error.strerror}. Choose another folder."
            self.say("The experiment was not saved", words)
        else:
            self.filed.emit(path)
            self._session.acknowledge(f"saved to {path}{needs_file(self._session.experiment.task)}")

    def export(self, run: str) -> None:
        """Choose a file for a run, then export it in the format of the file's ending."""
        from sandbox.export.files import ENDINGS

        filters = [f"{what[:1].upper()}{what[1:]} (*{ending})" for ending, what in ENDINGS.items()]
        table = filters[list(ENDINGS).index(".csv")]
        choose_file(
            self._window,
            "Export run",
            ";;".join(filters),
            lambda path: self._library.export(run, Path(path)),
            f"{run}.csv",
            save=True,
            chosen=table,
        )

    def _show_exportable(self, *_: object) -> None:
        """Disable exporting before the first step, since the run is not stored until then."""
        self._export.setEnabled(self._session.shown.kept)

    def copy_short(self) -> None:
        """Copy the experiment as a line of letters and digits."""
        from sandbox.store.shorthand import to_text

        try:
            text = to_text(self._session.experiment)
        except ExperimentError as error:
            self.say("The experiment was not copied", str(error))
        else:
            self._copy(text, f"experiment copied: {text}")

    def take_text(self, text: str, how: str, where: str = "") -> None:
        """Show the experiment in a text that was pasted or dropped (`how`); say why if none.

        where: the beginning of that sentence.
        """
        try:
            self._take(experiment_in(text), f"experiment {how}")
        except ExperimentError as error:
            self.say(f"The experiment was not {how}", f"{where}{error}")

    def take(self, experiment: Experiment, what: str, preset: bool = False) -> bool:
        """Show an experiment, here called `what`; returns whether that worked; if not, say why.

        preset: it is the experiment of a claim.
        """
        try:
            self._take(experiment, f"{what} opened", preset)
        except ExperimentError as error:
            self.say(NOT_OPENED, str(error))
            return False
        return True

    def _take(self, experiment: Experiment, done: str, preset: bool = False) -> None:
        before = self._session.experiment
        self._session.edit(experiment, preset=preset)
        same = self._session.experiment == before
        self._session.say(
            f"{done}: it was on screen already" if same else f"{done}: {self._session.remark}"
        )

    def _copy(self, text: str, done: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._session.acknowledge(done)

    def open_log_folder(self) -> None:
        """Open the folder of the log in the desktop's file manager."""
        folder = log_folder()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.say("The log folder", f"No file manager could be started. The folder is {folder}.")

    def say(self, title: str, sentence: str) -> None:
        """Say one sentence in a dialog."""
        Sentence(title, sentence, self._window).open()


def experiment_in(text: str) -> Experiment:
    """The experiment in a text, as short text or as JSON; ExperimentError if there is none."""
    from sandbox.store.shorthand import from_text

    text = text.strip()
    if not text:
        raise NoExperiment("there is no text in it")
    if SHORT.search(text) and not text.startswith("{"):
        return from_text(text)
    begin, end = text.find("{"), text.rfind("}")  # there may be words around it
    return from_json(text[begin : end + 1] if 0 <= begin < end else text)


def read_experiment(path: str) -> tuple[Experiment, str]:
    """The experiment in a JSON file, complete; or the default one, and why in one sentence."""
    try:
        return complete(from_json(read_text(path))), ""
    except ExperimentError as error:
        return Experiment(), f"{Path(path).name}: {error}"
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not a text file"
        words = f"{path} cannot be read: {why}. Choose a run (.seqx) or an experiment (.json)."
        return Experiment(), words


def report(experiment: Experiment | None, problem: str = "") -> str:
    """A report to copy: the problem if there is one, then versions, machine and experiment."""
    versions = [
        f"Sequence Sandbox {sandbox.__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        *(f"{name} {_version(name)}" for name in LIBRARIES),
    ]
    parts = [problem.strip(), "\n".join(versions)]
    if experiment is not None:
        parts.append(f"Experiment:\n{experiment.to_json()}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _version(name: str) -> str:
    from importlib import metadata  # slow, and seldom needed

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
