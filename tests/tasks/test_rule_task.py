"""What the sandbox's own tasks share: drawing by a rule, labels, and what a parameter tells."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sandbox.experiment import Frozen
from sandbox.tasks.base import Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_last


class Params(Frozen):
    gap: int = param(3, "Steps of filler", "steps", ge=0, le=9)
    unasked: int = param(1, "What the rule does not ask for", ge=0, le=9)


def draw_echo(rng: np.random.Generator, count: int, gap: int) -> tuple[np.ndarray, ...]:
    inputs = np.ones((count, gap + 2), np.int32)
    inputs[:, 0] = rng.integers(2, size=count)
    return asked_last(inputs, inputs[:, 0])


class Echo(RuleTask[Params]):
    gap_field = "gap"
    splits = ("fresh", "longer")
    generalisation = "longer"
    rule = staticmethod(draw_echo)  # type: ignore[assignment]
    inputs = Tokens(("a", "b"))
    outputs = ("no", "yes")
    encode = question = None  # type: ignore[assignment]

    def with_roles(self, drawn: tuple[np.ndarray, ...]) -> Sequences:
        roles = np.full(drawn[0].shape, Role.FILLER, np.uint8)
        roles[:, 0], roles[:, -1] = Role.CUE, Role.PADDING
        return Sequences(*drawn, roles)


@pytest.mark.parametrize(("split", "steps"), [("fresh", 5), ("longer", 8)])
def test_that_the_rule_is_asked_for_its_own_parameters_and_twice_the_gap(
    split: str, steps: int
) -> None:
    drawn = Echo(Params()).draw(np.random.default_rng(0), 4, split)
    assert drawn.inputs.shape == (4, steps)
    expected = np.random.default_rng(0).integers(2, size=4)
    assert drawn.inputs[:, 0].tolist() == expected.tolist()


def test_that_cues_are_in_upper_case_and_padding_has_no_label() -> None:
    drawn = Echo(Params(gap=1)).draw(np.random.default_rng(0), 1)
    cue = "AB"[drawn.inputs[0, 0]]
    assert Echo(Params()).labels(drawn, 0) == [cue, "b", ""]
    assert Echo(Params()).answer(drawn, 0) == ("no", "yes")[drawn.inputs[0, 0]]


def test_that_a_parameter_tells_its_limits_unit_and_tip() -> None:
    told = Params.model_json_schema()["properties"]["gap"]
    assert (told["minimum"], told["maximum"], told["default"]) == (0, 9, 3)
    assert (told["unit"], told["description"]) == ("steps", "Steps of filler")


def test_that_guessing_among_six_costs_ln_6() -> None:
    guess = chance("knows everything but the country", 6)
    assert guess.label == "knows everything but the country: ln 6"
    assert (guess.loss, guess.accuracy) == (math.log(6), 1 / 6)
