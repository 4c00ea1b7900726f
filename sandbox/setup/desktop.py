"""Add the sandbox to the applications menu, and remove it again.

By the rules of freedesktop.org's Desktop Entry and Shared MIME-info specifications; on a Mac as an
application bundle.
"""

from __future__ import annotations

import contextlib
import os
import plistlib
import shlex
import shutil
import subprocess
import sys

from sandbox.setup import places, skeleton
from sandbox.setup.faults import no_permission

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = f"applications/{places.APP}.desktop"
ICON = f"icons/hicolor/scalable/apps/{places.APP}.svg"
PACKAGE = f"mime/packages/{places.APP}.xml"
INSTALLED = (ENTRY, ICON, PACKAGE)
# What the desktop makes of the files in a folder, and leaves behind when they are gone.
INDEXES = {
    "applications": ["applications/mimeinfo.cache"],
    "mime/packages": [
        f"mime/{name}"
        for name in (
            "XMLnamespaces aliases generic-icons globs globs2 icons magic mime.cache subclasses "
            "treemagic types version"
        ).split()
    ],
}
# What a shell would read, and field codes, in an argument of Exec; what no value may hold.
QUOTED = str.maketrans({"%": "%%"} | {letter: "\\" + letter for letter in '\\"`$'})
ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
BUNDLE = "~/Applications/Sequence Sandbox.app"
IDENTIFIER = "org.sequence-sandbox.app"


def install() -> str:
    """Add the sandbox to the user's applications and say where."""
    with _permission_explained():
        return _install_bundle() if sys.platform == "darwin" else _install_entry()


def uninstall() -> str:
    """Remove everything that `install` added, and say so."""
    with _permission_explained():
        return _uninstall_bundle() if sys.platform == "darwin" else _uninstall_entry()


@contextlib.contextmanager
def _permission_explained() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise no_permission(error.filename or places.xdg_data_home()) from error


def command() -> list[str]:
    """Return what the menu starts: not our own environment's Python, which may be remade."""
    ours = places.is_ours(sys.prefix)
    python = skeleton.base_python() if ours else sys.executable
    script = os.path.join(places.ROOT, "main.py")
    start = [script] if os.path.exists(script) else ["-m", "sandbox.bootstrap"]
    return [os.path.abspath(python), *start]


def entry_of(command: list[str]) -> str:
    """Return the desktop entry that starts this command."""
    template = os.path.join(places.resources(), f"{places.APP}.desktop.in")
    with open(template, encoding="utf-8") as file:
        text = file.read()
    line = " ".join(f'"{argument.translate(QUOTED)}"' for argument in command) + " %f"
    text = text.replace("@EXEC@", line.translate(ESCAPED))
    return text.replace("@TRY_EXEC@", command[0].translate(ESCAPED))


def _in_data_home(relative: str) -> str:
    return os.path.join(places.xdg_data_home(), relative)


def _install_entry() -> str:
    entry, icon, package = map(_in_data_home, INSTALLED)
    text = entry_of(command())
    for path in (entry, icon, package):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copyfile(os.path.join(places.resources(), "icons", f"{places.APP}.svg"), icon)
    shutil.copyfile(os.path.join(places.resources(), f"{places.APP}.xml"), package)
    with open(entry + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(entry + ".new", entry)
    _refresh()
    return f"Sequence Sandbox is now in the applications menu and opens .seqx files ({entry})."


def _uninstall_entry() -> str:
    made = [path for path in map(_in_data_home, INSTALLED) if os.path.lexists(path)]
    if not made:
        return "Sequence Sandbox is not in the applications menu, so nothing was removed."
    for path in made:
        os.remove(path)
    _refresh()
    for folder, indexes in INDEXES.items():
        _remove_unused(_in_data_home(folder), list(map(_in_data_home, indexes)))
    for path in (*INSTALLED, "mime/application/any.xml"):
        _remove_empty(os.path.dirname(_in_data_home(path)))
    return "Sequence Sandbox is no longer in the applications menu."


def _refresh() -> None:
    """Update the desktop's indexes, if it keeps any."""
    for program, folder, watched in (
        ("update-mime-database", "mime", "mime/packages"),
        ("update-desktop-database", "applications", "applications"),
    ):
        path = shutil.which(program)
        if path and os.path.isdir(_in_data_home(watched)):
            # Silent, since it warns of folders that are not searched.
            subprocess.run([path, _in_data_home(folder)], check=False, capture_output=True)
    icons = _in_data_home("icons/hicolor")
    if os.path.isdir(icons):
        os.utime(icons)  # icon caches are compared with their folder's time stamp


def _remove_unused(folder: str, indexes: list[str]) -> None:
    """Remove the indexes of a folder that holds nothing else."""
    if os.path.isdir(folder) and not {e.path for e in os.scandir(folder)}.difference(indexes):
        for path in filter(os.path.exists, indexes):
            os.remove(path)


def _remove_empty(folder: str) -> None:
    """Remove a folder and its parents if they are empty, up to the data home."""
    while folder != places.xdg_data_home() and os.path.isdir(folder) and not os.listdir(folder):
        os.rmdir(folder)
        folder = os.path.dirname(folder)


def _install_bundle() -> str:
    from sandbox import __version__

    bundle = os.path.expanduser(BUNDLE)
    starter = os.path.join(bundle, "Contents", "MacOS", places.APP)
    os.makedirs(os.path.dirname(starter), exist_ok=True)
    properties = {
        "CFBundleName": "Sequence Sandbox",
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleExecutable": places.APP,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": __version__,
    }
    with open(os.path.join(bundle, "Contents", "Info.plist"), "wb") as file:
        plistlib.dump(properties, file)
    with open(starter, "w", encoding="utf-8") as script:
        script.write(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n')
    os.chmod(starter, 0o755)
    return f"Sequence Sandbox is now among your applications ({bundle})."


def _uninstall_bundle() -> str:
    bundle = os.path.expanduser(BUNDLE)
    if not os.path.isdir(bundle):
        return "Sequence Sandbox is not among your applications, so nothing was removed."
    shutil.rmtree(bundle)
    return "Sequence Sandbox is no longer among your applications."
