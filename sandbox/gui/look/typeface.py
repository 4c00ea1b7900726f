"""Type: the system's face in the sizes of the window, with figures that keep their width.

Sizes and lengths are given for a type size of 100%; `set_scale` changes the size of all type,
and `px` is how geometry follows it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SMALL_PX = 11
TEXT_PX = 13
HEAD_PX = 15
LARGE_PX = 20
LEAST_SCALE, LARGEST_SCALE = 0.9, 2.5
_scale = 1.0
_PROPERTY = "fitted"


def scale() -> float:
    """The type size in force, 1 for 100%."""
    return _scale


def set_scale(factor: float) -> None:
    """Change the size of all type; what is on screen has to be laid out again.

    Panels do so in `set_palette`.  ValueError for a factor out of range.
    """
    global _scale
    if not LEAST_SCALE <= factor <= LARGEST_SCALE:
        raise ValueError(f"type size {factor:g} is not in {LEAST_SCALE:g} to {LARGEST_SCALE:g}")
    _scale = float(factor)


def px(pixels: float) -> int:
    """A length in whole pixels that grows with the type."""
    return round(pixels * _scale)


def font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """The application's face at that size."""
    return _font(QApplication.font().family(), px(pixels), bold)


def metrics(pixels: int = TEXT_PX, *, bold: bool = False) -> QFontMetricsF:
    """The metrics of text of that size."""
    return _metrics(QApplication.font().family(), px(pixels), bold)


def width_of(text: str, pixels: int = TEXT_PX, *, bold: bool = False) -> float:
    """The width of text in the application's face."""
    return _text_width(text, QApplication.font().family(), px(pixels), bold)


def baseline(top: float, height: float, pixels: int = SMALL_PX) -> int:
    """The baseline that centres a line of text in a strip."""
    measure = metrics(pixels)
    return round(top + (height + measure.ascent() - measure.descent()) / 2)


def elided(text: str, width: float, pixels: int = TEXT_PX, *, bold: bool = False) -> str:
    """Text cut to `width`, with an ellipsis if something is left out."""
    if width_of(text, pixels, bold=bold) <= width:  # known for most texts
        return text
    measure = metrics(pixels, bold=bold)
    return measure.elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))


def wrap(text: str, width: float, lines: int, pixels: int = TEXT_PX) -> list[str]:
    """Text in at most `lines` lines; what does not fit ends in an ellipsis."""
    words, rows = text.split(), [""]
    for position, word in enumerate(words):
        longer = f"{rows[-1]} {word}".strip()
        if not rows[-1] or width_of(longer, pixels) <= width:
            rows[-1] = longer
        elif len(rows) < lines:
            rows.append(word)
        else:
            rows[-1] += " " + " ".join(words[position:])
            break
    return [elided(row, width, pixels) for row in rows]


def fits(text: str, width: float, lines: int, pixels: int = TEXT_PX) -> bool:
    """Whether all of a text fits into `lines` lines."""
    return " ".join(wrap(text, width, lines, pixels)) == " ".join(text.split())


@lru_cache(maxsize=4096)
def _text_width(text: str, family: str, pixels: int, bold: bool) -> float:
    return _metrics(family, pixels, bold).horizontalAdvance(text)


@lru_cache(maxsize=128)
def _font(family: str, pixels: int, bold: bool) -> QFont:
    made = QFont(family)
    made.setPixelSize(pixels)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=128)
def _metrics(family: str, pixels: int, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(_font(family, pixels, bold))


# -- widgets whose size and face follow the type size -----------------------------------


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
