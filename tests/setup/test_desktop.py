"""The applications menu starts this sandbox, wherever it lies, and forgets it again."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.setup import desktop, places
from tests.stub_project import StubProject

AWKWARD = ["/opt/my pythons/python3", '/home/é/100% "mine"/$HOME/`x`/a\\b/main.py']
ENDING, TYPE = ".seqx", "application/x-sequence-sandbox"
MIME_INFO = "{http://www.freedesktop.org/standards/shared-mime-info}"
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1)


@pytest.fixture
def menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "share"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    return folder


def unescaped(text: str) -> str:
    """A value of type string, read by the Desktop Entry Specification."""
    back = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "s": " "}
    letters, result = iter(text), ""
    for letter in letters:
        result += back[next(letters)] if letter == "\\" else letter
    return result


def read(entry: str) -> dict[str, str]:
    """The keys of an entry with one group."""
    first, *lines = [line for line in entry.split("\n") if line]
    assert first == "[Desktop Entry]"
    return {key: unescaped(text) for key, _, text in (line.partition("=") for line in lines)}


def command_of(exec_value: str) -> list[str]:
    """Exec split as a menu would, without field codes."""
    words: list[str] = []
    word, inside, letters = "", False, iter(exec_value + " ")
    for letter in letters:
        if letter == '"':
            inside = not inside
        elif letter == "\\" and inside:
            word += next(letters)
        elif letter == "%":
            word += field_code(next(letters))
        elif letter == " " and not inside:
            words += [word] if word else []
            word = ""
        else:
            word += letter
    return words


def field_code(code: str) -> str:
    assert code in "fFuUick%"
    return "%" if code == "%" else ""


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_that_any_path_survives_the_quoting(command: list[str]) -> None:
    entry = read(desktop.entry_of(command))
    assert command_of(entry["Exec"]) == command
    assert entry["TryExec"] == command[0]


@pytest.mark.parametrize("command", [AWKWARD, ["/usr/bin/python3", "/home/me/main.py"]])
def test_that_the_entry_is_valid(command: list[str], tmp_path: Path) -> None:
    text = desktop.entry_of(command)
    entry = read(text)
    assert (entry["Type"], entry["Terminal"], entry["StartupNotify"]) == (
        "Application", "false", "true",
    )  # fmt: skip
    assert entry["Name"]
    assert all(entry[key].endswith(";") for key in ("Categories", "MimeType", "Keywords"))
    validator = shutil.which("desktop-file-validate")
    if validator:
        path = tmp_path / "sequence-sandbox.desktop"
        path.write_text(text)
        checked = subprocess.run([validator, str(path)], capture_output=True, text=True)
        assert (checked.returncode, checked.stdout) == (0, "")


def test_that_the_menu_starts_what_was_installed(menu: Path, tmp_path: Path) -> None:
    project = StubProject(tmp_path)
    assert project.run("--install-desktop", XDG_DATA_HOME=str(menu)).returncode == 0
    entry = read((menu / desktop.ENTRY).read_text())
    command = command_of(entry["Exec"])
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("Sequence Sandbox ")
    assert command[1] == str(project.root / "main.py")
    assert Path(entry["TryExec"]).is_file()


def mime_type() -> ElementTree.Element:
    root = ElementTree.parse(Path(places.resources(), "sequence-sandbox.xml")).getroot()
    (described,) = root.findall(f"{MIME_INFO}mime-type")
    return described


def test_that_the_entry_opens_the_files_that_are_described() -> None:
    entry = read(desktop.entry_of(["/usr/bin/python3", "/home/me/main.py"]))
    assert entry["MimeType"] == f"{mime_type().get('type')};" == f"{TYPE};"
    assert entry["Exec"].endswith(" %f")
    patterns = [glob.get("pattern") for glob in mime_type().findall(f"{MIME_INFO}glob")]
    assert patterns == [f"*{ENDING}"]
    (icon,) = mime_type().findall(f"{MIME_INFO}icon")
    assert icon.get("name") == entry["Icon"]


@pytest.mark.skipif(not shutil.which("update-mime-database"), reason="shared-mime-info is missing")
def test_that_the_desktop_knows_the_files_by_their_ending(menu: Path) -> None:
    desktop.install()
    described = ElementTree.parse(menu / "mime" / f"{TYPE}.xml").getroot()
    assert described.get("type") == TYPE
    assert f"{TYPE}:*{ENDING}" in (menu / "mime" / "globs").read_text()
    if shutil.which("update-desktop-database"):
        cache = (menu / "applications" / "mimeinfo.cache").read_text()
        assert f"{TYPE}=sequence-sandbox.desktop;" in cache
    desktop.uninstall()
    assert list(menu.iterdir()) == []


def test_that_no_program_of_the_desktop_is_needed(
    menu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    desktop.install()
    assert (menu / desktop.PACKAGE).is_file()
    assert [path.name for path in (menu / "mime").iterdir()] == ["packages"]
    desktop.uninstall()
    assert list(menu.iterdir()) == []


def test_that_the_types_of_others_stay_known(menu: Path) -> None:
    desktop.install()
    other = menu / "mime" / "packages" / "other.xml"
    other.write_text((menu / desktop.PACKAGE).read_text().replace("seqx", "other"))
    desktop.uninstall()
    assert other.exists()
    assert not (menu / desktop.PACKAGE).exists()
    if shutil.which("update-mime-database"):
        assert "*.other" in (menu / "mime" / "globs").read_text()


def test_that_installing_twice_and_removing_leaves_nothing(menu: Path) -> None:
    desktop.install()
    desktop.install()
    assert (menu / desktop.ENTRY).is_file()
    assert (menu / desktop.ICON).read_text().startswith("<svg")
    assert "no longer" in desktop.uninstall()
    assert list(menu.iterdir()) == []


def test_that_removing_keeps_what_others_put_there(menu: Path) -> None:
    desktop.install()
    neighbour = menu / "applications" / "other.desktop"
    neighbour.write_text("[Desktop Entry]\n")
    desktop.uninstall()
    assert neighbour.exists()


def test_that_removing_what_is_not_there_says_so(menu: Path) -> None:
    assert "nothing was removed" in desktop.uninstall()
    assert not menu.exists()


def test_that_a_relative_data_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert Path(places.xdg_data_home()).is_absolute()


def test_that_a_mac_gets_an_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(tmp_path) in desktop.install()
    contents = tmp_path / "Applications" / "Sequence Sandbox.app" / "Contents"
    properties = plistlib.loads((contents / "Info.plist").read_bytes())
    starter = contents / "MacOS" / properties["CFBundleExecutable"]
    said = subprocess.run([str(starter), "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("Sequence Sandbox ")
    assert "no longer" in desktop.uninstall()
    assert not contents.exists()
    assert "nothing was removed" in desktop.uninstall()


def test_that_the_icon_is_a_square_drawing() -> None:
    icon = ElementTree.parse(Path(places.resources(), "icons", "sequence-sandbox.svg")).getroot()
    assert icon.get("viewBox") == "0 0 128 128"
    assert icon.get("width") == icon.get("height")
