"""Kernels are compiled as soon as the compiler is there, while the rest is still on its way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.stub_project import PACKAGES, StubProject

if TYPE_CHECKING:
    from pathlib import Path

PREPARE = """
import importlib.util, sys, time
there = [name for name in {names!r} if importlib.util.find_spec(name.replace("-", "_"))]
with open({file!r}, "w") as file:
    file.write(" ".join(there))
time.sleep({seconds})
print("done")
with open({file!r}, "a") as file:
    file.write("; done")
sys.exit({status})
"""


@pytest.fixture
def project(tmp_path: Path) -> StubProject:
    return StubProject(tmp_path)


def engine_of(project: StubProject, seconds: float = 0.0, status: int = 0) -> Path:
    """Give the project a module that says which packages are there when it begins."""
    seen = project.root / "seen.txt"
    folder = project.root / "sandbox" / "engine"
    folder.mkdir()
    words = {"names": list(PACKAGES), "file": str(seen), "seconds": seconds, "status": status}
    (folder / "__init__.py").write_text("")
    (folder / "prepare.py").write_text(PREPARE.format(**words))
    return seen


def test_that_it_begins_with_the_compiler_alone_and_the_command_does_not_wait(
    project: StubProject,
) -> None:
    seen = engine_of(project, seconds=30)
    begun = time.monotonic()
    assert project.run("train").returncode == 7
    assert time.monotonic() - begun < 30
    assert seen.read_text() == "llvmlite"


def test_that_setup_leaves_them_compiled(project: StubProject) -> None:
    seen = engine_of(project, seconds=0.5)
    done = project.run("setup")
    assert done.returncode == 0, done.stderr
    assert seen.read_text().endswith("; done")
    seen.unlink()
    assert project.run("setup").returncode == 0  # the kernels may have changed since
    assert seen.exists()


def test_that_setup_says_where_it_is_written_why_they_could_not_be_compiled(
    project: StubProject,
) -> None:
    engine_of(project, status=1)
    done = project.run("setup")
    assert done.returncode == 1
    log = project.home / "log" / "kernels.log"
    assert str(log) in done.stderr.splitlines()[-1]
    assert log.read_text() == "done\n"


def test_that_without_such_a_module_nothing_is_started(project: StubProject) -> None:
    assert project.run("setup").returncode == 0
    assert not (project.home / "log").exists()
