"""Figures for print from the window: the dialog, the menu, clipboard and files."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from sandbox.gui.figures.copy_figure import FigureSource, Wanted, figure_of, file_name, names_of
from sandbox.gui.figures.export_dialog import FigureDialog, figure_menu

from sandbox.gui.widgets.dialogs import Sentence
from sandbox.run.messages import Frame
from sandbox.store import atomic
from tests.export.figures.figure_data import probe
from tests.gui.canned_frames import curves_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def source() -> FigureSource:
    given = probe(gap=8)
    frame = Frame(given.run, 40, given.sequences, given.traces)
    return FigureSource(given.run, given.experiment, curves_view(60, given.task), frame)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def dialog(source: FigureSource, panel: QWidget) -> Iterator[FigureDialog]:
    made = FigureDialog(source, parent=panel)
    made.show()
    yield made
    made.close()


def choose(dialog: FigureDialog, name: str, data: object) -> None:
    box = getattr(dialog, name)
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def asked(parent: QWidget) -> QFileDialog:
    return parent.findChildren(QFileDialog)[-1]


def sentence(parent: QWidget) -> str:
    shown = parent.findChildren(Sentence)[-1]
    words = " ".join(label.text() for label in shown.findChildren(QLabel))
    shown.close()
    return words


def test_that_every_figure_of_a_frame_is_offered(source: FigureSource) -> None:
    assert list(names_of(source)) == ["curves", "gates:rnn", "gates:lstm", "gradient", "sentence"]


def test_that_before_the_first_frame_there_are_curves_only(source: FigureSource) -> None:
    waiting = replace(source, frame=None)
    assert list(names_of(waiting)) == ["curves"]
    assert figure_of(waiting, Wanted("curves")).svg()


def test_that_the_preview_follows_every_choice(dialog: FigureDialog) -> None:
    seen = {}
    for name in ("gates:lstm", "gradient", "sentence", "curves"):
        choose(dialog, "which", name)
        seen[name] = dialog.figure.title
        pixmap = dialog.preview.pixmap()
        assert not pixmap.isNull()
        assert pixmap.width() <= dialog.preview.width() * dialog.devicePixelRatioF()
    assert len(set(seen.values())) == 4
    before = dialog.figure
    choose(dialog, "width_box", 85)
    assert (before.width_mm, dialog.figure.width_mm) == (170, 85)
    before = dialog.figure
    dialog.log.click()
    assert dialog.figure.svg() != before.svg()
    dialog.titled.click()
    assert dialog.figure.height < before.height


def test_that_the_axis_of_curves_is_asked_for_curves_only(dialog: FigureDialog) -> None:
    assert dialog.log.isEnabled()
    choose(dialog, "which", "gradient")
    assert not dialog.log.isEnabled()
    assert not dialog.by.isEnabled()


def test_that_seconds_are_offered_where_they_are_known(
    source: FigureSource, panel: QWidget
) -> None:
    assert FigureDialog(source, parent=panel).by.findData("seconds") < 0
    timed = replace(source, clock=np.array([[60.0, 3.0]]))
    dialog = FigureDialog(timed, parent=panel)
    choose(dialog, "by", "seconds")
    assert b"training time, s" in dialog.figure.svg()


def test_that_a_copy_is_pixels_and_svg(dialog: FigureDialog) -> None:
    choose(dialog, "format", 3)
    dialog.copy_button.click()
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasImage()
    image = QImage.fromData(mime.data("image/png").data())
    assert image == dialog.figure.image(3)
    Xml.fromstring(mime.data("image/svg+xml").data())
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("scale", [1, 4])
def test_that_a_png_is_saved_at_its_scale(dialog: FigureDialog, tmp_path: Path, scale: int) -> None:
    choose(dialog, "format", scale)
    dialog.save_button.click()
    files = asked(dialog)
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert files.defaultSuffix() == "png"
    files.fileSelected.emit(str(tmp_path / "a.png"))
    assert QImage(str(tmp_path / "a.png")).width() == round(170 / 25.4 * 144 * scale)
    files.close()


def test_that_an_svg_is_saved_and_told(
    source: FigureSource, panel: QWidget, tmp_path: Path
) -> None:
    told: list[str] = []
    menu = figure_menu(panel, lambda: source, "gates:lstm", told.append)
    menu.actions()[1].trigger()
    asked(panel).fileSelected.emit(str(tmp_path / "b.svg"))
    root = Xml.fromstring((tmp_path / "b.svg").read_bytes())
    assert any((each.text or "") == "forget gate" for each in root.iter())
    assert told == [f"saved to {tmp_path / 'b.svg'}"]
    asked(panel).close()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "No space left on device. Make room, or choose another folder."),
        (errno.EROFS, "Read-only file system. Choose another folder."),
    ],
)
def test_that_what_cannot_be_written_is_one_sentence(
    dialog: FigureDialog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    words: str,
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic, "write_bytes", refuse)
    dialog.save_button.click()
    asked(dialog).fileSelected.emit(str(tmp_path / "c.svg"))
    assert f"{tmp_path / 'c.svg'} cannot be written: {words}" in sentence(dialog)
    assert list(tmp_path.glob("c*")) == []
    asked(dialog).close()


def test_that_a_folder_that_is_not_there_is_one_sentence(
    dialog: FigureDialog, tmp_path: Path
) -> None:
    dialog.save_button.click()
    asked(dialog).fileSelected.emit(str(tmp_path / "none" / "c.svg"))
    assert "No such file or directory. Choose another folder." in sentence(dialog)
    asked(dialog).close()


def test_that_another_ending_is_refused(dialog: FigureDialog, tmp_path: Path) -> None:
    dialog.save_button.click()
    asked(dialog).fileSelected.emit(str(tmp_path / "c.pdf"))
    assert "ends in .svg or .png" in sentence(dialog)
    assert not (tmp_path / "c.pdf").exists()
    asked(dialog).close()


def test_that_the_menu_copies_what_is_on_screen_when_it_is_asked(
    source: FigureSource, panel: QWidget
) -> None:
    asked_for: list[str] = []

    def current() -> FigureSource:
        asked_for.append("now")
        return source

    menu = figure_menu(panel, current, "gradient")
    assert asked_for == []
    menu.actions()[0].trigger()
    assert asked_for == ["now"]
    svg = QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()
    assert svg == figure_of(source, Wanted("gradient")).svg()
    QGuiApplication.clipboard().clear()


def test_that_the_menu_opens_the_dialog_on_its_figure(source: FigureSource, panel: QWidget) -> None:
    figure_menu(panel, lambda: source, "sentence").actions()[2].trigger()
    dialog = panel.findChildren(FigureDialog)[-1]
    assert dialog.which.currentData() == "sentence"
    dialog.close()


def test_that_a_closed_menu_is_gone(source: FigureSource, panel: QWidget, qtbot: QtBot) -> None:
    gone: list[bool] = []
    menu = figure_menu(panel, lambda: source)
    menu.destroyed.connect(lambda: gone.append(True))
    menu.popup(panel.mapToGlobal(panel.rect().center()))
    menu.close()
    qtbot.waitUntil(lambda: bool(gone))


def test_that_replicates_are_drawn_from_the_screen(source: FigureSource) -> None:
    view = source.curves
    twice = {f"lstm#{n}": view.curves["lstm"] for n in range(2)}
    figure = figure_of(replace(source, curves=replace(view, curves=twice)), Wanted("curves"))
    assert b"mean of 2" in figure.svg()


def test_that_no_window_is_left(source: FigureSource) -> None:
    before = set(QApplication.topLevelWidgets())
    for name in names_of(source):
        figure_of(source, Wanted(name)).png(1)
    assert set(QApplication.topLevelWidgets()) == before


def test_that_a_files_name_says_task_and_figure() -> None:
    given = probe(gap=3)
    source = FigureSource(given.run, given.experiment, curves_view(3, given.task))
    assert file_name(source, "gates:lstm#1", "png") == "recall-gates-lstm-1.png"
