from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor

from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.gui.look.colourmaps import GATE_MAP, colour_bar, colour_table, pixels_of


def test_that_a_value_has_the_colour_maps_own_colour() -> None:
    red, green, blue = pg.colormap.get(GATE_MAP).getLookupTable(nPts=256, alpha=False)[128]
    drawn = pixels_of(np.array([128 / 255]), 0.0, 1.0, colour_table("gate", DARK))
    assert drawn.tolist() == [0xFF000000 | int(red) << 16 | int(green) << 8 | int(blue)]


def test_that_what_is_no_number_has_the_colour_of_what_is_wrong() -> None:
    (drawn,) = pixels_of(np.array([np.nan]), 0.0, 1.0, colour_table("cell", DARK)).tolist()
    assert f"{drawn & 0xFFFFFF:06x}" == DARK.wrong[1:]


def test_that_a_colour_bar_goes_from_high_down_to_low() -> None:
    table = colour_table("gate", DARK)
    bar = colour_bar(table, 40, 6, 2.0)
    assert bar.shape == (80, 12)
    assert (bar[0, 0], bar[-1, 0]) == (table[255], table[0])


def ends(palette: Palette) -> tuple[QColor, QColor, QColor]:
    """The colours of a state at its lowest, at zero and at its highest."""
    table = colour_table("signed", palette)
    low, middle, high = (QColor.fromRgb(int(table[n])) for n in (0, 128, 255))
    return low, middle, high


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.1."""

    def luminance(color: QColor) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(color)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()


def test_that_a_state_has_the_same_hues_in_both_themes() -> None:
    for dark, light in zip(ends(DARK)[::2], ends(LIGHT)[::2], strict=True):
        assert abs(dark.hue() - light.hue()) <= 10


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
def test_that_both_ends_of_a_state_stand_out_and_zero_does_not(palette: Palette) -> None:
    low, middle, high = ends(palette)
    ground = QColor(palette.ground)
    assert contrast(low, ground) >= 3
    assert contrast(high, ground) >= 3
    assert contrast(middle, ground) <= 1.25
    assert 190 <= low.hue() <= 250  # blue
    assert high.hue() <= 15 or high.hue() >= 345  # red
