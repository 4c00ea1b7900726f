"""Task files in the window: asked for before they run, reloaded, and their faults shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from sandbox.experiment import Experiment
from sandbox.gui.forms.task_picker import FILE, NAME, OWN, SENTENCE, TaskPicker
from sandbox.gui.own.allowed_tasks import Allowed, needed_at_once, open_allowed
from sandbox.gui.own.task_file_dialogs import ConsentDialog, WrittenDialog
from sandbox.gui.own.task_files import OwnTasks
from sandbox.gui.session.autosave import Autosave
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.widgets.actions import make_actions
from sandbox.gui.widgets.dialogs import ReportDialog
from sandbox.gui.widgets.offer import Offer
from sandbox.gui.window.process import beginning_of
from sandbox.run.messages import Phase
from sandbox.tasks import user_tasks
from sandbox.tasks.registry import tasks
from tests.gui.controls import sentences
from tests.tasks.own_files import TEMPLATE, line_of, marker, registry_as_before, task_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

GAP = "gap = self.params.gap if"
BROKEN = (GAP, "gap = self.params.gapp if")


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    with registry_as_before():
        yield


def shown(kind: type) -> list:
    return [
        each for each in QApplication.topLevelWidgets() if type(each) is kind and each.isVisible()
    ]


def words(dialog: QWidget) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


@pytest.fixture
def offer(qtbot: QtBot) -> Offer:
    made = Offer()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def own(desk: Desk, qtbot: QtBot, offer: Offer) -> OwnTasks:
    """The window's part for task files, without the window."""
    around = QWidget()
    qtbot.addWidget(around)
    with qtbot.waitExposed(around):
        around.show()
    return OwnTasks(around, desk.session, make_actions(around), Preferences(), offer)


@pytest.fixture
def picker(own: OwnTasks, qtbot: QtBot, desk: Desk) -> TaskPicker:
    made = TaskPicker()
    qtbot.addWidget(made)
    made.serve(own)
    desk.session.experiment_changed.connect(lambda _, new: made.show_task(new.task))
    return made


def agree(qtbot: QtBot, own: OwnTasks, path: Path) -> None:
    """Open the file, agree where it asks, and wait until it has run."""
    with qtbot.waitSignal(own.filed):
        own.open(str(path))
        for dialog in shown(ConsentDialog):
            dialog.run_button.click()


def fault(qtbot: QtBot) -> ReportDialog:
    qtbot.waitUntil(lambda: bool(shown(ReportDialog)))
    (dialog,) = shown(ReportDialog)
    return dialog


def items(picker: TaskPicker) -> list[tuple[str, str, str]]:
    picker._fill()
    return [
        (
            picker.itemText(row),
            picker.itemData(row, SENTENCE) or "",
            picker.itemData(row, FILE) or "",
        )
        for row in range(picker.count())
    ]


# Asking first --------------------------------------------------------------------------


def test_that_opening_asks_and_says_what_it_would_run(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    path = task_file(tmp_path / "x.py", first=marker(ran))
    own.open(str(path))
    (dialog,) = shown(ConsentDialog)
    said = " ".join(label.accessibleName() for label in dialog.findChildren(QLabel))
    assert f"File: {path}" in said
    assert f"Size: {path.stat().st_size:,} bytes" in said
    assert "Last changed: 20" in said
    assert "Never run here before." in said
    assert dialog.text.toPlainText() == path.read_text()
    assert not ran.exists()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.close_button)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)  # what has the focus at first is the no
    qtbot.waitUntil(lambda: not shown(ConsentDialog))
    assert not ran.exists()
    assert "my_task" not in tasks()
    agree(qtbot, own, path)
    assert ran.exists()
    assert desk.session.experiment.task == "my_task"


def test_that_what_was_allowed_is_not_asked_for_again_but_a_change_is(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    path, ran = task_file(tmp_path / "x.py"), tmp_path / "ran"
    agree(qtbot, own, path)
    with qtbot.waitSignal(own.filed):
        own.open(str(path))
    assert not shown(ConsentDialog)
    task_file(path, first=marker(ran))
    own.open(str(path))
    (dialog,) = shown(ConsentDialog)
    assert "Changed since" in words(dialog)
    dialog.close()
    assert not ran.exists()
    # the same content elsewhere is another file
    own.open(str(task_file(tmp_path / "y.py")))
    assert len(shown(ConsentDialog)) == 1
    shown(ConsentDialog)[0].close()


def test_that_a_file_with_a_fault_is_not_allowed_for_later(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    path = task_file(tmp_path / "x.py", BROKEN)
    before = desk.session.experiment
    own.open(str(path))
    shown(ConsentDialog)[0].run_button.click()
    dialog = fault(qtbot)
    assert f"x.py, line {line_of(path, 'gapp')}: " in words(dialog)
    assert "AttributeError" in dialog.text.toPlainText()
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "no attribute 'gapp'" in copied
    assert "Traceback" in copied
    dialog.close()
    assert user_tasks.read(path) not in own.allowed
    assert desk.session.experiment == before
    assert "my_task" not in tasks()


def test_that_an_experiment_of_an_unknown_task_asks_for_nothing_and_runs_nothing(
    window: MainWindow, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    task_file(user_tasks.folder() / "my_task.py", first=marker(ran))
    text = Experiment(task="my_task").to_json()
    (tmp_path / "x.json").write_text(text)
    window.commands.open(str(tmp_path / "x.json"))
    window.commands.take_text(text, "pasted")
    said = sentences()
    assert len(said) == 2
    assert all("has to be opened first (File > Open task file…" in sentence for sentence in said)
    assert not shown(ConsentDialog)
    mime = QMimeData()  # a task file that is dropped is asked for
    mime.setUrls([QUrl.fromLocalFile(str(task_file(tmp_path / "x.py", first=marker(ran))))])
    window._dropping.take(mime)
    shown(ConsentDialog)[0].close()
    assert not ran.exists()


def test_that_permissions_can_be_forgotten(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    path = task_file(tmp_path / "x.py")
    agree(qtbot, own, path)
    own.menu.aboutToShow.emit()
    *_, forget = own.menu.actions()
    assert forget.isEnabled()
    forget.trigger()
    assert Allowed(Preferences()).by_path == {}
    own.open(str(path))
    shown(ConsentDialog)[0].close()


# At the start --------------------------------------------------------------------------


def test_that_only_what_was_allowed_runs_at_the_start(home: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    good = task_file(user_tasks.folder() / "good.py", ('name = "my_task"', 'name = "good"'))
    changed = task_file(user_tasks.folder() / "changed.py")
    task_file(user_tasks.folder() / "new.py", first=marker(ran))
    preferences = Preferences()
    for path in (good, changed):
        Allowed(preferences).add(user_tasks.read(path))
    task_file(changed, first=marker(ran))
    left = open_allowed(preferences)
    assert {path.name: why for path, why in left.items()} == {
        "changed.py": "changed.py has changed since it was allowed to run"
    }
    assert "good" in tasks()
    assert "my_task" not in tasks()
    assert not ran.exists()
    assert open_allowed(preferences) == left  # what is open is not run twice


def test_that_the_experiment_of_last_time_is_there_again_with_its_task(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    assert not needed_at_once("")
    agree(qtbot, own, task_file(tmp_path / "x.py"))
    Autosave(desk.session).close()
    with registry_as_before():
        pass
    assert needed_at_once("")
    assert open_allowed(Preferences()) == {}
    assert beginning_of([]).experiment.task == "my_task"


# The list and the menu -----------------------------------------------------------------


def test_that_the_picker_lists_own_tasks_and_files_that_are_not_opened(
    own: OwnTasks, picker: TaskPicker, qtbot: QtBot, tmp_path: Path
) -> None:
    assert OWN not in [title for title, _, _ in items(picker)]
    other = task_file(user_tasks.folder() / "other.py")
    agree(qtbot, own, task_file(tmp_path / "x.py"))
    titles = items(picker)
    place = [title for title, _, _ in titles].index(OWN)
    assert titles[place + 1][0] == "My task: same or different"
    assert titles[place + 2] == ("other.py", "not opened: needs your consent", str(other))
    assert picker.currentData(NAME) == "my_task"
    picker.activated.emit(place + 2)
    assert picker.currentData(NAME) == "my_task"
    (dialog,) = shown(ConsentDialog)
    dialog.close()
    own.menu.aboutToShow.emit()
    entries = [action.text() for action in own.menu.actions()]
    assert entries[:2] == ["x.py  –  my_task", "other.py  –  not opened: needs your consent"]


def test_that_a_new_file_is_written_and_can_be_opened_from_there(
    own: OwnTasks, tmp_path: Path
) -> None:
    own.write(str(tmp_path / "new.py"))
    assert (tmp_path / "new.py").read_text() == TEMPLATE.read_text().replace("my_task", "new", 1)
    (dialog,) = shown(WrittenDialog)
    dialog._open()
    (asked,) = shown(ConsentDialog)
    asked.close()
    own.write(str(tmp_path / "nowhere" / "new.py"))
    (dialog,) = shown(ReportDialog)
    assert "could not be written" in words(dialog)
    dialog.close()


# Reloading -----------------------------------------------------------------------------


def test_that_an_edited_file_is_offered_and_reloading_replaces_the_task(
    desk: Desk, own: OwnTasks, offer: Offer, qtbot: QtBot, tmp_path: Path
) -> None:
    path = task_file(tmp_path / "x.py")
    agree(qtbot, own, path)
    desk.session.edit(desk.session.experiment.changed(params={"gap": 3}))
    run = desk.session.run
    desk.run_until(40)
    task_file(path, ('"same", "different"', '"equal", "other"'))
    qtbot.waitUntil(lambda: offer.sentence == "x.py has changed since it was opened.")
    assert desk.session.task.outputs == ("same", "different")
    offer._accept.click()
    (dialog,) = shown(ConsentDialog)
    with qtbot.waitSignal(own.filed):
        dialog.run_button.click()
    assert desk.session.task.outputs == ("equal", "other")
    assert desk.session.experiment.params == {"gap": 3}
    assert desk.session.run != run
    assert desk.opened == (desk.session.experiment, True)  # it went on, as after any edit
    desk.session.pause()


def test_that_the_window_shows_the_reloaded_task_and_takes_back_what_it_can(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = task_file(tmp_path / "x.py")
    agree(qtbot, window.own_tasks, path)
    agree(qtbot, window.own_tasks, task_file(path, ("le=200", "le=77")))
    assert window.task_part._gap._high.text() == "77 symbols"
    renamed = task_file(path, ('name = "my_task"', 'name = "renamed"'))
    agree(qtbot, window.own_tasks, renamed)
    assert desk.session.experiment.task == "renamed"
    window.edits.undo()  # to what is not there any more: said, and nothing else
    assert desk.session.experiment.task == "renamed"
    assert "has to be opened first" in " ".join(sentences())
    window.commands.save(str(tmp_path / "e.json"))
    assert desk.session.remark.endswith("you also need its task file, x.py")
    window.commands.copy_short()
    assert any("send an experiment file and the task's file" in each for each in sentences())
    desk.tell(Phase.FAILED, refused="x.py, line 3: no (KeyError).", report="Traceback …")
    dialog = fault(qtbot)  # a fault while it is trained
    assert dialog.text.toPlainText() == "Traceback …"
    dialog.close()


def test_that_reload_is_only_for_a_task_of_ones_own(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    action = own._reload
    assert not action.isEnabled()
    agree(qtbot, own, task_file(tmp_path / "x.py"))
    assert action.isEnabled()
    with qtbot.waitSignal(own.filed):
        action.trigger()
    assert desk.session.experiment.task == "my_task"


# Faults later on -----------------------------------------------------------------------


def test_that_a_fault_while_editing_is_told_and_changes_nothing(
    desk: Desk, own: OwnTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    row = "return [self.inputs.words[token] for"
    fails = f"if self.params.gap == 7:\n            raise KeyError('no')\n        {row}"
    path = task_file(tmp_path / "x.py", (row, fails))
    agree(qtbot, own, path)
    before, task, run = desk.session.experiment, desk.session.task, desk.session.run
    error = desk.session.attempt(lambda e: e.changed(params={"gap": 7}))
    assert str(error) == f"x.py, line {line_of(path, 'KeyError')}: 'no' (KeyError)."
    assert (desk.session.experiment, desk.session.task, desk.session.run) == (
        before,
        task,
        run,
    )
    desk.session.attempt(lambda e: e.changed(params={"gap": 7}))  # as a slider does
    assert "KeyError" in fault(qtbot).text.toPlainText()  # there is one dialog
    fault(qtbot).close()
    assert desk.session.attempt(lambda e: e.changed(params={"gap": 8})) is None


def test_that_a_file_that_never_ends_does_not_hold_the_window(
    desk: Desk, own: OwnTasks, offer: Offer, qtbot: QtBot, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    wait = f"import time, os\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.01)\n"
    path = task_file(tmp_path / "x.py", first=wait)
    own._patience.setInterval(30)
    own.open(str(path))
    shown(ConsentDialog)[0].run_button.click()
    qtbot.waitUntil(lambda: "x.py has been running for" in offer.sentence)
    assert desk.session.attempt(lambda e: e.changed(seed=5)) is None
    with qtbot.waitSignal(own.filed):
        go.write_text("")
    assert desk.session.experiment.task == "my_task"
