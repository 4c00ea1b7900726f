"""What happens in a run, in sentences a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.engine.cells import called
from sandbox.tasks.data import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.experiment import AnyContestant, Experiment
    from sandbox.store.base import RunInfo
    from sandbox.tasks.base import Task

# Fields as a person reads them, where it is not their own name.
LABELS: Mapping[str, str] = {
    "hidden": "units",
    "recurrent_init": "recurrent init",
    "forget_bias": "forget bias",
    "update_bias": "update bias",
    "lr": "learning rate",
    "optimizer": "optimiser",
    "clip_by": "clip by",
    "schedule": "learning-rate schedule",
    "warmup": "warm-up",
    "chrono_max": "chrono's T_max",
    "gap_from": "shortest gap",
    "gap_power": "power of the gap",
    "grow_at": "gap grows at accuracy",
    "grow_by": "gap grows by",
}


def label(field: str) -> str:
    """A field as the forms call it."""
    return LABELS.get(field, field.replace("_", " "))


def _called_so(*fields: str) -> dict[str, str]:
    return {field: label(field) for field in fields}


_LIVE = _called_so("lr", "clip", "steps", "optimizer")
_OF_A_RUN = {
    **_LIVE,
    **_called_so("batch", "seed", "replicates", "device", "clip_by", "schedule", "warmup"),
    **_called_so("curriculum", "gap_from", "gap_power", "grow_at", "grow_by"),
}
_OF_A_CONTESTANT = {
    **_called_so("hidden", "layers", "recurrent_init", "forget_bias", "update_bias", "chrono_max"),
    **_LIVE,
}

title = called  # of a contestant


def solved(who: str, step: int, task: Task, splits: Mapping[str, tuple[float, float]]) -> str:
    """That a contestant met the task's criterion, with the worst of the splits that decide."""
    judged = [splits[split] for split in task.judged_on()]
    counts = "/".join(f"{n:,}" for n in dict.fromkeys(map(task.test_size, task.judged_on())))
    fresh = f"{counts} fresh sequence{'' if counts == '1' else 's'}"
    if task.criterion.metric == "accuracy":
        worst = min(accuracy for _, accuracy in judged)
        return f"{who} solved at step {step:,}: {worst:.1%} of {fresh}"
    worst = max(loss for loss, _ in judged)
    return f"{who} solved at step {step:,}: loss {worst:.3g} on {fresh}"


def grew(who: str, step: int, gap: int) -> str:
    """That a contestant goes on with a longer gap."""
    return f"{who} goes on with gap {gap:,} from step {step:,}"


def changed(old: Experiment, new: Experiment) -> str:
    """What is different, as "learning rate 0.003 → 0.001, clip 1 → none"; "" for nothing."""
    parts = _differences("", _LIVE, old.model_dump(), new.model_dump())
    for before, after in zip(old.contestants, new.contestants, strict=False):
        parts += _differences(f"{after.name} ", _LIVE, before.model_dump(), after.model_dump())
    return ", ".join(parts)


def new_run(old: Experiment, new: Experiment, steps: int) -> str:
    """That an edit began another run, and what became of the one before, at that many steps."""
    kept = f"; the run before ({counted(steps, 'step')}) is kept" if steps else ""
    what = edited(old, new)
    return f"{f'new run: {what}' if what else 'started again'}{kept}"


def edited(old: Experiment, new: Experiment) -> str:
    """Every difference of two experiments: "gap 50 → 60", "LSTM 2 added"; "" for none."""
    if old.task != new.task:
        return f"task {old.task} → {new.task}"
    parts = [
        f"{name.replace('_', ' ')} {_shown(old.params.get(name))} → {_shown(value)}"
        for name, value in new.params.items()
        if old.params.get(name) != value
    ]
    parts += _differences("", _OF_A_RUN, old.model_dump(), new.model_dump())
    before = {contestant.name: contestant for contestant in old.contestants}
    after = {contestant.name: contestant for contestant in new.contestants}
    for was, now in _renamed(old, new):
        parts.append(f"{title(was.name, was.cell)} renamed {title(now.name, now.cell)}")
        before[now.name] = before.pop(was.name)
    parts += [f"{title(n, c.cell)} removed" for n, c in before.items() if n not in after]
    for name, contestant in after.items():
        who = title(name, contestant.cell)
        if name not in before:
            parts.append(f"{who} added")
        else:
            one, other = before[name].model_dump(), contestant.model_dump()
            parts += _differences(f"{who} ", _OF_A_CONTESTANT, one, other)
    return ", ".join(parts)


def _renamed(old: Experiment, new: Experiment) -> list[tuple[AnyContestant, AnyContestant]]:
    """Contestants that are the same but for their name, in the same place."""
    if len(old.contestants) != len(new.contestants):
        return []
    return [
        (was, now)
        for was, now in zip(old.contestants, new.contestants, strict=True)
        if was.name != now.name and {**was.model_dump(), "name": now.name} == now.model_dump()
    ]


def counted(number: int, thing: str) -> str:
    """A number of things: "1 step", "2,275 steps"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def finished(
    steps: int,
    keys: Mapping[str, str],
    solved_at: Mapping[str, int | None],
    remarks: Mapping[str, str] | None = None,
) -> str:
    """That all steps are taken, who solved the task by then, and what else was found of each."""
    parts = []
    for key, cell in keys.items():
        at = solved_at.get(key)
        outcome = "did not solve it" if at is None else f"solved it at step {at:,}"
        remark = (remarks or {}).get(key, "")
        parts.append(f"{title(key, cell)} {outcome}{f' and {remark}' if remark else ''}")
    return f"All {steps:,} steps are done: {', '.join(parts)}."


def forked(step: int, anew: Sequence[tuple[str, str]]) -> str:
    """Where a fork begins, and who begins it untrained: (key, cell) each."""
    sentence = f"Forked at step {step:,}"
    if not anew:
        return f"{sentence}: every net goes on with the weights it had there."
    names = ", ".join(title(key, cell) for key, cell in anew)
    verb = "begins" if len(anew) == 1 else "begin"
    return f"{sentence}: {names} {verb} untrained, since what was there does not fit."


def solved_before(who: str, step: int) -> str:
    """That a fork's net had solved the task before it was forked."""
    return f"{who} solved it at step {step:,}, before the fork"


def interrupted(info: RunInfo) -> str:
    """That a run ended before its time, and where."""
    gap = "" if info.gap is None else f", gap {info.gap:,}"
    return (
        f"Training was interrupted at step {info.step:,} of {info.steps:,} "
        f"({info.task}{gap}); all of it up to there is kept."
    )


def all_diverged(step: int) -> str:
    """That nobody is left."""
    return (
        f"Training stopped at step {step:,}: no contestant is left that could go on; "
        "a smaller learning rate or clip helps."
    )


def unsaved(error: OSError) -> str:
    """That the run is not being saved, why, and what to do."""
    reason = (error.strerror or str(error)).rstrip(".")
    return (
        f"The run is not being saved ({reason}); training goes on, and saving is tried again: "
        "make room, or point SEQUENCE_SANDBOX_HOME at a folder that can be written."
    )


def without_kernels(fault: str, wanted: bool) -> str:
    """That PyTorch trains every net, how much slower, what mends it, and last the reason."""
    so = "PyTorch trains all nets, ten to twenty times slower, since"
    if wanted:
        return f"{so} {fault}; start without that variable to have the kernels back."
    doctor = "`python3 main.py doctor` says what mends it"
    return f"{so} kernels cannot be compiled here; {doctor} ({fault})."


def _differences(
    owner: str, titles: Mapping[str, str], old: Mapping[str, object], new: Mapping[str, object]
) -> list[str]:
    return [
        f"{owner}{called} {_shown(old[name])} → {_shown(new[name])}"
        for name, called in titles.items()
        if name in old and name in new and old[name] != new[name]
    ]


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return name_of(value) or "nothing"
    return f"{value:,}" if isinstance(value, int) else str(value)
