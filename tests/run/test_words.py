"""What happens in a run, as sentences."""

from __future__ import annotations

from sandbox.run.words import solved
from sandbox.tasks.registry import task_class


def test_that_a_test_on_one_long_stream_is_told_by_its_length() -> None:
    kind = task_class("continual_reber")
    told = solved("LSTM", 1500, kind(kind.Params()), {"10,000 symbols": (0.01, 1.0)})
    assert told.endswith("one fresh sequence of 10,000 symbols")


def test_that_a_loss_is_called_a_mean() -> None:
    kind = task_class("multiplication")
    told = solved("LSTM", 925, kind(kind.Params()), {"fresh": (0.0021, 0.77)})
    assert "mean loss 0.0021 on 2,000 fresh sequences" in told
