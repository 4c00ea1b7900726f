"""What an experiment needs of memory, estimated and measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.cli import main
from sandbox.engine import footprint
from sandbox.engine.footprint import NotEnoughMemory
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment, parse
from sandbox.tasks.registry import complete, task_of
from sandbox.validation import ExperimentError

ROOT = Path(__file__).resolve().parents[2]
MEASURE = """
import json, sys
import psutil
from sandbox.engine.trainer import Trainer
from sandbox.experiment import parse

def train(data):
    trainer = Trainer(parse(data))
    trainer.run(2)
    trainer.evaluate()
    trainer.close()

data = json.loads(sys.argv[1])
cells = [{**each, "hidden": 1} for each in data["contestants"]]
train({**data, "batch": 1, "replicates": 1, "contestants": cells})  # load what it is made with
before = psutil.Process().memory_info().rss
open("/proc/self/clear_refs", "w").write("5")  # forget the peak so far
train(data)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) * 1024 - before)
"""
SHAPES: dict[str, dict[str, Any]] = {
    "long sequences": {"params": {"gap": 200}, "batch": 64, "hidden": 256, "cell": "lstm"},
    "large weights": {"params": {"gap": 20}, "hidden": 512, "cell": "rnn", "replicates": 4},
    "many layers": {
        "params": {"gap": 100},
        "batch": 128,
        "hidden": 128,
        "cell": "lstm",
        "layers": 3,
    },
    "autograd": {"params": {"gap": 100}, "batch": 64, "hidden": 64, "cell": "lstm_peephole"},
}


def experiment_of(shape: dict[str, Any]) -> dict[str, Any]:
    net = {name: shape[name] for name in ("cell", "hidden", "layers") if name in shape}
    rest = {name: value for name, value in shape.items() if name not in net}
    return {"task": "recall", "steps": 2, **rest, "contestants": [{"name": "net", **net}]}


@pytest.mark.timeout(400)
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak")
@pytest.mark.parametrize("name", SHAPES)
def test_that_the_estimate_is_near_what_a_process_takes(name: str) -> None:
    data = experiment_of(SHAPES[name])
    asked = subprocess.run(
        [sys.executable, "-c", MEASURE, json.dumps(data)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    measured = int(asked.stdout)
    experiment = complete(parse(data))
    estimate = sum(footprint.footprint(experiment, task_of(experiment)).values())
    assert 0.75 * measured < estimate < 2 * measured


def too_large(monkeypatch: pytest.MonkeyPatch) -> Experiment:
    monkeypatch.setattr(footprint, "available", lambda: 10_000_000)
    return complete(parse(experiment_of(SHAPES["long sequences"])))


def test_that_an_experiment_beyond_the_machine_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    experiment = too_large(monkeypatch)
    with pytest.raises(NotEnoughMemory) as refused:
        Trainer(experiment)
    sentence = str(refused.value)
    assert isinstance(refused.value, ExperimentError)
    assert f"{refused.value.needed / 1e9:.1f} GB" in sentence
    assert "0.0 GB are free" in sentence
    assert "hidden" in sentence


def test_that_the_largest_experiment_of_the_form_is_refused_on_a_common_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 16_000_000_000)
    net = {"cell": "lstm", "hidden": 512, "layers": 4}
    nets = [{"name": f"net{number}", **net} for number in range(8)]
    data = {"task": "recall", "params": {"gap": 500}, "batch": 512, "contestants": nets}
    with pytest.raises(NotEnoughMemory, match="number of nets"):
        Trainer(complete(parse(data)))


def test_that_the_command_line_refuses_with_status_2_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 10_000_000)
    assert main(["train", "--steps", "2", "--set", "gap=500", "--set", "hidden=300"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "of memory" in err.splitlines()[-1]


def test_that_the_limit_of_a_control_group_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = tmp_path / "memory"
    monkeypatch.setattr(footprint, "_CGROUP", str(group))
    for name, text in (
        ("max", "5000000\n"),
        ("current", "3000000\n"),
        ("stat", "anon 1\ninactive_file 400000\n"),
    ):
        Path(f"{group}.{name}").write_text(text)
    assert footprint.available() == 5_000_000 - 3_000_000 + 400_000
    Path(f"{group}.max").write_text("max\n")
    assert footprint.available() > 5_000_000
