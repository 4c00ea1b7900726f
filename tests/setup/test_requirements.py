"""Pins and ranges, against what the packaging library says of the same; stamps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from sandbox.setup import environment, places, requirements

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-torch.lock", "requirements-dev.lock")


def lock_lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


@pytest.mark.parametrize("name", LOCKS)
def test_that_every_line_of_a_lock_is_one_exact_public_version(name: str) -> None:
    for line in lock_lines(name):
        (specifier,) = Requirement(line).specifier
        assert Requirement(line).marker is None
        assert specifier.operator == "=="
        assert "+" not in specifier.version
        assert "*" not in specifier.version


@pytest.mark.parametrize("name", LOCKS)
def test_that_a_lock_names_no_host_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--hash" not in text
    assert not [line for line in lock_lines(name) if "/" in line or "@" in line]


def test_that_the_pins_lie_in_the_ranges() -> None:
    for group in places.LOCKS:
        pins = requirements.pins(group)
        for name, specifier in requirements.ranges(group).items():
            assert requirements.satisfies(pins[name], specifier), name


def test_that_pyside_is_the_series_that_keeps_its_references() -> None:
    assert requirements.pins("run")["pyside6-essentials"].startswith("6.10.")
    assert requirements.pins("all")["torch"] == "2.13.0"


def test_that_no_package_is_written_down_twice() -> None:
    names = [
        canonicalize_name(Requirement(line).name) for lock in LOCKS for line in lock_lines(lock)
    ]
    assert len(set(names)) == len(names)


def test_that_the_second_stage_is_torch_and_what_only_torch_needs() -> None:
    first, both = requirements.pins("run"), requirements.pins("all")
    assert both.keys() - first.keys() == needed_by("torch") - first.keys()
    assert "torch" not in first


def needed_by(name: str) -> set[str]:
    """The package and all that it needs, as the installed packages say."""
    found, left = set[str](), [name]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += direct_needs(name)
    return found


def direct_needs(name: str) -> list[str]:
    from importlib.metadata import distribution

    needs = [Requirement(text) for text in distribution(name).requires or []]
    met = [each for each in needs if not each.marker or each.marker.evaluate({"extra": ""})]
    return [canonicalize_name(each.name) for each in met]


@pytest.mark.parametrize("group", places.LOCKS)
def test_that_a_lock_is_the_whole_closure(group: str) -> None:
    """Each requirement of each pinned package is pinned too."""
    pins = requirements.pins(group)
    for name in pins.keys() & requirements.installed(requirements.running_folders()).keys():
        assert set(direct_needs(name)) <= pins.keys(), name


def test_that_the_tests_run_in_the_pinned_set_or_one_in_its_ranges() -> None:
    assert environment.running_is_enough("dev")


@pytest.mark.parametrize("specifier", [">=6.10.3,<6.11", "==0.14.*", "!=1.*", "==2.13.0", ">2,<=3"])
@pytest.mark.parametrize(
    "version", ["6.10.3", "6.11", "0.14.2", "0.140", "1.0", "2.13.0", "2.13.0.1", "3"]
)
def test_that_ranges_mean_what_pip_means(specifier: str, version: str) -> None:
    assert requirements.satisfies(version, specifier) == SpecifierSet(specifier).contains(version)


def test_that_folder_names_are_read_as_packages(tmp_path: Path) -> None:
    for name in ("PySide6_Essentials-6.10.3.dist-info", "torch-2.13.0+cpu.dist-info", "torch"):
        (tmp_path / name).mkdir()
    found = requirements.installed([str(tmp_path), str(tmp_path / "nowhere")])
    assert found == {"pyside6-essentials": "6.10.3", "torch": "2.13.0+cpu"}
    assert requirements.missing({"torch": "2.13.0", "numpy": "2.4.6"}, found) == {"numpy": "2.4.6"}


@pytest.mark.parametrize("text", ["", "making", "done", "don", "\xff"])
def test_that_only_a_finished_stamp_counts(tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / requirements.STAMP).write_bytes(text.encode("latin-1"))
    assert requirements.stamped_version(str(tmp_path)) == ""
    requirements.write_stamp(str(tmp_path), "done 3.11")
    assert requirements.stamped_version(str(tmp_path)) == "3.11"
    assert os.listdir(tmp_path) == [requirements.STAMP]
