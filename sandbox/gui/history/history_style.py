"""The history's style sheet: what the window's own does not say of tables and lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.history.cell_painter import selected_ground
from sandbox.gui.look.theme import scaled_sheet
from sandbox.gui.look.typeface import SMALL_PX

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette


def style_sheet(palette: Palette) -> str:
    """For the whole history window."""
    sheet = _SHEET.format(
        p=palette,
        blue=palette.contestants[1],
        chosen=selected_ground(palette),
        small_px=SMALL_PX,
    )
    return scaled_sheet(sheet)


_SHEET = """
QWidget#history_window, QWidget#list_page, QWidget#empty_page {{ background: {p.ground}; }}
QWidget#search_bar, QWidget#button_bar {{ background: {p.panel}; }}
QWidget#search_bar {{ border-bottom: 1px solid {p.hairline}; }}
QWidget#button_bar {{ border-top: 1px solid {p.hairline}; }}
QStackedWidget#details, QWidget#details_page, QStackedWidget#details QScrollArea {{
    background: {p.panel};
}}
QFrame#notice {{ background: {p.panel}; border: 0; border-top: 1px solid {p.hairline}; }}
QTableView {{
    background: {p.ground}; color: {p.text}; border: 0; outline: 0;
    selection-background-color: {chosen}; selection-color: {p.text};
}}
QAbstractScrollArea::corner {{ background: {p.ground}; border: 0; }}
QTableView#differences_table {{ background: {p.panel}; }}
QTableView#differences_table::item {{ padding: 0 5px; }}
QTableView#differences_table:focus {{ border: 1px solid {blue}; }}
QHeaderView {{ background: {p.panel}; border: 0; }}
QHeaderView::section {{
    background: {p.panel}; color: {p.quiet}; font-size: {small_px}px; font-weight: 600;
    border: 0; border-bottom: 1px solid {p.hairline}; padding: 0 8px;
}}
QHeaderView::section:hover {{ color: {p.text}; }}
QLineEdit {{
    background: {p.ground}; border: 1px solid {p.edge}; border-radius: 4px; padding: 3px 6px;
    min-height: 20px; selection-background-color: {blue}; selection-color: {p.ground};
}}
QLineEdit:hover {{ border-color: {p.quiet}; }}
QLineEdit:focus {{ border-color: {blue}; }}
QLineEdit#note_field {{ border-radius: 0; border-color: {blue}; padding: 0 6px; }}
QSplitter::handle {{ background: {p.hairline}; }}
"""
