"""What two runs differ in, field by field, in the words that the window's forms use."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.engine.cells import CELLS
from sandbox.experiment import Contestant
from sandbox.run.words import label, title
from sandbox.tasks.data import name_of
from sandbox.tasks.registry import complete, task_class
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sandbox.experiment import AnyContestant, Experiment
    from sandbox.store.base import Origin, StoredRun

VALUES: Mapping[str, str] = {"cpu": "processor", "cuda": "NVIDIA GPU"}
TASK, TRAINING, WHILE_RUNNING, BEGINNING = "task", "training", "while running", "beginning"
OF_THE_RUN = (
    *("seed", "lr", "schedule", "warmup", "clip", "clip_by", "optimizer", "batch", "steps"),
    *("replicates", "device", "curriculum", "gap_from", "gap_power", "grow_at", "grow_by"),
)
OWN = ("lr", "clip", "optimizer")  # the run's, unless a contestant has its own
NOT_THERE = "not there"
UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Difference:
    """One field that two runs differ in.

    where: the task, the training, a contestant, or what was changed while running.  one, other:
    the values in words; None where the run has no such field.
    """

    where: str
    field: str
    one: str | None
    other: str | None

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Where, field and both values, as they are read."""
        return self.where, self.field, self.one or NOT_THERE, self.other or NOT_THERE

    def __str__(self) -> str:
        where, field, one, other = self.words
        return f"{where} · {field}: {one} → {other}"


@dataclass(frozen=True)
class Course:
    """A run's experiment at its first step, and what became of it: (step, experiment) in order."""

    begun: Experiment
    changes: tuple[tuple[int, Experiment], ...] = ()
    origin: Origin | None = None


def course_of(run: StoredRun) -> Course:
    """The course of a run that is kept."""
    return Course(run.begun, run.changes, run.info.origin)


def differences(one: Experiment, other: Experiment) -> tuple[Difference, ...]:
    """Every field that differs: the task's first, the training's, then each contestant's.

    Parameters that are left out of a known task count with their defaults.
    """
    one, other = _completed(one), _completed(other)
    return (
        *_of_task(one, other),
        *_of_fields(TRAINING, OF_THE_RUN, one.model_dump(), other.model_dump()),
        *_of_contestants(one, other),
    )


def course_differences(one: Course, other: Course) -> tuple[Difference, ...]:
    """As `differences` of how they began; where they came from, and what was changed on the way.

    A field that was changed in the same way at the same steps is no difference.
    """
    found = list(differences(one.begun, other.begun))
    if one.origin != other.origin:
        found.append(Difference(BEGINNING, "fork of", _origin(one.origin), _origin(other.origin)))
    changed = _changed(one), _changed(other)
    for field in dict.fromkeys([*changed[0], *changed[1]]):
        values = [each.get(field, UNCHANGED) for each in changed]
        if values[0] != values[1]:
            found.append(Difference(WHILE_RUNNING, field, *values))
    return tuple(found)


def as_text(found: Iterable[Difference]) -> str:
    """A line a difference: "task · gap: 20 → 50"."""
    return "\n".join(map(str, found))


def as_tsv(found: Iterable[Difference], one: str = "one", other: str = "other") -> str:
    """A table with tabs between the columns, as a spreadsheet takes it; `one`, `other`: heads."""
    text = io.StringIO()
    writer = csv.writer(text, "excel-tab", lineterminator="\n")
    writer.writerow(("where", "field", one, other))
    writer.writerows(difference.words for difference in found)
    return text.getvalue()


def _completed(experiment: Experiment) -> Experiment:
    """With every parameter of its task; as it is where another version made it."""
    try:
        return complete(experiment)
    except ExperimentError:
        return experiment


def _of_task(one: Experiment, other: Experiment) -> Iterator[Difference]:
    if one.task != other.task:
        yield Difference(TASK, "name", _task(one.task), _task(other.task))
    for name in dict.fromkeys([*one.params, *other.params]):
        values = [each.params.get(name) for each in (one, other)]  # a parameter is never None
        if values[0] != values[1]:
            words = [None if value is None else _value(value) for value in values]
            yield Difference(TASK, label(name), *words)


def _of_fields(
    where: str, names: Iterable[str], one: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in names:
        if (name in one, one.get(name)) != (name in other, other.get(name)):
            words = [_value(each[name]) if name in each else None for each in (one, other)]
            yield Difference(where, label(name), *words)


def _of_contestants(one: Experiment, other: Experiment) -> Iterator[Difference]:
    """By name; those that are the same but for the name are one contestant that was renamed."""
    ours = {contestant.name: contestant for contestant in one.contestants}
    theirs = {contestant.name: contestant for contestant in other.contestants}
    renamed = _renamed(one, other)
    for name, contestant in ours.items():
        who = title(name, contestant.cell)
        if name in theirs:
            yield from _of_contestant(who, contestant, theirs[name], one, other)
        elif name in renamed:
            yield Difference(who, "name", name, renamed[name])
        else:
            yield Difference(who, "contestant", _in_words(contestant, one), None)
    for name, contestant in theirs.items():
        if name not in ours and name not in renamed.values():
            who = title(name, contestant.cell)
            yield Difference(who, "contestant", None, _in_words(contestant, other))
    yield from _of_order(list(ours), [n for n in theirs if n in ours], list(theirs))


def _of_order(ours: list[str], shared: list[str], theirs: list[str]) -> Iterator[Difference]:
    """A contestant's first weights depend on its place among the others."""
    if [name for name in ours if name in shared] != shared:
        yield Difference("contestants", "order", ", ".join(ours), ", ".join(theirs))


def _of_contestant(
    who: str, ours: AnyContestant, theirs: AnyContestant, one: Experiment, other: Experiment
) -> Iterator[Difference]:
    mine, its = _fields(ours, one), _fields(theirs, other)
    for name in dict.fromkeys([*mine, *its]):
        if _raw(ours, name) != _raw(theirs, name):
            yield Difference(who, label(name), mine.get(name), its.get(name))


def _raw(contestant: Contestant, name: str) -> object:
    """The field's value; its class, which equals none, where there is no such field."""
    return getattr(contestant, name, Contestant)


def _fields(contestant: AnyContestant, run: Experiment) -> dict[str, str]:
    """Every field but the name, in words; what it leaves to the run with the run's own value."""
    values = contestant.model_dump(exclude={"name"})
    words = {name: _value(value) for name, value in values.items()}
    words["cell"] = CELLS[contestant.cell].title if contestant.cell in CELLS else contestant.cell
    for name in OWN:
        if values[name] is None:
            words[name] = f"the run's ({_value(getattr(run, name))})"
    return {"cell": words.pop("cell"), **words}


def _in_words(contestant: AnyContestant, run: Experiment) -> str:
    values = contestant.model_dump()
    fields = _fields(contestant, run)
    shown = [n for n in fields if n != "cell" and not (n in OWN and values[n] is None)]
    return ", ".join([fields["cell"], *(f"{label(name)} {fields[name]}" for name in shown)])


def _renamed(one: Experiment, other: Experiment) -> dict[str, str]:
    """Contestants in the same place that are the same but for their name, old to new."""
    if len(one.contestants) != len(other.contestants):
        return {}
    taken = {c.name for c in one.contestants} & {c.name for c in other.contestants}
    return {
        was.name: now.name
        for was, now in zip(one.contestants, other.contestants, strict=True)
        if not {was.name, now.name} & taken
        and was.model_dump(exclude={"name"}) == now.model_dump(exclude={"name"})
    }


def _changed(course: Course) -> dict[str, str]:
    """By field, what was changed while running: "0.003 → 0.001 at step 300"."""
    changed: dict[str, list[str]] = {}
    before = course.begun
    for step, after in course.changes:
        for each in differences(before, after):
            where = f"{each.where} · " if each.where not in (TASK, TRAINING) else ""
            told = f"{each.words[2]} → {each.words[3]} at step {step:,}"
            changed.setdefault(f"{where}{each.field}", []).append(told)
        before = after
    return {field: "; ".join(told) for field, told in changed.items()}


def _origin(origin: Origin | None) -> str:
    return "no other run" if origin is None else f"{origin.parent} at step {origin.step:,}"


def _task(name: str) -> str:
    try:
        return task_class(name).title
    except ExperimentError:
        return name


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, str):
        return VALUES.get(value, name_of(value) or "nothing")
    return f"{value:,}" if isinstance(value, int) else str(value)
