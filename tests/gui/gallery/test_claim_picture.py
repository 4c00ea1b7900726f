"""The measured picture of a claim on screen: drawn off the window's thread, in its colours."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from sandbox.claims import drawing
from sandbox.claims.pictures import Curve, Picture, Row, load
from sandbox.claims.presets import presets
from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.gui.gallery.claim_picture import ClaimPicture
from tests.gui.controls import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

CURVES = Picture(
    "squared error",
    curves=(Curve("bias_1", "lstm", (1, 2, 3), ((1.0, 0.5, None), (1.0, 0.4, 0.1))),),
    levels={"baseline": 0.7},
)
ROWS = Picture("error", log=True, rows=(Row("lstm", 1e-9, (1e-10, 1e-8)),), levels={"1e-5": 1e-5})


@pytest.fixture
def label(qtbot: QtBot) -> Iterator[ClaimPicture]:
    made = ClaimPicture()
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
    label.set_palette(palette)
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
