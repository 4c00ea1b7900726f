"""Files of the user's own in exported scripts: there are none, since a script stands alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sandbox.store.base import RunError
from sandbox.tasks.data import name_of
from sandbox.tasks.forecast import Forecast

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.export.source import Edits
    from sandbox.tasks.base import Task

READING = {  # what reads a file where there is one, by module
    "sandbox.tasks.corpus": "    if data:\n        return corpus_of_file(data, level)\n",
    "sandbox.tasks.table_column": (
        "    if data:\n        return column_of(data, column, missing)\n"
    ),
}
ANY_SERIES = "SOURCES[params.series]"


def refuse_own_data(experiment: Experiment) -> None:
    """RunError where the run is about a file that a script would not have."""
    params = experiment.params
    if (
        params.get("data")
        and isinstance(params["data"], str)
        and params.get("series") in (None, "csv")
    ):
        raise RunError(
            f"No script can be made of this run, since it would need {name_of(params['data'])}: "
            "export it as .seqx, .csv, .json, .onnx or .safetensors."
        )


def without_files() -> Edits:
    """Edits of where texts and columns come from: the samples are there, files are not."""
    return {name: partial(_without, passage=passage) for name, passage in READING.items()}


def of_one_series(text: str, task: Task) -> str:
    """The source of `forecast` with the one series that it is about; any other's as it is."""
    if not isinstance(task, Forecast):
        return text
    kind = type(task.source_of_values).__name__
    return text.replace(ANY_SERIES, kind).replace("SOURCES", kind)


def _without(text: str, passage: str) -> str:
    if passage not in text:
        raise LookupError(passage)
    return text.replace(passage, "")
