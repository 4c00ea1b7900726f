"""Scripts of a task that came later, with the kind of answer that no other has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.export.pytorch import loading_script
from sandbox.export.pytorch_weights import weights
from sandbox.tasks import registry
from tests.export.legal_task import Walk
from tests.export.records import trained
from tests.export.test_pytorch import (
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
def walked(monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    known = {**registry.tasks(), "walk": Walk}
    monkeypatch.setattr(registry, "tasks", lambda: known)
    monkeypatch.setitem(SMALL, "walk", {"length": 5})
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
