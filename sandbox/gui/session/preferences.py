"""What the window remembers until the next start: layout, theme, switches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from sandbox.folders import settings_file

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow, QSplitter

LAYOUT_VERSION = 1


class Preferences:
    """Settings in an ini file in the data folder."""

    def __init__(self) -> None:
        self._settings = QSettings(str(settings_file()), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        """A kept word."""
        return str(self._settings.value(key, default))

    def flag(self, key: str, default: bool = False) -> bool:
        """A kept switch, or `default`."""
        return self.text(key, str(default).lower()) == "true"

    def pixels(self, key: str, default: int) -> int:
        """A kept size, or `default`."""
        kept = self.text(key)
        return int(kept) if kept.isdecimal() else default

    def keep(self, key: str, value: str | bool) -> None:
        """Keep a word or a switch."""
        self._settings.setValue(key, str(value).lower() if isinstance(value, bool) else value)

    def texts(self, key: str) -> list[str]:
        """A kept list of words."""
        value = self._settings.value(key)
        return [value] if isinstance(value, str) else [str(each) for each in value or ()]

    def keep_texts(self, key: str, texts: list[str]) -> None:
        """Keep a list of words, and write it at once."""
        self._settings.setValue(key, texts)
        self._settings.sync()

    def save_layout(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Keep the window's geometry, docks and splitter."""
        self._settings.setValue("window/geometry", window.saveGeometry())
        self._settings.setValue("window/state", window.saveState(LAYOUT_VERSION))
        self._settings.setValue("window/splitter", splitter.saveState())
        self._settings.sync()

    def restore_layout(self, window: QMainWindow, splitter: QSplitter) -> bool:
        """Restore geometry, docks and splitter; False, and no change, if there are none."""
        geometry, state, split = (
            self._settings.value(f"window/{name}") for name in ("geometry", "state", "splitter")
        )
        if not isinstance(geometry, QByteArray) or not window.restoreGeometry(geometry):
            return False
        if isinstance(split, QByteArray):
            splitter.restoreState(split)
        return isinstance(state, QByteArray) and window.restoreState(state, LAYOUT_VERSION)
