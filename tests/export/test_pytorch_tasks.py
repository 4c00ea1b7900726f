"""Scripts of a task that came later, with the kind of answer that no other has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.export.pytorch import loading_script, training_script
from sandbox.export.pytorch_weights import weights
from sandbox.tasks import registry
from tests.export.legal_task import Walk
from tests.export.records import trained
from tests.export.shared_task import LongWalk, ShortWalk
from tests.export.test_pytorch import (
    FEW,
    SMALL,
    as_module,
    assert_same_answers,
    assert_same_curves,
    experiment,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.store.base import RunRecord


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    every = {**registry.tasks(), "walk": Walk, "long_walk": LongWalk, "short_walk": ShortWalk}
    monkeypatch.setattr(registry, "tasks", lambda: every)
    for name in ("walk", "long_walk", "short_walk"):
        monkeypatch.setitem(SMALL, name, {"length": 5})


@pytest.fixture
def walked(known: None) -> RunRecord:
    return trained(experiment("walk", contestants=[{"cell": "rnn"}, {"cell": "gru"}]))


def test_that_legal_symbols_train_on_the_runs_curve(walked: RunRecord, tmp_path: Path) -> None:
    assert_same_curves(walked, tmp_path)


def test_that_legal_symbols_are_answered_at_every_step(
    walked: RunRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = as_module(loading_script(walked), tmp_path)
    (tmp_path / "exported.safetensors").write_bytes(weights(walked))
    assert_same_answers(module, walked)
    module.main()
    first = capsys.readouterr().out.splitlines()[1]
    assert first.startswith("   rnn: ")
    assert len(first.removeprefix("   rnn: ").split(" ")) == 5


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("task", ["long_walk", "short_walk"])
@pytest.mark.parametrize("curriculum", ["fixed", "range"])
def test_that_a_task_takes_along_what_it_inherits(
    task: str, curriculum: str, tmp_path: Path
) -> None:
    record = trained(experiment(task, curriculum=curriculum, steps=FEW))
    text = training_script(record)
    assert "pydantic" not in text
    assert ("def with_gap" in text) == (curriculum == "range")
    assert_same_curves(record, tmp_path)
