"""Type: how wide words are, and their outlines, the same at every scale.

Measured and drawn at a large size and scaled down, so that no hinting of a small one gets in.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QPainterPath

if TYPE_CHECKING:
    from collections.abc import Iterator

FAMILIES = ("Helvetica", "Arial", "Liberation Sans", "DejaVu Sans")
GENERIC = "sans-serif"
_LARGE = 100  # pixels


@contextmanager
def application() -> Iterator[None]:
    """The application that there is, or one that needs no screen; fonts need one."""
    made = None
    if not isinstance(QGuiApplication.instance(), QGuiApplication):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        made = QGuiApplication(["figures"])
    try:
        yield
    finally:
        del made


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of words, in the unit of their size."""
    return _advance(text, bold) * size / _LARGE


def outline(text: str, bold: bool) -> tuple[QPainterPath, float]:
    """The words' outline from (0, 0) on, and the factor that makes it one unit of type high."""
    path = QPainterPath()
    path.addText(QPointF(0.0, 0.0), _font(bold), text)
    return path, 1.0 / _LARGE


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Text in lines that fit, no-break spaces kept; a word too wide has a line of its own."""
    rows: list[str] = []
    for word in text.split(" "):
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and width_of(longer, size, bold) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


@lru_cache(maxsize=4096)
def _advance(text: str, bold: bool) -> float:
    return QFontMetricsF(_font(bold)).horizontalAdvance(text)


def _font(bold: bool) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(_LARGE)
    font.setBold(bold)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
