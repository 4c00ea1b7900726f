"""A new cell is one file and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FADING = """\
title: Fading
about: a leak of its own for each unit
source: a test
memory: keep +
init: slow: leak 3

keep = sigmoid(x W + b + leak)                          # 1 keeps, 0 replaces
hidden = keep * hidden[t-1] + (1 - keep) * tanh(x W + hidden[t-1] W + b)
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is seen of a new cell in a copy of the sandbox with one file more."""
    copy = tmp_path_factory.mktemp("copy")
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "sandbox", copy / "sandbox", ignore=unwanted)
    shutil.copytree(ROOT / "resources", copy / "sandbox" / "resources")
    (copy / "sandbox" / "resources" / "cells" / "fading.cell").write_text(FADING, "utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "SEQUENCE_SANDBOX_HOME": str(copy / "home"),
        "PYTHONPATH": str(copy),
    }
    process = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "new_cell.py")],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return {**json.loads(process.stdout.splitlines()[-1]), "stderr": process.stderr}


def test_that_a_new_cell_is_listed_with_what_follows_from_its_equations(
    found: dict[str, Any],
) -> None:
    listed = found["listed"]
    assert (listed["title"], listed["about"]) == ("Fading", "a leak of its own for each unit")
    assert listed["gates"] == listed["holdable"] == ["keep", "hidden"]
    assert listed["size"] == "2H(I + H + 1) + H + O(H + 1)"
    assert [(each["title"], each["kind"]) for each in listed["pictures"]] == [
        ("keep gate", "gate"),
        ("hidden state", "signed"),
    ]
    fields = {each["name"]: each for each in listed["parameters"]}
    assert fields["recurrent_init"]["accepts"] == "one of default, orthogonal, identity, slow"
    assert fields["forget_bias"]["description"].startswith("Bias of the keep gate towards keeping")


def test_that_a_new_cell_is_a_contestant_with_its_own_settings(found: dict[str, Any]) -> None:
    fields = found["fields"]
    assert (fields["name"], fields["recurrent_init"], fields["forget_bias"]) == (
        "fading",
        "slow",
        2,
    )
    assert found["look"] == {"fading": 3, "rnn": 0, "lstm": 1}
    assert found["short text"]
    assert "Fading" in found["readme"]
    assert found["refused"] == 2
    assert "steps: 0 was given" in found["stderr"]


def test_that_a_new_cell_is_laid_out_and_started(found: dict[str, Any]) -> None:
    shapes, weights = found["shapes"], found["weights"]
    assert list(shapes) == ["W_x", "W_h", "b", "leak", "W_o", "b_o"]
    assert (shapes["W_h"], shapes["leak"]) == ([3, 6], [3])
    for layer in ("", ".2"):
        assert weights[f"leak{layer}"] == [3, 3, 3]
        assert weights[f"b{layer}"][:3] == [2, 2, 2]


def test_that_the_window_offers_and_explains_a_new_cell(found: dict[str, Any]) -> None:
    assert found["family"] == "Other cells"
    assert any(text.startswith("Fading") for text in found["menu"])
    assert found["title"] == "Fading 2"
    assert found["paragraph"].startswith("a leak of its own for each unit. keep = sigmoid(")
