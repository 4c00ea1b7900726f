"""The menu of files that were opened or saved last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.window.commands import Commands

MOST = 10
KEY = "recent/files"
TITLE = "Open &recent"


class Recent(QObject):
    """Up to ten paths, newest first, kept among the settings."""

    def __init__(self, preferences: Preferences, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences, self._commands = preferences, commands
        self.menu = QMenu(TITLE, parent)
        self.menu.setObjectName("recent")
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._show)  # not while one of its own is being chosen
        self.menu.triggered.connect(self._choose)
        commands.filed.connect(self.add)
        self._show()

    @property
    def paths(self) -> list[str]:
        """Absolute paths, newest first."""
        return self._preferences.texts(KEY)[:MOST]

    def add(self, path: str) -> None:
        """Put a file first that was opened or saved just now."""
        newest = str(Path(path).absolute())
        self._keep([newest, *(each for each in self.paths if each != newest)])

    def _choose(self, action: QAction) -> None:
        path = action.data()
        if path is None:
            self._keep([])  # the files stay
        elif Path(path).is_file():
            self._commands.open(path)
        else:
            self._keep([each for each in self.paths if each != path])
            self._commands.say(
                "The file is no longer there",
                f"{path} was moved or deleted, so it has left the list. Open it where it is now.",
            )

    def _keep(self, paths: list[str]) -> None:
        self._preferences.keep_texts(KEY, paths[:MOST])
        self.menu.setEnabled(bool(paths))

    def _show(self) -> None:
        self.menu.clear()
        for number, path in enumerate(self.paths, 1):
            action = self.menu.addAction(f"&{number % MOST} {_called(path)}")
            action.setData(path)
            action.setToolTip(path)
        self.menu.addSeparator()
        clear = self.menu.addAction("&Clear this list")
        clear.setToolTip("Forget these files; the files themselves stay.")
        self.menu.setEnabled(bool(self.paths))


def _called(path: str) -> str:
    """The file's name, then its folder, with ~ for the home folder."""
    folder = Path(path).parent
    home = Path.home()
    short = f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
    return f"{Path(path).name}  –  {short}".replace("&", "&&")
