"""A column of cells, and what was found out about them, so that it is found out once."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_BETWEEN = "\n"  # stands in hardly any cell
NOUGHTS = str.maketrans("123456789", "000000000")  # in place of all digits
_FIRST = "\x01"  # a nought before all other digits, since it tells numbers from codes
_PACKED = r"0{6}(?:$|0{2}(?:$|[T ,-]|0{2}$|0{4}$|0{6}$))"  # like 20240131: its digits matter
_SEASON = r"0{4}[/-](?:0{2}|0{4})$"  # so do those of 1999/00
_ALIKE = re.compile(rf"(?!{_PACKED}|{_SEASON})[-+]?[{_FIRST}0][-+0.,':/ T]*(?:[eE][-+]?0+)?")


class CellColumn(tuple[str, ...]):
    """The plain cells (n,) of a column.

    A table is read again by another recipe, mostly with the same cells.
    """

    def __init__(self, cells: Iterable[str] = ()) -> None:
        self.known: dict[tuple[object, ...], Any] = {}


def once(
    judge: Callable[Concatenate[Sequence[str], Given], Answer],
) -> Callable[Concatenate[Sequence[str], Given], Answer]:
    """A judge of cells (n,) whose answers about a `CellColumn` are kept with it."""

    @wraps(judge)
    def remembered(cells: Sequence[str], /, *more: Given.args, **named: Given.kwargs) -> Answer:
        if not isinstance(cells, CellColumn):
            return judge(cells, *more, **named)
        key = (judge, *more, *named.items())
        if key not in cells.known:
            cells.known[key] = judge(cells, *more, **named)
        answer: Answer = cells.known[key]
        return answer

    return remembered


def shapes_of(cells: Sequence[str]) -> list[str]:
    """The cells (n,) with a nought for each digit."""
    shapes = _BETWEEN.join(cells).translate(NOUGHTS).split(_BETWEEN)
    return shapes if len(shapes) == len(cells) else [cell.translate(NOUGHTS) for cell in cells]


def looks_of(cells: Sequence[str]) -> list[str]:
    """What cells (n,) look like: those that look alike are all numbers, times or neither.

    Numbers and times have noughts for their digits.  Any other cell looks like itself alone.
    """
    text = _BETWEEN.join(["", *cells])
    if _FIRST in text or text.count(_BETWEEN) != len(cells):
        return list(cells)
    for sign in ("", "-", "+"):
        text = text.replace(f"{_BETWEEN}{sign}0", f"{_BETWEEN}{sign}{_FIRST}")
    shapes = text.translate(NOUGHTS).split(_BETWEEN)[1:]
    alike = {shape: _ALIKE.fullmatch(shape) is not None for shape in set(shapes)}
    return [shape if alike[shape] else cell for shape, cell in zip(shapes, cells, strict=True)]


@once
def groups_of(cells: Sequence[str]) -> list[list[str]]:
    """The cells in groups that look alike, in the order in which each look comes first."""
    groups: dict[str, list[str]] = {}
    for look, cell in zip(looks_of(cells), cells, strict=True):
        groups.setdefault(look, []).append(cell)
    return list(groups.values())
