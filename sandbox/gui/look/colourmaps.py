"""Colour maps of the heatmaps: which one for which values, as tables of 32-bit pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sandbox.engine.cells import PictureKind
    from sandbox.gui.look.palette import Palette

Pixels = NDArray[np.uint32]

GATE_MAP = "viridis"
# Diverging maps that colour-blind eyes can read, each with its middle near its ground.
SIGNED_MAPS = {"dark": "CET-D4", "light": "CET-CBD1"}
COLOURS = 256
NOT_A_NUMBER = COLOURS  # the table's last entry


def colour_table(kind: PictureKind, palette: Palette) -> Pixels:
    """0xffrrggbb for 256 values from low to high, then the colour of what is no number."""
    name = GATE_MAP if kind == "gate" else SIGNED_MAPS[palette.name]
    return _table(name, palette.wrong)


def pixels_of(values: NDArray[np.floating], low: float, high: float, table: Pixels) -> Pixels:
    """Each value's colour; values beyond the ends take the end's."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values - low) * ((COLOURS - 1) / (high - low)) + 0.5
    numbers = ~np.isnan(scaled)
    index = np.where(numbers, np.clip(scaled, 0, COLOURS - 1), NOT_A_NUMBER)
    return table[index.astype(np.intp)]


@lru_cache(maxsize=8)
def _table(name: str, wrong: str) -> Pixels:
    rgb = pg.colormap.get(name).getLookupTable(nPts=COLOURS, alpha=False).astype(np.uint32)
    table = np.empty(COLOURS + 1, np.uint32)
    table[:COLOURS] = 0xFF000000 | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]
    table[NOT_A_NUMBER] = 0xFF000000 | int(wrong.lstrip("#"), 16)
    table.setflags(write=False)
    return table
