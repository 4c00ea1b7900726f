"""Type: the system's face in the sizes of the window, with figures that keep their width."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

SMALL_PX = 11
TEXT_PX = 13
LARGE_PX = 20


def font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """The application's face at that size."""
    return _font(QApplication.font().family(), pixels, bold)


def metrics(pixels: int = TEXT_PX, *, bold: bool = False) -> QFontMetricsF:
    """How much room text of that size takes."""
    return _metrics(QApplication.font().family(), pixels, bold)


def wrap(text: str, width: float, lines: int, measure: QFontMetricsF) -> list[str]:
    """Text in at most `lines` lines; what does not fit ends in an ellipsis."""
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
    """Whether all of a text can be written in so many lines."""
    return " ".join(wrap(text, width, lines, measure)) == " ".join(text.split())


@lru_cache(maxsize=4096)
def text_width(text: str, family: str, pixels: int, bold: bool) -> float:
    """The width of a text that is drawn again and again."""
    return _metrics(family, pixels, bold).horizontalAdvance(text)


def width_of(text: str, pixels: int = TEXT_PX, *, bold: bool = False) -> float:
    """The width of text in the application's face."""
    return text_width(text, QApplication.font().family(), pixels, bold)


def _elided(text: str, width: float, measure: QFontMetricsF) -> str:
    return measure.elidedText(text, Qt.TextElideMode.ElideRight, width)


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
