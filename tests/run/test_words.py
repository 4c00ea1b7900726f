"""What happens in a run, as sentences."""

from __future__ import annotations

import math

from sandbox.run.words import finished, solved, unsolved
from sandbox.tasks.registry import task_class


def test_that_a_test_on_one_long_stream_is_described_by_its_length() -> None:
    kind = task_class("continual_reber")
    told = solved("LSTM", 1500, kind(kind.Params()), {"10,000 symbols": (0.01, 1.0)})
    assert told.endswith("one fresh sequence of 10,000 symbols")


def test_that_a_loss_is_called_a_mean() -> None:
    kind = task_class("multiplication")
    told = solved("LSTM", 925, kind(kind.Params()), {"fresh": (0.0021, 0.77)})
    assert "mean loss 0.0021 on 2,000 fresh sequences" in told


def test_that_the_reason_is_the_worst_score_on_the_splits_that_decide() -> None:
    kind = task_class("fluent")
    task = kind(kind.Params())
    scores = {"fresh": (0.01, 1.0), "unseen filler": (0.1, 0.9849)}
    assert unsolved(task, scores) == "98.4% on unseen filler (needs 99%)"
    assert unsolved(task, {**scores, "unseen filler": (0.1, 0.99)}) == ""
    assert unsolved(task, {}) == ""


def test_that_the_reason_is_the_loss_where_that_decides() -> None:
    kind = task_class("adding")
    task = kind(kind.Params())
    assert unsolved(task, {"fresh": (0.0123, 1.0)}) == (
        "loss 0.012 on fresh sequences (needs less than 0.01)"
    )
    assert unsolved(task, {"fresh": (math.nan, 0.0)}).startswith("infinite loss")


def test_that_the_end_gives_the_reason_of_whoever_did_not_solve_it() -> None:
    said = finished(
        3000,
        {"rnn": "rnn", "lstm": "lstm", "gru": "gru"},
        {"lstm": 900},
        {"rnn": "98.4% on unseen filler (needs 99%)"},
        {"lstm": "accepts strings up to n = 40"},
    )
    assert said == (
        "All 3,000 steps are done: RNN did not solve it with 98.4% on unseen filler (needs 99%), "
        "LSTM solved it at step 900 and accepts strings up to n = 40, GRU did not solve it."
    )
