"""Scripts of runs with a schedule, a curriculum, another clip: held to the run's own numbers."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.export.pytorch import TRAINING, code, script
from sandbox.export.pytorch_weights import starting_weights
from tests.export.records import forked, trained
from tests.export.test_pytorch import (
    assert_alone,
    assert_same_curves,
    assert_tidy,
    experiment,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.store.base import RunRecord

STEPS = 120  # more than two chunks of batches
NETS = [{"cell": "lstm"}, {"cell": "gru", "name": "quick", "lr": 0.02}]
GROWING = {
    "params": {"gap": 12, "forecasts": 12},
    "contestants": [{"cell": "lstm"}, {"cell": "gru"}],
    "replicates": 2,
    "curriculum": "growing",
    "grow_at": 0.5,  # which they come to one after another
    "steps": 160,
}


@pytest.mark.parametrize("part", ["tab\tand  two spaces. ", "line\nby line ", "\\", 'it\'s "so" '])
def test_that_a_long_text_is_itself_as_code(part: str) -> None:
    text = part * 120
    assert ast.literal_eval(code(text)) == text
    assert ast.literal_eval(code({"text": [text]}, at=4)) == {"text": [text]}


def run(task: str = "recall", **fields: Any) -> RunRecord:
    return trained(experiment(task, **{"steps": STEPS, "lr": 0.01, **fields}))


def stages(record: RunRecord) -> list[int]:
    """How often each net's gap has grown."""
    return [int(array) for name, array in record.state.items() if name.endswith("/stage")]


@pytest.mark.parametrize("clip", [0.004, None])
def test_that_each_entry_is_cut_off_as_in_the_run(clip: float | None, tmp_path: Path) -> None:
    cells = [{"cell": "gru"}, {"cell": "lstm", "clip": 0.001}]
    record = run(contestants=cells, clip=clip, clip_by="value", optimizer="momentum")
    assert_same_curves(record, tmp_path)


@pytest.mark.parametrize("schedule", ["linear", "cosine", "exponential", "constant"])
def test_that_the_rate_follows_the_runs_schedule(schedule: str, tmp_path: Path) -> None:
    assert_same_curves(run(contestants=NETS, schedule=schedule, warmup=30), tmp_path)


def test_that_a_schedule_takes_changes_made_on_the_way(tmp_path: Path) -> None:
    before = experiment(contestants=NETS, schedule="linear", steps=STEPS)
    slower = before.changed(lr=0.005, steps=90)
    longer = slower.with_contestant("quick", clip=0.01).changed(steps=200)
    record = trained(before, STEPS, ((40, slower), (75, longer)))
    text = script(record, TRAINING)
    assert f"PLANNED = {{0: {STEPS}, 40: 90, 75: 200}}" in text
    assert_same_curves(record, tmp_path)


@pytest.mark.parametrize("task", ["recall", "adding", "counting", "forecast"])
@pytest.mark.parametrize("fields", [{"gap_from": 4}, {"gap_power": 1.5}])
def test_that_batches_of_many_gaps_are_the_runs(
    task: str, fields: dict[str, Any], tmp_path: Path
) -> None:
    kind = "power_law" if "gap_power" in fields else "range"
    assert_same_curves(run(task, curriculum=kind, **fields, steps=60), tmp_path)


def test_that_gaps_grow_when_they_grew_in_the_run(tmp_path: Path) -> None:
    record = run("forecast", **GROWING)
    assert set(stages(record)) == {0, 1}
    assert_same_curves(record, tmp_path)


def test_that_a_fork_goes_on_at_the_gap_that_it_came_to(tmp_path: Path) -> None:
    record = run("forecast", **GROWING)
    fork = forked(record, 120, record.begun, 140)
    before, after = (stages(each) for each in (replace(record, state=fork.checkpoints[120]), fork))
    assert max(before) == 1
    assert before != after  # by what it did before the fork, too, since a gap grows at step 125
    assert_same_curves(fork, tmp_path)


def test_that_a_fork_with_another_optimiser_begins_its_means_anew(tmp_path: Path) -> None:
    record = run(optimizer="rmsprop")
    fork = forked(record, 60, record.begun.changed(optimizer="adam"), 100)
    assert_same_curves(fork, tmp_path)
    again = forked(fork, 80, fork.begun.changed(lr=0.001), 130)
    assert starting_weights(again) is not None
    assert_same_curves(again, tmp_path)


def test_that_chrono_takes_a_contestants_own_longest_dependency(tmp_path: Path) -> None:
    cells = [
        {"cell": "lstm", "forget_bias": "chrono", "chrono_max": 300},
        {"cell": "gru", "update_bias": "chrono"},
        {"cell": "mingru", "update_bias": "chrono", "chrono_max": 2},
    ]
    assert_same_curves(run(contestants=cells, steps=20), tmp_path)


def test_that_scripts_of_all_these_fields_are_tidy(tmp_path: Path) -> None:
    chrono = [{"cell": "lstm", "chrono_max": 300}, {"cell": "gru", "name": "other"}]
    growing = run("forecast", **GROWING)
    records = (
        run(clip_by="value", steps=5),
        run(schedule="cosine", warmup=10, curriculum="range", contestants=chrono, steps=5),
        run(optimizer="momentum", steps=5),
        run(optimizer="rmsprop", steps=5),
        growing,
        forked(growing, 120, growing.begun.changed(schedule="linear"), 125),
    )
    for number, record in enumerate(records):
        text = script(record, TRAINING)
        assert_alone(text)
        (tmp_path / f"run_{number}.py").write_text(text, encoding="utf-8")
    assert_tidy(tmp_path)
