"""The columns of a panel, a contestant each, from left to right; widgets are kept and reused."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

W = TypeVar("W", bound=QWidget)


class Columns(dict[str, W]):
    """Columns by contestant's key, in a row.

    make: another one.  name: what its object name begins with, before the key.
    """

    def __init__(self, row: QHBoxLayout, make: Callable[[], W], name: str) -> None:
        super().__init__()
        self._row, self._make, self._name = row, make, name
        self._spare: list[W] = []

    def arrange(self, keys: tuple[str, ...]) -> bool:
        """Columns for these contestants; whether they are other ones than before."""
        if keys == tuple(self):
            return False
        self._spare += self.values()
        self.clear()
        self.update({key: self._spare.pop(0) if self._spare else self._make() for key in keys})
        for column in self._spare:
            self._row.removeWidget(column)
            column.hide()
        for position, (key, column) in enumerate(self.items()):
            column.setObjectName(f"{self._name}_{key}")
            self._row.insertWidget(position, column, 1)
            column.show()
        return True
