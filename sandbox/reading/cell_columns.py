"""A column of cells, and what was found out about them, so that it is found out once."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_BETWEEN = "\n"  # stands in hardly any cell
_NOUGHTS = str.maketrans("123456789", "000000000")


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
    shapes = _BETWEEN.join(cells).translate(_NOUGHTS).split(_BETWEEN)
    return shapes if len(shapes) == len(cells) else [cell.translate(_NOUGHTS) for cell in cells]
