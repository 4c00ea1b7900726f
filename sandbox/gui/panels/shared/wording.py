"""How numbers, steps and answers are said in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Role, Task, Tokens

if TYPE_CHECKING:
    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.shared.views import SequenceView

SHORTER_MEANINGS = {  # where a picture has little room, the longest first; the tool tip says all
    "1 keeps the memory, 0 erases it": ("1 keeps, 0 erases",),
    "1 writes the candidate, 0 writes nothing": ("1 writes, 0 does not",),
    "1 shows the memory, 0 hides it": ("1 shows, 0 hides",),
    "forget × old memory + input × candidate": ("forget × old + input × new", "f × old + i × new"),
    "old memory + input × candidate": ("old + input × new", "old + i × new"),
    "forget × old memory + candidate": ("forget × old + new", "f × old + new"),
    "what the net shows of its memory": ("what the net shows",),
    "one tanh layer, written anew each step": ("written anew each step", "written anew"),
    "one relu layer, written anew each step": ("written anew each step", "written anew"),
    "the new content, without a tanh": ("new content, no tanh", "the new content"),
    "1 keeps the memory, 0 replaces it": ("1 keeps, 0 replaces",),
    "1 replaces the memory, 0 keeps it": ("1 replaces, 0 keeps",),
    "1 lets the candidate see the memory": ("1 sees the memory",),
    "update × old memory + (1 - update) × candidate": (
        "z × old + (1 − z) × new",
        "old and new, mixed",
    ),
    "(1 - update) × old memory + update × candidate": (
        "(1 − z) × old + z × new",
        "old and new, mixed",
    ),
    "its share of forget + input is kept": ("its share is kept",),
    "its share of forget + input is written": ("its share is written",),
    "share × old memory + share × candidate": ("old and new, mixed",),
}
CELL_SATURATES = "Beyond ±3 the colour stays: the net reads tanh of it, which hardly changes there."
ROLE_NAMES = {Role.CUE: "cue", Role.FILLER: "filler", Role.QUERY: "question"}
LONGEST_SYMBOL = 2  # characters: "A", "16", "?"
EVEN_CHANCE = 0.5  # what a net gives its answer at least, or the answer is a guess
NEARLY_ALL = 0.9995
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float | None) -> str:
    """A share as whole percent; 100% only where it is all, but for a smoothed value's rest."""
    if share is None or not math.isfinite(share):
        return "–"
    if 0.99 < share < NEARLY_ALL:
        return "99%"
    return f"{share:.0%}"


LARGE = 10_000  # from here on numbers are written with a power of ten


def loss_text(loss: float | None) -> str:
    """A loss with the digits that matter."""
    if loss is None:
        return "–"
    if not math.isfinite(loss):
        return "not finite"
    plain = loss == 0 or 0.1 <= loss < LARGE
    return f"{loss:.2f}" if plain else f"{loss:.2g}"


def magnitude(value: float) -> str:
    """A gradient's size: 3.1e-9."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite"
    digits, _, exponent = f"{value:.1e}".partition("e")
    if value == 0:
        return "0"
    return f"{digits}e{int(exponent)}" if int(exponent) else digits


def power_of_ten(exponent: int) -> str:
    """An axis label."""
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPT)


def accuracy_name(task: Task) -> str:
    """What the share counts."""
    return f"within {task.correct_within:g}" if task.loss == "squared_error" else "accuracy"


def step_name(view: SequenceView, step: int) -> str:
    """A step as it is spoken of: step 5 GERMANY (cue)."""
    role = ROLE_NAMES.get(Role(int(view.roles[step])))
    parts = (f"step {step + 1}", view.labels[step], f"({role})" if role else "")
    return " ".join(part for part in parts if part)


def unit_of_length(task: Task) -> str:
    """What one step reads: words of a language, symbols that stand alone, or numbers.

    A row of letters between "start" and "end" is one of symbols: what most of them are counts.
    """
    if not isinstance(task.inputs, Tokens):
        return "steps"
    long = sum(len(word) > LONGEST_SYMBOL for word in task.inputs.words)
    return "words" if 2 * long > len(task.inputs.words) else "symbols"


@dataclass(frozen=True)
class Says:
    """What a net answers at the question, and whether that is right.

    sure: false where it gives its own answer less than an even chance.
    """

    answer: str
    verdict: str
    right: bool
    sure: bool = True


def query_step(view: SequenceView) -> int:
    """The last step at which something is asked: where the answer on screen is read."""
    return view.asked_at


def says(view: SequenceView, trace: Trace, step: int | None = None) -> Says:
    """The answer of one net to the shown sequence, at its last question or another one."""
    step = query_step(view) if step is None else step
    answer = trace.answers[step, view.index]
    target = view.sequences.targets[view.index, step]
    if view.task.loss == "cross_entropy":
        return _says_class(view.task, answer, int(target))
    if view.task.loss == "legal_symbols":
        return _says_symbols(view.task, answer, target > 0)
    return _says_value(view.task, np.ravel(answer), np.ravel(target))


def symbols(names: tuple[str, ...], chosen: np.ndarray) -> str:
    """Symbols as a set: {T, P}."""
    return f"{{{', '.join(name for name, one in zip(names, chosen, strict=True) if one)}}}"


def _says_class(task: Task, chances: np.ndarray, target: int) -> Says:
    if not np.all(np.isfinite(chances)):
        return Says("no answer", f'right is "{task.outputs[target]}"', False)
    chosen = int(np.argmax(chances))
    text = f'"{task.outputs[chosen]}" {percent(float(chances[chosen]))}'
    if chances[chosen] < EVEN_CHANCE:
        right = chosen == target
        verdict = "a guess, right" if right else f'a guess; it is "{task.outputs[target]}"'
        return Says(text, verdict, right, sure=False)
    if chosen == target:
        return Says(text, "right", True)
    return Says(text, f'wrong, it is "{task.outputs[target]}"', False)


def _says_symbols(task: Task, chances: np.ndarray, legal: np.ndarray) -> Says:
    """What it holds for legal; right where every legal symbol is likelier than any other."""
    aim = symbols(task.outputs, legal)
    if not np.all(np.isfinite(chances)):
        return Says("no answer", f"legal is {aim}", False)
    held = chances >= EVEN_CHANCE
    right = bool(np.where(legal, chances, np.inf).min() > np.where(legal, -1, chances).max())
    text = symbols(task.outputs, held) if held.any() else "none of them"
    if right and np.array_equal(held, legal):
        return Says(text, "right", True)
    first = "right, the legal ones come first" if right else "wrong"
    return Says(text, f"{first}; legal is {aim}", right)


def _says_value(task: Task, answer: np.ndarray, target: np.ndarray) -> Says:
    error = float(np.max(np.abs(answer - target)))
    right = error < task.correct_within
    text = ", ".join(f"{v:.2f}" if abs(v) < LARGE else f"{v:.2g}" for v in answer)
    aim = ", ".join(f"{value:.2f}" for value in target)
    if not math.isfinite(error):
        return Says("no answer", f"right is {aim}", False)
    return Says(text, f"{'right' if right else 'wrong'}, it is {aim}", right)
