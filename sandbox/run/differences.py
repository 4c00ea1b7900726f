"""Differences between experiments or runs, field by field, in the words of the forms.

Behind the comparison in the history, the sentences about edits and live changes
(`sandbox.run.words`), and the short labels that tell contestants or runs apart.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sandbox.about import About, about
from sandbox.cells.known import called, cell_named, is_own, title_of
from sandbox.tasks.registry import complete, task_class, task_title
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from sandbox.contestants import AnyContestant
    from sandbox.experiment import Experiment
    from sandbox.store.base import ExperimentTimeline, Origin

TASK, TRAINING, WHILE_RUNNING, BEGINNING = "task", "training", "while running", "beginning"
NETS = "nets"  # the key of the contestants' names
NAME, CONTESTANT = "name", "contestant"  # fields of a difference that are not a single setting
LINE = " ="  # the end of a field that is a line of a cell
ABSENT = "absent"
UNCHANGED = "unchanged"
_NONE = object()  # the value of a missing setting


@dataclass(frozen=True)
class Difference:
    """One field that two experiments or runs differ in.

    where: the task, the training, a contestant, or what was changed while running.  one, other:
    the values in words; None if there is no such field.
    """

    where: str
    field: str
    one: str | None
    other: str | None

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Where, field and both values, for reading."""
        return self.where, self.field, self.one or ABSENT, self.other or ABSENT

    @property
    def edit(self) -> str:
        """The difference as an edit: "gap 50 → 60", "LSTM 2 added"."""
        where, field, one, other = self.words
        if field == CONTESTANT:
            return f"{where} {'added' if self.one is None else 'removed'}"
        if where == TASK and field == NAME:
            return f"task {one} → {other}"
        if field == NAME:
            return f"{where} renamed {other}"
        owner = "" if where in (TASK, TRAINING) else f"{where} "
        return f"{owner}{field} {one} → {other}"

    def __str__(self) -> str:
        where, field, one, other = self.words
        return f"{where} · {field}: {one} → {other}"


class Fact(NamedTuple):
    """A setting: its label, its value in words, both in brief, and the value itself."""

    label: str
    said: str
    brief: str
    value: object


def differences(one: Experiment, other: Experiment) -> tuple[Difference, ...]:
    """Every field that differs: the task's first, then the training's, then each contestant's.

    Missing parameters have the task's defaults.
    """
    one, other = _completed(one), _completed(other)
    return (
        *_compared(TASK, _of_task(one), _of_task(other)),
        *_compared(TRAINING, _settings(one), _settings(other)),
        *_of_contestants(one, other),
    )


def timeline_differences(
    one: ExperimentTimeline, other: ExperimentTimeline
) -> tuple[Difference, ...]:
    """`differences` at the first step, then in origin and in what changed during the run.

    A field that changed in the same way at the same steps is not a difference.
    """
    found = list(differences(one.first, other.first))
    if one.origin != other.origin:
        found.append(Difference(BEGINNING, "fork of", _origin(one.origin), _origin(other.origin)))
    changed = _changed(one), _changed(other)
    for field in dict.fromkeys([*changed[0], *changed[1]]):
        values = [each.get(field, UNCHANGED) for each in changed]
        if values[0] != values[1]:
            found.append(Difference(WHILE_RUNNING, field, *values))
    return tuple(found)


def distinguish(runs: Sequence[ExperimentTimeline], nets: bool = True) -> list[str]:
    """The fewest words that tell runs apart, one text for each: "gap 20", "gap 50".

    For labels of curves and rows of runs.  Names as few fields as tell all of them apart, joined by
    " · ", and where a fork began: "fork at 400: rate 0.01"; "" if all runs are the same.
    nets: whether contestants' names count, too.
    """
    facts = [dict(_facts(_completed(each.first))) for each in runs]
    if not nets:  # then settings of a net that only some of them have do not count, either
        everywhere = set.intersection(*(set(each) for each in facts)) if facts else set()
        facts = [{k: f for k, f in each.items() if k in everywhere - {NETS}} for each in facts]
    for each, run in zip(facts, runs, strict=True):
        changed = _changed(run).items()
        each |= {(WHILE_RUNNING, f): Fact(f, told, f"{f} {told}", told) for f, told in changed}
    told = _told_apart([each.items() for each in facts])
    if len({each.origin for each in runs}) == 1:
        return told
    begun = (f"fork at {each.origin.step:,}" if each.origin else "" for each in runs)
    return [": ".join(filter(None, both)) for both in zip(begun, told, strict=True)]


def distinguish_contestants(experiment: Experiment) -> dict[str, str]:
    """The fewest words, by name, that tell contestants with one cell apart: "chrono", "bias 1"."""
    words: dict[str, str] = {}
    for cell in dict.fromkeys(each.cell for each in experiment.contestants):
        alike = [each for each in experiment.contestants if each.cell == cell]
        told = _told_apart([_of_contestant(each, experiment) for each in alike])
        words |= {each.name: text for each, text in zip(alike, told, strict=True) if text}
    return words


def as_tsv(found: Iterable[Difference], one: str = "one", other: str = "other") -> str:
    """Tab-separated, for pasting into a spreadsheet; `one` and `other` head the values."""
    text = io.StringIO()
    writer = csv.writer(text, "excel-tab", lineterminator="\n")
    writer.writerow(("where", "field", one, other))
    writer.writerows(difference.words for difference in found)
    return text.getvalue()


# Settings in words ------------------------------------------------------------------------


def _of_task(experiment: Experiment) -> Iterator[tuple[str, Fact]]:
    """The task and its parameters; those of an unknown task under their raw names."""
    try:
        kind = task_class(experiment.task)
    except ExperimentError:
        kind = None
    title = task_title(experiment.task)
    yield "", Fact(NAME, title, title, experiment.task)
    for name, value in experiment.params.items():
        known = kind is not None and name in kind.Params.model_fields
        told = about(kind.Params, name) if kind and known else About(name.replace("_", " "))
        yield name, _fact(told, value)


def _settings(model: BaseModel) -> Iterator[tuple[str, Fact]]:
    """Every setting of an experiment or a contestant, by its field."""
    for name, value in model:
        if (told := about(type(model), name)).group:
            yield name, _fact(told, value)


def _of_contestant(contestant: AnyContestant, run: Experiment) -> Iterator[tuple[str, Fact]]:
    """Its cell and fields; a field left to the run is shown with the run's value."""
    title = title_of(contestant.cell)
    yield "cell", Fact("cell", title, title, title)
    runs = dict(_settings(run))
    for name, fact in _settings(contestant):
        left = fact.value is None and name in runs
        yield name, fact._replace(said=f"{fact.said} ({runs[name].said})") if left else fact


def _equations(contestant: AnyContestant) -> Iterator[tuple[str, Fact]]:
    """The lines of a cell that a person wrote; of any other cell none."""
    if is_own(contestant.cell):
        for line in cell_named(contestant.cell).equations.splitlines():
            name, _, expression = line.partition(" = ")
            yield f"{name}{LINE}", Fact(f"{name}{LINE}", expression, line, expression)


def _facts(experiment: Experiment) -> Iterator[tuple[Hashable, Fact]]:
    """Every setting of an experiment under a key; a contestant's names its owner."""
    yield from ((("task", name), fact) for name, fact in _of_task(experiment))
    yield from ((("run", name), fact) for name, fact in _settings(experiment))
    nets = _names(experiment)
    yield NETS, Fact("contestants", nets, nets, nets)
    for each in experiment.contestants:
        who = called(each.name, each.cell)
        for name, fact in (*_of_contestant(each, experiment), *_equations(each)):
            yield (each.name, name), fact._replace(brief=f"{who} {fact.brief}")


def _fact(told: About, value: object) -> Fact:
    return Fact(told.label, told.say(value), told.say_briefly(value), value)


def _completed(experiment: Experiment) -> Experiment:
    """The experiment with every parameter of its task; unchanged if the task is unknown."""
    try:
        return complete(experiment)
    except ExperimentError:
        return experiment


def _origin(origin: Origin | None) -> str:
    return "no other run" if origin is None else f"{origin.parent} at step {origin.step:,}"


# Comparing --------------------------------------------------------------------------------


def _compared(
    where: str, one: Iterable[tuple[str, Fact]], other: Iterable[tuple[str, Fact]]
) -> Iterator[Difference]:
    ours, theirs = dict(one), dict(other)
    for name in dict.fromkeys([*ours, *theirs]):
        mine, its = ours.get(name), theirs.get(name)
        if mine is None or its is None or mine.value != its.value:
            label = (mine or theirs[name]).label
            yield Difference(where, label, mine and mine.said, its and its.said)


def _of_contestants(one: Experiment, other: Experiment) -> Iterator[Difference]:
    """Compare contestants by name; equal but for the name means that one was renamed."""
    ours = {contestant.name: contestant for contestant in one.contestants}
    theirs = {contestant.name: contestant for contestant in other.contestants}
    renamed = _renamed(one, other)
    for name, contestant in ours.items():
        who = called(name, contestant.cell)
        if name in theirs:
            mine, its = _of_contestant(contestant, one), _of_contestant(theirs[name], other)
            found = *_compared(who, mine, its), *_of_cells(who, contestant, theirs[name])
            yield from found or _of_comments(who, contestant, theirs[name])
        elif name in renamed:
            new = renamed[name]
            yield Difference(who, NAME, who, called(new, theirs[new].cell))
        else:
            yield Difference(who, CONTESTANT, _in_words(contestant, one), None)
    for name, contestant in theirs.items():
        if name not in ours and name not in renamed.values():
            who = called(name, contestant.cell)
            yield Difference(who, CONTESTANT, None, _in_words(contestant, other))
    # The order matters: a contestant's first weights depend on its position.
    if [n for n in ours if n in theirs] != [n for n in theirs if n in ours]:
        yield Difference("contestants", "order", _names(one), _names(other))


def _of_cells(who: str, one: AnyContestant, other: AnyContestant) -> Iterator[Difference]:
    """The lines that differ, where a person wrote both cells."""
    if is_own(one.cell) and is_own(other.cell):
        yield from _compared(who, _equations(one), _equations(other))


def _of_comments(who: str, one: AnyContestant, other: AnyContestant) -> Iterator[Difference]:
    if one.cell != other.cell:
        yield Difference(who, "comments of the cell", "old", "new")


def _names(experiment: Experiment) -> str:
    return ", ".join(called(each.name, each.cell) for each in experiment.contestants)


def _in_words(contestant: AnyContestant, run: Experiment) -> str:
    """The cell, and every field that the contestant sets itself."""
    (_, cell), *rest = _of_contestant(contestant, run)
    own = [fact for name, fact in rest if getattr(contestant, name) is not None]
    return ", ".join([cell.said, *(f"{fact.label} {fact.said}" for fact in own)])


def _renamed(one: Experiment, other: Experiment) -> dict[str, str]:
    """Old to new names of contestants that differ in nothing else, at the same position."""
    if len(one.contestants) != len(other.contestants):
        return {}
    taken = {c.name for c in one.contestants} & {c.name for c in other.contestants}
    apart = {"name", "look"}
    return {
        was.name: now.name
        for was, now in zip(one.contestants, other.contestants, strict=True)
        if not {was.name, now.name} & taken
        and was.model_dump(exclude=apart) == now.model_dump(exclude=apart)
    }


def _changed(timeline: ExperimentTimeline) -> dict[str, str]:
    """The changes during the run, by field: "0.003 → 0.001 at step 300"."""
    changed: dict[str, list[str]] = {}
    before = timeline.first
    for step, after in timeline.later:
        for each in differences(before, after):
            where = f"{each.where} · " if each.where not in (TASK, TRAINING) else ""
            told = f"{each.words[2]} → {each.words[3]} at step {step:,}"
            changed.setdefault(f"{where}{each.field}", []).append(told)
        before = after
    return {field: "; ".join(told) for field, told in changed.items()}


def _told_apart(settings: Sequence[Iterable[tuple[Hashable, Fact]]]) -> list[str]:
    """A text for each set of settings, with as few of its values as tell all sets apart."""
    known: list[Mapping[Hashable, Fact]] = [dict(each) for each in settings]
    every = dict.fromkeys(key for each in known for key in each)
    keys = [key for key in every if _groups([key], known) > 1]
    chosen: list[Hashable] = []
    wanted = _groups(keys, known)
    while _groups(chosen, known) < wanted:
        best = max(keys, key=lambda key: _groups([*chosen, key], known))  # the first of the best
        chosen.append(best)
    chosen.sort(key=keys.index)
    return [" · ".join(each[key].brief for key in chosen if key in each) for each in known]


def _groups(keys: Sequence[Hashable], known: Sequence[Mapping[Hashable, Fact]]) -> int:
    return len({tuple(each[k].value if k in each else _NONE for k in keys) for each in known})
