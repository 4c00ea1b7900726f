"""The user's task files in the window: opening, asking first, reloading, faults."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu

from sandbox.gui.own.allowed_tasks import Allowed
from sandbox.gui.own.task_file_dialogs import ConsentDialog, WrittenDialog
from sandbox.gui.session.background import Background, sentence
from sandbox.gui.widgets.dialogs import ReportDialog, choose_file
from sandbox.store.base import RunError
from sandbox.tasks import user_tasks
from sandbox.tasks.registry import tasks
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.widgets.offer import Offer
    from sandbox.tasks.user_tasks import Loaded, TaskFile

NEW_FILTER = "Task files (*.py)"
FILTER = f"{NEW_FILTER};;All files (*)"
TITLE, IN_USE = "The task file was not opened", "The task file has an error"
PATIENCE_MS, SETTLE_MS = 5000, 300


class Closed(NamedTuple):
    """A task file that is not open: its path, and why in a few words."""

    path: Path
    why: str


class OwnTasks(QObject):
    """Opens task files, asking first, and offers to reload those that change.

    Each file runs on a thread of its own, so one that never ends does not block the window; only
    closing the program ends it.
    """

    changed = Signal()  # other tasks are open
    filed = Signal(str)  # the path of a file that was opened

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        preferences: Preferences,
        offer: Offer,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._offer = window, session, offer
        self.allowed = Allowed(preferences)
        self._running: dict[TaskFile, Background] = {}
        self._offered: set[str] = set()
        self._watcher: QFileSystemWatcher | None = None
        self._reload = actions["reload_task"]
        self.menu = QMenu("Your tas&ks", window)
        self.menu.setObjectName("own_tasks")
        self.menu.setToolTipsVisible(True)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_that_it_takes_long)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._look_for_changes)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu.triggered.connect(self._choose)
        actions["open_task"].triggered.connect(self.ask_what_to_open)
        actions["new_task"].triggered.connect(self.ask_where_to_write)
        self._reload.triggered.connect(self.reload)
        session.experiment_changed.connect(self._show)
        session.faulty.connect(self.show_fault)
        self._fill_menu()
        self._show()

    # Opening --------------------------------------------------------------------------

    def ask_what_to_open(self) -> None:
        """Choose a file, then open it."""
        folder = user_tasks.folder()
        at = str(folder) if folder.is_dir() else ""
        choose_file(self._window, "Open task file", FILTER, self.open, at)

    def open(self, path: str | Path) -> None:
        """Run a task file and show its task; ask first, unless exactly this content may run."""
        try:
            file = user_tasks.read(path)
        except ExperimentError as error:
            self.tell(TITLE, str(error))
            return
        if file in self.allowed:
            self._run(file)
            return
        known = file.path in self.allowed.by_path
        dialog = ConsentDialog(file, known, self._window)
        dialog.agreed.connect(partial(self._run, file))
        dialog.open()

    def reload(self) -> None:
        """Open the shown task's file again."""
        file = user_tasks.file_of(self._session.experiment.task)
        if file is not None:
            self.open(file.path)

    def ask_where_to_write(self) -> None:
        """Choose a place for a new task file, then write it."""
        folder = user_tasks.folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            folder = Path()  # the dialog says itself what cannot be written
        at = str(folder / "my_task.py")
        choose_file(self._window, "New task file", NEW_FILTER, self.write, at, save=True)

    def write(self, path: str) -> None:
        """Write the template, and say what to do next."""
        from sandbox.store.task_template import write_template

        try:
            written = write_template(Path(path), replace=True)
        except (ExperimentError, RunError) as error:
            self.tell("The task file was not written", str(error))
            return
        dialog = WrittenDialog(written, self._window)
        dialog.open_wanted.connect(partial(self.open, written))
        dialog.open()

    def closed(self) -> tuple[Closed, ...]:
        """Files in the user's folder, and those that ran before, that are not open."""
        opened = user_tasks.opened()
        ran = self.allowed.by_path
        return tuple(
            Closed(path, "changed, needs your consent" if path in ran else "needs your consent")
            for path in dict.fromkeys([*user_tasks.in_folder(), *ran])
            if path not in opened and path.is_file()
        )

    def take_allowed(self, left: dict[Path, str]) -> None:
        """Show what was opened at the start.  left: what was not, and why."""
        for path, why in left.items():
            self.offer_to_open(path, why)
        if user_tasks.opened():
            self.changed.emit()
            self.follow_files()
            self._show()

    def show_fault(self, error: OwnTaskError) -> None:
        """Say what is wrong in a task file that is in use."""
        self.tell(IN_USE, str(error), error.report)

    def tell(self, title: str, sentence: str, report: str = "") -> None:
        """Say a sentence about a task file, with the traceback if there is one; never twice.

        A dragged slider meets the same fault again and again.
        """
        for dialog in self._window.findChildren(ReportDialog):
            same = dialog.sentence == sentence or title == IN_USE
            if dialog.isVisible() and dialog.windowTitle() == title and same:
                return
        ReportDialog(title, sentence, report, self._window).open()

    # What runs ------------------------------------------------------------------------

    def _run(self, file: TaskFile) -> None:
        if file not in self._running:
            background = Background(f"task file {file.path.name}", self)
            self._running[file] = background
            self._patience.start()
            background.ask(
                partial(user_tasks.load, file),
                partial(self._take, file),
                partial(self._refuse, file),
            )

    def _end(self, file: TaskFile) -> None:
        background = self._running.pop(file)
        background.close(wait=False)
        background.deleteLater()
        if not self._running:
            self._patience.stop()

    def _refuse(self, file: TaskFile, error: Exception) -> None:
        self._end(file)
        report = error.report if isinstance(error, OwnTaskError) else ""
        self.tell(TITLE, sentence(error), report)

    def _take(self, file: TaskFile, loaded: Loaded) -> None:
        self._end(file)
        shown, before = self._session.experiment.task, user_tasks.opened().get(loaded.file.path)
        user_tasks.register(loaded)
        self.allowed.add(loaded.file)
        self.changed.emit()
        again = before is not None and shown in before.names and shown in loaded.names
        try:
            if again:
                self._session.renew_task()
            else:
                self._session.edit(self._session.with_picked_task(loaded.names[0]))
        except ExperimentError as error:
            self.tell("The task cannot be shown", str(error))
        else:
            done = "reloaded" if before else "opened"
            self._session.say(f"{loaded.file.path.name} {done}: {', '.join(loaded.names)}")
        for remark in loaded.remarks:
            self._offer.make(remark)
        self.filed.emit(str(loaded.file.path))
        self.follow_files()
        self._show()

    def _say_that_it_takes_long(self) -> None:
        for file in self._running:
            self._offer.make(
                f"{file.path.name} has been running for {PATIENCE_MS / 1000:.0f} s. If it never "
                "ends, only closing Sequence Sandbox stops it. You can use the window meanwhile."
            )

    # Files that change ----------------------------------------------------------------

    def follow_files(self) -> None:
        """Watch the open files, and their folders, since editors replace files."""
        opened = user_tasks.opened()
        if not opened:
            return
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(self._settle.start)
            self._watcher.directoryChanged.connect(self._settle.start)
        known = {*self._watcher.files(), *self._watcher.directories()}
        wanted = {str(path) for path in opened if path.is_file()}
        wanted |= {str(path.parent) for path in opened if path.parent.is_dir()}
        if new := sorted(wanted - known):
            self._watcher.addPaths(new)

    def _look_for_changes(self) -> None:
        """Offer to reload files that have changed; one that cannot be read is being written."""
        for path, loaded in user_tasks.opened().items():
            try:
                file = user_tasks.read(path)
            except ExperimentError:
                continue
            if file.sha256 != loaded.file.sha256 and file.sha256 not in self._offered:
                self._offered.add(file.sha256)
                self.offer_to_open(path, f"{path.name} has changed since it was opened", "Reload…")
        self.follow_files()

    def offer_to_open(self, path: Path, why: str, take: str = "Open…") -> None:
        """Say why above the nets, with a button that opens the file."""
        self._offer.make(f"{why}.", take, partial(self.open, path), "Not now")

    # What is shown --------------------------------------------------------------------

    def _show(self, *_: object) -> None:
        self._reload.setEnabled(user_tasks.file_of(self._session.experiment.task) is not None)

    def _fill_menu(self) -> None:
        self.menu.clear()
        for path, loaded in user_tasks.opened().items():
            self._entry(f"{path.name}  –  {', '.join(loaded.names)}", path, f"Show it: {path}")
        for each in self.closed():
            tip = f"Open it, which runs it: {each.path}"
            self._entry(f"{each.path.name}  –  not opened: {each.why}", each.path, tip)
        if not self.menu.isEmpty():
            self.menu.addSeparator()
        forget = self.menu.addAction("&Ask again for every file")
        forget.setToolTip("Forget which files may run without asking; the files themselves stay.")
        forget.setEnabled(bool(self.allowed.by_path))

    def _entry(self, words: str, path: Path, tip: str) -> None:
        action = self.menu.addAction(words.replace("&", "&&"))
        action.setData(str(path))
        action.setToolTip(tip)

    def _choose(self, action: QAction) -> None:
        path = action.data()
        if path is None:
            self.allowed.clear()
            return
        loaded = user_tasks.opened().get(Path(path))
        if loaded is None:
            self.open(path)
        elif loaded.names[0] in tasks():
            self._session.pick_task(loaded.names[0])
