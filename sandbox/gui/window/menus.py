"""The menus, made from the registry of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from sandbox.gui.look.icons import icon
from sandbox.gui.widgets.actions import ACTIONS, Actions, Menu, spec_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

    from sandbox.drawing.styles import Palette

SUBMENUS = {"theme": "&Theme"}


class Menus:
    """File, Edit, Run, View and Help; View starts with a switch for every dock."""

    def __init__(self, window: QMainWindow, actions: Actions, docks: Sequence[QDockWidget]) -> None:
        self._actions = actions
        self._menus: dict[str, QMenu] = {}
        for name in get_args(Menu):
            self._menus[name] = window.menuBar().addMenu(f"&{name}")
            self._menus[name].setToolTipsVisible(True)
        for dock in docks:
            self._menus["View"].addAction(dock.toggleViewAction())
        for spec in ACTIONS:
            self._menu_of(spec.menu, spec.group, spec.separated).addAction(actions[spec.name])

    def put_behind(self, name: str, menu: QMenu) -> None:
        """Put another menu below the action of this name."""
        around = self._menus[spec_of(name).menu]
        listed = around.actions()
        around.insertMenu(listed[listed.index(self._actions[name]) + 1], menu)

    def set_palette(self, palette: Palette) -> None:
        """Draw the icons in the palette's colours."""
        for spec in ACTIONS:
            if spec.icon:
                self._actions[spec.name].setIcon(icon(spec.icon, palette.text, palette.quiet))

    def _menu_of(self, name: str, group: str, separated: bool) -> QMenu:
        menu = self._menus[name]
        if separated:
            menu.addSeparator()
        if group not in SUBMENUS:
            return menu
        if group not in self._menus:
            self._menus[group] = menu.addMenu(SUBMENUS[group])
            self._menus[group].setToolTipsVisible(True)
        return self._menus[group]
