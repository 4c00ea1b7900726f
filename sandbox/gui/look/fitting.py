"""Widgets whose size and face follow the type size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabBar

from sandbox.gui.look.typeface import font, px

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PROPERTY = "fitted"


@dataclass(frozen=True)
class _Fit:
    width: int = 0
    height: int = 0
    least_width: int = 0
    least_height: int = 0
    icon: int = 0
    type: int = 0
    bold: bool = False


def fit(
    widget: QWidget,
    *,
    width: int = 0,
    height: int = 0,
    least_width: int = 0,
    least_height: int = 0,
    icon: int = 0,
    type: int = 0,
    bold: bool = False,
) -> None:
    """Fix a size or a face, in pixels at a type size of 100%, and keep it in step from now on.

    least_width, least_height: minimum size.  icon: side of a button's icon.  type: height of the
    face, with figures of equal width.  0 leaves that as it is.
    """
    chosen = _Fit(width, height, least_width, least_height, icon, type, bold)
    widget.setProperty(_PROPERTY, chosen)
    _apply(widget, chosen)


def refit() -> None:
    """Bring every fitted widget to the type size in force."""
    for widget in QApplication.allWidgets():
        chosen = widget.property(_PROPERTY)
        if isinstance(chosen, _Fit):
            _apply(widget, chosen)


def _apply(widget: QWidget, chosen: _Fit) -> None:
    if chosen.type:
        widget.setFont(font(chosen.type, bold=chosen.bold))
    if chosen.width:
        widget.setFixedWidth(px(chosen.width))
    if chosen.height:
        widget.setFixedHeight(px(chosen.height))
    if chosen.least_width:
        widget.setMinimumWidth(px(chosen.least_width))
    if chosen.least_height:
        widget.setMinimumHeight(px(chosen.least_height))
    if chosen.icon and isinstance(widget, QAbstractButton | QTabBar):
        widget.setIconSize(QSize(px(chosen.icon), px(chosen.icon)))
