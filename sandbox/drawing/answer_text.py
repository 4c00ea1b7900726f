"""A net's answer at a step, in words, and whether it is right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.drawing.wording import distance_text, percent, value_text, within_text
from sandbox.engine.trace import right_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Task
    from sandbox.tasks.shown import ShownSequence

    Floats = NDArray[np.floating[Any]]

EVEN_CHANCE = 0.5  # below it an answer is a guess, and a symbol counts as not legal
SURELY_MORE = 1.5  # times chance level; below it an answer is a guess, too
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class AnswerText:
    """A net's answer at one step.

    answer: in words.  verdict: right or wrong, and what is right.  right: only if asked.
    sure: False for a guess, below EVEN_CHANCE or little above chance level.  asked: whether the
    step is a question.  chance: the probability the net gives its answer, None for values and
    sets.
    """

    answer: str
    verdict: str
    right: bool = False
    sure: bool = True
    asked: bool = True
    chance: float | None = None


def right_answers(task: Task, answers: Floats, targets: NDArray[Any]) -> NDArray[np.bool_]:
    """Which answers (…, O) are right, bool (…); an answer with NaN or infinity is wrong.

    A value is right if it is nearer than `Task.correct_within`, as in training.
    """
    with np.errstate(invalid="ignore"):
        right = right_steps(answers, targets, task.correct_within)
    return right & np.isfinite(answers).all(axis=-1)


def are_guesses(task: Task, answers: Floats) -> NDArray[np.bool_]:
    """Which answers (…, O) are guesses, bool (…): classes with little chance; never NaN."""
    least = max(EVEN_CHANCE, SURELY_MORE / answers.shape[-1])
    return np.asarray(answers.max(axis=-1) < least) & (task.loss == "cross_entropy")


def answer_at(
    sequence: ShownSequence, answers: Floats, step: int | None = None, untrained: bool = False
) -> AnswerText:
    """The answer to the shown sequence at `step`, by default its last question.

    answers: a trace's, (T, B, O).  untrained: whether every answer is a guess.
    """
    step = sequence.asked_at if step is None else step
    given = answers[step, sequence.index]
    target = sequence.sequences.targets[sequence.index, step]
    if not sequence.sequences.scored[sequence.index, step]:
        said, chance = answer_words(sequence.task, given)
        return AnswerText(said, "nothing is asked here", asked=False, chance=chance)
    right = bool(right_answers(sequence.task, given, target))
    if sequence.task.loss == "cross_entropy":
        answer = _class(sequence.task, given, int(target), right)
    elif sequence.task.loss == "legal_symbols":
        answer = _symbols(sequence.task, given, target > 0, right)
    else:
        answer = _value(sequence.task, np.ravel(given), np.ravel(target), right)
    return as_guess(answer) if untrained else answer


def answer_words(task: Task, given: Floats) -> tuple[str, float | None]:
    """An answer (O,) in words, right or wrong, and its probability if it has one."""
    if not np.all(np.isfinite(given)):
        return NO_ANSWER, None
    if task.loss == "squared_error":
        return values_text(task, given), None
    if task.loss == "legal_symbols":
        return symbols(task.outputs, given >= EVEN_CHANCE), None
    chosen = int(np.argmax(given))
    chance = float(given[chosen])
    return f'"{task.outputs[chosen]}" {percent(chance)}', chance


def values_text(task: Task, values: Floats) -> str:
    """Values (O,) of an answer, in words."""
    return ", ".join(value_text(task, value) for value in np.ravel(values).tolist())


def as_guess(answer: AnswerText) -> AnswerText:
    """The answer told as a guess, as every answer of an untrained net is."""
    if not answer.sure or not answer.asked or answer.answer == NO_ANSWER:
        return answer
    aim = answer.verdict.removeprefix("wrong").lstrip(",; ")
    verdict = "a lucky guess" if answer.right else f"a guess; {aim}"
    return replace(answer, verdict=verdict, sure=False)


def symbols(names: tuple[str, ...], chosen: NDArray[np.bool_]) -> str:
    """Symbols as a set: {T, P}."""
    return f"{{{', '.join(name for name, one in zip(names, chosen, strict=True) if one)}}}"


def _class(task: Task, chances: Floats, target: int, right: bool) -> AnswerText:
    said, chance = answer_words(task, chances)
    aim = f'it is "{task.outputs[target]}"'
    if chance is None:
        return AnswerText(said, aim)
    answer = AnswerText(said, "right" if right else f"wrong, {aim}", right, chance=chance)
    return as_guess(answer) if are_guesses(task, chances) else answer


def _symbols(task: Task, chances: Floats, legal: NDArray[np.bool_], right: bool) -> AnswerText:
    """The top-ranked symbols, as many as are legal: right if they are the legal ones."""
    aim = f"{symbols(task.outputs, legal)} should rank first"
    if not np.all(np.isfinite(chances)):
        return AnswerText(NO_ANSWER, aim)
    first = np.zeros(len(chances), np.bool_)
    first[np.argsort(-np.ravel(chances), kind="stable")[: np.count_nonzero(legal)]] = True
    verdict = "right: all legal symbols rank first" if right else f"wrong; {aim}"
    return AnswerText(symbols(task.outputs, first), verdict, right)


def _value(task: Task, given: Floats, target: Floats, right: bool) -> AnswerText:
    said, _ = answer_words(task, given)
    aim = f"it is {values_text(task, target)}"
    if said == NO_ANSWER:
        return AnswerText(said, aim)
    if right:
        return AnswerText(said, f"right, {aim}, within {within_text(task)}", right)
    off = distance_text(task, float(np.max(np.abs(given - target))))
    return AnswerText(said, f"wrong, {aim}, off by {off} (right within {within_text(task)})")
