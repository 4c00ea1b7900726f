"""Files and text dropped on the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from sandbox.experiment import Experiment
from sandbox.gui.window.dropping import ACCEPTED
from sandbox.store import seqx
from sandbox.store.shorthand import to_text
from tests.gui.controls import named, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

ANY_BUTTON, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


def of_files(*paths: object) -> QMimeData:
    """As a file manager hands them over: as addresses and as text."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    mime.setText("\n".join(map(str, paths)))
    return mime


def of_text(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def drop(widget: QWidget, mime: QMimeData, proposed: Qt.DropAction = COPY) -> QDropEvent | None:
    """Drag it over the middle of the widget and let go; None where nobody takes it."""
    at = widget.rect().center()
    actions = COPY | MOVE
    enter = QDragEnterEvent(at, actions, mime, ANY_BUTTON, NO_KEY)
    enter.setDropAction(proposed)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return None
    move = QDragMoveEvent(at, actions, mime, ANY_BUTTON, NO_KEY)
    QApplication.sendEvent(widget, move)
    if not move.isAccepted():
        return None
    event = QDropEvent(QPointF(at), actions, mime, ANY_BUTTON, NO_KEY)
    event.setDropAction(proposed)
    QApplication.sendEvent(widget, event)
    return event


def written(path: Path, **fields: object) -> Path:
    path.write_text(Experiment().changed(**fields).to_json())
    return path


def places(window: MainWindow) -> dict[str, QWidget]:
    """The widget under the mouse at some places of the window."""
    view = window.findChildren(QGraphicsView)[0]
    field = named(window, "gap, as a number")
    return {
        "the window": window,
        "the sentence": window.stage.sentence,
        "the nets": window.stage.nets,
        "the curves": view.viewport(),
        "a number": field.childAt(field.rect().center()) or field,
        "the status bar": window.status_line,
        "the run bar": window.run_bar,
        "a card": named(window, "LSTM units"),
    }


@pytest.mark.parametrize(
    "place",
    [
        "the window",
        "the sentence",
        "the nets",
        "the curves",
        "a number",
        "the status bar",
        "the run bar",
        "a card",
    ],
)
def test_that_a_file_can_be_dropped_anywhere(
    desk: Desk, window: MainWindow, tmp_path: Path, place: str
) -> None:
    event = drop(places(window)[place], of_files(written(tmp_path / "a.json", seed=7)))
    assert event is not None
    assert event.isAccepted()
    assert desk.session.experiment.seed == 7


def test_that_a_dock_that_floats_takes_a_file_too(
    desk: Desk, window: MainWindow, tmp_path: Path
) -> None:
    window.docks[3].setFloating(True)
    assert drop(window.docks[3], of_files(written(tmp_path / "a.json", seed=7))) is not None
    assert desk.session.experiment.seed == 7
    window.docks[3].setFloating(False)


def test_that_a_dropped_file_is_never_moved(window: MainWindow, tmp_path: Path) -> None:
    event = drop(window, of_files(written(tmp_path / "a.json")), MOVE)
    assert event is not None
    assert event.dropAction() is COPY


def test_that_a_seqx_file_is_opened_whatever_the_case_of_its_ending(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "X.SEQX"
    seqx.write_experiment(path, Experiment(task="recall"))
    drop(window, of_files(path))
    qtbot.waitUntil(lambda: desk.session.experiment.task == "recall")
    window.library.close()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (
            ["a.json", "b.json", "c.txt"],
            f"3 files were dropped: drop one at a time, {ACCEPTED}.",
        ),
        (
            ["a.png"],
            f"a.png cannot be opened: drop {ACCEPTED}.",
        ),
    ],
)
def test_that_several_and_other_files_are_refused_in_one_sentence(
    desk: Desk, window: MainWindow, tmp_path: Path, names: list[str], sentence: str
) -> None:
    drop(window, of_files(*(written(tmp_path / name, seed=7) for name in names)))
    assert sentences() == [sentence]
    assert desk.session.experiment.seed == 0


@pytest.mark.parametrize("form", ["json", "short", "short in a sentence", "json in a sentence"])
def test_that_a_dropped_text_is_taken(desk: Desk, window: MainWindow, form: str) -> None:
    experiment = Experiment(task="recall", seed=7)
    text = experiment.to_json() if "json" in form else to_text(experiment)
    drop(window, of_text(f"Look at this: {text} – nice" if "sentence" in form else text))
    assert sentences() == []
    assert (desk.session.experiment.task, desk.session.experiment.seed) == ("recall", 7)


def test_that_a_dropped_text_of_something_else_is_refused_in_one_sentence(
    desk: Desk, window: MainWindow
) -> None:
    drop(window, of_text("a poem"))
    assert sentences() == ["this is not an experiment: line 1, column 1 is not valid JSON."]


def test_that_an_address_of_another_machine_is_no_file(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.json")])
    drop(window, mime)
    assert len(sentences()) == 1


def test_that_what_is_neither_file_nor_text_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setData("image/x-something", b"...")
    assert drop(window, mime) is None


def test_that_a_dropped_experiment_can_be_undone(desk: Desk, window: MainWindow) -> None:
    before = desk.session.experiment
    drop(window, of_text(Experiment(task="recall").to_json()))
    window.actions_by_name["undo"].trigger()
    assert desk.session.experiment == before
