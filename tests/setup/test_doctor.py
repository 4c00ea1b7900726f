"""`python3 main.py doctor` tells the truth, and what mends it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import doctor, environment, libraries
from sandbox.setup.doctor import Finding
from tests.stub_project import PACKAGES, TORCH, StubProject

if TYPE_CHECKING:
    from pathlib import Path

FINE = Finding("package", "numpy", "2.4.6", True, "==2.4.6")
ABSENT = Finding("package", "pandas", "", False, "==3.1.1", doctor.SET_UP)
ALSO_ABSENT = Finding("package", "llvmlite", "", False, "==0.50.0", doctor.SET_UP)
WITHOUT_HARM = Finding("program", "xdotool", "only tests need it", None, mend="apt-get install x")
LIBRARIES = [
    Finding("library", f"lib{name}.so", "", False, mend=f"apt-get install {name}") for name in "ab"
]


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    found: list[Finding] = [FINE, WITHOUT_HARM]
    monkeypatch.setattr(doctor, "everything", lambda: found)
    return found


def test_that_a_healthy_machine_is_said_to_be_so(
    findings: list[Finding], capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main([]) == 0
    said = capsys.readouterr().out
    assert "Everything needed is there." in said
    assert "2.4.6 (wanted ==2.4.6)" in said


def test_that_what_is_missing_comes_with_one_command_each(
    findings: list[Finding], capsys: pytest.CaptureFixture[str]
) -> None:
    findings += [ABSENT, ALSO_ABSENT, *LIBRARIES]
    assert doctor.main([]) == 1
    _, _, mends = capsys.readouterr().out.partition("To fix this:\n")
    assert mends.split("\n") == [f"  {doctor.SET_UP}", "  apt-get install a b", ""]


def test_that_json_is_an_object_a_line(
    findings: list[Finding], capsys: pytest.CaptureFixture[str]
) -> None:
    findings.append(ABSENT)
    assert doctor.main(["--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["check", "check", "check", "end"]
    assert lines[2]["mend"] == doctor.SET_UP
    assert lines[-1]["ok"] is False


def test_that_a_bare_machine_is_diagnosed_without_being_changed(tmp_path: Path) -> None:
    project = StubProject(tmp_path)
    done = project.run("doctor", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    packages = {line["name"]: line for line in lines if line.get("check") == "package"}
    assert done.returncode == 1
    assert done.stderr == ""
    assert packages.keys() == {*PACKAGES, *TORCH}
    found = {name: (package["ok"], package["mend"]) for name, package in packages.items()}
    assert found == {
        **dict.fromkeys(PACKAGES, (False, doctor.SET_UP)),
        **dict.fromkeys(TORCH, (None, f"{doctor.SET_UP} --all")),
    }
    assert not project.venv.exists()
    assert not project.home.exists()


def test_that_this_environment_is_found_complete() -> None:
    found = [*doctor.packages(), doctor.llvmlite()]
    assert [finding for finding in found if not finding.ok] == []
    assert environment.running_is_enough("run")


def test_that_a_compiler_that_does_not_import_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'ImportError: libtbb.so' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(doctor, "_interpreter", lambda: str(broken))
    assert doctor.llvmlite().ok is False
    assert doctor.llvmlite().found == "ImportError: libtbb.so"


def test_that_a_missing_library_comes_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(libraries, "loads", lambda soname: soname != "libEGL.so.1")
    (missing,) = [f for f in doctor.system_libraries() if not f.ok]
    assert (missing.name, missing.ok) == ("libEGL.so.1", False)
    assert missing.mend == libraries.command(libraries.packages(["libEGL.so.1"]))


def test_that_no_font_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(doctor, "FONT_FOLDERS", (str(tmp_path),))
    assert doctor.fonts().ok is False
    (tmp_path / "one.ttf").write_bytes(b"")
    assert doctor.fonts().ok is True
