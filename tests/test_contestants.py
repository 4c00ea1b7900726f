"""Contestants whose cell is given as text."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.about import about
from sandbox.cells.known import cell_named
from sandbox.contestants import OwnCellError, kind_of, with_cell
from sandbox.experiment import Experiment, from_json, parse
from sandbox.settings import with_settings
from sandbox.validation import ExperimentError
from tests.own_cell import PLAIN, TWO_SPEEDS, WHERE, WRONG


def own(text: object = TWO_SPEEDS, **fields: object) -> dict[str, Any]:
    return {"contestants": [{"cell": "lstm"}, {"cell": "own", "equations": text, **fields}]}


def second(experiment: Experiment) -> Any:
    return experiment.contestants[1]


def test_that_a_text_makes_a_contestant_named_after_its_title() -> None:
    one = second(parse(own()))
    assert one.name == "two_speeds"
    assert cell_named(one.cell).gates == ("keep", "new", "show")
    assert one.model_dump()["cell"] == "own"


def test_that_its_settings_follow_from_the_text() -> None:
    one = second(parse(own()))
    assert (one.recurrent_init, one.forget_bias, one.chrono_max) == ("slow_start", "chrono", None)
    assert about(type(one), "forget_bias").label == "keep bias"
    plain = second(parse(own(PLAIN)))
    assert plain.recurrent_init == "default"
    assert not hasattr(plain, "forget_bias")


def test_that_it_comes_back_from_json_as_it_was() -> None:
    experiment = parse(own(hidden=7, recurrent_init="identity", forget_bias=1.5, look=6))
    again = from_json(experiment.to_json())
    assert again == experiment
    assert again.to_json() == experiment.to_json()
    assert again.digest == experiment.digest


def test_that_the_digest_depends_on_the_text() -> None:
    one, other = parse(own()), parse(own(TWO_SPEEDS.replace("tanh(slow)", "slow")))
    assert one.digest != other.digest


def test_that_other_fields_of_it_change_as_those_of_any_contestant() -> None:
    experiment = with_settings(parse(own()), ["hidden=9", "two_speeds.forget_bias=1", "lr=0.01"])
    assert (second(experiment).hidden, second(experiment).forget_bias) == (9, 1)
    assert second(experiment).equations == TWO_SPEEDS
    assert experiment.with_contestant("two_speeds", lr=0.1).with_live(experiment) == experiment


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hidden": 0}, "mine.hidden: 0 was given; it takes a whole number from 1 to 512."),
        ({"update_bias": 1}, "mine.update_bias: 1 was given; it takes nothing"),
        ({"recurrent_init": "irnn"}, "it takes one of default, orthogonal, identity, slow_start."),
        ({"equations": 5}, "mine.equations: 5 was given; it takes the text of a cell file"),
        ({"equations": None}, "mine.equations: none was given"),
        ({"equations": WRONG}, f"mine.equations, {WHERE}"),
        ({"equations": "x" * 4001}, "mine.equations, line 1, column 4002: expected at most 4,000"),
    ],
)
def test_that_what_is_wrong_is_refused_in_one_sentence(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        parse(own(**{"text": TWO_SPEEDS, "name": "mine", **_renamed(fields)}))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def _renamed(fields: dict[str, Any]) -> dict[str, Any]:
    return {"text" if name == "equations" else name: value for name, value in fields.items()}


def test_that_a_missing_text_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"own\.equations: nothing was given"):
        parse({"contestants": [{"cell": "own"}]})


def test_that_a_refusal_tells_where_the_text_is_wrong() -> None:
    with pytest.raises(OwnCellError) as caught:
        parse(own(WRONG))
    assert (caught.value.error.line, caught.value.error.column) == (2, 10)
    assert str(caught.value.within("a.json")).startswith("a.json, own.equations, line 2, column 10")


def test_that_two_of_a_name_are_refused() -> None:
    twice = {"contestants": own()["contestants"][1:] * 2}
    with pytest.raises(ExperimentError, match="a name of its own for each"):
        parse(twice)


def test_that_a_name_made_from_a_text_means_nothing_in_an_experiment() -> None:
    """A file cannot name a cell whose text it does not have."""
    name = second(parse(own())).cell
    with pytest.raises(ExperimentError, match=r"it takes one of gru, .*, own, rnn"):
        parse({"contestants": [{"cell": name}]})


def test_that_another_text_keeps_the_settings_that_fit_it() -> None:
    one = second(
        parse(own(hidden=5, lr=0.1, name="mine", forget_bias=2, recurrent_init="identity"))
    )
    same = with_cell(one, TWO_SPEEDS.replace("tanh(slow)", "slow"))
    assert {n: same[n] for n in ("hidden", "lr", "name", "forget_bias", "recurrent_init")} == {
        "hidden": 5,
        "lr": 0.1,
        "name": "mine",
        "forget_bias": 2,
        "recurrent_init": "identity",
    }
    less = with_cell(one, "hidden = tanh(x W + b)\n")
    assert "forget_bias" not in less
    assert "recurrent_init" not in less
    parse({"contestants": [less]})


def test_that_another_text_brings_its_own_defaults() -> None:
    other = with_cell(second(parse(own())), TWO_SPEEDS.replace("slow_start", "quick_start"))
    assert second(parse({"contestants": [{"cell": "rnn"}, other]})).recurrent_init == "quick_start"


def test_that_a_kind_is_known_once_its_text_was_read() -> None:
    one = second(parse(own()))
    assert kind_of(one.cell) is type(one)
    with pytest.raises(KeyError):
        kind_of("own_ffffffffffffffff")
