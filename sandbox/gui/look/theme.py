"""The theme: colours and type size of the whole application, as a QPalette and a style sheet.

The theme follows the system where the system says whether it is light or dark.  Where it
says nothing (offscreen, some bare X11 sessions) the dark palette is used: viridis shows its
bright parts best on dark ground.
"""

from __future__ import annotations

import re
from typing import Literal, Protocol, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.gui.look import typeface
from sandbox.gui.look.marks import icon_file, mixed
from sandbox.gui.look.typeface import LARGE_PX, SMALL_PX, TEXT_PX, px, refit

Choice = Literal["system", "light", "dark"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
LINE_PX = 2  # lines of at most this width are not scaled
TYPE_SIZES = (100, 110, 125, 150, 175, 200, 225, 250)  # percent; at 100 the smallest text is 11 px


class Painted(Protocol):
    """A part of the window that draws itself in a palette's colours."""

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours, at the type size in force."""


class Theme(QObject):
    """The palette and the type size in force, for the whole application."""

    changed = Signal(object)  # Palette; also when only the type size has changed

    def __init__(
        self, choice: str = "system", type_size: int = 100, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choice = _known(choice)
        self._palette: Palette | None = None
        self._type_size = min(max(type_size, TYPE_SIZES[0]), TYPE_SIZES[-1])
        typeface.set_scale(self._type_size / 100)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._resolve)
        self._resolve()

    @property
    def choice(self) -> Choice:
        """What the person chose."""
        return self._choice

    @property
    def palette(self) -> Palette:
        """The palette in force."""
        return self._palette or DARK

    @property
    def type_size(self) -> int:
        """The type size in force, in percent."""
        return self._type_size

    def choose(self, choice: str) -> None:
        """Use "system", "light" or "dark"; anything else means "system"."""
        self._choice = _known(choice)
        self._resolve()

    def set_type_size(self, percent: int) -> None:
        """Scale all text, and everything that has to hold text."""
        if percent != self._type_size:
            self._type_size = percent
            typeface.set_scale(percent / 100)
            apply(self.palette)
            self.changed.emit(self.palette)

    def _resolve(self) -> None:
        palette = resolved(self._choice, QGuiApplication.styleHints().colorScheme())
        if palette is not self._palette:
            self._palette = palette
            apply(palette)
            self.changed.emit(palette)


def next_type_size(percent: int, by: int) -> int:
    """The next larger (by > 0) or smaller type size; `percent` itself at the end."""
    if by > 0:
        return next((size for size in TYPE_SIZES if size > percent), percent)
    return next((size for size in reversed(TYPE_SIZES) if size < percent), percent)


def _known(choice: str) -> Choice:
    return next((known for known in CHOICES if known == choice), "system")


def resolved(choice: Choice, system: Qt.ColorScheme) -> Palette:
    """The palette for a choice on such a system; dark if the system says nothing."""
    if choice == "system":
        return LIGHT if system is Qt.ColorScheme.Light else DARK
    return LIGHT if choice == "light" else DARK


def apply(palette: Palette) -> None:
    """Give the application this palette, in the Fusion style and the type size in force."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(px(TEXT_PX))
    app.setFont(font)
    app.setPalette(qpalette(palette))
    app.setStyleSheet(style_sheet(palette))
    refit()  # a new style sheet gives widgets the faces that they had under the first one


def qpalette(palette: Palette) -> QPalette:
    """The palette's colours in Qt's roles."""
    role, made, accent = QPalette.ColorRole, QPalette(), palette.contestants[1]
    texts = (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText)
    for color, roles in (
        (palette.panel, (role.Window, role.AlternateBase, role.Button, role.ToolTipBase)),
        (palette.ground, (role.Base, role.HighlightedText, role.Shadow)),
        (accent, (role.Highlight, role.Accent, role.Link, role.LinkVisited)),
        (palette.quiet, (role.PlaceholderText,)),
        (palette.hairline, (role.Light, role.Midlight, role.Mid, role.Dark)),
        (palette.text, texts),
    ):
        for each in roles:
            made.setColor(each, QColor(color))
    for each in texts:
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(palette.quiet))
    return made


def style_sheet(palette: Palette) -> str:
    """The style sheet for what QPalette cannot express, at the type size in force."""

    def picture(name: str) -> str:
        return icon_file(f"{name}-{palette.name}").as_posix()

    sheet = _SHEET.format(
        p=palette,
        blue=palette.contestants[1],
        selected=selected_ground(palette),
        up=picture("chevron-up"),
        down=picture("chevron-down"),
        check=picture("check"),
        small_px=SMALL_PX,
        large_px=LARGE_PX,
    )
    sizes = {size: px(int(size)) for size in re.findall(r"\b(\d+)px", sheet) if int(size) > LINE_PX}
    return re.sub(r"\b(\d+)px", lambda size: f"{sizes.get(size[1], size[1])}px", sheet)


def selected_ground(palette: Palette) -> str:
    """The ground of a selected row, on which every text colour can be read, as #rrggbb."""
    share = 0.16 if palette is DARK else 0.06
    return mixed(palette.contestants[1], palette.ground, share).name()


_SHEET = """
QMainWindow, QMainWindow > QWidget#centre {{ background: {p.ground}; }}
QMainWindow::separator {{ background: {p.hairline}; width: 1px; height: 1px; margin: 2px; }}
QSplitter::handle {{ background: {p.hairline}; }}
QToolBar {{ background: {p.panel}; border: 0; border-bottom: 1px solid {p.hairline}; padding: 0; }}
QMenuBar {{ background: {p.panel}; padding: 2px 8px; }}
QMenuBar::item {{ padding: 4px 8px; background: transparent; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {p.hairline}; }}
QMenu {{ background: {p.panel}; border: 1px solid {p.edge}; padding: 4px; }}
QMenu::item {{ padding: 4px 24px 4px 28px; border-radius: 4px; }}
QMenu::item:selected {{ background: {p.hairline}; color: {p.text}; }}
QMenu::separator {{ height: 1px; background: {p.hairline}; margin: 4px 8px; }}
QStatusBar {{ background: {p.panel}; border-top: 1px solid {p.hairline}; }}
QStatusBar::item {{ border: 0; }}
QDockWidget {{ color: {p.quiet}; }}
QScrollArea, QScrollArea > QWidget > QWidget#column {{ background: {p.panel}; border: 0; }}
QToolTip {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.hairline}; padding: 4px; }}
QFrame#paragraph {{ background: {p.panel}; border: 1px solid {p.hairline}; }}
QFrame#rule {{ background: {p.hairline}; border: 0; }}
QLabel[role="heading"] {{ font-weight: 600; }}
QLabel[role="large"] {{ font-size: {large_px}px; font-weight: 600; }}
QLabel[role="title"] {{ color: {p.quiet}; font-size: {small_px}px; font-weight: 600; }}
QLabel[role="caption"], QLabel[role="note"] {{ color: {p.quiet}; font-size: {small_px}px; }}
QLabel[role="done"], QLabel[role="plot"] {{ font-size: {small_px}px; font-weight: 600; }}
QLabel[role="quiet"] {{ color: {p.quiet}; }}
QLabel[role="refusal"] {{ color: {p.wrong}; font-size: {small_px}px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px; }}
QToolButton:hover {{ background: {p.hairline}; }}
QToolButton:pressed {{ background: {p.ground}; }}
QToolButton:focus {{ border-color: {blue}; }}
QToolButton[role="segment"] {{
    border: 1px solid {p.edge}; border-radius: 0; padding: 3px 4px; background: {p.ground};
    border-left-width: 0; min-height: 18px; min-width: 13px; font-size: {small_px}px;
}}
QToolButton[first="true"] {{ border-left-width: 1px; }}
QToolButton[role="segment"]:hover {{ background: {p.hairline}; }}
QToolButton[role="segment"]:checked {{ background: {p.text}; color: {p.ground}; }}
QToolButton[role="segment"]:focus {{ border: 1px solid {blue}; }}
QToolButton[role="info"] {{ padding: 0; border-radius: 10px; }}
QToolButton[role="small"] {{
    color: {p.quiet}; background: {p.panel}; border: 1px solid {p.edge}; border-radius: 4px;
    padding: 0 5px; font-size: {small_px}px;
}}
QToolButton[role="small"]:checked {{ color: {p.ground}; background: {p.text}; }}
QToolButton#curves_show_all {{ color: {p.ground}; background: {p.cue}; border-color: {p.cue}; }}
QToolButton[role="small"]:focus, QToolButton#curves_show_all:focus {{ border-color: {p.text}; }}
QWidget[role="columns"] {{ background: {p.hairline}; }}
QWidget#nets_panel, QWidget#answers_panel, QWidget#curves_panel, QWidget#dynamics_panel,
QScrollArea[role="columns"] {{
    background: {p.ground};
}}
QWidget#nets_panel:focus {{ background: {p.quiet}; }}
QWidget#dynamics_panel:focus {{ border: 1px solid {p.quiet}; }}
QWidget#curves_panel:focus {{ border: 1px solid {p.quiet}; }}
QPushButton {{
    border: 1px solid {p.edge}; border-radius: 4px; padding: 5px 12px; background: {p.ground};
}}
QPushButton:hover {{ border-color: {p.quiet}; }}
QPushButton:pressed {{ background: {p.hairline}; }}
QPushButton:focus {{ border-color: {blue}; }}
QPushButton:disabled {{ color: {p.quiet}; }}
QPushButton#train {{
    background: {p.text}; color: {p.ground}; font-size: 15px; font-weight: 600;
    border: 2px solid {p.text}; border-radius: 6px;
}}
QPushButton#train[long="true"] {{ font-size: 12px; padding: 0 4px; }}
QPushButton#train:hover {{ background: {p.quiet}; border-color: {p.quiet}; }}
QPushButton#train:focus {{ border-color: {blue}; }}
QAbstractSpinBox, QComboBox, QLineEdit#text_field, QLineEdit#search_field {{
    background: {p.ground}; border: 1px solid {p.edge}; border-radius: 4px;
    padding: 3px 6px; min-height: 18px; selection-background-color: {blue};
    selection-color: {p.ground};
}}
QAbstractSpinBox {{ padding-right: 20px; }}
QAbstractSpinBox:hover, QComboBox:hover, QLineEdit#text_field:hover, QLineEdit#search_field:hover {{
    border-color: {p.quiet};
}}
QAbstractSpinBox:focus, QComboBox:focus, QLineEdit#text_field:focus, QLineEdit#search_field:focus {{
    border-color: {blue};
}}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
    subcontrol-origin: border; width: 18px; border: 0; background: transparent;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin-top: 1px; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; margin-bottom: 1px; }}
QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 12px; height: 12px; }}
QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; }}
QComboBox::drop-down {{ border: 0; width: 20px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{
    background: {p.panel}; border: 1px solid {p.edge}; outline: 0; padding: 4px;
}}
QAbstractSpinBox[compact="true"] {{ padding-left: 5px; padding-right: 0; }}
QAbstractSpinBox[compact="true"]::up-button, QAbstractSpinBox[compact="true"]::down-button {{
    width: 15px;
}}
QComboBox[compact="true"] {{ padding-left: 5px; padding-right: 0; }}
QComboBox[compact="true"]::drop-down {{ width: 16px; }}
QComboBox#layer_chooser {{ min-height: 14px; padding: 1px 4px; font-size: {small_px}px; }}
QPushButton[role="add"] {{ padding: 5px 8px; }}
QPushButton[role="add"]::menu-indicator {{ width: 0; height: 0; }}
QLineEdit#name_field {{
    background: {p.ground}; border: 1px solid {blue}; border-radius: 4px; padding: 1px 4px;
}}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QCheckBox {{ spacing: 8px; padding: 3px 0; }}
QCheckBox::indicator {{
    width: 16px; height: 16px; border: 1px solid {p.quiet}; border-radius: 4px;
    background: {p.ground};
}}
QCheckBox::indicator:checked {{ image: url("{check}"); }}
QCheckBox::indicator:focus {{ border-color: {blue}; }}
QSlider {{ min-height: 22px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {p.edge}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {p.text}; }}
QSlider::handle:horizontal {{
    width: 14px; height: 14px; margin: -6px 0; border-radius: 7px; background: {p.text};
    border: 1px solid {p.panel};
}}
QSlider::handle:horizontal:focus {{ border: 2px solid {blue}; margin: -7px 0; }}
QTabBar {{ background: {p.panel}; qproperty-drawBase: 0; }}
QTabBar::tab {{
    padding: 6px 12px; color: {p.quiet}; background: {p.panel}; border: 0;
    border-bottom: 2px solid transparent;
}}
QWidget#views QTabBar::tab {{ padding: 4px 12px; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom-color: {p.text}; }}
QTabBar::tab:focus {{ border-bottom-color: {blue}; }}
QProgressBar {{ border: 0; border-radius: 2px; background: {p.edge}; }}
QProgressBar::chunk {{ background: {p.text}; border-radius: 2px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{
    background: {p.edge}; border-radius: 3px; min-height: 24px; margin: 2px;
}}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{
    background: {p.edge}; border-radius: 3px; min-width: 24px; margin: 2px;
}}
QPlainTextEdit, QTextBrowser {{
    background: {p.ground}; border: 1px solid {p.edge}; border-radius: 4px;
}}
QWidget#history_window, QWidget#list_page, QWidget#empty_page {{ background: {p.ground}; }}
QWidget#search_bar, QWidget#button_bar {{ background: {p.panel}; }}
QWidget#search_bar {{ border-bottom: 1px solid {p.hairline}; }}
QWidget#button_bar, QFrame#notice {{ border-top: 1px solid {p.hairline}; }}
QStackedWidget#details, QWidget#details_page, QStackedWidget#details QScrollArea, QFrame#notice {{
    background: {p.panel};
}}
QTableView {{
    background: {p.ground}; color: {p.text}; border: 0; outline: 0;
    selection-background-color: {selected}; selection-color: {p.text};
}}
QAbstractScrollArea::corner {{ background: {p.ground}; border: 0; }}
QTableView#differences_table {{ background: {p.panel}; }}
QTableView#differences_table::item, QTableView#runs_table::item,
QTableView#data_table::item {{ padding: 0 5px; }}
QTableView#differences_table:focus {{ border: 1px solid {blue}; }}
QHeaderView {{ background: {p.panel}; border: 0; }}
QHeaderView::section {{
    background: {p.panel}; color: {p.quiet}; font-size: {small_px}px; font-weight: 600;
    border: 0; border-bottom: 1px solid {p.hairline}; padding: 0 8px;
}}
QHeaderView::section:hover {{ color: {p.text}; }}
QLineEdit#note_field {{
    background: {p.ground}; border: 1px solid {blue}; border-radius: 0; padding: 0 6px;
}}
"""
