"""Packages that not everybody has: what is said where they are missing."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from importlib import util
from pathlib import Path

import pytest

from sandbox.export import optional
from sandbox.store.base import RunError

ROOT = Path(__file__).resolve().parents[2]


def test_that_a_package_that_is_there_is_imported() -> None:
    assert optional.needed("onnx.helper", "An ONNX model").__name__ == "onnx.helper"


@pytest.mark.parametrize("package", optional.RANGES)
def test_that_a_missing_package_is_one_sentence_with_the_command(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(RunError) as missing:
        optional.needed(f"{package}.part", "This file")
    told = re.fullmatch(
        rf"This file needs the package {package}, which is not installed here: "
        r"run `(.+)`, then try again\.",
        str(missing.value),
    )
    assert told is not None
    assert shlex.split(told[1])[-2:] == ["install", package + optional.RANGES[package]]


def test_that_the_command_brings_the_package_into_this_very_environment() -> None:
    command = shlex.split(optional.command("nbformat"))
    asked = subprocess.run(
        [*command, "--dry-run", "--no-index"], capture_output=True, text=True, timeout=60
    )
    assert asked.returncode == 0, asked.stderr
    assert f"nbformat{optional.RANGES['nbformat']} in " in asked.stdout


def test_that_an_environment_without_pip_is_filled_from_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    command = shlex.split(optional.command("onnx"))
    assert command[1:5] == ["-m", "pip", "--python", sys.executable]
    assert command[0] != sys.executable or sys.prefix == sys.base_prefix


def test_that_an_error_inside_a_package_is_not_taken_for_its_absence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken_package.py").write_text("import sys\nfrom sys import nothing_like_it\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ImportError, match="nothing_like_it"):
        optional.needed("broken_package", "This file")


def test_that_the_ranges_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = [name + wanted for name, wanted in optional.RANGES.items()]
    assert project["optional-dependencies"]["export"] == ranges
