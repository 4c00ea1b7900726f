"""`data FILE`: how a file is read; and the files and recipes that `--set data…` names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cli import output
from sandbox.cli.own_text import show_text
from sandbox.input_files import plain_file
from sandbox.reading.columns import settled_by
from sandbox.reading.data import adopt_file, is_id
from sandbox.reading.file_kind import kind_of, wanted_kind
from sandbox.reading.recipe import Recipe, recipe_of
from sandbox.reading.resampling import even
from sandbox.reading.table_files import TableFile, read_table, with_all_times
from sandbox.reading.text_recipe import text_recipe_of
from sandbox.reading.words import reading_in_words
from sandbox.settings import RECIPE
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from sandbox.experiment import Experiment


def show_data(arguments: Namespace) -> int:
    """Print how a table or a text is read, what is in it, and each question."""
    path = Path(arguments.file)
    try:
        with plain_file(path):
            pass
        choices = _choices(arguments.settings)
        kind = wanted_kind(choices.pop("kind")) if "kind" in choices else kind_of(path.name, path)
    except OSError as error:
        accepts = f"the path of a file that can be read ({error.strerror})"
        raise ExperimentError("data", arguments.file, accepts) from None
    if kind == "text":
        return show_text(arguments, path, choices)
    recipe = Recipe().with_choices(choices)
    found = read_table(path, recipe)
    if recipe.every:
        table = even(with_all_times(path, found.table, recipe), recipe)
        found = replace(found, table=table)
    events = list(_events(found))
    words = _in_words(path.name, found, events, recipe.accept)
    output.answer(arguments, "\n".join(words), *events)
    return 0


def with_own_data(experiment: Experiment) -> Experiment:
    """The experiment with a path in `data` adopted, and `data.…` put into its recipe.

    Only for what was typed on this machine: an experiment file must not name paths.
    """
    params = dict(experiment.params)
    choices = {name: params.pop(name) for name in list(params) if name.startswith(RECIPE)}
    if choices:
        named = {name.removeprefix(RECIPE): value for name, value in choices.items()}
        before = str(params.get("recipe", ""))
        recipe = text_recipe_of(before) if experiment.task == "own" else recipe_of(before)
        params["recipe"] = str(recipe.with_choices(named))
    given = params.get("data")
    if isinstance(given, str) and given and not is_id(given):
        params["data"] = adopt_file(given)
        if experiment.task == "forecast":
            params = {"series": "csv", **params}
    return experiment.changed(params=params)


def _choices(settings: list[str]) -> dict[str, str]:
    """What `--set decimal=,` or `--set data.decimal=,` settles; ExperimentError."""
    choices = {}
    for setting in settings:
        name, sign, text = setting.partition("=")
        if not sign or not name.strip():
            raise ExperimentError("--set", setting, "KEY=VALUE, such as decimal=,")
        choices[name.strip().removeprefix(RECIPE)] = text
    return choices


def _events(found: TableFile) -> Iterator[dict[str, Any]]:
    """How the file is read, its times, each column of numbers and each question, for --json."""
    table = found.table
    layout, times = table.layout, table.times
    yield {
        "event": "reading",
        "kind": "table",
        "encoding": found.encoding,
        "separator": layout.body.splitting.separator,
        "decimal": table.decimal,
        "thousands": table.thousands,
        "header": len(layout.header),
        "skipped": len(layout.before) + len(layout.after) + len(layout.left_out),
        "order": table.order,
        "orientation": table.orientation,
        "notes": list(table.notes),
    }
    if times is not None:
        course = times.course
        known = times.values[~np.isnat(times.values)]
        yield {
            "event": "times",
            "name": times.name,
            "first": str(known[0]) if len(known) else None,
            "last": str(known[-1]) if len(known) else None,
            "step": course.step,
            "gaps": course.gaps,
            "doubles": course.doubles,
        }
    for column in table.columns:
        told = column.values[~np.isnan(column.values)]
        yield {
            "event": "column",
            "name": column.name,
            "unit": column.unit,
            "n": len(told),
            "missing": len(column.values) - len(told),
            "first": float(told[0]) if len(told) else None,
            "last": float(told[-1]) if len(told) else None,
            "mean": float(told.mean()) if len(told) else None,
            "sure": column.sure,
        }
    for question in table.questions:
        yield {
            "event": "question",
            "about": question.about,
            "text": question.text,
            "columns": list(question.columns),
            "answers": [{"text": words, "set": dict(choices)} for words, choices in question.mends],
        }


def _in_words(
    name: str, found: TableFile, events: list[dict[str, Any]], accepted: bool
) -> Iterator[str]:
    """The same for people, line by line."""
    yield f"{name}: {reading_in_words(found)}"
    yield from (f"- {note}" for note in found.table.notes)
    head = ("column", "values", "missing", "first", "last", "mean", "")
    rows = [_row(event) for event in events if event["event"] == "column"]
    yield from ("", output.table(head, rows))
    if found.table.questions:
        yield ""
    for each in found.table.questions:
        yield f"accepted: {each.text}" if accepted else f"? {settled_by(each)}"


def _row(column: dict[str, Any]) -> tuple[str, ...]:
    numbers = (column[name] for name in ("first", "last", "mean"))
    return (
        column["name"],
        f"{column['n']:,}",
        f"{column['missing']:,}" if column["missing"] else "",
        *("" if number is None else f"{number:.6g}" for number in numbers),
        "" if column["sure"] else "not sure",
    )
