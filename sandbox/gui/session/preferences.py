"""What the window remembers from one time to the next: layout, size, theme and switches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from sandbox.gui.look.window_folders import settings_file

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow, QSplitter

LAYOUT_VERSION = 1


class Memory:
    """An ini file in the data folder, and nothing of the desktop's own."""

    def __init__(self) -> None:
        self._settings = QSettings(str(settings_file()), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        """A word that was kept."""
        return str(self._settings.value(key, default))

    def flag(self, key: str, default: bool = False) -> bool:
        """A switch that was kept; `default` where there is none."""
        return self.text(key, str(default).lower()) == "true"

    def pixels(self, key: str, default: int) -> int:
        """A size that was kept."""
        kept = self.text(key)
        return int(kept) if kept.isdecimal() else default

    def keep(self, key: str, value: str | bool) -> None:
        """Keep a word or a switch."""
        self._settings.setValue(key, str(value).lower() if isinstance(value, bool) else value)

    def texts(self, key: str) -> list[str]:
        """Words that were kept together, in order."""
        value = self._settings.value(key)
        return [value] if isinstance(value, str) else [str(each) for each in value or ()]

    def keep_texts(self, key: str, texts: list[str]) -> None:
        """Keep words together, at once."""
        self._settings.setValue(key, texts)
        self._settings.sync()

    def save_layout(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Keep size, place, docks and splitter."""
        self._settings.setValue("window/geometry", window.saveGeometry())
        self._settings.setValue("window/state", window.saveState(LAYOUT_VERSION))
        self._settings.setValue("window/splitter", splitter.saveState())
        self._settings.sync()

    def restore_layout(self, window: QMainWindow, splitter: QSplitter) -> bool:
        """Put everything back; False, and nothing changed, where nothing fits."""
        geometry, state, split = (
            self._settings.value(f"window/{name}") for name in ("geometry", "state", "splitter")
        )
        if not isinstance(geometry, QByteArray) or not window.restoreGeometry(geometry):
            return False
        if isinstance(split, QByteArray):
            splitter.restoreState(split)
        return isinstance(state, QByteArray) and window.restoreState(state, LAYOUT_VERSION)
