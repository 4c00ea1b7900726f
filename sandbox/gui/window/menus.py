"""The menus, made from the registry of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.look.marks import icon
from sandbox.gui.widgets.actions import ACTIONS, MENUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

    from sandbox.drawing.styles import Palette
    from sandbox.gui.widgets.actions import Actions

SUBMENUS = {"theme": "&Theme"}


class Menus:
    """File, Edit, Run, View and Help; View starts with a switch for every dock."""

    def __init__(self, window: QMainWindow, actions: Actions, docks: Sequence[QDockWidget]) -> None:
        self._actions = actions
        self._menus: dict[str, QMenu] = {}
        for name, specs in MENUS.items():
            self._menus[name] = menu = window.menuBar().addMenu(f"&{name}")
            menu.setToolTipsVisible(True)
            if name == "View":
                menu.addActions([dock.toggleViewAction() for dock in docks])
            for spec in specs:
                if spec is None:
                    menu.addSeparator()
                else:
                    self._menu_of(menu, spec.group).addAction(actions[spec.name])

    def put_behind(self, name: str, menu: QMenu) -> None:
        """Put another menu below the action of this name."""
        action = self._actions[name]
        around = next(each for each in self._menus.values() if action in each.actions())
        listed = around.actions()
        around.insertMenu(listed[listed.index(action) + 1], menu)

    def set_palette(self, palette: Palette) -> None:
        """Draw the icons in the palette's colours."""
        for spec in ACTIONS:
            if spec.icon:
                self._actions[spec.name].setIcon(icon(spec.icon, palette.text, palette.quiet))

    def _menu_of(self, menu: QMenu, group: str) -> QMenu:
        if group not in SUBMENUS:
            return menu
        if group not in self._menus:
            self._menus[group] = menu.addMenu(SUBMENUS[group])
            self._menus[group].setToolTipsVisible(True)
        return self._menus[group]
