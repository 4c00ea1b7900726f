"""The registry of actions: it feeds menus, shortcuts, tool tips and the sheet of keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QAction, QActionGroup, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

Menu = Literal["File", "Edit", "Run", "View", "Help"]


@dataclass(frozen=True)
class ActionSpec:
    """One thing that a person can do.

    keys: the first is shown in the menu; all of them work.  group: exactly one action of a group
    is checked.  tip: one sentence, for tool tip, status bar and the sheet of keys.
    """

    name: str
    text: str
    tip: str
    menu: Menu
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    group: str = ""
    separated: bool = False  # a line above it in its menu


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "new",
        "&New experiment",
        "Start over with the default experiment; the run on screen is kept.",
        "File",
        ("Ctrl+N",),
        "new",
    ),
    ActionSpec(
        "open",
        "&Open experiment…",
        "Open a run (.seqx) or the settings of an experiment (.json).",
        "File",
        ("Ctrl+O",),
        "open",
    ),
    ActionSpec(
        "open_data",
        "Open &data…",
        "Open a text or a table of your own. The nets learn to predict what comes next.",
        "File",
        ("Ctrl+D",),
    ),
    ActionSpec(
        "gallery",
        "&Gallery of claims…",
        "Browse ten published claims about recurrent nets and test them yourself.",
        "File",
        ("Ctrl+G",),
    ),
    ActionSpec(
        "open_task",
        "Open &task file…",
        "Open a task of your own, written in Python. You are asked before it runs.",
        "File",
        ("Ctrl+Shift+O",),
        separated=True,
    ),
    ActionSpec(
        "new_task", "&New task file…", "Save a commented template for a task of your own.", "File"
    ),
    ActionSpec(
        "reload_task",
        "&Reload task file",
        "Load the current task file again after an edit. You are asked before it runs.",
        "File",
        ("F5",),
    ),
    ActionSpec(
        "save",
        "&Save experiment as…",
        "Save this run with curves and weights (.seqx), or only its settings (.json).",
        "File",
        ("Ctrl+S",),
        "save",
        separated=True,
    ),
    ActionSpec(
        "export",
        "&Export run…",
        "Save this run as a table, PyTorch script, ONNX model, notebook or figure.",
        "File",
        ("Ctrl+E",),
        separated=True,
    ),
    ActionSpec(
        "picture",
        "Figure for &print…",
        "Save what is on screen as a figure for print, or copy it.",
        "File",
        ("Ctrl+P",),
    ),
    ActionSpec(
        "quit", "&Quit", "Stop training and close the window.", "File", ("Ctrl+Q",), separated=True
    ),
    ActionSpec(
        "undo",
        "&Undo",
        "Undo the last edit. If it started a new run, the previous run comes back.",
        "Edit",
        ("Ctrl+Z",),
    ),
    ActionSpec(
        "redo", "&Redo", "Redo the edit that was undone last.", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y")
    ),
    ActionSpec(
        "copy_short",
        "&Copy as short text",
        "Copy the settings of this run as one line that fits in a chat message.",
        "Edit",
        ("Ctrl+Shift+C",),
        "copy",
        separated=True,
    ),
    ActionSpec("copy", "Copy as &JSON", "Copy the settings of this run as JSON.", "Edit"),
    ActionSpec(
        "paste",
        "&Paste experiment",
        "Use settings that were copied as short text or as JSON.",
        "Edit",
        ("Ctrl+Shift+V",),
    ),
    ActionSpec(
        "defaults",
        "Reset settin&gs",
        "Give the task and the training their default settings; nets and seed stay.",
        "Edit",
        ("Ctrl+Backspace",),
        "defaults",
        separated=True,
    ),
    ActionSpec(
        "train",
        "&Train",
        "Train the nets. Press the same key to pause and resume.",
        "Run",
        ("Space",),
        "train",
    ),
    ActionSpec("step", "&Step", "Take one training step, then pause.", "Run", (".",), "step"),
    ActionSpec(
        "restart",
        "&Restart",
        "Start again from the same untrained weights.",
        "Run",
        ("R",),
        "restart",
    ),
    ActionSpec(
        "slower",
        "S&lower",
        "Train more slowly, down to one step a second.",
        "Run",
        ("[",),
        separated=True,
    ),
    ActionSpec("faster", "&Faster", "Train faster, up to full speed.", "Run", ("]",)),
    ActionSpec(
        "example_1",
        "Show example &1",
        "Show what the nets do with the first example.",
        "Run",
        ("1",),
        group="example",
        separated=True,
    ),
    ActionSpec(
        "example_2",
        "Show example &2",
        "Show what the nets do with the second example.",
        "Run",
        ("2",),
        group="example",
    ),
    ActionSpec(
        "example_3",
        "Show example &3",
        "Show what the nets do with the third example.",
        "Run",
        ("3",),
        group="example",
    ),
    ActionSpec(
        "mark_before",
        "Mark the &previous step",
        "Move the mark one step to the left in every panel. Escape removes it.",
        "Run",
        ("Left",),
        separated=True,
    ),
    ActionSpec(
        "mark_after",
        "Mark the ne&xt step",
        "Move the mark one step to the right in every panel.",
        "Run",
        ("Right",),
    ),
    ActionSpec(
        "film",
        "Play the &film",
        "Replay the training from the first step to the last. Press the same key to stop.",
        "Run",
        ("P",),
        separated=True,
    ),
    ActionSpec(
        "earlier",
        "Look back one step",
        "Show every panel as it was one training step earlier.",
        "Run",
        ("Shift+Left",),
    ),
    ActionSpec(
        "later",
        "Look forward one step",
        "Show every panel as it was one training step later.",
        "Run",
        ("Shift+Right",),
    ),
    ActionSpec(
        "now", "Back to &now", "Show every panel as it is at the last training step.", "Run", ("N",)
    ),
    ActionSpec(
        "fork",
        "For&k here",
        "Start a new run at the training step on screen. Change its settings before you train it.",
        "Run",
        ("Ctrl+B",),
    ),
    ActionSpec(
        "history", "&History…", "Search, compare and reopen earlier runs.", "View", ("Ctrl+H",)
    ),
    ActionSpec(
        "full_screen",
        "&Full screen",
        "Fill the whole screen. Press the same key to leave.",
        "View",
        ("F11",),
        checkable=True,
        separated=True,
    ),
    ActionSpec(
        "presentation",
        "&Presentation",
        "Show only the essentials, in large type, for an audience. Escape leaves it.",
        "View",
        ("Shift+F11",),
        checkable=True,
    ),
    ActionSpec(
        "larger_type",
        "&Larger type",
        "Make all text larger.",
        "View",
        ("Ctrl++", "Ctrl+="),
        separated=True,
    ),
    ActionSpec("smaller_type", "&Smaller type", "Make all text smaller.", "View", ("Ctrl+-",)),
    ActionSpec(
        "normal_type",
        "Normal type si&ze",
        "Set all text back to its normal size.",
        "View",
        ("Ctrl+0",),
    ),
    ActionSpec(
        "theme_system",
        "&System theme",
        "Light or dark, as set on the desktop.",
        "View",
        group="theme",
        separated=True,
    ),
    ActionSpec(
        "theme_light", "&Light theme", "Dark text on a white background.", "View", group="theme"
    ),
    ActionSpec(
        "theme_dark", "&Dark theme", "Light text on a dark background.", "View", group="theme"
    ),
    ActionSpec(
        "log_loss",
        "Lo&garithmic loss",
        "Draw the loss on a logarithmic axis.",
        "View",
        ("L",),
        checkable=True,
        separated=True,
    ),
    ActionSpec(
        "by_time",
        "Curves over &time",
        "Draw the curves over seconds of training instead of training steps.",
        "View",
        ("T",),
        checkable=True,
    ),
    ActionSpec(
        "generalisation",
        "G&eneralisation curves",
        "Draw how well each net does on sequences that it is not trained on.",
        "View",
        ("B",),
        checkable=True,
    ),
    ActionSpec(
        "relative",
        "Gradient relative to the &question",
        "Draw the gradient relative to its value at the question.",
        "View",
        ("G",),
        checkable=True,
    ),
    ActionSpec(
        "answers",
        "&Answers of every net",
        "Show each net's answer at every step, how sure it is, and how it continues on its own.",
        "View",
        ("A",),
        checkable=True,
    ),
    ActionSpec(
        "fold_docks",
        "Hide si&de panels",
        "Hide the panels on the left, or show them again.",
        "View",
        ("F9",),
        separated=True,
    ),
    ActionSpec(
        "reset_layout",
        "&Reset layout",
        "Put every dock back in its original place.",
        "View",
        ("Ctrl+Shift+L",),
    ),
    ActionSpec("keys", "&Keys", "List every key and what it does.", "Help", ("F1", "?"), "info"),
    ActionSpec(
        "explanations", "&Glossary", "Explain every term that this window uses.", "Help", ("F2",)
    ),
    ActionSpec(
        "report",
        "Copy a problem &report",
        "Copy versions, machine details and settings to describe a problem.",
        "Help",
        separated=True,
    ),
    ActionSpec(
        "log_folder", "Open the &log folder", "Open the folder that holds the log files.", "Help"
    ),
    ActionSpec(
        "about",
        "&About Sequence Sandbox",
        "Show what this program is, and its version.",
        "Help",
        separated=True,
    ),
)

REPEATED = (
    "step",
    "slower",
    "faster",
    "mark_before",
    "mark_after",
    "earlier",
    "later",
    "larger_type",
    "smaller_type",
)  # while their key is held down


class Actions:
    """Every action of the registry as a QAction of one window, by name."""

    def __init__(self, window: QWidget) -> None:
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.name: self._make(spec, window) for spec in ACTIONS}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def by_name(self) -> Mapping[str, QAction]:
        """Every action, in the registry's order."""
        return self._actions

    def _make(self, spec: ActionSpec, window: QWidget) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(f"action_{spec.name}")
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip(tip(spec))
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.checkable or bool(spec.group))
        action.setAutoRepeat(spec.name in REPEATED)
        if spec.group:
            if spec.group not in self._groups:
                self._groups[spec.group] = QActionGroup(window)
            self._groups[spec.group].addAction(action)
        window.addAction(action)
        return action


def spec_of(name: str) -> ActionSpec:
    """The registry's entry of that name; KeyError if there is none."""
    for spec in ACTIONS:
        if spec.name == name:
            return spec
    raise KeyError(name)


def shown_keys(spec: ActionSpec) -> str:
    """Its keys as a person reads them: "F1 or ?"."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(key).toString(native) for key in spec.keys)


def tip(spec: ActionSpec) -> str:
    """The text of a tool tip: the sentence and the keys."""
    return f"{spec.tip} ({shown_keys(spec)})" if spec.keys else spec.tip
