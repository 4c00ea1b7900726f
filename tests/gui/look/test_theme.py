from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.gui.look.marks import icon, pixmap
from sandbox.gui.look.theme import TYPE_SIZES, Theme, next_type_size, resolved, style_sheet
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, fit, font, width_of

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


LINE = re.compile(r"(?:border|border-color): ?(?:[12]px solid )?(#[0-9a-f]{6})")
FILL = re.compile(r"background: ?(#[0-9a-f]{6})")
FIELDS = (
    "QAbstractSpinBox",
    "QComboBox",
    "QLineEdit",
    "QPushButton",
    "QCheckBox",
    "QPlainTextEdit",
)


def rules(palette: Palette) -> list[tuple[str, str]]:
    """The style sheet's rules that apply to a control at rest: selector, body."""
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", style_sheet(palette))
    states = (":hover", ":focus", ":pressed", ":disabled", ":checked", ":selected")
    return [
        (each.strip(), body)
        for selectors, body in found
        for each in selectors.split(",")
        if not any(state in each for state in states)
    ]


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_borders_of_controls_and_scroll_bars_can_be_seen(palette: Palette) -> None:
    """WCAG 2.1, 1.4.11: 3:1 for what identifies a control."""
    seen = set()
    for selector, body in rules(palette):
        lines = LINE.findall(body) if selector.startswith((*FIELDS, "QToolButton[role")) else []
        fills = FILL.findall(body) if "handle:" in selector or "groove" in selector else []
        for color in lines + fills:
            seen.add(selector.partition("[")[0].partition(":")[0].partition("#")[0].split()[0])
            for ground in (palette.ground, palette.panel):
                if selector.startswith("QPushButton#train"):
                    continue
                assert contrast(color, ground) >= 3, f"{selector}: {color} on {ground}"
    assert seen >= {*FIELDS[:-1], "QToolButton", "QScrollBar", "QSlider"}


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_only_the_focused_field_has_a_border_in_the_accents_colour(palette: Palette) -> None:
    for field in (*FIELDS[:2], "QLineEdit#text_field", "QLineEdit#search_field"):
        bodies = " ".join(body for selector, body in rules(palette) if selector == field)
        assert LINE.findall(bodies) == [palette.edge], field


def test_that_all_text_grows_with_the_type_size(qapp: QApplication, qtbot: QtBot) -> None:
    theme, label = Theme("dark"), QLabel("Train")
    qtbot.addWidget(label)
    fit(label, height=20)
    normal = label.sizeHint().width()
    width, sheet = width_of("accuracy", SMALL_PX), sizes_in(style_sheet(DARK))
    with qtbot.waitSignal(theme.changed):
        theme.set_type_size(200)
    assert label.sizeHint().width() == pytest.approx(2 * normal, rel=0.1)
    assert label.height() == 40
    assert width_of("accuracy", SMALL_PX) == pytest.approx(2 * width, rel=0.1)
    assert sizes_in(style_sheet(DARK)) == [2 * size for size in sheet]
    theme.set_type_size(100)
    assert label.sizeHint().width() == normal
    assert label.height() == 20


def sizes_in(sheet: str) -> list[int]:
    """The sizes of type in a style sheet, in pixels."""
    return [int(size) for size in re.findall(r"font-size: *(\d+)px", sheet)]


def test_that_type_sizes_go_up_and_down_again_and_end() -> None:
    upwards = [TYPE_SIZES[0]]
    while next_type_size(upwards[-1], 1) != upwards[-1]:
        upwards.append(next_type_size(upwards[-1], 1))
    downwards = [upwards[-1]]
    while next_type_size(downwards[-1], -1) != downwards[-1]:
        downwards.append(next_type_size(downwards[-1], -1))
    assert upwards == downwards[::-1] == sorted(upwards)
    assert upwards[0] == 100
    assert upwards[-1] >= 200


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
    assert min(SMALL_PX, TEXT_PX) >= 11
    for palette in (DARK, LIGHT):
        assert min(sizes_in(style_sheet(palette))) >= 11


def test_that_figures_keep_their_width(qapp: QApplication) -> None:
    Theme("dark")
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(font(24))
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
