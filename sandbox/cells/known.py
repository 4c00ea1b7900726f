"""The cells that are known: one file each in resources/cells, and those that a person wrote."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from functools import lru_cache
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sandbox.cells.cell_file import ENDING, cell_of, plain_text
from sandbox.setup import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.cells.cell import Cell


def cells_in(folder: Path) -> Mapping[str, Cell]:
    """The cells of a folder by name, in their order; EquationError if one cannot be read."""
    files = sorted(folder.glob(f"*{ENDING}"))
    cells = [cell_of(path.stem, path.read_text("utf-8")) for path in files]
    cells.sort(key=lambda cell: math.inf if cell.order is None else cell.order)
    return MappingProxyType({cell.name: cell for cell in cells})


CELLS: Mapping[str, Cell] = cells_in(Path(places.resources()) / "cells")


OWN = "own"  # what stands before the names of cells that a person wrote
UNTITLED = "own cell"
MOST_LETTERS = 24  # of a contestant's name
_own: dict[str, Cell] = {}  # those that were read, by name


def own_cell(text: str) -> Cell:
    """The cell in a person's text, named after the text; EquationError says what is wrong with it.

    From then on `cell_named` knows it.
    """
    cell = checked(text)
    return _own.setdefault(cell.name, cell)


@lru_cache(maxsize=64)
def checked(text: str) -> Cell:
    """What `own_cell` returns or raises, for a text that may be changed before it is used."""
    text = plain_text(text)
    name = f"{OWN}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return cell_of(name, text, UNTITLED, _is_ours)


def _is_ours(title: str) -> bool:
    """Whether a title reads like that of a cell of the sandbox."""
    known = {*CELLS, *(name_from(cell.title) for cell in CELLS.values())}
    return bool(title) and name_from(title) in known


def cell_named(name: str) -> Cell:
    """The cell of that name, ours or one that `own_cell` has read; KeyError if there is none."""
    return CELLS[name] if name in CELLS else _own[name]


def is_own(name: str) -> bool:
    """Whether a cell of that name is a person's own."""
    return name.startswith(f"{OWN}_")


def title_of(name: str) -> str:
    """The title of the cell of that name; the name itself where the cell is not known."""
    return cell_named(name).title if name in CELLS or name in _own else name


def name_from(words: str) -> str:
    """A contestant's name made from a title or a file's name; "own" where none can be made."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = re.sub(r"[^a-z0-9]+", "_", "".join(c for c in plain if not unicodedata.combining(c)))
    return letters.lstrip("0123456789_")[:MOST_LETTERS].rstrip("_") or OWN


def free_name(stem: str, taken: Iterable[str]) -> str:
    """A name like the stem that no contestant has and no cell of the sandbox: "mine", "mine2"."""
    taken = set(taken)
    stem = f"{OWN}_{stem}" if stem in CELLS else stem
    for number in count(1):
        digits = str(number) if number > 1 else ""
        name = stem[: MOST_LETTERS - len(digits)] + digits
        if name not in taken:
            return name
    raise AssertionError("there are more numbers than names")


def usual_name(cell: Cell) -> str:
    """What a contestant with this cell is called unless it is named."""
    return cell.name if cell.name in CELLS else name_from(cell.title)


def called(key: str, cell: str) -> str:
    """The title of a contestant or net: "LSTM", "LSTM 2", "LSTM #1", "LSTM bias 1"."""
    name, _, replicate = key.partition("#")
    title = title_of(cell)
    stem = name_from(title) if is_own(cell) else cell
    words, number = name.replace("_", " "), name.removeprefix(stem)
    if is_own(cell) and title in (cell, UNTITLED):
        title = words
    elif number.isdigit() and name != number:
        title = f"{title} {number}"
    elif name not in stem:
        title = words if stem in name else f"{title} {words}"
    return f"{title} #{replicate}" if replicate else title
