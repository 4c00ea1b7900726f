"""Tell the desktop that .seqx files belong to the sandbox, by the shared MIME-info rules."""

from __future__ import annotations

import os
import shutil
import subprocess

from sandbox.setup import places

TYPE = "application/x-sequence-sandbox"
FOLDER = "mime"
PACKAGE = f"{FOLDER}/packages/{places.APP}.xml"
# What update-mime-database makes from the packages, and leaves behind when they are gone.
MADE = (
    "XMLnamespaces aliases generic-icons globs globs2 icons magic mime.cache subclasses "
    "treemagic types version"
).split()


def source() -> str:
    """Return the path of the description that is installed."""
    return os.path.join(places.resources(), f"{places.APP}.xml")


def refresh() -> None:
    """Update the desktop's index, if it has the program for that."""
    folder = os.path.join(places.xdg_data_home(), FOLDER)
    program = shutil.which("update-mime-database")
    if program and os.path.isdir(os.path.join(folder, "packages")):
        quiet = subprocess.DEVNULL  # it only warns of folders that are not searched
        subprocess.run([program, folder], check=False, stdout=quiet, stderr=quiet)


def remove_index() -> None:
    """Remove an empty index, so that nothing of ours is left."""
    folder = os.path.join(places.xdg_data_home(), FOLDER)
    packages = os.path.join(folder, "packages")
    if not os.path.isdir(packages) or os.listdir(packages):
        return
    for name in MADE:
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    for name in os.listdir(folder):
        part = os.path.join(folder, name)
        if os.path.isdir(part) and not os.listdir(part):
            os.rmdir(part)
