"""Files of cells that a person writes: one to begin with, reading, writing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cells.cell_file import ENDING
from sandbox.cells.known import free_name, name_from, own_cell
from sandbox.cells.lexer import lines_of
from sandbox.cells.nodes import EquationError
from sandbox.contestants import OwnCellError
from sandbox.input_files import read_text
from sandbox.setup import places
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.cells.cell import Cell

EXAMPLE = "example.cell"


def text_in(path: Path | str) -> str:
    """The text of a file with plain line ends, cell or not; ExperimentError if it is no text."""
    name = Path(path).name or str(path)
    try:
        return "\n".join(lines_of(read_text(path).removeprefix("\ufeff")))
    except OSError as error:
        words = f"a cell file that can be read ({error.strerror or error})"
        raise ExperimentError("cell file", str(path), words) from None
    except UnicodeDecodeError:
        raise ExperimentError("cell file", name, "a text of equations, in UTF-8") from None
    except ValueError as error:  # a path with a NUL
        raise ExperimentError("cell file", str(path), f"a file's path ({error})") from None


def cell_in(path: Path | str) -> Cell:
    """The cell in a file; ExperimentError, OwnCellError among them, says what is wrong with it."""
    text = text_in(path)
    try:
        return own_cell(text)
    except EquationError as error:
        raise OwnCellError(Path(path).name, text, error) from None


def name_for(path: Path | str, taken: Iterable[str] = ()) -> str:
    """The name of a contestant with a file's cell: the file's own, made free of others."""
    return free_name(name_from(Path(path).name.removesuffix(ENDING)), taken)


def example(name: str = "my_cell") -> str:
    """The text of a small cell with comments on how to change it; its title is the name's."""
    text = (Path(places.resources()) / EXAMPLE).read_text("utf-8")
    return text.replace("title: My cell", f"title: {name.replace('_', ' ').capitalize()}")


def copy_of(cell: Cell) -> str:
    """The text of one of the sandbox's cells, with a title of its own."""
    lines = [line for line in cell.text.splitlines() if not line.startswith("order:")]
    titled = f"title: Own {cell.title}"
    return "\n".join(titled if line.startswith("title:") else line for line in lines) + "\n"


def write_example(path: Path) -> Path:
    """Write the example to a new file; returns the full path.

    ExperimentError if the file exists or its name does not end in .cell; RunError if it cannot be
    written.
    """
    if path.suffix != ENDING:
        raise ExperimentError("new cell file", str(path), f"a file name that ends in {ENDING}")
    if path.exists():
        words = "the name of a file that does not exist yet"
        raise ExperimentError("new cell file", str(path), words)
    write(path, example(name_for(path)))
    return path.absolute()


def write(path: Path, text: str) -> None:
    """Write a cell's text, whole or not at all; RunError says why it cannot be written."""
    try:
        atomic.write_bytes(path, text.encode())
    except OSError as error:
        raise RunError(f"{path} could not be written: {error.strerror}.") from None
