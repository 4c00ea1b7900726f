"""Check everything the sandbox needs, without changing or importing any of it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass

from sandbox.setup import (
    display,
    environment,
    installer,
    libraries,
    places,
    requirements,
    stamp,
    versions,
)

SET_UP = "python3 main.py setup"
MODULES = {"ssl": "fetches packages", "sqlite3": "keeps runs", "ctypes": "finds libraries"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
NUMBA_S = 120


@dataclass(frozen=True)
class Finding:
    """One result; `ok` is None if the thing is missing but not needed."""

    check: str
    name: str
    found: str
    ok: bool | None = True
    wanted: str = ""
    mend: str = ""


def everything() -> list[Finding]:
    """Return all findings, in the order in which to fix them."""
    return [
        python(),
        *modules(),
        venv_maker(),
        tkinter(),
        data_folder(),
        *packages(),
        numba(),
        *system_libraries(),
        *programs(),
        screen(),
        fonts(),
    ]


def python() -> Finding:
    """The running interpreter."""
    return Finding(
        "python",
        platform.python_implementation(),
        f"{platform.python_version()} ({sys.executable})",
        ok=not versions.unsupported(),
        wanted=">=3.11",
        mend=versions.unsupported(),
    )


def modules() -> list[Finding]:
    """Modules of the standard library that some builds of Python lack."""
    return [_module(name, purpose) for name, purpose in MODULES.items()]


def _module(name: str, purpose: str) -> Finding:
    there = importlib.util.find_spec(f"_{name}") is not None
    mend = "" if there else f"use a Python that was built with {name}"
    return Finding("module", name, f"found; {purpose}" if there else "", there, mend=mend)


def venv_maker() -> Finding:
    """`venv` and `ensurepip`, needed only while there is no environment yet."""
    there = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    needed = not _set_up() and importlib.util.find_spec("pip") is None
    mend = "" if there else libraries.command([libraries.venv_package()])
    ok = True if there else (False if needed else None)
    return Finding("module", "venv", "found" if there else "", ok, mend=mend)


def tkinter() -> Finding:
    """tkinter, for the set-up's window after a double click."""
    there = importlib.util.find_spec("_tkinter") is not None
    found = "found" if there else "missing: the set-up shows its progress as text"
    return Finding("module", "tkinter", found, True if there else None)


def data_folder() -> Finding:
    """The folder of runs, settings and caches, and the room on its disk."""
    folder = places.data_folder()
    parent = installer.existing(folder)
    can_write = os.access(parent, os.W_OK)
    free_mb = installer.free_mb(folder)
    mend = "" if can_write else "set SEQUENCE_SANDBOX_HOME to a folder that you can write to"
    return Finding("folder", "data", f"{folder}, {free_mb:,} MB free", can_write, mend=mend)


def packages() -> list[Finding]:
    """The environment that a start would use, and each package in it."""
    where, python_version, found = _environment()
    wanted = _wanted(python_version)
    states = [_package(name, wanted[name], found.get(name, "")) for name in sorted(wanted)]
    complete = all(state.ok for state in states) and _set_up()
    room = Finding(
        "environment",
        "packages",
        where,
        complete,
        mend="" if complete else SET_UP,
    )
    return [room, *states]


def _set_up() -> bool:
    return environment.running_is_enough("run") or bool(environment.find("run"))


def _environment() -> tuple[str, str, dict[str, str]]:
    """Return the environment's folder, its Python and what is installed in it."""
    running = requirements.running_version()
    if environment.running_is_enough("run"):
        found = requirements.installed(requirements.running_folders())
        return sys.prefix, running, found
    venv = environment.find("run") or places.environments()[0]
    version = stamp.stamped_version(venv) or running
    return venv, version, requirements.installed([places.site_packages(venv, version)])


def _wanted(python_version: str) -> dict[str, str]:
    """Return the lock file's `==` pins, or the ranges for an interpreter of the user's own."""
    if not os.path.exists(places.lock_file("run")):
        return {}
    if environment.running_is_enough("run") and not environment.is_ours(sys.prefix):
        return requirements.ranges("run")
    pins = requirements.pins("run", python_version)
    return {name: f"=={version}" for name, version in pins.items()}


def _package(name: str, wanted: str, found: str) -> Finding:
    ok = bool(found) and requirements.satisfies(found, wanted)
    return Finding("package", name, found, ok, wanted, "" if ok else SET_UP)


def numba() -> Finding:
    """Whether numba can be imported, which its folder alone does not tell."""
    interpreter = _interpreter()
    question = "import numba, llvmlite; print(numba.__version__)"
    try:
        asked = subprocess.run(
            [interpreter, "-c", question], capture_output=True, text=True, timeout=NUMBA_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("import", "numba", f"{type(error).__name__}", ok=False, mend=SET_UP)
    if asked.returncode == 0:
        return Finding("import", "numba", f"{asked.stdout.strip()} can be imported")
    said = (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
    return Finding("import", "numba", said, ok=False, mend=SET_UP)


def _interpreter() -> str:
    if environment.running_is_enough("run"):
        return sys.executable
    return places.python_of(environment.find("run") or places.environments()[0])


def system_libraries() -> list[Finding]:
    """Qt's system libraries: those it always needs, and those for this display."""
    if sys.platform != "linux":
        return []
    screens = display.platforms() if display.is_there() else []
    always = [_library(soname) for soname in libraries.ALWAYS]
    lacking = libraries.missing(screens)
    of_screens = {soname for name in screens for soname in libraries.SCREENS[name]}
    return always + [_library(soname, soname in lacking) for soname in sorted(of_screens)]


def _library(soname: str, needed: bool = True) -> Finding:
    there = libraries.loads(soname)
    mend = "" if there else libraries.command(libraries.packages([soname]))
    ok = True if there else (False if needed else None)
    return Finding("library", soname, "found" if there else "", ok, mend=mend)


def programs() -> list[Finding]:
    """Programs that only the tests use."""
    if sys.platform != "linux":
        return []
    return [_program(program, package) for program, package in libraries.TEST_PROGRAMS.items()]


def _program(program: str, package: str) -> Finding:
    path = shutil.which(program)
    mend = "" if path else libraries.command([package])
    ok = True if path else None
    return Finding("program", program, path or "only tests need it", ok, mend=mend)


def screen() -> Finding:
    """The display on which the window would open."""
    if not display.is_there():
        return Finding("display", "screen", f"none: {display.HEADLESS}", None)
    names = [os.environ.get(name) for name in ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM")]
    return Finding("display", "screen", " ".join(name for name in names if name) or sys.platform)


def fonts() -> Finding:
    """Font files, without which Qt draws boxes."""
    if sys.platform != "linux":
        return Finding("fonts", "fonts", "the system's")
    folders = [os.path.expanduser(folder) for folder in FONT_FOLDERS]
    count = sum(_fonts_in(folder) for folder in folders)
    mend = "" if count else libraries.command([libraries.font_package()])
    return Finding("fonts", "fonts", f"{count} files", count > 0, mend=mend)


def _fonts_in(folder: str) -> int:
    endings = (".ttf", ".otf", ".ttc", ".pfb")
    walk = os.walk(folder)
    return sum(name.lower().endswith(endings) for _, _, names in walk for name in names)
