"""After a run: what to try next, in one line, and the edit that does it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sandbox.about import about
from sandbox.cells.known import cell_named
from sandbox.tasks.registry import task_of, with_param
from sandbox.validation import schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.contestants import Contestant
    from sandbox.experiment import Experiment

LONGER, SLOWER, MORE = 2, 10, 2  # times the gap; of the learning rate; times the steps
USUAL = (1.0, 3.0, 5.0)  # biases to be tried
LEFT = 0.01  # of a memory at the question: with less of it a bias is too small to begin with
BIASES = ("forget_bias", "update_bias")


@dataclass(frozen=True)
class NextStep:
    """A sentence, a shorter one for little room, and a button.

    edit: what the button makes of the experiment; None where it shows the view instead.
    """

    sentence: str
    shorter: str
    label: str
    edit: Callable[[Experiment], Experiment] | None = None
    view: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    titles: what contestants are called, by name.  solved: names of those that solved it, with
    replicates of those all of whose nets did.  diverged: of those any of whose nets diverged.
    """

    experiment: Experiment
    titles: Mapping[str, str]
    solved: frozenset[str]
    diverged: frozenset[str] = frozenset()

    @property
    def failed(self) -> list[Contestant]:
        """The contestants that did not solve it."""
        return [each for each in self.experiment.contestants if each.name not in self.solved]


def next_step(outcome: Outcome) -> NextStep | None:
    """What to try after a run; None if there is nothing worth saying."""
    nets, failed = outcome.experiment.contestants, outcome.failed
    if outcome.diverged:
        return _slower(outcome)
    longest = task_of(outcome.experiment).dependency
    forgetting = [each for each in failed if _forgets(bias_of(each)[1], longest)]
    if forgetting:
        return _remembering(outcome, forgetting[0], longest)
    if len(nets) == 1:
        return _compared(nets[0])
    if not failed:
        return _longer(outcome)
    return _why(outcome) if len(failed) < len(nets) else _all_failed(outcome)


def _slower(outcome: Outcome) -> NextStep:
    name = min(outcome.diverged)
    own = outcome.experiment.contestant(name).lr
    rate = (own or outcome.experiment.lr) / SLOWER
    words = f"The {outcome.titles[name]} diverged: try a learning rate of {rate:g}."
    edit = partial(_edited, name, "lr", rate) if own else partial(_run_edited, "lr", rate)
    return NextStep(words, f"Try a learning rate of {rate:g}", "Lower it", edit)


def _remembering(outcome: Outcome, net: Contestant, longest: int) -> NextStep:
    """The least of the usual biases with which something is left at the question."""
    field, bias = bias_of(net)
    enough = (each for each in USUAL if not _forgets(each, longest))
    better: float | str = next(enough, "chrono")
    words, told = field.replace("_", " "), better if isinstance(better, str) else f"{better:g}"
    assert isinstance(bias, float | int)
    sentence = (
        f"The {outcome.titles[net.name]} failed with {words} {bias:g}, which at first keeps "
        f"{_kept(bias):.0%} at each step: try {told}."
    )
    edit = partial(_edited, net.name, field, better)
    return NextStep(sentence, f"Try {words} {told}", f"Use {told}", edit)


def _forgets(bias: object, longest: int) -> bool:
    """Whether a gate with this bias keeps too little over so many steps before it has learned."""
    return isinstance(bias, float | int) and _kept(bias) ** longest < LEFT


def _kept(bias: float) -> float:
    return 1 / (1 + math.exp(-bias))


def _run_edited(field: str, value: object, now: Experiment) -> Experiment:
    return now.changed(**{field: value})


def _edited(name: str, field: str, value: object, now: Experiment) -> Experiment:
    return now.with_contestant(name, **{field: value})


def _compared(net: Contestant) -> NextStep:
    other = "rnn" if _has_gates(net) else "lstm"
    title = cell_named(other).title
    words = f"One net alone says little: add an {title} and compare them."
    return NextStep(words, f"Compare with an {title}", "Add it", partial(_added, other))


def _added(cell: str, now: Experiment) -> Experiment:
    return now.changed(contestants=[*now.contestants, {"cell": cell}])


def _longer(outcome: Outcome) -> NextStep | None:
    task = task_of(outcome.experiment)
    field = task.gap_field
    if field is None:
        return None
    most = int(schema_of(task.Params)["properties"][field]["maximum"])
    gap = int(outcome.experiment.params[field])
    longer = min(max(LONGER * gap, gap + 1), most)
    if longer <= gap:
        return None
    words = f"All of them solved it. Where do they stop? Try a {field} of {longer:,}."
    edit = partial(with_param, name=field, value=longer)
    return NextStep(words, f"Solved: try a {field} of {longer:,}", "Try it", edit)


def _why(outcome: Outcome) -> NextStep:
    solved = next(name for name in outcome.titles if name in outcome.solved)
    failed = outcome.titles[outcome.failed[0].name]
    words = (
        f"The {outcome.titles[solved]} solved it, the {failed} did not: see how much of the "
        "gradient reaches the cue."
    )
    return NextStep(words, f"See why the {failed} failed", "Why", view="why")


def _all_failed(outcome: Outcome) -> NextStep:
    for net in outcome.experiment.contestants:
        field, bias = bias_of(net)
        if bias not in (None, "chrono"):
            name = field.replace("_", " ")
            words = (
                f"None of them solved it. Try {name} chrono for the {outcome.titles[net.name]}: "
                "it suits the length of the task."
            )
            edit = partial(_edited, net.name, field, "chrono")
            return NextStep(words, f"Try {name} chrono", "Use chrono", edit)
    steps = MORE * outcome.experiment.steps
    words = f"None of them solved it: give them {steps:,} steps, or try a shorter gap."
    return NextStep(
        words, f"Try {steps:,} steps", "More steps", partial(_run_edited, "steps", steps)
    )


def bias_of(net: Contestant) -> tuple[str, object]:
    """The field of its bias towards keeping, and its value; ("", None) if none has an effect."""
    values = net.model_dump()
    for field in BIASES:
        if field in values and about(type(net), field).has_effect(values):
            return field, values[field]
    return "", None


def _has_gates(net: Contestant) -> bool:
    return any(picture.kind == "gate" for picture in cell_named(net.cell).pictures)
