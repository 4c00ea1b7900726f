"""Answers in words: how many are right, how a net continues on its own, and a table of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.answer_text import EVEN_CHANCE, NO_ANSWER, answer_at, values_text
from sandbox.drawing.wording import as_read, percent, step_name
from sandbox.gui.panels.answers.answers_content import continuation, scored_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.answers.answers_content import AnswersView, Floats
    from sandbox.tasks.base import Task
    from sandbox.tasks.shown import ShownSequence

MOST_NAMED = 3  # of the likeliest answers


def likeliest(task: Task, chances: Floats) -> str:
    """The likeliest answers with their probabilities: "Spanish 71%, Polish 20%, German 5%"."""
    if not np.all(np.isfinite(chances)):
        return NO_ANSWER
    first = np.argsort(-chances, kind="stable")[:MOST_NAMED].tolist()
    return ", ".join(f"{task.outputs[each]} {percent(float(chances[each]))}" for each in first)


def summary(view: AnswersView, traces: Mapping[str, Trace], step: int) -> str:
    """Every contestant's answer at a step in a sentence, and how it continues on its own."""
    nets = view.nets
    if not traces:
        return nets.waiting or "No frame yet."
    parts = [_sentence(view, key, trace, step) for key, trace in traces.items()]
    return f"At {step_name(nets.sequence, step)}: {' '.join(parts)}"


def _sentence(view: AnswersView, key: str, trace: Trace, step: int) -> str:
    sequence, head = view.nets.sequence, view.nets.heads[key]
    said = answer_at(sequence, trace.answers, step, head.untrained)
    text = f"{head.title} {'says' if said.asked else 'would say'} {said.answer}, {said.verdict}"
    if sequence.task.loss != "squared_error":
        text += f"; likeliest: {likeliest(sequence.task, trace.answers[step, sequence.index])}"
    further = view.further(key)
    if further is not None:
        text += f"; {_goes_on(sequence.task, further)}"
    return f"{text}."


def _goes_on(task: Task, further: Floats) -> str:
    if words := continuation(task, further):
        return f"fed its own answers, it continues: {words}"
    last = values_text(task, further[-1])
    return f"fed its own answers, it is at {last} after {len(further) - 1} steps"


def table(view: AnswersView, traces: Mapping[str, Trace], every: bool) -> str:
    """Tab-separated: a row a step (where something is asked, or each), columns a contestant.

    Of each: its answer, the answer's probability where it has one, and whether it is right.
    """
    sequence, heads = view.nets.sequence, view.nets.heads
    units = sequence.task.units
    unit = f" ({units.unit})" if units is not None and units.unit else ""
    columns = ["step", "read", f"right answer{unit}"]
    for key in traces:
        answers = f"answers{unit}"
        columns += [f"{heads[key].title} {what}" for what in (answers, "probability", "right")]
    lines = ["\t".join(columns)]
    for step in np.flatnonzero(scored_steps(sequence) | every).tolist():
        cells = [str(step + 1), " ".join(sequence.told[step].split())]
        cells.append(_right_answer(sequence, step))
        for trace in traces.values():
            said = answer_at(sequence, trace.answers, step)
            cells += _answer(sequence.task, trace.answers[step, sequence.index])
            cells.append(("right" if said.right else "wrong") if said.asked else "")
        lines.append("\t".join(cells))
    lines += _further_lines(view, traces)
    return "\n".join(lines) + "\n"


def _further_lines(view: AnswersView, traces: Mapping[str, Trace]) -> Iterator[str]:
    """Rows of the steps after the sequence, fed on themselves."""
    sequence, found = view.nets.sequence, [view.further(key) for key in traces]
    most = max((len(each) for each in found if each is not None), default=1)
    for step in range(1, most):
        cells = [str(sequence.length + step), "(its own answer)", ""]
        for answers in found:
            known = answers is not None and step < len(answers)
            cells += [*_answer(sequence.task, answers[step]), ""] if known else ["", "", ""]  # type: ignore[index]
        yield "\t".join(cells)


def _answer(task: Task, given: Floats) -> tuple[str, str]:
    """The answer, and its probability; "" for values and sets."""
    if not np.all(np.isfinite(given)):
        return NO_ANSWER, ""
    if task.loss == "squared_error":
        return _numbers(task, given), ""
    if task.loss == "legal_symbols":
        return " ".join(task.outputs[n] for n in np.flatnonzero(given >= EVEN_CHANCE)), ""
    chosen = int(given.argmax())
    return task.outputs[chosen], f"{given[chosen]:.6f}"


def _right_answer(sequence: ShownSequence, step: int) -> str:
    if not scored_steps(sequence)[step]:
        return ""
    target, task = sequence.sequences.targets[sequence.index, step], sequence.task
    if task.loss == "cross_entropy":
        return task.outputs[int(target)]
    if task.loss == "legal_symbols":
        return " ".join(task.outputs[n] for n in np.flatnonzero(target))
    return _numbers(task, target)


def _numbers(task: Task, values: Floats) -> str:
    """Values (O,) in the units in which they are read, without these."""
    return " ".join(f"{value:.6g}" for value in as_read(task, np.ravel(values)).tolist())
