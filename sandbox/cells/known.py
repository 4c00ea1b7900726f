"""The cells that are known: one file each in resources/cells, called like the cell."""

from __future__ import annotations

import math
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sandbox.cells.cell_file import ENDING, cell_of
from sandbox.setup import places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.cell import Cell


def cells_in(folder: Path) -> Mapping[str, Cell]:
    """The cells of a folder by name, in their order; EquationError if one cannot be read."""
    files = sorted(folder.glob(f"*{ENDING}"))
    cells = [cell_of(path.stem, path.read_text("utf-8")) for path in files]
    cells.sort(key=lambda cell: math.inf if cell.order is None else cell.order)
    return MappingProxyType({cell.name: cell for cell in cells})


CELLS: Mapping[str, Cell] = cells_in(Path(places.resources()) / "cells")


def called(key: str, cell: str) -> str:
    """The title of a contestant or net: "LSTM", "LSTM 2", "LSTM #1", "LSTM bias 1"."""
    name, _, replicate = key.partition("#")
    title, number = CELLS[cell].title if cell in CELLS else cell, name.removeprefix(cell)
    if number.isdigit() and name != number:
        title = f"{title} {number}"
    elif name not in cell:
        words = name.replace("_", " ")
        title = words if cell in name else f"{title} {words}"
    return f"{title} #{replicate}" if replicate else title
