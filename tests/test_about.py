"""What is told about a field stands on the field: one entry is all that a new field takes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.about import About, about, fields_of, live_fields
from sandbox.contestants import CONTESTANTS
from sandbox.experiment import Experiment

ROOT = Path(__file__).resolve().parent.parent
NEW_FIELD = """\
    dropout: Share = setting(
        0.5, "dropout share", "Share of units that are dropped", "training", short="drop {}"
    )
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Where a new field is seen in a copy of the sandbox with one entry more in one file."""
    copy = tmp_path_factory.mktemp("copy")
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "sandbox", copy / "sandbox", ignore=unwanted)
    shutil.copytree(ROOT / "resources", copy / "sandbox" / "resources")
    changed = copy / "sandbox" / "experiment.py"
    text = changed.read_text("utf-8")
    place = text.index("    optimizer: Optimizer = setting(")
    changed.write_text(text[:place] + NEW_FIELD + text[place:], "utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "SEQUENCE_SANDBOX_HOME": str(copy / "home"),
        "PYTHONPATH": str(copy),
    }
    process = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "new_field.py")],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return {**json.loads(process.stdout.splitlines()[-1]), "stderr": process.stderr}


def test_that_a_new_field_has_a_control_in_the_form(found: dict[str, Any]) -> None:
    assert found["form"] == [0.25]
    assert "dropout share" in found["labels"]
    assert "above 0, up to 1" in found["labels"]


def test_that_a_new_field_is_given_as_a_difference(found: dict[str, Any]) -> None:
    assert found["difference"] == ["training · dropout share: 0.5 → 0.25"]
    assert found["edit"] == "dropout share 0.5 → 0.25"
    assert found["apart"] == ["drop 0.5", "drop 0.25"]
    assert not found["live"]


def test_that_a_new_field_is_in_the_short_text_and_in_the_readme(found: dict[str, Any]) -> None:
    assert found["short text"] == 0.25
    assert "drop 0.25" in found["readme"]


def test_that_a_new_field_is_known_to_the_command_line(found: dict[str, Any]) -> None:
    assert found["refused"] == 2
    assert "dropout: 7 was given; it takes a number above 0, up to 1." in found["stderr"]


@pytest.mark.parametrize(
    ("name", "value", "words", "brief"),
    [
        ("lr", 0.003, "0.003", "rate 0.003"),
        ("steps", 3000, "3,000", "3,000 steps"),
        ("steps", 1, "1", "1 step"),
        ("clip", None, "none", "no clip"),
        ("device", "cuda", "NVIDIA GPU", "NVIDIA GPU"),
        ("gap_from", None, "minimum", "shortest gap: minimum"),
        ("curriculum", "power_law", "power law", "power law gap"),
    ],
)
def test_that_a_value_is_said_in_words_and_in_brief(
    name: str, value: object, words: str, brief: str
) -> None:
    assert about(Experiment, name).say(value) == words
    assert about(Experiment, name).say_briefly(value) == brief


def test_that_values_of_other_kinds_are_said_as_a_person_reads_them() -> None:
    told = About("anything")
    assert [told.say(value) for value in (True, False, 1234567, 0.1 + 0.2, "")] == [
        "on",
        "off",
        "1,234,567",
        "0.3",
        "nothing",
    ]
    file = About("data", shown_as="data")
    assert file.say("0123456789abcdef-tale.txt") == "tale.txt"


def test_that_every_setting_has_a_group_and_only_settings_are_live() -> None:
    for kind in (Experiment, *CONTESTANTS.values()):
        for name in kind.model_fields:
            told = about(kind, name)
            assert told.group or not told.live
            assert name in fields_of(kind, told.group)
            assert (name in live_fields(kind)) == told.live
