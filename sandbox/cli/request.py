"""The experiment that the options of `train` ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.about import live_fields
from sandbox.cells.known import CELLS, OWN
from sandbox.cli.own_data import with_own_data
from sandbox.contestants import CONTESTANTS, OwnCellError
from sandbox.experiment import Experiment, from_json
from sandbox.input_files import read_text
from sandbox.settings import with_settings
from sandbox.store import seqx
from sandbox.store.cell_files import cell_in, name_for
from sandbox.store.shorthand import from_text, looks_like_one
from sandbox.tasks.registry import complete
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError, NoExperiment

if TYPE_CHECKING:
    from argparse import Namespace

NEW_RUN_ONLY = ("task", "cells", "cell_files", "seed", "seeds", "experiment")
OPTIONS = {"cell_files": "cell-file"}  # where it is called otherwise
LIVE = ", ".join(sorted(live_fields(Experiment)))


def whole(field: str, text: str, least: int = 0, most: int | None = None) -> int:
    """Read a whole number; ExperimentError names the field."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least or (most is not None and number > most):
        limits = f"from {least:,} to {most:,}" if most is not None else f"of at least {least:,}"
        raise ExperimentError(field, text, f"a whole number {limits}")
    return number


def requested(arguments: Namespace) -> Experiment:
    """The complete experiment of a new run; ExperimentError says what is wrong."""
    base = from_file(arguments.experiment) if arguments.experiment else Experiment()
    if arguments.task is not None and arguments.task != base.task:
        base = base.changed(task=arguments.task, params={})
    if arguments.cells is not None:
        base = base.changed(contestants=_contestants(base, arguments.cells))
    for file in arguments.cell_files or ():
        base = base.changed(contestants=[*base.contestants, _from_cell_file(file, base)])
    given = with_own_data(with_settings(base, arguments.settings))
    return complete(_with_numbers(given, arguments))


def continued(arguments: Namespace, current: Experiment, step: int) -> Experiment:
    """The experiment a run goes on with; ExperimentError if other than live fields differ."""
    for name in NEW_RUN_ONLY:
        given = getattr(arguments, name)
        if given is not None:
            raise ExperimentError(
                f"--{OPTIONS.get(name, name)}",
                given,
                f"no value with --resume, which can change only {LIVE}",
            )
    if arguments.steps is not None:
        whole("steps", arguments.steps, least=step)
    new = complete(_with_numbers(with_settings(current, arguments.settings), arguments))
    _refuse_other_changes(current, new)
    if new.steps < step:
        raise ExperimentError("steps", new.steps, f"at least the {step:,} already done")
    return new


def _with_numbers(experiment: Experiment, arguments: Namespace) -> Experiment:
    given = {"steps": arguments.steps, "seed": arguments.seed, "replicates": arguments.seeds}
    settings = [f"{name}={value}" for name, value in given.items() if value is not None]
    try:
        return with_settings(experiment, settings)
    except ExperimentError as error:
        if error.field == "replicates" and arguments.seeds is not None:
            raise ExperimentError("seeds", error.given, error.accepted) from None
        raise


def from_file(name: str) -> Experiment:
    """The experiment of a file, complete; ExperimentError names the file and what is wrong.

    A short text as copied from the window will do, too.
    """
    if looks_like_one(name) and not Path(name).exists():
        return complete(from_text(name))
    if name.lower().endswith(".seqx"):
        return complete(seqx.read(Path(name)).experiment)
    try:
        return complete(from_json(read_text(name)))
    except NoExperiment as error:
        raise NoExperiment(f"{Path(name).name}, {error.why}") from None
    except OwnTaskError:
        raise
    except OwnCellError as error:
        raise error.within(Path(name).name) from None
    except ExperimentError as error:
        field = f"{Path(name).name}, {error.field}"
        raise ExperimentError(field, error.given, error.accepted) from None
    except OSError as error:
        words = f"an experiment file that can be read ({error.strerror})"
        raise ExperimentError("--experiment", name, words) from None
    except UnicodeDecodeError:
        raise ExperimentError("--experiment", name, "an experiment file, in JSON") from None


def _contestants(base: Experiment, text: str) -> list[dict[str, Any]]:
    """The named contestants: the base's own if it has them, otherwise defaults."""
    own = {contestant.name: contestant for contestant in base.contestants}
    chosen: list[dict[str, Any]] = []
    for name in (part.strip() for part in text.split(",")):
        if name not in own and name not in CONTESTANTS:
            known = ", ".join(dict.fromkeys([*CELLS, *own]))
            raise ExperimentError("cells", text, f"names separated by commas, of {known}")
        if any(name == before["name"] for before in chosen):
            raise ExperimentError("cells", text, "each cell once")
        contestant = own[name] if name in own else CONTESTANTS[name](name=name)
        chosen.append(contestant.model_dump())
    return chosen


def _from_cell_file(file: str, base: Experiment) -> dict[str, Any]:
    """A contestant with the cell in a file, under a name that the others leave free."""
    cell = cell_in(file)
    name = name_for(file, (each.name for each in base.contestants))
    return {"cell": OWN, "equations": cell.text, "name": name}


def _refuse_other_changes(current: Experiment, new: Experiment) -> None:
    before, after = _by_name(current), _by_name(new.with_live(current))
    for name, value in after.items():
        if value != before.get(name):
            words = f"what the run began with, {before.get(name)}; only {LIVE} can change"
            raise ExperimentError(name, value, words)


def _by_name(experiment: Experiment) -> dict[str, Any]:
    """All fields by their names in `--set`."""
    data = experiment.model_dump()
    contestants, params = data.pop("contestants"), data.pop("params")
    own = {f"{each['name']}.{name}": each[name] for each in contestants for name in each}
    return {**params, **data, **own}
