"""The registry of actions: it feeds menus, shortcuts, tool tips and the sheet of keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from sandbox.gui.look.marks import icon
from sandbox.gui.widgets.parts import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QMenu, QWidget

    from sandbox.drawing.styles import Palette

Actions = Mapping[str, QAction]  # by name
Menu = Literal["File", "Edit", "Run", "View", "Help"]
SUBMENUS = {"theme": "&Theme"}  # by group


@dataclass(frozen=True)
class ActionSpec:
    """One thing that a person can do.

    keys: the first is shown in the menu; all of them work.  group: exactly one action of a group
    is checked.
    """

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    group: str = ""
    repeats: bool = False  # while its key is held down

    @property
    def tip(self) -> str:
        """One sentence, for tool tip, status bar and the sheet of keys."""
        return TIPS[self.name]

    @property
    def shown_keys(self) -> str:
        """Its keys as a person reads them: "F1 or ?"."""
        native = QKeySequence.SequenceFormat.NativeText
        return " or ".join(QKeySequence(key).toString(native) for key in self.keys)


# None is a line between two groups of items
MENUS: Mapping[Menu, tuple[ActionSpec | None, ...]] = {
    "File": (
        ActionSpec("new", "&New experiment", ("Ctrl+N",), icon="new"),
        ActionSpec("open", "&Open experiment…", ("Ctrl+O",), icon="open"),
        ActionSpec("open_data", "Open &data…", ("Ctrl+D",)),
        ActionSpec("gallery", "&Gallery of claims…", ("Ctrl+G",)),
        None,
        ActionSpec("open_task", "Open &task file…", ("Ctrl+Shift+O",)),
        ActionSpec("new_task", "&New task file…"),
        ActionSpec("reload_task", "&Reload task file", ("F5",)),
        None,
        ActionSpec("save", "&Save experiment as…", ("Ctrl+S",), icon="save"),
        None,
        ActionSpec("export", "&Export run…", ("Ctrl+E",)),
        ActionSpec("picture", "Figure for &print…", ("Ctrl+P",)),
        None,
        ActionSpec("quit", "&Quit", ("Ctrl+Q",)),
    ),
    "Edit": (
        ActionSpec("undo", "&Undo", ("Ctrl+Z",)),
        ActionSpec("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
        None,
        ActionSpec("copy_short", "&Copy as short text", ("Ctrl+Shift+C",), icon="copy"),
        ActionSpec("copy", "Copy as &JSON"),
        ActionSpec("paste", "&Paste experiment", ("Ctrl+Shift+V",)),
        None,
        ActionSpec("defaults", "Reset settin&gs", ("Ctrl+Backspace",), icon="defaults"),
    ),
    "Run": (
        ActionSpec("train", "&Train", ("Space",), icon="train"),
        ActionSpec("step", "&Step", (".",), icon="step", repeats=True),
        ActionSpec("restart", "&Restart", ("R",), icon="restart"),
        None,
        ActionSpec("slower", "S&lower", ("[",), repeats=True),
        ActionSpec("faster", "&Faster", ("]",), repeats=True),
        None,
        ActionSpec("example_1", "Show example &1", ("1",), group="example"),
        ActionSpec("example_2", "Show example &2", ("2",), group="example"),
        ActionSpec("example_3", "Show example &3", ("3",), group="example"),
        None,
        ActionSpec("surgery", "Hold or c&ut…", ("S",), checkable=True),
        ActionSpec("mark_before", "Mark the &previous step", ("Left",), repeats=True),
        ActionSpec("mark_after", "Mark the ne&xt step", ("Right",), repeats=True),
        ActionSpec("pin", "P&in the marked step", ("I",)),
        None,
        ActionSpec("film", "Play the &film", ("P",)),
        ActionSpec("earlier", "Look back one step", ("Shift+Left",), repeats=True),
        ActionSpec("later", "Look forward one step", ("Shift+Right",), repeats=True),
        ActionSpec("now", "Back to &now", ("N",)),
        ActionSpec("fork", "For&k here", ("Ctrl+B",)),
    ),
    "View": (
        ActionSpec("history", "&History…", ("Ctrl+H",)),
        None,
        ActionSpec("view_watch", "&Watch", ("W",), group="view"),
        ActionSpec("view_why", "Wh&y", ("Y",), group="view"),
        ActionSpec("view_dynamics", "&Dynamics", ("D",), group="view"),
        None,
        ActionSpec("full_screen", "&Full screen", ("F11",), checkable=True),
        ActionSpec("presentation", "&Presentation", ("Shift+F11",), checkable=True),
        None,
        ActionSpec("larger_type", "&Larger type", ("Ctrl++", "Ctrl+="), repeats=True),
        ActionSpec("smaller_type", "&Smaller type", ("Ctrl+-",), repeats=True),
        ActionSpec("normal_type", "Normal type si&ze", ("Ctrl+0",)),
        None,
        ActionSpec("theme_system", "&System theme", group="theme"),
        ActionSpec("theme_light", "&Light theme", group="theme"),
        ActionSpec("theme_dark", "&Dark theme", group="theme"),
        None,
        ActionSpec("log_loss", "Lo&garithmic loss", ("L",), checkable=True),
        ActionSpec("by_time", "Curves over &time", ("T",), checkable=True),
        ActionSpec("generalisation", "G&eneralisation curves", ("B",), checkable=True),
        ActionSpec("relative", "Gradient relative to the &question", ("G",), checkable=True),
        ActionSpec("gradient_history", "Gradient over trai&ning", ("H",), checkable=True),
        ActionSpec("answers", "&Answers of every net", ("A",), checkable=True),
        ActionSpec("errors_ahead", "Err&ors by steps ahead…", ("E",)),
        None,
        ActionSpec("fold_docks", "Hide si&de panels", ("F9",)),
        ActionSpec("reset_layout", "&Reset layout", ("Ctrl+Shift+L",)),
    ),
    "Help": (
        ActionSpec("keys", "&Keys", ("F1", "?"), icon="info"),
        ActionSpec("explanations", "&Glossary", ("F2",)),
        None,
        ActionSpec("report", "Copy a problem &report"),
        ActionSpec("log_folder", "Open the &log folder"),
        None,
        ActionSpec("about", "&About Sequence Sandbox"),
    ),
}

TIPS = {
    "new": "Start over with the default experiment; the run on screen is kept.",
    "open": "Open a run (.seqx) or the settings of an experiment (.json).",
    "open_data": "Open a text or a table of your own. The nets learn to predict what comes next.",
    "gallery": "Browse ten published claims about recurrent nets and test them yourself.",
    "open_task": "Open a task of your own, written in Python. You are asked before it runs.",
    "new_task": "Save a commented template for a task of your own.",
    "reload_task": "Load the current task file again after an edit. You are asked before it runs.",
    "save": "Save this run with curves and weights (.seqx), or only its settings (.json).",
    "export": "Save this run as a table, PyTorch script, ONNX model, notebook or figure.",
    "picture": "Save what is on screen as a figure for print, or copy it.",
    "quit": "Stop training and close the window.",
    "undo": "Undo the last edit. If it started a new run, the previous run comes back.",
    "redo": "Redo the edit that was undone last.",
    "copy_short": "Copy the settings of this run as one line that fits in a chat message.",
    "copy": "Copy the settings of this run as JSON.",
    "paste": "Use settings that were copied as short text or as JSON.",
    "defaults": "Give the task and the training their default settings; nets and seed stay.",
    "train": "Train the nets. Press the same key to pause and resume.",
    "step": "Take one training step, then pause.",
    "restart": "Start again from the same untrained weights.",
    "slower": "Train more slowly, down to one step a second.",
    "faster": "Train faster, up to full speed.",
    "example_1": "Show what the nets do with the first example.",
    "example_2": "Show what the nets do with the second example.",
    "example_3": "Show what the nets do with the third example.",
    "surgery": "Hold a gate or a state at a value, or cut units, and see what the answer becomes.",
    "mark_before": "Move the mark one step to the left in every panel. Escape removes it.",
    "mark_after": "Move the mark one step to the right in every panel.",
    "pin": "Keep the mark where it is, in every view. The same key, or Escape, lets go of it.",
    "film": "Replay the training from the first step to the last. Press the same key to stop.",
    "earlier": "Show every panel as it was one training step earlier.",
    "later": "Show every panel as it was one training step later.",
    "now": "Show every panel as it is at the last training step.",
    "fork": (
        "Start a new run at the training step on screen. Change its settings before you train it."
    ),
    "history": "Search, compare and reopen earlier runs.",
    "view_watch": "Watch gates, states and gradients of every net while it trains.",
    "view_why": "See which units carry the cue, and what holding or removing them does.",
    "view_dynamics": "See where the states of every net go, and the fixed points behind it.",
    "full_screen": "Fill the whole screen. Press the same key to leave.",
    "presentation": "Show only the essentials, in large type, for an audience. Escape leaves it.",
    "larger_type": "Make all text larger.",
    "smaller_type": "Make all text smaller.",
    "normal_type": "Set all text back to its normal size.",
    "theme_system": "Light or dark, as set on the desktop.",
    "theme_light": "Dark text on a white background.",
    "theme_dark": "Light text on a dark background.",
    "log_loss": "Draw the loss on a logarithmic axis.",
    "by_time": "Draw the curves over seconds of training instead of training steps.",
    "generalisation": "Draw how well each net does on sequences that it is not trained on.",
    "relative": "Draw the gradient relative to its value at the question.",
    "gradient_history": (
        "Draw the gradient over training, position by training step: when the path back opens."
    ),
    "answers": (
        "Show each net's answer at every step, how sure it is, and how it continues on its own."
    ),
    "errors_ahead": (
        "Show how far off forecasts are, by how many steps ahead, beside simple forecasts."
    ),
    "fold_docks": "Hide the panels on the left, or show them again.",
    "reset_layout": "Put every dock back in its original place.",
    "keys": "List every key and what it does.",
    "explanations": "Explain every term that this window uses.",
    "report": "Copy versions, machine details and settings to describe a problem.",
    "log_folder": "Open the folder that holds the log files.",
    "about": "Show what this program is, and its version.",
}

ACTIONS = tuple(spec for specs in MENUS.values() for spec in specs if spec is not None)


def make_actions(window: QWidget) -> Actions:
    """Every action of the registry, by name, as an action of the window."""
    groups: dict[str, QActionGroup] = {}
    made = {}
    for spec in ACTIONS:
        made[spec.name] = action = QAction(spec.text, window)
        action.setObjectName(f"action_{spec.name}")
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip(f"{spec.tip} ({spec.shown_keys})" if spec.keys else spec.tip)
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.checkable or bool(spec.group))
        action.setAutoRepeat(spec.repeats)
        if spec.group:
            if spec.group not in groups:
                groups[spec.group] = QActionGroup(window)
            groups[spec.group].addAction(action)
        window.addAction(action)
    return made


def bind(button: QAbstractButton, action: QAction, words: str) -> None:
    """Make a button with these words do what an action does, while the action is enabled."""
    named(button, words, action.toolTip()).setText(words)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    button.clicked.connect(action.trigger)


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
