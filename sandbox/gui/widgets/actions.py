"""The one registry of actions: it feeds menus, shortcuts, tool tips and the sheet of keys."""

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

    keys: the first is shown in the menu, all of them work.  group: actions of which one is
    chosen.  tip: one sentence, for tool tip, status bar and the sheet of keys.
    """

    name: str
    text: str
    tip: str
    menu: Menu
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    group: str = ""
    separated: bool = False  # a line before it in its menu


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
        "Open the file of a run (.seqx), or of an experiment (JSON).",
        "File",
        ("Ctrl+O",),
        "open",
    ),
    ActionSpec(
        "open_data",
        "Open &data…",
        "Open a text or a table of your own: what comes next in it is the task.",
        "File",
        ("Ctrl+D",),
    ),
    ActionSpec(
        "gallery",
        "&Gallery of claims…",
        "Ten published claims about recurrent nets, each ready to be trained and watched.",
        "File",
        ("Ctrl+G",),
    ),
    ActionSpec(
        "open_task",
        "Open &task file…",
        "Open a task of your own, a Python file; it asks before it runs.",
        "File",
        ("Ctrl+Shift+O",),
        separated=True,
    ),
    ActionSpec(
        "new_task",
        "&New task file…",
        "Write a task to begin with, with comments, to a place that you choose.",
        "File",
    ),
    ActionSpec(
        "reload_task",
        "&Reload task file",
        "Run the shown task's file again after an edit; it asks, since it is another one.",
        "File",
        ("F5",),
    ),
    ActionSpec(
        "save",
        "&Save experiment as…",
        "Save this run with curves and weights (.seqx), or its description alone (JSON).",
        "File",
        ("Ctrl+S",),
        "save",
        separated=True,
    ),
    ActionSpec(
        "export",
        "&Export run…",
        "Write this run as a table, scripts for PyTorch, ONNX, a notebook or a picture.",
        "File",
        ("Ctrl+E",),
        separated=True,
    ),
    ActionSpec(
        "picture",
        "&Picture for print…",
        "Draw what is on screen in print colours, as SVG or PNG or to the clipboard.",
        "File",
        ("Ctrl+P",),
    ),
    ActionSpec(
        "quit",
        "&Quit",
        "End the run and close the window.",
        "File",
        ("Ctrl+Q",),
        separated=True,
    ),
    ActionSpec(
        "undo",
        "&Undo",
        "Take back the last edit; a run that it replaced is shown again as it was left.",
        "Edit",
        ("Ctrl+Z",),
    ),
    ActionSpec(
        "redo",
        "&Redo",
        "Do again what was taken back last.",
        "Edit",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
    ),
    ActionSpec(
        "copy_short",
        "&Copy as short text",
        "Copy the description of this run as a line that fits into a chat.",
        "Edit",
        ("Ctrl+Shift+C",),
        "copy",
        separated=True,
    ),
    ActionSpec(
        "copy",
        "Copy as &JSON",
        "Copy the description of this run to the clipboard as JSON.",
        "Edit",
    ),
    ActionSpec(
        "paste",
        "&Paste experiment",
        "Show the untrained nets of an experiment that was copied, as short text or as JSON.",
        "Edit",
        ("Ctrl+Shift+V",),
    ),
    ActionSpec(
        "defaults",
        "&Default settings",
        "Give the task and the training their default settings; nets and seed stay.",
        "Edit",
        ("Ctrl+Backspace",),
        "defaults",
        separated=True,
    ),
    ActionSpec(
        "train",
        "&Train",
        "Train the nets; the same key pauses and goes on.",
        "Run",
        ("Space",),
        "train",
    ),
    ActionSpec(
        "step",
        "&Step",
        "Take one training step, then pause.",
        "Run",
        (".",),
        "step",
    ),
    ActionSpec(
        "restart",
        "&Restart",
        "Start again from the same untrained weights; goes on if it was training.",
        "Run",
        ("R",),
        "restart",
    ),
    ActionSpec(
        "slower",
        "S&lower",
        "Train at a slower pace, down to one step a second.",
        "Run",
        ("[",),
        separated=True,
    ),
    ActionSpec("faster", "&Faster", "Train at a faster pace, up to full speed.", "Run", ("]",)),
    ActionSpec(
        "example_1",
        "Show example &1",
        "Show what the nets do with the first example sequence.",
        "Run",
        ("1",),
        group="example",
        separated=True,
    ),
    ActionSpec(
        "example_2",
        "Show example &2",
        "Show what the nets do with the second example sequence.",
        "Run",
        ("2",),
        group="example",
    ),
    ActionSpec(
        "example_3",
        "Show example &3",
        "Show what the nets do with the third example sequence.",
        "Run",
        ("3",),
        group="example",
    ),
    ActionSpec(
        "mark_before",
        "Mark the step &before",
        "Mark the step before, in every picture; Escape takes the mark away.",
        "Run",
        ("Left",),
        separated=True,
    ),
    ActionSpec(
        "mark_after",
        "Mark the step &after",
        "Mark the step after, in every picture.",
        "Run",
        ("Right",),
    ),
    ActionSpec(
        "film",
        "Play the &film",
        "Show the panels as they were from the first step to the last; again stops.",
        "Run",
        ("P",),
        separated=True,
    ),
    ActionSpec(
        "earlier",
        "Look back a step",
        "Show every panel as it was one step earlier.",
        "Run",
        ("Shift+Left",),
    ),
    ActionSpec(
        "later",
        "Look a step further",
        "Show every panel as it was one step later.",
        "Run",
        ("Shift+Right",),
    ),
    ActionSpec(
        "now",
        "Back to &now",
        "Show the panels as they are after the last step.",
        "Run",
        ("N",),
    ),
    ActionSpec(
        "fork",
        "Fork here",
        "Begin a new run at the step that is shown; what is changed before training is its own.",
        "Run",
        ("Ctrl+B",),
    ),
    ActionSpec(
        "history",
        "&History…",
        "Every run there was: search, compare, show again, overlay its curves.",
        "View",
        ("Ctrl+H",),
    ),
    ActionSpec(
        "theme_system",
        "Theme of the s&ystem",
        "Light or dark as the desktop says; dark where it says nothing.",
        "View",
        group="theme",
        separated=True,
    ),
    ActionSpec("theme_light", "&Light theme", "Dark text on white.", "View", group="theme"),
    ActionSpec("theme_dark", "&Dark theme", "Light text on near black.", "View", group="theme"),
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
        "Draw the curves over seconds of training; off: over training steps.",
        "View",
        ("T",),
        checkable=True,
    ),
    ActionSpec(
        "generalisation",
        "G&eneralisation curves",
        "Draw how each net does where it is not trained: longer gaps, words it has not met.",
        "View",
        ("B",),
        checkable=True,
    ),
    ActionSpec(
        "relative",
        "Gradient relative to the &question",
        "Gradient: 1 at the question, how much of it is left further back; off: its values.",
        "View",
        ("G",),
        checkable=True,
    ),
    ActionSpec(
        "answers",
        "&Answers of every net",
        "Show what each net would answer at every step, how sure it is, and how it goes on alone.",
        "View",
        ("A",),
        checkable=True,
    ),
    ActionSpec(
        "reset_layout",
        "&Reset layout",
        "Put every dock back where it was at first.",
        "View",
        ("Ctrl+0",),
        separated=True,
    ),
    ActionSpec("keys", "&Keys", "Show every key and what it does.", "Help", ("F1", "?"), "info"),
    ActionSpec(
        "explanations",
        "What is a &gate? And other words",
        "Every word on this window, explained in one paragraph each.",
        "Help",
        ("F2",),
    ),
    ActionSpec(
        "report",
        "Copy a &report",
        "Copy versions, machine and experiment, for describing a problem.",
        "Help",
        separated=True,
    ),
    ActionSpec(
        "log_folder",
        "Open the &log folder",
        "Open the folder that holds the log files.",
        "Help",
    ),
    ActionSpec(
        "about",
        "&About Sequence Sandbox",
        "What this program is, and its version.",
        "Help",
        separated=True,
    ),
)


REPEATED = ("step", "slower", "faster", "mark_before", "mark_after", "earlier", "later")


class Actions:
    """Every action of the registry as a QAction of one window, by name."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            self._actions[spec.name] = self._made(spec, window)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def by_name(self) -> Mapping[str, QAction]:
        """Every action, in the registry's order."""
        return self._actions

    def _made(self, spec: ActionSpec, window: QWidget) -> QAction:
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
    """The registry's entry of that name; KeyError where there is none."""
    for spec in ACTIONS:
        if spec.name == name:
            return spec
    raise KeyError(name)


def shown_keys(spec: ActionSpec) -> str:
    """Its keys as a person reads them: "F1 or ?"."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(key).toString(native) for key in spec.keys)


def tip(spec: ActionSpec) -> str:
    """The sentence of a tool tip, with the keys behind it."""
    return f"{spec.tip} ({shown_keys(spec)})" if spec.keys else spec.tip
