"""A run of every task in every kind of file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest

from sandbox.engine.trainer import Trainer
from sandbox.export.figures.curves_figure import curves_figure
from sandbox.export.files import ENDINGS, Options, export
from sandbox.export.onnx_model import onnx_model
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of, tasks
from tests.export.figures.figure_data import assert_words_on_paper
from tests.export.test_pytorch import of_modules

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.store.base import RunRecord

pytestmark = pytest.mark.usefixtures("qapp")
# Others are written of every task by other tests, or are like another one.
CHEAP = set(ENDINGS) - {".py", ".png", ".pdf"}


def measured(task: str) -> RunRecord:
    """With what a run of the task measures on its way."""
    record = of_modules(task)
    kind = task_of(record.begun)
    splits = {split: [0.5, 0.4] for split in kind.splits}
    beyond = {kind.generalisation: [None, 0.2]}
    line = {"step": 50, "cell": "lstm"}
    events: list[dict[str, Any]] = [{**line, "kind": "evaluation", "splits": splits}]
    events[0] |= {"judged": list(kind.judged_on()), "solved": False}
    if kind.generalisation is not None:
        events.append({**line, "kind": "generalisation", "splits": beyond})
    return replace(record, events=tuple(events))


@pytest.mark.parametrize("task", list(tasks()))
def test_that_a_run_is_written_in_every_kind_of_file(task: str, tmp_path: Path) -> None:
    record = measured(task)
    for ending in sorted(CHEAP):
        files = export(record, tmp_path / f"run{ending}", Options(contestant="lstm"))
        assert all(file.stat().st_size for file in files)
    read = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert read["events"] == list(record.events)
    assert_words_on_paper(curves_figure(record))


@pytest.mark.parametrize("task", list(tasks()))
def test_that_an_onnx_model_answers_as_the_run_does(task: str) -> None:
    record = of_modules(task)
    examples = example_sequences(task_of(record.begun), record.begun.seed, 3)
    trainer = Trainer(record.begun)
    try:
        trainer.restore(record.state)
        own = trainer.trace(examples)["lstm"].answers
    finally:
        trainer.close()
    data = onnx_model(record, "lstm")
    running = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    tokens = examples.inputs.dtype.kind == "i"
    given = examples.inputs.astype(np.int64) if tokens else examples.inputs
    (answers,) = running.run(["answers"], {"inputs": given})
    np.testing.assert_allclose(np.asarray(answers).swapaxes(0, 1), own, rtol=0, atol=1e-5)
