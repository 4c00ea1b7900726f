"""The gallery of claims: what it tells of each, and that one of them can be opened."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from sandbox.claims import drawing
from sandbox.claims.pictures import Curve, Picture, load
from sandbox.claims.pictures import Row as PictureRow
from sandbox.claims.presets import presets
from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.gui.gallery import gallery_window as gallery_window
from sandbox.gui.gallery import measured as reading
from sandbox.gui.gallery.gallery_window import NOTHING, UNREADABLE, ClaimPicture, GalleryWindow
from sandbox.gui.gallery.measured import Measured, Row, measured
from sandbox.run.messages import Phase
from sandbox.tasks.registry import complete
from tests.gui.controls import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

FOUND = {
    "adding": Measured(
        True,
        "2025-03-01",
        (Row("LSTM: share of seeds", "–", "1 (0.48 to 1)", "on at least 4 of 5 seeds", True),),
        picture=Picture("squared error", curves=(Curve("lstm", "lstm", (1, 2), ((1.0, 0.0),)),)),
    ),
    "irnn": Measured(False, "2025-03-01", (), ("diverged on two seeds",)),
}


def gallery() -> GalleryWindow:
    """The one that is open."""
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, GalleryWindow)]
    return next(w for w in found if w.isVisible())


def texts(made: GalleryWindow) -> list[str]:
    return [label.text() for label in made.findChildren(QLabel) if not label.isHidden()]


@pytest.fixture
def made(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[GalleryWindow]:
    monkeypatch.setattr(gallery_window, "measured", lambda: FOUND)
    shown = GalleryWindow(None, DARK)
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    wait_for(
        lambda: not shown.page.picture._background.busy, 60
    )  # matplotlib may be imported only now


def test_that_every_claim_is_told_whole(made: GalleryWindow) -> None:
    assert made.list.count() == len(presets()) == 10
    for row, preset in enumerate(presets()):
        made.list.setCurrentRow(row)
        said = texts(made)
        for words in (preset.title, preset.source, preset.says, preset.watch, preset.protocol):
            assert words in said
        assert preset.passes_when in said
        assert made.page.command.line.text() == f"python3 main.py reproduce {preset.name}"
        assert made.page.picture.isVisible() == (preset.name == "adding")


def test_that_what_was_measured_is_told_with_its_verdict(made: GalleryWindow) -> None:
    numbers = {preset.name: row for row, preset in enumerate(presets())}
    made.list.setCurrentRow(numbers["adding"])
    said = texts(made)
    assert "✓ passes, measured 2025-03-01" in said
    assert "1 (0.48 to 1)" in said
    made.list.setCurrentRow(numbers["irnn"])
    said = texts(made)
    assert "✗ fails, measured 2025-03-01" in said
    assert "diverged on two seeds" in said
    assert "1 (0.48 to 1)" not in said
    made.list.setCurrentRow(numbers["copy"])
    assert NOTHING in texts(made)
    signs = [made.list.item(row).text()[:4] for row in (numbers["adding"], numbers["irnn"])]
    assert ["✓" in signs[0], "✗" in signs[1]] == [True, True]


def test_that_a_claim_is_opened_from_the_keyboard_and_taken_back(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    before = desk.session.experiment
    window.actions_by_name["gallery"].trigger()
    shown = gallery()
    qtbot.waitUntil(shown.list.hasFocus)
    for _ in range(4):
        qtbot.keyClick(shown.list, Qt.Key.Key_Down)
    assert shown.chosen.number == 5
    qtbot.keyClick(shown.list, Qt.Key.Key_Return)
    assert not shown.isVisible()
    assert desk.session.experiment == complete(shown.chosen.experiment)
    assert shown.chosen.watch in window.offer.sentence
    assert desk.session.remark.startswith("claim 5 opened: new run")
    window.actions_by_name["undo"].trigger()
    assert desk.session.experiment == before


def test_that_what_to_watch_for_goes_with_the_task_of_the_claim(
    desk: Desk, window: MainWindow
) -> None:
    window.actions_by_name["gallery"].trigger()
    gallery().open_button.click()
    told = window.offer.sentence
    assert told
    desk.session.edit(desk.session.experiment.changed(seed=7))
    assert window.offer.sentence == told
    desk.session.edit(desk.session.experiment.changed(task="parity", params={}))
    assert not window.offer.sentence
    assert not window.offer.isVisible()


def test_that_a_claim_goes_on_training_where_a_run_was(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    window.actions_by_name["gallery"].trigger()
    gallery().open_button.click()
    assert desk.opened == (complete(presets()[0].experiment), True)
    desk.tell(Phase.RUNNING, 1)
    assert presets()[0].watch in window.offer.sentence  # it stays until it is put away


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_that_every_claim_can_be_opened(preset: object) -> None:
    complete(preset.experiment)  # type: ignore[attr-defined]


def test_that_the_command_is_copied(made: GalleryWindow) -> None:
    made.page.command.button.click()
    assert QApplication.clipboard().text() == "python3 main.py reproduce baselines"


def test_that_a_report_is_read_as_it_is_written(tmp_path: Path) -> None:
    figure = {
        "name": "slope",
        "paper": 0.5,
        "measured": 0.51234,
        "interval": [0.5, 0.52],
        "asks": "within 1%",
        "met": False,
    }
    claim = {"claim": "gradient_flow", "passed": False, "figures": [figure], "notes": ["odd"]}
    path = tmp_path / "claims.json"
    path.write_text(json.dumps([claim]))
    (tmp_path / "run.json").write_text(json.dumps({"date": "2025-03-01"}))
    found = measured(path)["gradient_flow"]
    assert found.rows == (Row("slope", "0.5", "0.512 (0.5 to 0.52)", "within 1%", False),)
    assert (found.passed, found.date, found.notes) == (False, "2025-03-01", ("odd",))
    assert measured(tmp_path / "none.json") == {}


@pytest.mark.parametrize("text", ["{", "{}", "[{}]", "[1]"])
def test_that_a_damaged_report_is_told_and_hides_no_claim(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    (tmp_path / "claims.json").write_text(text)
    (tmp_path / "run.json").write_text('{"date": "2025-03-01"}')
    monkeypatch.setattr(reading, "folder", lambda: tmp_path)
    with caplog.at_level(logging.CRITICAL):
        shown = GalleryWindow(None, LIGHT)
    qtbot.addWidget(shown)
    shown.show()
    assert shown.list.count() == 10
    assert UNREADABLE in texts(shown)


# -- the measured picture: drawn off the window's thread, in its colours ----------------

CURVES = Picture(
    "squared error",
    curves=(Curve("bias_1", "lstm", (1, 2, 3), ((1.0, 0.5, None), (1.0, 0.4, 0.1))),),
    levels={"baseline": 0.7},
)
ROWS = Picture(
    "error", log=True, rows=(PictureRow("lstm", 1e-9, (1e-10, 1e-8)),), levels={"1e-5": 1e-5}
)


@pytest.fixture
def palette() -> Palette:
    return DARK


@pytest.fixture
def label(palette: Palette, qtbot: QtBot) -> Iterator[ClaimPicture]:
    made = ClaimPicture(palette)
    qtbot.addWidget(made)
    made.resize(560, 240)
    made.show()
    yield made
    made.close_work()


def drawn(label: ClaimPicture) -> QImage:
    wait_for(lambda: not label.pixmap().isNull(), 20)
    return label.pixmap().toImage()


@pytest.mark.parametrize("picture", [CURVES, ROWS], ids=["curves", "rows"])
@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
def test_that_a_picture_is_drawn_on_the_themes_ground(
    label: ClaimPicture, palette: Palette, picture: Picture
) -> None:
    label.show_picture(picture)
    assert label.text() == "Drawing …"
    image = drawn(label)
    assert image.pixelColor(1, 1).name() == palette.ground
    places = product(range(0, image.width(), 2), range(image.height()))
    seen = {image.pixelColor(x, y).name() for x, y in places}
    assert palette.contestants[1] in seen
    assert image.width() == pytest.approx(label.width(), abs=2)


def test_that_it_is_drawn_off_the_windows_thread(
    label: ClaimPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    whole = drawing.bare_figure

    def noted(*given: object) -> object:
        threads.append(threading.current_thread())
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(drawing, "bare_figure", noted)
    label.show_picture(CURVES)
    drawn(label)
    assert threads
    assert threading.main_thread() not in threads


def test_that_the_last_picture_that_was_chosen_is_shown(label: ClaimPicture) -> None:
    tall = replace(ROWS, rows=ROWS.rows * 20)
    for picture in (CURVES, ROWS, tall):
        label.show_picture(picture)
    wait_for(lambda: label.pixmap().height() > 250, 20)
    label.show_picture(None)
    assert label.isHidden()


def test_that_a_picture_says_what_it_shows(label: ClaimPicture) -> None:
    label.show_picture(CURVES)
    assert "bias 1" in label.accessibleDescription()
    assert "squared error" in label.accessibleDescription()


def test_that_every_claim_has_a_measured_picture() -> None:
    assert list(load()) == [preset.name for preset in presets()]
