from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.gui.look.icons import icon, pixmap
from sandbox.gui.look.theme import NOTE_PX, TEXT_PX, Theme, figures, resolved, style_sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow


def luminance(color: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(color)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def rgb(color: str) -> tuple[float, float, float]:
    made = QColor(color)
    return made.redF(), made.greenF(), made.blueF()


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_colors(palette: Palette) -> list[str]:
    own = [palette.text, palette.quiet, palette.cue, palette.wrong, palette.right]
    return [*own, *palette.contestants]


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_every_text_colour_can_be_read_on_both_grounds(palette: Palette) -> None:
    for color, ground in product(text_colors(palette), (palette.ground, palette.panel)):
        assert contrast(color, ground) >= 4.5, f"{color} on {ground}"


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_the_train_button_and_chosen_text_can_be_read(palette: Palette) -> None:
    assert contrast(palette.ground, palette.text) >= 4.5
    assert contrast(palette.ground, palette.quiet) >= 4.5  # while the mouse is over it
    assert contrast(palette.ground, palette.contestants[1]) >= 4.5
    assert contrast(palette.text, palette.hairline) >= 4.5  # a chosen entry of a menu


def test_that_the_system_decides_where_it_says_something_and_dark_where_not() -> None:
    assert resolved("system", Qt.ColorScheme.Light) is LIGHT
    assert resolved("system", Qt.ColorScheme.Dark) is DARK
    assert resolved("system", Qt.ColorScheme.Unknown) is DARK
    assert resolved("light", Qt.ColorScheme.Dark) is LIGHT
    assert resolved("dark", Qt.ColorScheme.Light) is DARK


def test_that_a_choice_nobody_knows_means_the_system(qapp: QApplication) -> None:
    assert Theme("pink").choice == "system"


def test_that_choosing_repaints_the_application(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme("dark")
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == DARK.ground
    with qtbot.waitSignal(theme.changed) as told:
        theme.choose("light")
    assert told.args == [LIGHT]
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == LIGHT.ground
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose("light")


def test_that_the_menu_switches_the_theme_of_every_panel(window: MainWindow) -> None:
    window.actions_by_name["theme_light"].trigger()
    image = window.stage.nets.grab().toImage()
    assert image.pixelColor(image.width() - 4, 4).lightness() > 200
    window.actions_by_name["theme_dark"].trigger()
    image = window.stage.nets.grab().toImage()
    assert image.pixelColor(image.width() - 4, 4).lightness() < 60


def test_that_no_text_is_smaller_than_eleven_pixels(qapp: QApplication) -> None:
    assert min(NOTE_PX, TEXT_PX) >= 11
    for palette in (DARK, LIGHT):
        sizes = [
            int(part.split("px")[0].split()[-1])
            for part in style_sheet(palette).split("font-size:")[1:]
        ]
        assert min(sizes) >= 11


def test_that_figures_keep_their_width(qapp: QApplication) -> None:
    Theme("dark")
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(figures(24))
    assert len({metrics.horizontalAdvance(digit * 4) for digit in "0123456789"}) == 1


def test_that_icons_take_the_colour_of_the_palette(qapp: QApplication) -> None:
    for name in ("train", "pause", "step", "restart", "info", "add", "remove", "float"):
        image = pixmap(name, "#ff0000", 32).toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(32)
            for y in range(32)
            if image.pixelColor(x, y).alpha() > 200
        ]
        assert inked, name
        assert all(color.red() > 240 and color.green() < 16 for color in inked), name
    assert icon("train", "#ff0000") is icon("train", "#ff0000")
