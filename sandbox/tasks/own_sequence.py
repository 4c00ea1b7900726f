"""A sequence of one's own: an example changed by hand, with what the task says is right in it.

Every edit gives another sequence, which the task reads again as if it had been typed.  Where it
refuses that, as a row with a third mark, roles and targets stay with their steps, and a remark
says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Role, Sequences, Task, Tokens
from sandbox.tasks.text import near_words
from sandbox.tasks.tokens import SHOWN
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_STEPS, LONGEST_GAP = 2000, 1000
KEPT = "the task has no answer for it, so the one from before is kept"
_POOL = 64  # sequences from which filler is taken
_SHOWN_CHARACTERS = 40  # of what was refused


class EditError(ExperimentError):
    """An edit that this sequence does not allow; `why` is the whole sentence."""

    def __init__(self, field: str, given: object, why: str) -> None:
        super().__init__(field, given, "another edit")
        self.why = why
        self.args = (why,)


@dataclass(frozen=True)
class OwnSequence:
    """One sequence (1, T) without padding.  remark: what is not known of it, "" if nothing."""

    sequences: Sequences
    remark: str = ""

    @property
    def length(self) -> int:
        """Its steps, T."""
        return int(self.sequences.roles.shape[1])


def own_of(sequences: Sequences, index: int) -> OwnSequence:
    """Number `index` of a batch, as it stands."""
    one = sequences.pick(index)
    return OwnSequence(one.steps(slice(int(np.count_nonzero(one.roles)))))


def text_of(task: Task, own: OwnSequence) -> str:
    """The sequence as text, which `from_text` reads back."""
    return " ".join(task.typed(own.sequences, 0))


def from_text(task: Task, text: str) -> OwnSequence:
    """A sequence as a person typed it; ExperimentError says what cannot be read."""
    return _short_enough(OwnSequence(task.encode(text)))


def with_word(task: Task, own: OwnSequence, step: int, word: str) -> OwnSequence:
    """Another word, or number, at a step; ExperimentError names near ones of an unknown word."""
    if not isinstance(task.inputs, Tokens):
        typed = task.typed(own.sequences, 0)
        return from_text(task, " ".join([*typed[:step], word, *typed[step + 1 :]]))
    inputs = own.sequences.inputs.copy()
    inputs[0, step] = token_of(task.inputs, word)
    return _judged(task, _with_inputs(own.sequences, inputs))


def with_value(
    task: Task, own: OwnSequence, values: Sequence[tuple[int, int, float]]
) -> OwnSequence:
    """Other values, each of a step and channel, in the units that nets read."""
    inputs = own.sequences.inputs.copy()
    for step, channel, value in values:
        inputs[0, step, channel] = value
    return _judged(task, _with_inputs(own.sequences, inputs))


def with_cue_at(task: Task, own: OwnSequence, step: int) -> OwnSequence:
    """The nearest cue moved so that it reaches that step; what lies between moves up.

    Several cue steps in a row move together.  ExperimentError unless the step is before the
    question, and apart from a cue.
    """
    cues = np.flatnonzero(own.sequences.roles[0] == Role.CUE)
    if not len(cues):
        raise EditError("step", step, "There is no cue to move in this sequence.")
    if step >= asked_at(own) or step in cues:
        why = "The cue can be moved to a step before the question that is no cue itself."
        raise EditError("step", step, why)
    runs = np.split(cues, np.flatnonzero(np.diff(cues) > 1) + 1)
    cue = min(runs, key=lambda run: int(np.abs(run - step).min())).tolist()
    left = [each for each in range(own.length) if each not in cue]
    first = step if step < cue[0] else step - len(cue) + 1
    edited = _steps(own.sequences, [*left[:first], *cue, *left[first:]])
    judged = _judged(task, edited)
    if (judged.sequences.roles[0, first : first + len(cue)] != Role.CUE).any():
        return OwnSequence(edited, KEPT)
    return judged


def with_filler_before(
    task: Task, own: OwnSequence, step: int, rng: np.random.Generator
) -> OwnSequence:
    """One filler step more, before a step; in a task without filler that step once more."""
    try:
        read = filler(task, own, 1, rng)
    except EditError:
        read = own.sequences.inputs[0, step : step + 1]
    return _judged(task, _with_filler(own.sequences, step, read))


def without(task: Task, own: OwnSequence, step: int) -> OwnSequence:
    """The sequence without a step; ExperimentError if nothing is left to ask."""
    return _judged(task, _steps(own.sequences, [n for n in range(own.length) if n != step]))


def gap_of(own: OwnSequence) -> range:
    """The filler steps right after the last cue before the question; EditError without a cue."""
    roles, asked = own.sequences.roles[0], asked_at(own)
    cues = np.flatnonzero(roles[:asked] == Role.CUE)
    if not len(cues):
        raise EditError("gap", 0, "There is no gap here: no cue comes before the question.")
    first = int(cues[-1]) + 1
    others = np.flatnonzero(roles[first:] != Role.FILLER)
    return range(first, first + int(others[0]) if len(others) else own.length)


def with_gap(task: Task, own: OwnSequence, gap: int, rng: np.random.Generator) -> OwnSequence:
    """So many filler steps after the cue: the last ones go, or more come as the task draws them.

    EditError if there is no cue, no filler in the task, or if the task places its cues itself.
    """
    if not 0 <= gap <= LONGEST_GAP:
        raise EditError("gap", gap, f"A gap has 0 to {LONGEST_GAP:,} steps.")
    there = gap_of(own)
    if gap <= len(there):
        kept = [step for step in range(own.length) if step not in there[gap:]]
        edited = _steps(own.sequences, kept)
    else:
        more = filler(task, own, gap - len(there), rng)
        edited = _with_filler(own.sequences, there.stop, more)
    judged = _judged(task, edited)
    if not judged.remark and len(gap_of(judged)) != gap:
        raise EditError("gap", gap, "Here the gap is the task's own: set it in the task's form.")
    return judged


def filler(task: Task, own: OwnSequence, count: int, rng: np.random.Generator) -> NDArray[Any]:
    """The inputs of `count` filler steps, (count,) or (count, I), from what the task draws.

    From sequences with the same cue if there are any: their distractors do not name it.
    EditError if the task has no filler.
    """
    exact = task.with_gap(count) if task.gap_field == "gap" else task
    for drawer in dict.fromkeys((exact, task)):
        drawn = drawer.draw(rng, _POOL)
        found = _filler_in(task, drawn, own)
        if len(found):
            return np.concatenate([found] * -(-count // len(found)))[:count]
    raise EditError("sequence", count, "This task has no filler: every step of it counts.")


def token_of(inputs: Tokens, word: str) -> int:
    """A word's token, in any case if no other word is written so; ExperimentError names near ones.

    A character that cannot be seen may be typed or written as it is shown.
    """
    known = {each: token for token, each in enumerate(inputs.words) if each}
    folded = {each.lower(): token for each, token in known.items()}
    for each in (word, SHOWN.get(word, word), word.strip()):
        if each in known:
            return known[each]
    if word.strip().lower() in folded:
        return folded[word.strip().lower()]
    raise ExperimentError("sequence", word.strip(), near_words(word.strip().lower(), folded))


def asked_at(own: OwnSequence) -> int:
    """The last scored step."""
    return int(np.flatnonzero(own.sequences.scored[0])[-1])


def refusal_words(error: ExperimentError) -> str:
    """Why something was refused, in the sentence that stands under what was typed."""
    if isinstance(error, EditError):
        return error.why
    given = str(error.given)
    if len(given) > _SHOWN_CHARACTERS:
        given = f"{given[: _SHOWN_CHARACTERS - 1]}…"
    return f"“{given}” cannot be read here: it takes {error.accepted}."


def _filler_in(task: Task, drawn: Sequences, own: OwnSequence) -> NDArray[Any]:
    """Filler steps of a batch: of the sequences with the same cues, or else what is no cue."""
    is_filler, is_cue = drawn.roles == Role.FILLER, drawn.roles == Role.CUE
    if not isinstance(task.inputs, Tokens):
        every: NDArray[Any] = drawn.inputs[is_filler]
        return every
    cues = own.sequences.inputs[0][own.sequences.roles[0] == Role.CUE].tolist()
    same = [n for n in range(len(drawn)) if drawn.inputs[n][is_cue[n]].tolist() == cues]
    if same:
        return np.concatenate([drawn.inputs[n][is_filler[n]] for n in same])
    found: NDArray[Any] = drawn.inputs[is_filler]
    return found[~np.isin(found, cues)]


def _judged(task: Task, edited: Sequences) -> OwnSequence:
    """What the task makes of it; where it refuses, what stood there before, with a remark."""
    try:
        judged = OwnSequence(task.encode(" ".join(task.typed(edited, 0))))
    except ExperimentError as refusal:
        if not _can_be_asked(task, edited):
            raise refusal from None
        judged = OwnSequence(edited, KEPT)
    return _short_enough(judged)


def _can_be_asked(task: Task, edited: Sequences) -> bool:
    if not edited.scored.any():
        return False
    try:
        task.question(edited, 0)
    except (ValueError, IndexError):  # the question's words need what is no longer there
        return False
    return True


def _short_enough(own: OwnSequence) -> OwnSequence:
    if own.length > MOST_STEPS:
        accepts = f"at most {MOST_STEPS:,} steps"
        raise ExperimentError("sequence", f"{own.length:,} steps", accepts)
    return own


def _with_inputs(sequences: Sequences, inputs: NDArray[Any]) -> Sequences:
    return Sequences(inputs, sequences.targets, sequences.scored, sequences.roles)


def _steps(sequences: Sequences, steps: list[int]) -> Sequences:
    """These steps in this order."""
    return Sequences(*(array[:, steps] for array in sequences.arrays))


def _with_filler(sequences: Sequences, step: int, read: NDArray[Any]) -> Sequences:
    """The same with filler (n, …) before a step, where nothing is asked."""
    more = [np.zeros((1, len(read), *array.shape[2:]), array.dtype) for array in sequences.arrays]
    more[0][0], more[3][:] = read, Role.FILLER
    return Sequences(
        *(
            np.concatenate([array[:, :step], part, array[:, step:]], axis=1)
            for array, part in zip(sequences.arrays, more, strict=True)
        )
    )
