"""Presets: data that opens, in order, and complete."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.claims.keeping import claims
from sandbox.claims.presets import chosen, preset, presets
from sandbox.drawing.styles import BASELINE
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "baselines gradients gradient_flow direct_path adding irnn temporal_order copy reber "
    "continual_reber"
).split()


def test_that_there_are_ten_claims_in_the_catalogues_order() -> None:
    assert [each.name for each in presets()] == NAMES
    assert [each.number for each in presets()] == list(range(1, 11))
    assert list(claims()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_that_a_preset_is_told_in_words_and_its_experiment_can_be_run(name: str) -> None:
    each = preset(name)
    for words in (each.title, each.source, each.says, each.protocol, each.passes_when, each.watch):
        assert words.strip() == words
        assert len(words) > 10
    assert complete(each.experiment).task == each.experiment.task


def test_that_the_protocol_names_what_its_experiment_has() -> None:
    copy, reber = preset("copy").experiment, preset("reber").experiment
    assert (copy.optimizer, copy.lr, copy.batch) == ("rmsprop", 1e-3, 32)
    assert reber.batch * reber.steps == 12_000
    for name in ("adding", "irnn"):
        each = preset(name).experiment
        assert (each.lr, each.batch, each.clip, each.steps) == (1e-3, 32, 1.0, 10_000)
        assert all(contestant.hidden == 64 for contestant in each.contestants)


def test_that_names_are_taken_once_and_in_order_and_an_unknown_one_names_the_known() -> None:
    assert [each.name for each in chosen(["copy", "adding", "copy"])] == ["adding", "copy"]
    assert chosen([]) == presets()
    with pytest.raises(ExperimentError, match=r"one of baselines, gradients, .*continual_reber"):
        chosen(["adding", "subtracting"])


def test_that_presets_need_no_engine() -> None:
    code = (
        "import sys\nfrom sandbox.claims.presets import presets\npresets()\n"
        "print([n for n in sys.modules if n.startswith('sandbox.engine') or n == 'llvmlite'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_that_what_to_watch_for_calls_the_baselines_as_they_are_drawn() -> None:
    others = {"dotted", "dashed", "solid"} - {BASELINE.word}
    for each in presets():
        assert not [word for word in others if f"{word} line" in each.watch], each.name
    assert any(f"{BASELINE.word} line" in each.watch for each in presets())
