"""Exports of series and texts: the samples stand alone, a file of the user's does not."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandbox.export import files
from sandbox.export.pytorch import TRAINING, script
from sandbox.reading.data import adopt_file
from sandbox.store import seqx
from sandbox.store.base import RunError
from sandbox.store.shorthand import to_text
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError
from tests.export.records import trained
from tests.export.test_pytorch import as_module, assert_alone, assert_tidy, experiment

VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "sines": ("forecast", {"series": "sines"}),
    "mackey_glass": ("forecast", {"series": "mackey_glass_17"}),
    "column": ("forecast", {"series": "csv", "gap": 7}),
    "characters": ("own", {"vocabulary": 10}),
    "words": ("own", {"level": "words"}),
    "cues": ("own", {"level": "words", "cues": "the, that", "vocabulary": 8}),
}


def test_that_a_script_draws_every_series_and_text_by_itself(tmp_path: Path) -> None:
    for name, (task, params) in VARIANTS.items():
        record = trained(experiment(task, params=params, steps=1))
        text = script(record, TRAINING)
        assert_alone(text)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        module = as_module(text, tmp_path)
        rule = getattr(module, task_of(record.begun).rule.__name__)  # type: ignore[union-attr]
        theirs = rule(np.random.default_rng(3), 20, **module.TASK)
        own = task_of(record.begun).draw(np.random.default_rng(3), 20)
        for part, drawn in zip((own.inputs, own.targets, own.scored), theirs, strict=True):
            assert np.array_equal(part, drawn), name
    (tmp_path / "exported.py").unlink()
    assert_tidy(tmp_path)


@pytest.mark.parametrize("task", ["own", "forecast"])
def test_that_a_run_about_a_file_is_exported_but_for_scripts(task: str, tmp_path: Path) -> None:
    path = tmp_path / ("tale.txt" if task == "own" else "prices.csv")
    path.write_text("x\n" + "".join(f"{n % 7 + n % 3}\n" for n in range(900)))
    params: dict[str, Any] = {
        "data": adopt_file(path),
        **({} if task == "own" else {"series": "csv"}),
    }
    cells = [{"cell": "rnn"}]
    record = trained(experiment(task, params=params, contestants=cells, steps=2, batch=2))
    for ending in (".py", ".ipynb"):
        with pytest.raises(RunError, match=f"it would need {path.name}: export it as"):
            files.export(record, tmp_path / f"run{ending}")
    for ending in (".csv", ".json", ".npz", ".safetensors", ".seqx"):
        (written, *_) = files.export(record, tmp_path / f"run{ending}")
        assert Path(written).stat().st_size


def test_that_an_experiment_file_says_how_its_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    path.write_text("n;level\n" + "".join(f"{n};{n % 7},{n % 10}\n" for n in range(900)))
    read = {"recipe": "decimal=, missing='-9 nd'", "missing": "unknown"}
    params = {"series": "csv", "data": adopt_file(path), "column": "level", **read}
    record = trained(experiment("forecast", params=params, steps=1, batch=2))
    files.export(record, tmp_path / "run.seqx")
    opened = seqx.read(tmp_path / "run.seqx").experiment
    assert {name: opened.params[name] for name in read} == read
    with zipfile.ZipFile(tmp_path / "run.seqx") as parts:
        readme = parts.read("README.txt").decode()
    assert "missing unknown, recipe decimal=, missing='-9 nd'" in readme
    with pytest.raises(ExperimentError, match=r"^recipe: .* send an experiment file instead"):
        to_text(opened.changed(params={"series": "csv", "recipe": read["recipe"]}))


def test_that_an_experiment_file_says_how_its_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tale.txt"
    path.write_bytes("Die Größe der Straße\x07 überraschte uns. ".encode("cp1252") * 90)
    recipe = "encoding=cp1252 'controls=left out'"
    params = {"data": adopt_file(path), "recipe": recipe, "level": "words"}
    record = trained(experiment("own", params=params, steps=1, batch=2))
    files.export(record, tmp_path / "run.seqx")
    opened = seqx.read(tmp_path / "run.seqx").experiment
    assert opened.params["recipe"] == recipe
    with zipfile.ZipFile(tmp_path / "run.seqx") as parts:
        assert f"recipe {recipe}" in parts.read("README.txt").decode()
    assert task_of(opened).params == task_of(record.begun).params
