"""Add the sandbox to the applications menu, and remove it again."""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
import subprocess
import sys

from sandbox.setup import desktop_entry, environment, mime, places, skeleton
from sandbox.setup.faults import Fault, no_permission

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY = f"applications/{places.APP}.desktop"
ICON = f"icons/hicolor/scalable/apps/{places.APP}.svg"
INSTALLED = (ENTRY, ICON, mime.PACKAGE)
BUNDLE = "~/Applications/Sequence Sandbox.app"
IDENTIFIER = "org.sequence-sandbox.app"


def install() -> str:
    """Add the sandbox to the user's applications and say where."""
    return _on_this_system(_install_entry, _install_bundle)


def uninstall() -> str:
    """Remove everything that `install` added, and say so."""
    return _on_this_system(_uninstall_entry, _uninstall_bundle)


def _on_this_system(freedesktop: Callable[[], str], mac: Callable[[], str]) -> str:
    try:
        return mac() if sys.platform == "darwin" else freedesktop()
    except PermissionError as error:
        raise no_permission(error.filename or places.xdg_data_home()) from error


def command() -> list[str]:
    """Return what the menu starts: not our own environment's Python, which may be remade."""
    ours = environment.is_ours(sys.prefix)
    python = skeleton.base_python() if ours else sys.executable
    script = os.path.join(places.ROOT, "main.py")
    start = [script] if os.path.exists(script) else ["-m", "sandbox.bootstrap"]
    return [os.path.abspath(python), *start]


def _in_data_home(relative: str) -> str:
    return os.path.join(places.xdg_data_home(), relative)


def _install_entry() -> str:
    entry, icon, package = map(_in_data_home, INSTALLED)
    text = _entry_text()
    for path in (entry, icon, package):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copyfile(os.path.join(places.resources(), "icons", f"{places.APP}.svg"), icon)
    shutil.copyfile(mime.source(), package)
    with open(entry + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(entry + ".new", entry)
    _refresh()
    return f"Sequence Sandbox is now in the applications menu and opens .seqx files ({entry})."


def _entry_text() -> str:
    template = os.path.join(places.resources(), f"{places.APP}.desktop.in")
    with open(template, encoding="utf-8") as file:
        text = desktop_entry.fill(file.read(), command(), command()[0])
    wrong = desktop_entry.problems(text, command())
    if wrong:
        raise Fault(f"No menu can start the sandbox from {places.ROOT}: {'; '.join(wrong)}.")
    return text


def _uninstall_entry() -> str:
    made = [path for path in map(_in_data_home, INSTALLED) if os.path.lexists(path)]
    if not made:
        return "Sequence Sandbox is not in the applications menu, so nothing was removed."
    for path in made:
        os.remove(path)
    _refresh()
    mime.remove_index()
    for path in (*map(_in_data_home, INSTALLED), _in_data_home(f"{mime.FOLDER}/any")):
        _remove_empty(os.path.dirname(path))
    return "Sequence Sandbox is no longer in the applications menu."


def _refresh() -> None:
    """Update the desktop's indexes, if it keeps any."""
    mime.refresh()
    folder = os.path.dirname(_in_data_home(ENTRY))
    program = shutil.which("update-desktop-database")
    if program and os.path.isdir(folder):
        subprocess.run([program, "-q", folder], check=False)
    icons = _in_data_home("icons/hicolor")
    if os.path.isdir(icons):
        os.utime(icons)  # icon caches are compared with their folder's time stamp


def _remove_empty(folder: str) -> None:
    """Remove a folder and its parents if they are empty, up to the data home."""
    while folder != places.xdg_data_home() and os.path.isdir(folder):
        if os.listdir(folder) == ["mimeinfo.cache"]:
            os.remove(os.path.join(folder, "mimeinfo.cache"))
        if os.listdir(folder):
            return
        os.rmdir(folder)
        folder = os.path.dirname(folder)


def _install_bundle() -> str:
    bundle = os.path.expanduser(BUNDLE)
    starter = os.path.join(bundle, "Contents", "MacOS", places.APP)
    os.makedirs(os.path.dirname(starter), exist_ok=True)
    with open(os.path.join(bundle, "Contents", "Info.plist"), "wb") as file:
        plistlib.dump(_properties(), file)
    with open(starter, "w", encoding="utf-8") as script:
        script.write(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n')
    os.chmod(starter, 0o755)
    return f"Sequence Sandbox is now among your applications ({bundle})."


def _properties() -> dict[str, str]:
    from sandbox import __version__

    return {
        "CFBundleName": "Sequence Sandbox",
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleExecutable": places.APP,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": __version__,
    }


def _uninstall_bundle() -> str:
    bundle = os.path.expanduser(BUNDLE)
    if not os.path.isdir(bundle):
        return "Sequence Sandbox is not among your applications, so nothing was removed."
    shutil.rmtree(bundle)
    return "Sequence Sandbox is no longer among your applications."
