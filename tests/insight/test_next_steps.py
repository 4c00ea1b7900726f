"""What to try after a run: each rule where it holds, and where another one does."""

from __future__ import annotations

import pytest

from sandbox.experiment import Experiment
from sandbox.insight.next_steps import NextStep, Outcome, next_step
from sandbox.tasks.registry import complete

RNN, LSTM = {"cell": "rnn"}, {"cell": "lstm"}


def after(
    *nets: dict[str, object], solved: str = "", diverged: str = "", **fields: object
) -> tuple[Experiment, NextStep | None]:
    """The experiment, and what is said after it."""
    experiment = complete(Experiment().changed(contestants=list(nets), **fields))
    titles = {each.name: each.name.upper() for each in experiment.contestants}
    ended = Outcome(experiment, titles, frozenset(solved.split()), frozenset(diverged.split()))
    return experiment, next_step(ended)


def edited(experiment: Experiment, found: NextStep | None) -> Experiment:
    assert found is not None
    assert found.edit is not None
    assert len(found.shorter) < len(found.sentence)
    return complete(found.edit(experiment))


def test_that_a_longer_gap_follows_where_all_solved_it() -> None:
    experiment, found = after(RNN, LSTM, solved="rnn lstm")
    assert edited(experiment, found).params["gap"] == 100


def test_that_the_gap_is_never_longer_than_the_task_allows() -> None:
    experiment, found = after(RNN, LSTM, solved="rnn lstm", params={"gap": 400})
    assert edited(experiment, found).params["gap"] == 500
    assert after(RNN, LSTM, solved="rnn lstm", params={"gap": 500})[1] is None


def test_that_nothing_is_said_of_a_solved_task_without_a_gap() -> None:
    _, found = after(RNN, LSTM, solved="rnn lstm", task="adding", params={})
    assert found is None or found.edit is not None


def test_that_the_reason_is_shown_where_one_solved_it_and_one_did_not() -> None:
    _, found = after(RNN, LSTM, solved="lstm")
    assert found is not None
    assert (found.edit, found.view) == (None, "why")
    assert "LSTM solved it, the RNN did not" in found.sentence


@pytest.mark.parametrize("bias", [3.0, 5.0])
def test_that_chrono_follows_where_all_failed_with_another_bias(bias: float) -> None:
    experiment, found = after(RNN, {**LSTM, "forget_bias": bias})
    assert edited(experiment, found).contestant("lstm").forget_bias == "chrono"  # type: ignore[attr-defined]


def test_that_more_steps_follow_where_all_failed_with_chrono() -> None:
    experiment, found = after(RNN, LSTM, steps=500)
    assert edited(experiment, found).steps == 1000


@pytest.mark.parametrize(
    ("gap", "bias", "better"),
    [(10, 0, 1.0), (50, 0, 3.0), (50, 1.0, 3.0), (300, 0, 5.0), (500, 3.0, 5.0)],
)
def test_that_a_bias_that_keeps_enough_follows_one_that_forgets(
    gap: int, bias: float, better: float
) -> None:
    forgetful = {**LSTM, "forget_bias": bias}
    experiment, found = after(RNN, forgetful, params={"gap": gap})
    assert edited(experiment, found).contestant("lstm").forget_bias == better  # type: ignore[attr-defined]
    _, found = after(RNN, forgetful, solved="rnn lstm", params={"gap": gap})
    assert found is None or "bias" not in found.sentence


def test_that_chrono_follows_where_no_usual_bias_keeps_enough() -> None:
    forgetful = {**LSTM, "forget_bias": 0}
    experiment, found = after(RNN, forgetful, task="recall", params={"gap": 1000})
    assert edited(experiment, found).contestant("lstm").forget_bias == "chrono"  # type: ignore[attr-defined]


def test_that_a_bias_without_effect_is_not_proposed() -> None:
    experiment, found = after(RNN, {"cell": "slstm", "forget_bias": 0})
    assert edited(experiment, found).contestants == experiment.contestants


@pytest.mark.parametrize(("net", "other"), [(RNN, "lstm"), (LSTM, "rnn")])
def test_that_a_net_alone_is_compared(net: dict[str, object], other: str) -> None:
    experiment, found = after(net)
    assert [each.cell for each in edited(experiment, found).contestants] == [net["cell"], other]


def test_that_a_lower_rate_follows_a_divergence() -> None:
    experiment, found = after(RNN, LSTM, diverged="rnn", lr=0.5)
    assert edited(experiment, found).lr == pytest.approx(0.05)


def test_that_the_rate_of_a_net_with_its_own_is_lowered_alone() -> None:
    experiment, found = after({**RNN, "lr": 1.0}, LSTM, diverged="rnn", lr=0.5)
    changed = edited(experiment, found)
    assert (changed.contestant("rnn").lr, changed.lr) == (pytest.approx(0.1), 0.5)
