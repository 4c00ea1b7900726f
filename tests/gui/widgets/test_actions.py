"""One registry feeds menus, shortcuts, tool tips and the sheet of keys."""

from __future__ import annotations

import json
import math
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu

from sandbox.experiment import Experiment, from_json
from sandbox.gui.widgets.actions import ACTIONS, TIPS
from sandbox.gui.widgets.dialogs import KeysDialog, WordsDialog
from sandbox.gui.widgets.info import TERMS, InfoButton, Paragraph
from sandbox.store.shorthand import from_text, to_text
from sandbox.tasks.registry import complete

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def texts(dialog: QDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def dialogs(name: str) -> list[QDialog]:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    return [dialog for dialog in found if dialog.objectName() == name]


def test_that_every_key_is_in_the_sheet_and_running_comes_first(qtbot: QtBot) -> None:
    sheet = KeysDialog(None)
    qtbot.addWidget(sheet)
    shown = texts(sheet)
    for spec in ACTIONS:
        assert (spec.tip in shown) == bool(spec.keys)
        assert not spec.keys or spec.shown_keys in shown
    keys = ["Space", ".", "R", "1", "2", "3", "Left", "L", "Ctrl+O", "F1 or ?"]
    places = [shown.index(key) for key in keys]
    assert places == sorted(places)


def test_that_dialog_buttons_have_no_icons(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["keys"].trigger()
    (sheet,) = dialogs("keys_dialog")
    assert sheet.close_button.icon().isNull()  # type: ignore[attr-defined]
    sheet.close()


def test_that_every_action_is_in_a_menu_and_has_a_tip(window: MainWindow) -> None:
    listed = {action for menu in window.findChildren(QMenu) for action in menu.actions()}
    assert [spec.name for spec in ACTIONS] == list(TIPS)
    for spec in ACTIONS:
        action = window.actions_by_name[spec.name]
        assert action in listed, spec.name
        assert action.toolTip().startswith(spec.tip)


def test_that_no_key_is_given_twice() -> None:
    keys = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))
    assert all(keys)


@pytest.mark.parametrize(
    ("action", "dialog"),
    [
        ("keys", "keys_dialog"),
        ("explanations", "words_dialog"),
        ("about", "about_dialog"),
        ("gallery", "gallery"),
        ("picture", "figure_dialog"),
    ],
)
def test_that_dialogs_open_and_escape_closes_them(
    window: MainWindow, qtbot: QtBot, action: str, dialog: str
) -> None:
    """Whatever part of them has the focus."""
    window.actions_by_name[action].trigger()
    (opened,) = dialogs(dialog)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is opened)
    qtbot.keyClick(QApplication.focusWidget() or opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialogs(dialog))
    qtbot.waitUntil(  # a picture that was begun is finished first
        lambda: not any(t.name in ("claims", "figures") for t in threading.enumerate()),
        timeout=60_000,
    )


def test_that_every_term_is_explained_in_one_place(qtbot: QtBot) -> None:
    words = WordsDialog(None)
    qtbot.addWidget(words)
    for term in TERMS.values():
        assert term.text in texts(words)


def test_that_an_info_button_opens_its_paragraph(window: MainWindow) -> None:
    button = next(b for b in window.findChildren(InfoButton) if "gap" in b.accessibleName())
    button.click()
    paragraph = next(p for p in window.findChildren(Paragraph) if p.isVisible())
    assert TERMS["gap"].text in [label.text() for label in paragraph.findChildren(QLabel)]
    paragraph.close()


def test_that_an_experiment_is_saved_and_opened(
    desk: Desk, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    window.commands.save(str(path))
    assert from_json(path.read_text()) == desk.session.experiment
    path.write_text(Experiment(task="recall", seed=7).to_json())
    window.commands.open(str(path))
    assert (desk.session.experiment.task, desk.session.experiment.seed) == ("recall", 7)
    assert desk.opened[0].seed == 7


@pytest.mark.parametrize(
    "content", ["no json", json.dumps({"task": "nothing"}), '{"lr": -1}', None]
)
def test_that_a_file_that_cannot_be_read_gets_one_sentence(
    desk: Desk, window: MainWindow, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_text(content)
    before = desk.session.experiment
    window.commands.open(str(path))
    (dialog,) = dialogs("sentence_dialog")
    assert "broken.json" in texts(dialog)[-1]
    assert "Traceback" not in texts(dialog)[-1]
    assert desk.session.experiment == before
    dialog.close()


def test_that_the_experiment_is_copied_as_json(desk: Desk, window: MainWindow) -> None:
    window.actions_by_name["copy"].trigger()
    assert from_json(QApplication.clipboard().text()) == desk.session.experiment


def test_that_the_experiment_is_copied_as_short_text(desk: Desk, window: MainWindow) -> None:
    desk.session.edit(desk.session.experiment.changed(seed=7))
    window.actions_by_name["copy_short"].trigger()
    copied = QApplication.clipboard().text()
    assert copied.startswith("seqx1:")
    assert from_text(copied) == desk.session.experiment
    assert f"experiment copied: {copied}" in told(window)


def test_that_what_does_not_fit_a_short_text_is_told_in_one_sentence(
    desk: Desk, window: MainWindow
) -> None:
    names = [f"{letter}_net_with_a_long_name" for letter in "hgfedcba"]
    nets = [
        {"cell": "lstm", "name": name, "lr": math.pi / n, "clip": math.e / n, "forget_bias": 1 / n}
        for n, name in enumerate(names, 3)
    ]
    desk.session.edit(desk.session.experiment.changed(contestants=nets))
    QApplication.clipboard().setText("before")
    window.actions_by_name["copy_short"].trigger()
    (dialog,) = dialogs("sentence_dialog")
    assert "up to 300 characters" in texts(dialog)[-1]
    assert QApplication.clipboard().text() == "before"
    dialog.close()


def test_that_the_edit_menu_holds_undo_copy_and_paste(window: MainWindow) -> None:
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles == ["&File", "&Edit", "&Run", "&View", "&Help"]
    (edit,) = [menu for menu in window.findChildren(QMenu) if menu.title() == "&Edit"]
    names = ["undo", "redo", None, "copy_short", "copy", "paste", None, "defaults"]
    assert [None if a.isSeparator() else a for a in edit.actions()] == [
        None if name is None else window.actions_by_name[name] for name in names
    ]


def test_that_a_report_holds_versions_and_experiment(desk: Desk, window: MainWindow) -> None:
    window.actions_by_name["report"].trigger()
    copied = QApplication.clipboard().text()
    assert "PySide6" in copied
    assert desk.session.experiment.to_json() in copied


def told(window: MainWindow) -> list[str]:
    return [label.text() for label in window.status_line.findChildren(QLabel)]


def test_that_the_status_bar_says_what_a_command_did(
    desk: Desk, window: MainWindow, tmp_path: Path
) -> None:
    window.stage.mark(3)
    window.actions_by_name["copy"].trigger()
    assert "experiment copied as JSON" in told(window)
    window.actions_by_name["report"].trigger()
    assert "report copied" in told(window)
    window.commands.save(str(tmp_path / "x.json"))
    assert f"saved to {tmp_path / 'x.json'}" in told(window)
    desk.event(40, "solved", "LSTM solved at step 40", "lstm")
    desk.session.beat.emit()
    window.status_line._fresh.stop()
    window.stage.mark(-1)
    assert "LSTM solved at step 40" in told(window)


def test_that_an_experiment_is_pasted(desk: Desk, window: MainWindow) -> None:
    QApplication.clipboard().setText(Experiment(task="recall", seed=7).to_json())
    window.actions_by_name["paste"].trigger()
    assert (desk.session.experiment.task, desk.opened[0].seed) == ("recall", 7)
    assert "experiment pasted: new run: task I speak fluent … → Recall a symbol" in told(window)


@pytest.mark.parametrize("around", ["{}", "try this:\n> {}\n", "```json\n{}\n```", "“{}”"])
@pytest.mark.parametrize("form", ["short", "json"])
def test_that_an_experiment_is_found_in_what_was_pasted(
    desk: Desk, window: MainWindow, form: str, around: str
) -> None:
    experiment = Experiment(task="recall", seed=7)
    text = to_text(experiment) if form == "short" else experiment.to_json()
    QApplication.clipboard().setText(around.replace("{}", text))
    window.actions_by_name["paste"].trigger()
    assert dialogs("sentence_dialog") == []
    assert desk.session.experiment == complete(experiment)


def test_that_a_spoilt_short_text_is_refused_as_one(desk: Desk, window: MainWindow) -> None:
    text = to_text(Experiment(task="recall", seed=7))
    QApplication.clipboard().setText(text[:-2])
    window.actions_by_name["paste"].trigger()
    (dialog,) = dialogs("sentence_dialog")
    assert "part of it is missing" in texts(dialog)[-1]
    assert desk.control.open.call_count == 1
    dialog.close()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The clipboard: this is not an experiment: there is no text in it."),
        ("a poem", "The clipboard: this is not an experiment: line 1, column 1 is not valid JSON."),
    ],
)
def test_that_pasting_something_else_is_refused_in_one_sentence(
    desk: Desk, window: MainWindow, text: str, sentence: str
) -> None:
    QApplication.clipboard().setText(text)
    window.actions_by_name["paste"].trigger()
    (dialog,) = dialogs("sentence_dialog")
    assert sentence in texts(dialog)
    assert desk.control.open.call_count == 1
    dialog.close()


def test_that_the_gradient_is_relative_at_first_and_as_it_was_left_later(
    desk: Desk, window: MainWindow
) -> None:
    switch = window.actions_by_name["relative"]
    assert switch.isChecked()
    assert window.stage.nets.relative_button.isChecked()
    switch.trigger()
    window.close()
    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.window.main_window import SWITCHES

    assert SWITCHES["relative"]
    assert not Preferences().flag("relative", True)
