from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from sandbox.drawing.styles import DARK
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
