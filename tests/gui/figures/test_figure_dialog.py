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

from sandbox.gui.figures.figure_dialog import FigureDialog, FigureMenu
from sandbox.gui.figures.figure_source import FigureSource, FigureWork, Wanted, figure_of
from sandbox.gui.look.theme import Theme
from sandbox.gui.widgets.dialogs import Sentence
from sandbox.run.messages import Frame
from sandbox.store import atomic
from tests.export.figures.figure_data import probe
from tests.gui.canned_frames import curves_view
from tests.gui.controls import wait_for

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
def said() -> list[str]:
    return []


@pytest.fixture
def work(panel: QWidget, said: list[str]) -> Iterator[FigureWork]:
    made = FigureWork(panel)
    made.said.connect(said.append)
    made.done.connect(said.append)
    yield made
    made.close()


@pytest.fixture
def dialog(source: FigureSource, work: FigureWork, panel: QWidget) -> Iterator[FigureDialog]:
    made = FigureDialog(lambda: source, work, parent=panel)
    made.show()
    drawn(made)
    yield made
    made.close()


def drawn(dialog: FigureDialog) -> FigureDialog:
    wait_for(lambda: dialog.figure is not None, 20)
    return dialog


def choose(dialog: FigureDialog, name: str, data: object) -> None:
    box = getattr(dialog, name)
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())
    if name != "format":
        drawn(dialog)


def asked(parent: QWidget) -> QFileDialog:
    return parent.findChildren(QFileDialog)[-1]


def sentence(parent: QWidget) -> str:
    wait_for(lambda: bool(parent.findChildren(Sentence)), 20)
    shown = parent.findChildren(Sentence)[-1]
    words = " ".join(label.text() for label in shown.findChildren(QLabel))
    shown.close()
    return words


def test_that_the_preview_follows_every_choice(dialog: FigureDialog) -> None:
    seen = {}
    for name in ("gates:lstm", "gradient", "sentence", "curves"):
        choose(dialog, "which", name)
        seen[name] = dialog.preview.accessibleName()
        pixmap = dialog.preview.pixmap()
        assert not pixmap.isNull()
        assert pixmap.width() <= dialog.preview.width() * dialog.devicePixelRatioF()
    assert len(set(seen.values())) == 4
    wide = dialog.figure
    choose(dialog, "width_box", 85)
    narrow = dialog.figure
    widths = [figure.canvas.get_figwidth() * 25.4 for figure in (wide, narrow)]  # type: ignore[union-attr]
    assert widths == pytest.approx([170, 85])
    dialog.log.click()
    drawn(dialog)
    assert dialog.figure.svg() != narrow.svg()  # type: ignore[union-attr]
    dialog.titled.click()
    drawn(dialog)
    assert dialog.figure.height < narrow.height  # type: ignore[union-attr]


def test_that_the_preview_grows_with_the_type(dialog: FigureDialog, qapp: QApplication) -> None:
    before, width = dialog.preview.pixmap().width(), dialog.preview.width()
    theme = Theme("dark")
    theme.set_type_size(150)
    try:
        wait_for(lambda: dialog.preview.pixmap().width() > before, 20)
        assert dialog.preview.width() == round(1.5 * width)
        assert dialog.preview.pixmap().width() == pytest.approx(1.5 * before, abs=2)
    finally:
        theme.set_type_size(100)


def test_that_a_larger_dialog_does_not_draw_its_preview_again(dialog: FigureDialog) -> None:
    width = dialog.width()
    dialog.resize(width + 80, dialog.height() + 40)
    wait_for(lambda: dialog.width() > width)
    assert dialog.figure is not None
    assert not dialog.preview.pixmap().isNull()


def test_that_the_axis_of_curves_is_asked_for_curves_only(dialog: FigureDialog) -> None:
    assert dialog.log.isEnabled()
    choose(dialog, "which", "gradient")
    assert not dialog.log.isEnabled()
    assert not dialog.by.isEnabled()


def test_that_seconds_are_offered_where_they_are_known(
    source: FigureSource, work: FigureWork, panel: QWidget
) -> None:
    untimed = FigureDialog(lambda: source, work, parent=panel)
    assert untimed.by.findData("seconds") < 0
    untimed.close()
    clocked = replace(source, clock=np.array([[60.0, 3.0]]))
    timed = FigureDialog(lambda: clocked, work, parent=panel)
    choose(timed, "by", "seconds")
    assert b"training time, s" in timed.figure.svg()  # type: ignore[union-attr]
    timed.close()


def test_that_a_copy_is_pixels_and_svg(dialog: FigureDialog, said: list[str]) -> None:
    choose(dialog, "format", 3)
    dialog.copy_button.click()
    wait_for(lambda: dialog.copy_button.text() == "Copied", 20)
    assert said[-1] == "figure copied"
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasImage()
    image = QImage.fromData(mime.data("image/png").data())
    assert image.width() == pytest.approx(170 / 25.4 * 144 * 3, abs=1)
    Xml.fromstring(mime.data("image/svg+xml").data())
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("scale", [1, 4])
def test_that_a_png_is_saved_at_its_scale(
    dialog: FigureDialog, tmp_path: Path, said: list[str], scale: int
) -> None:
    choose(dialog, "format", scale)
    dialog.save_button.click()
    files = asked(dialog)
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert files.defaultSuffix() == "png"
    files.fileSelected.emit(str(tmp_path / "a.png"))
    wait_for(lambda: said[-1] == f"saved to {tmp_path / 'a.png'}", 20)
    wanted = 170 / 25.4 * 144 * scale
    assert QImage(str(tmp_path / "a.png")).width() == pytest.approx(wanted, abs=1)
    files.close()


@pytest.mark.parametrize(("ending", "begins"), [(".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_that_lines_and_text_are_saved_and_told(
    source: FigureSource,
    work: FigureWork,
    panel: QWidget,
    said: list[str],
    tmp_path: Path,
    ending: str,
    begins: bytes,
) -> None:
    path = tmp_path / f"b{ending}"
    menu = FigureMenu(panel, lambda: source, work, "gates:lstm")
    menu.actions()[1].trigger()
    assert f"*{ending}" in " ".join(asked(panel).nameFilters())
    assert asked(panel).selectedFiles()[0].endswith("recall-gates-lstm.svg")
    asked(panel).fileSelected.emit(str(path))
    wait_for(lambda: said[-1] == f"saved to {path}", 20)
    assert path.read_bytes().startswith(begins)
    asked(panel).close()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "No space left on device. Free some disk space, or choose another folder."),
        (errno.EROFS, "Read-only file system. Choose another folder."),
    ],
)
def test_that_what_cannot_be_written_is_one_sentence(
    dialog: FigureDialog,
    panel: QWidget,
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
    assert f"{tmp_path / 'c.svg'} cannot be written: {words}" in sentence(panel)
    assert list(tmp_path.glob("c*")) == []
    asked(dialog).close()


def test_that_a_folder_that_is_not_there_is_one_sentence(
    dialog: FigureDialog, panel: QWidget, tmp_path: Path
) -> None:
    dialog.save_button.click()
    asked(dialog).fileSelected.emit(str(tmp_path / "none" / "c.svg"))
    assert "No such file or directory. Choose another folder." in sentence(panel)
    asked(dialog).close()


def test_that_another_ending_is_refused(
    dialog: FigureDialog, panel: QWidget, tmp_path: Path
) -> None:
    dialog.save_button.click()
    asked(dialog).fileSelected.emit(str(tmp_path / "c.jpg"))
    words = sentence(panel)
    assert all(ending in words for ending in (".svg", ".pdf", ".png"))
    assert not (tmp_path / "c.jpg").exists()
    asked(dialog).close()


def test_that_the_menu_copies_what_is_on_screen_when_it_is_asked(
    source: FigureSource, work: FigureWork, panel: QWidget, said: list[str]
) -> None:
    asked_for: list[str] = []

    def current() -> FigureSource:
        asked_for.append("now")
        return source

    menu = FigureMenu(panel, current, work, "gradient")
    assert asked_for == []
    menu.actions()[0].trigger()
    assert asked_for == ["now"]
    wait_for(lambda: said[-1] == "figure copied", 20)
    svg = QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()
    assert svg == figure_of(source, Wanted("gradient")).svg()
    QGuiApplication.clipboard().clear()


def test_that_the_menu_opens_the_dialog_on_its_figure(
    source: FigureSource, work: FigureWork, panel: QWidget
) -> None:
    FigureMenu(panel, lambda: source, work, "sentence").actions()[2].trigger()
    dialog = panel.findChildren(FigureDialog)[-1]
    assert dialog.which.currentData() == "sentence"
    dialog.close()


def test_that_a_closed_menu_is_gone(
    source: FigureSource, work: FigureWork, panel: QWidget, qtbot: QtBot
) -> None:
    gone: list[bool] = []
    menu = FigureMenu(panel, lambda: source, work)
    menu.destroyed.connect(lambda: gone.append(True))
    menu.popup(panel.mapToGlobal(panel.rect().center()))
    menu.close()
    qtbot.waitUntil(lambda: bool(gone))
