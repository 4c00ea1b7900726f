"""Type: the system's face in the window's sizes, with figures of equal width.

Sizes are given in pixels at a type size of 100%; `px` scales them to the size in force.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

SMALL_PX = 11
TEXT_PX = 13
LARGE_PX = 20

_scale = 1.0


def scale() -> float:
    """The type size in force; 1 is 100%."""
    return _scale


def set_scale(factor: float) -> None:
    """Put another type size in force; whoever has drawn or laid out text does so anew."""
    global _scale
    _scale = factor


def px(pixels: float) -> int:
    """A length in pixels at the type size in force."""
    return round(pixels * _scale)


def font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """The application's face, scaled to the type size in force."""
    return _font(QApplication.font().family(), px(pixels), bold)


def metrics(pixels: int = TEXT_PX, *, bold: bool = False) -> QFontMetricsF:
    """The metrics of `font`."""
    return _metrics(QApplication.font().family(), px(pixels), bold)


def wrap(text: str, width: float, lines: int, measure: QFontMetricsF) -> list[str]:
    """The text in at most `lines` lines; the last ends in an ellipsis if not all fits."""
    words, rows = text.split(), [""]
    for position, word in enumerate(words):
        longer = f"{rows[-1]} {word}".strip()
        if not rows[-1] or measure.horizontalAdvance(longer) <= width:
            rows[-1] = longer
        elif len(rows) < lines:
            rows.append(word)
        else:
            rows[-1] += " " + " ".join(words[position:])
            break
    return [_elided(row, width, measure) for row in rows]


def fits(text: str, width: float, lines: int, measure: QFontMetricsF) -> bool:
    """Whether the whole text fits in that many lines."""
    return " ".join(wrap(text, width, lines, measure)) == " ".join(text.split())


def width_of(text: str, pixels: int = TEXT_PX, *, bold: bool = False) -> float:
    """The width of text in the application's face, scaled to the type size in force."""
    return _width(text, QApplication.font().family(), px(pixels), bold)


def _elided(text: str, width: float, measure: QFontMetricsF) -> str:
    return measure.elidedText(text, Qt.TextElideMode.ElideRight, width)


@lru_cache(maxsize=4096)
def _width(text: str, family: str, pixels: int, bold: bool) -> float:
    return _metrics(family, pixels, bold).horizontalAdvance(text)


@lru_cache(maxsize=64)
def _font(family: str, pixels: int, bold: bool) -> QFont:
    made = QFont(family)
    made.setPixelSize(pixels)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=64)
def _metrics(family: str, pixels: int, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(_font(family, pixels, bold))
