"""Widgets whose size and face follow the type size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from sandbox.gui.look.typeface import font, px

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PROPERTY = "fitted"


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

    def apply(fitted: QWidget) -> None:
        if type:
            fitted.setFont(font(type, bold=bold))
        for set_size, pixels in (
            (fitted.setFixedWidth, width),
            (fitted.setFixedHeight, height),
            (fitted.setMinimumWidth, least_width),
            (fitted.setMinimumHeight, least_height),
        ):
            if pixels:
                set_size(px(pixels))
        if icon:
            fitted.setIconSize(QSize(px(icon), px(icon)))  # type: ignore[attr-defined]

    widget.setProperty(_PROPERTY, apply)
    apply(widget)


def refit() -> None:
    """Bring every fitted widget to the type size in force."""
    for widget in QApplication.allWidgets():
        apply = widget.property(_PROPERTY)
        if apply is not None:
            apply(widget)
