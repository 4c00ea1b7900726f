"""Missing system libraries are seen before Qt aborts over them, and the mend is named."""

from __future__ import annotations

import shutil
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import display, libraries
from sandbox.setup.faults import Fault
from tests import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def lacking(*sonames: str) -> Callable[[str], bool]:
    return lambda soname: soname not in sonames


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries.sys, "platform", "linux")


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "is_root", lambda: False)
    has(monkeypatch, "apt-get")


def has(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name in programs else None)


def test_that_a_complete_system_lacks_nothing() -> None:
    assert libraries.missing(["xcb", "wayland"], lacking()) == []


def test_that_offscreen_needs_no_library_of_a_screen() -> None:
    assert libraries.missing([], lacking("libxcb-cursor.so.0")) == []
    assert libraries.missing([], lacking("libEGL.so.1")) == ["libEGL.so.1"]


def test_that_one_screen_of_two_is_enough() -> None:
    assert libraries.missing(["xcb", "wayland"], lacking("libxcb-cursor.so.0")) == []
    assert libraries.missing(["xcb"], lacking("libxcb-cursor.so.0")) == ["libxcb-cursor.so.0"]


@pytest.mark.usefixtures("person")
def test_that_a_person_is_told_the_exact_command() -> None:
    with pytest.raises(Fault) as told:
        libraries.ensure(["xcb"], lacking("libGL.so.1", "libxcb-icccm.so.4"))
    assert (
        "`sudo apt-get install -y --no-install-recommends libgl1 libxcb-icccm4`, then start again"
        in str(told.value)
    )


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("dnf", "sudo dnf install -y mesa-libGL xcb-util-wm"),
        ("pacman", "sudo pacman -S --needed --noconfirm libglvnd xcb-util-wm"),
    ],
)
def test_that_other_systems_have_their_own_command(
    monkeypatch: pytest.MonkeyPatch, person: None, program: str, command: str
) -> None:
    has(monkeypatch, program)
    with pytest.raises(Fault, match=command):
        libraries.ensure(["xcb"], lacking("libGL.so.1", "libxcb-icccm.so.4"))


class Apt:
    """Stands in for apt-get."""

    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.calls: list[list[str]] = []
        self.env: dict[str, str] = {}

    def __call__(self, command: list[str], env: dict[str, str], **rest: object) -> object:
        self.calls.append(command)
        self.env = env
        return SimpleNamespace(returncode=self.status, stdout="", stderr="E: no such package\n")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "is_root", lambda: True)
    has(monkeypatch, "apt-get")


def test_that_root_on_debian_gets_them_installed_and_is_told(
    root: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apt = Apt()
    monkeypatch.setattr(subprocess, "run", apt)
    libraries.ensure([], lambda soname: bool(apt.calls) or soname != "libEGL.so.1")
    assert apt.calls[0][-1] == "update"
    assert apt.calls[1][-4:] == ["install", "-y", "--no-install-recommends", "libegl1"]
    assert apt.env["DEBIAN_FRONTEND"] == "noninteractive"
    assert "installing with apt-get: libegl1" in capsys.readouterr().err


def test_that_root_is_told_the_command_when_apt_get_fails(
    root: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", Apt(status=100))
    with pytest.raises(Fault, match="`apt-get install -y --no-install-recommends libegl1`"):
        libraries.ensure([], lacking("libEGL.so.1"))
    assert "E: no such package" in capsys.readouterr().err


def test_that_the_tests_say_which_test_a_missing_screen_skips(
    person: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries, "missing", lambda screens: [])
    runner.see_to_a_screen()
    said = capsys.readouterr().err
    assert "will be skipped" in said
    assert "xvfb xdotool" in said


SCREENS = {
    ("", "", ""): (["xcb"], False),
    (":0", "", ""): (["xcb"], True),
    ("", "wayland-0", ""): (["wayland"], True),
    (":0", "wayland-0", ""): (["xcb", "wayland"], True),
    ("", "", "offscreen"): ([], True),
    ("", "", "minimal"): ([], True),
    ("", "", "vnc:port=5901"): ([], True),
    ("", "", "xcb"): (["xcb"], False),
    (":0", "", "wayland;xcb"): (["wayland", "xcb"], True),
}


@pytest.mark.parametrize("given", SCREENS)
def test_that_a_screen_is_known_from_the_environment(
    given: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), given, strict=True):
        monkeypatch.setenv(name, value)
    assert (display.platforms(), display.is_there()) == SCREENS[given]


def test_that_no_screen_names_the_headless_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Fault, match=r"no display .* `python3 main.py train --help`") as told:
        display.check()
    assert told.value.status == 2


def test_that_a_screen_that_is_no_x_server_does_not_answer(tmp_path: Path) -> None:
    if not libraries.loads("libxcb.so.1"):
        pytest.skip("libxcb is not here")
    assert not display.answers(":4711")
