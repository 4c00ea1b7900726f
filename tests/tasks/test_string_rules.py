"""Tasks that ask at many steps: a thousand sets of parameters each, and their baselines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.tasks.base import Role
from sandbox.tasks.registry import task_of
from tests.tasks.string_rules import RULES, row_of
from tests.tasks.test_rules import parameter_sets

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences, Task

SAMPLES = 100_000
EVERY = pytest.mark.parametrize("name", list(RULES))
STREAMS = 3  # of 10,000 symbols that are checked one by one


def make(name: str, **params: object) -> Task:
    return task_of(Experiment(task=name, params=params))


def assert_well_formed(task: Task, drawn: Sequences, split: str) -> None:
    shape = drawn.scored.shape
    assert shape[1] == task.length or split != "fresh"
    assert drawn.inputs.shape == drawn.roles.shape == drawn.targets.shape[:2] == shape
    kinds = (drawn.inputs.dtype, drawn.scored.dtype, drawn.roles.dtype)
    assert kinds == (np.int32, np.bool_, np.uint8)
    if task.loss == "cross_entropy":
        assert (drawn.targets.dtype, drawn.targets.ndim) == (np.int32, 2)
        assert 0 <= drawn.targets.min() <= drawn.targets.max() < len(task.outputs)
    else:
        assert drawn.targets.dtype == np.uint8
        assert drawn.targets.shape == (*shape, len(task.outputs))


@EVERY
def test_that_a_thousand_sets_of_parameters_give_sequences_that_follow_the_rule(name: str) -> None:
    for seed, params in enumerate(parameter_sets(name)):
        task = make(name, **params)
        for split in task.splits:
            if name == "continual_reber" and split != "fresh" and seed >= STREAMS:
                continue  # it is the same for all parameters
            drawn = task.draw(np.random.default_rng(seed), 1, split)
            assert_well_formed(task, drawn, split)
            row = row_of(task, drawn, 0)
            assert row == RULES[name](params, split, row.words)


@EVERY
def test_that_the_rule_refuses_another_word(name: str) -> None:
    task = make(name)
    row = row_of(task, task.draw(np.random.default_rng(0), 1), 0)
    for place in (0, len(row.words) // 2, len(row.words) - 1):
        changed = row.words.copy()
        changed[place] = "another"
        with pytest.raises(AssertionError):
            RULES[name](task.params.model_dump(), "fresh", changed)


@pytest.mark.parametrize(("name", "split"), [("copy", "the ten"), ("reber", "outer symbol")])
def test_that_a_split_that_asks_less_has_the_same_sequences(name: str, split: str) -> None:
    fresh, part = (make(name).draw(np.random.default_rng(1), 50, each) for each in ("fresh", split))
    assert np.array_equal(fresh.inputs, part.inputs)
    assert np.array_equal(fresh.targets, part.targets)
    assert set(part.scored.sum(axis=1)) == {10 if name == "copy" else 1}
    assert (fresh.scored | ~part.scored).all()


# Baselines, each by the predictor that its label describes, on 1e5 samples.


def entropy(share: float | np.ndarray) -> Any:
    shares = np.clip(np.stack([np.asarray(share), 1 - np.asarray(share)]), 1e-300, 1)
    return -(shares * np.log(shares)).sum(axis=0)


def assert_baseline(task: Task, loss: float, accuracy: float) -> None:
    assert loss == pytest.approx(task.baselines[0].loss, rel=0.02)
    assert accuracy == pytest.approx(task.baselines[0].accuracy, rel=0.02)


def best_constants(drawn: Sequences, classes: int) -> tuple[float, np.ndarray]:
    """Of the best constant answer at each step: mean loss, and which steps are right (N, T)."""
    losses, right = [], []
    for step in np.flatnonzero(drawn.scored[0]):
        shares = np.bincount(drawn.targets[:, step], minlength=classes) / len(drawn)
        losses.append(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())
        right.append(drawn.targets[:, step] == shares.argmax())
    return float(np.mean(losses)), np.stack(right, axis=1)


def test_that_who_guesses_the_ten_scores_the_baseline_of_copy() -> None:
    task = make("copy", gap=5)
    loss, right = best_constants(task.draw(np.random.default_rng(0), SAMPLES), 9)
    assert_baseline(task, loss, right.mean())
    _, recalled = best_constants(task.draw(np.random.default_rng(0), SAMPLES, "the ten"), 9)
    assert recalled.mean() == pytest.approx(1 / 8, rel=0.02)


def test_that_who_guesses_the_letters_scores_the_baseline_of_selective_copy() -> None:
    task = make("selective_copy", blanks=3, data=2, symbols=2)
    loss, right = best_constants(task.draw(np.random.default_rng(0), SAMPLES), 2)
    assert_baseline(task, loss, right.all(axis=1).mean())


def test_that_who_guesses_the_outer_symbol_scores_the_baseline_of_reber() -> None:
    task = make("reber")
    drawn = task.draw(np.random.default_rng(0), SAMPLES)
    asked = drawn.targets[drawn.roles == Role.QUERY]
    assert len(asked) == SAMPLES
    loss = entropy(asked.mean(axis=0)).mean() * SAMPLES / drawn.scored.sum()
    assert_baseline(task, loss, asked[:, task.outputs.index("T")].mean())


def test_that_who_guesses_the_outer_symbols_scores_the_baseline_of_continual_reber() -> None:
    task = make("continual_reber", length=30)
    drawn = task.draw(np.random.default_rng(0), SAMPLES)
    asked = drawn.targets[drawn.roles == Role.QUERY]
    wrong = 1 - asked[:, task.outputs.index("T")].mean()
    share = len(asked) / drawn.scored.sum()
    assert_baseline(task, entropy(asked.mean(axis=0)).mean() * share, 1 - wrong * share)
    assert wrong * share == pytest.approx(1 - task.baselines[0].accuracy, rel=0.02)  # type: ignore[operator]


def test_that_who_does_not_count_scores_the_baseline_of_counting() -> None:
    task = make("counting", n=7)
    drawn = task.draw(np.random.default_rng(0), SAMPLES)
    after_b = (drawn.inputs == task.inputs.words.index("b")) & drawn.scored  # type: ignore[union-attr]
    losses = entropy(drawn.targets[after_b].mean(axis=0)).mean()
    ends_at_once = drawn.targets[np.arange(SAMPLES), after_b.argmax(axis=1), 2]
    assert_baseline(task, losses * after_b.sum() / drawn.scored.sum(), ends_at_once.mean())


# What a padded string is.


def chances_of_lengths(inner: int, longest: int) -> list[float]:
    """P(an embedded string has n symbols), from the table, by walking all states at once."""
    now = {(inner, 0): 1.0}  # inner strings that are left, and the state
    lengths = [0.0] * (longest + 1)
    for step in range(longest - 4 - 2 * inner):
        after: dict[tuple[int, int], float] = {}
        for (left, state), chance in now.items():
            for following in {0: (1, 2), 1: (1, 3), 2: (2, 4), 3: (2, 5), 4: (3, 5)}[state]:
                place = (left, following) if following < 5 else (left - 1, 0)
                after[place] = after.get(place, 0.0) + chance / 2
        lengths[4 + 2 * inner + step + 1] += after.pop((0, 0), 0.0)
        now = after
    return lengths


@pytest.mark.parametrize("inner", [1, 2, 5])
def test_that_strings_are_padded_to_the_length_that_one_in_a_billion_exceeds(inner: int) -> None:
    length = make("reber", strings=inner).length
    shares = chances_of_lengths(inner, length + 120)
    assert sum(shares) == pytest.approx(1, abs=1e-13)
    assert sum(shares[length + 1 :]) < 1e-9 <= sum(shares[length:])


def test_that_the_lengths_of_strings_are_those_of_the_grammar() -> None:
    drawn = make("reber").draw(np.random.default_rng(0), SAMPLES)
    found = np.bincount((drawn.roles != Role.PADDING).sum(axis=1), minlength=77) / SAMPLES
    assert np.abs(found - chances_of_lengths(1, 76)).max() < 0.005
    assert (found * np.arange(77)).sum() == pytest.approx(12, rel=0.01)


def test_that_a_string_that_is_too_long_is_drawn_anew() -> None:
    from sandbox.tasks.grammar import embedded, sequences

    grammar, outer = embedded(1), np.arange(4000) % 2
    drawn = sequences(grammar, grammar.strings(np.random.default_rng(0), outer, 11))
    lengths = (drawn.roles != Role.PADDING).sum(axis=1)
    wanted = np.array(chances_of_lengths(1, 11))
    found = np.bincount(lengths, minlength=12) / 4000
    assert np.abs(found - wanted / wanted.sum()).max() < 0.03
    assert (drawn.inputs[np.arange(4000), lengths - 1] == 6).all()
    assert (drawn.inputs[:, 1] == outer + 1).all()


@pytest.mark.parametrize(
    ("name", "params"),
    [("copy", {"gap": 7}), ("selective_copy", {"blanks": 6, "data": 2}), ("counting", {"n": 9})],
)
def test_that_the_dependency_is_the_longest_way_from_a_cue_to_its_question(
    name: str, params: dict[str, int]
) -> None:
    task = make(name, **params)
    roles = task.draw(np.random.default_rng(0), 1000).roles
    ways = (roles == Role.QUERY).argmax(axis=1) - (roles == Role.CUE).argmax(axis=1)
    assert ways.max() == task.dependency


@pytest.mark.parametrize("name", ["reber", "continual_reber"])
def test_that_one_string_in_a_thousand_keeps_its_outer_symbol_longer_than_the_dependency(
    name: str,
) -> None:
    shares = chances_of_lengths(1, 200)
    dependency = make(name).dependency  # 4 steps less than the string is long
    assert sum(shares[dependency + 5 :]) < 1e-3 <= sum(shares[dependency + 4 :])
    assert math.isclose(sum(shares), 1, abs_tol=1e-12)
