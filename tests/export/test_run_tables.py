"""CSV and JSON, read back by readers that know nothing of this project."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from sandbox.experiment import Experiment, parse
from sandbox.export import run_tables
from tests.export.records import forked, trained

if TYPE_CHECKING:
    from sandbox.store.base import RunRecord

SMALL = {"task": "recall", "params": {"gap": 3}}
METRICS = ("loss", "accuracy", "grad_norm")


def rows(record: RunRecord) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(run_tables.csv(record).decode(), newline="")))


def plain(record: RunRecord) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(run_tables.json_of(record), parse_constant=refuse)


def small(**changes: Any) -> Experiment:
    return parse({**SMALL, **changes})


def test_that_the_columns_are_those_of_the_contract() -> None:
    text = run_tables.csv(trained(small(), 20)).decode()
    assert text.splitlines()[0] == "step,cell,seed,loss,accuracy,grad_norm"
    assert text.endswith("\n")
    assert "\r" not in text


def test_that_every_number_of_the_curves_comes_back_to_the_last_bit() -> None:
    record = trained(small(), 30)
    found = rows(record)
    assert len(found) == 60
    for key, (steps, measured) in record.curves.items():
        own = [row for row in found if row["cell"] == key]
        assert [int(row["step"]) for row in own] == steps.tolist()
        for name, values in zip(METRICS, measured, strict=True):
            np.testing.assert_array_equal(np.float32([row[name] for row in own]), values)


def test_that_lines_are_step_by_step_and_replicates_have_seeds_of_their_own() -> None:
    found = rows(trained(small(replicates=2, seed=5), 20))
    first = [(row["step"], row["cell"], row["seed"]) for row in found[:5]]
    nets = [("rnn", "5"), ("rnn", "6"), ("lstm", "5"), ("lstm", "6")]
    assert first == [*(("1", *net) for net in nets), ("2", "rnn", "5")]
    assert [int(row["step"]) for row in found] == sorted(int(row["step"]) for row in found)


def test_that_a_net_that_diverged_ends_where_it_did() -> None:
    record = trained(small(), 20)
    steps, measured = record.curves["rnn"]
    short = (steps[:3], tuple(values[:3] for values in measured))
    found = rows(replace(record, curves={**record.curves, "rnn": short}))
    assert [row["cell"] for row in found[4:9]] == ["rnn", "lstm", "lstm", "lstm", "lstm"]


def test_that_a_fork_begins_at_its_own_first_step() -> None:
    parent = trained(small(), 20)
    fork = forked(parent, 10, parent.begun.changed(lr=0.01), 16)
    assert rows(fork)[0]["step"] == "11"
    assert plain(fork)["run"]["origin"] == {"parent": "run", "step": 10}


def test_that_a_run_without_a_step_is_a_header_and_an_empty_object() -> None:
    record = replace(trained(small(), 20), curves={}, clock=np.zeros((0, 2)))
    assert rows(record) == []
    assert plain(record)["curves"] == {}
    assert plain(record)["clock"] == []


def test_that_the_object_has_the_experiment_as_it_began_and_ended() -> None:
    begun = small()
    found = plain(trained(begun, 20, ((10, begun.changed(lr=0.01)),)))
    assert (found["experiment"]["lr"], found["experiment_at_end"]["lr"]) == (0.003, 0.01)
    assert [event["kind"] for event in found["events"]] == ["changed"]
    assert parse(found["experiment_at_end"]).lr == 0.01


def test_that_the_object_has_curves_results_and_clock() -> None:
    record = trained(small(), 20)
    found = plain(record)
    for key, (steps, measured) in record.curves.items():
        assert found["curves"][key]["step"] == steps.tolist()
        for name, values in zip(METRICS, measured, strict=True):
            np.testing.assert_array_equal(np.float32(found["curves"][key][name]), values)
    assert found["results"] == json.loads(json.dumps(record.info.cells))
    assert found["clock"] == record.clock.tolist()
    assert found["run"]["step"] == 20


def test_that_the_object_says_what_each_of_its_parts_is() -> None:
    found = plain(trained(small(), 20))
    assert {*found["about"]} - {"made_by", "null"} == {*found} - {"about"}


def test_that_a_person_can_read_it() -> None:
    text = run_tables.json_of(trained(small(), 30)).decode()
    assert '\n  "clock": [[1.0, 1.0], [2.0, ' in text
    assert '\n    "lstm": {\n      "step": [1, 2, 3, ' in text
    assert len(text.splitlines()) < 180


@given(arrays(np.float32, (3, 4)))
def test_that_any_float32_survives_and_what_is_not_finite_is_null(values: np.ndarray) -> None:
    record = trained(small(), 20)
    curve = (np.arange(1, 5), (values[0], values[1], values[2]))
    odd = replace(record, curves={"rnn": curve}, events=({"step": 1, "kind": "x", "v": [np.nan]},))
    found = plain(odd)
    assert found["events"][0]["v"] == [None]
    for name, own in zip(METRICS, values, strict=True):
        read = found["curves"]["rnn"][name]
        assert [each is None for each in read] == (~np.isfinite(own)).tolist()
        np.testing.assert_array_equal(np.float32([row[name] for row in rows(odd)]), own)
        kept = np.isfinite(own)
        np.testing.assert_array_equal(
            np.float32([each for each in read if each is not None]), own[kept]
        )


def test_that_words_of_any_language_stay_as_they_are() -> None:
    record = trained(small(), 20)
    noted = replace(record, info=replace(record.info, note='„größer“ "und" 0.01'))
    assert plain(noted)["run"]["note"] == '„größer“ "und" 0.01'
    assert "größer" in run_tables.json_of(noted).decode()


@pytest.mark.parametrize("make", [run_tables.csv, run_tables.json_of])
def test_that_the_same_run_gives_the_same_bytes(make: Any) -> None:
    record = trained(small(), 20)
    assert make(record) == make(record)
