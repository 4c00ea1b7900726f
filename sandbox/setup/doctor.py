"""`python3 main.py doctor`: what is installed, what is missing, and how to fix it.

Nothing is changed, and none of it is imported.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec

from sandbox import __version__
from sandbox.setup import (
    disk,
    display,
    environment,
    libraries,
    places,
    requirements,
    torch_stage,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SET_UP = "python3 main.py setup"
MODULES = {"ssl": "fetches packages", "sqlite3": "keeps runs", "ctypes": "finds libraries"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
IMPORT_S = 120
MARKS = {True: "ok", False: "MISSING", None: "-"}


@dataclass(frozen=True)
class Finding:
    """One result; `ok` is None if the thing is missing but not needed."""

    check: str
    name: str
    found: str
    ok: bool | None = True
    wanted: str = ""
    mend: str = ""


def main(argv: list[str]) -> int:
    """Print the findings as text or JSON lines; return 1 if something needed is missing."""
    findings = everything()
    fine = all(finding.ok is not False for finding in findings)
    show = _json_lines if "--json" in argv else _text_lines
    for line in show(findings, fine):
        print(line)
    return 0 if fine else 1


def _json_lines(findings: list[Finding], fine: bool) -> Iterator[str]:
    for finding in findings:
        yield json.dumps({"event": "check", **asdict(finding)})
    yield json.dumps({"event": "end", "version": __version__, "ok": fine})


def _text_lines(findings: list[Finding], fine: bool) -> Iterator[str]:
    yield f"Sequence Sandbox {__version__}"
    yield from map(_text_line, findings)
    yield ""
    if fine:
        yield "Everything needed is there."
    else:
        yield "To fix this:"
        yield from (f"  {mend}" for mend in mends(findings))


def mends(findings: list[Finding]) -> list[str]:
    """Return the commands that fix what is missing, with a single one for system packages."""
    commands: dict[str, list[str]] = {}
    for finding in findings:
        if finding.ok is False and finding.mend:
            system = finding.check in ("library", "fonts")
            start, _, package = finding.mend.rpartition(" ") if system else (finding.mend, "", "")
            commands.setdefault(start, []).append(package)
    return [" ".join([start, *dict.fromkeys(last)]).strip() for start, last in commands.items()]


def _text_line(finding: Finding) -> str:
    wanted = f" (wanted {finding.wanted})" if finding.wanted else ""
    found = finding.found or "missing"
    mend = f"; {finding.mend}" if finding.mend and finding.ok is None else ""
    return f"{MARKS[finding.ok]:>8}  {finding.check:<12}{finding.name:<24}{found}{wanted}{mend}"


def everything() -> list[Finding]:
    """Return all findings, in the order in which to fix them."""
    return [
        python(),
        *modules(),
        data_folder(),
        *packages(),
        llvmlite(),
        *system_libraries(),
        *programs(),
        screen(),
        fonts(),
    ]


def python() -> Finding:
    """The running interpreter."""
    found = f"{platform.python_version()} ({sys.executable})"
    return Finding("python", platform.python_implementation(), found, wanted=">=3.11")


def modules() -> list[Finding]:
    """Modules of the standard library that some builds of Python lack.

    `venv` is needed only while there is no environment yet, `tkinter` only after a double click.
    """
    built_with = "use a Python that was built with {}"
    compiled = [
        _thing("module", name, find_spec(f"_{name}"), f"found; {use}", mend=built_with.format(name))
        for name, use in MODULES.items()
    ]
    there = find_spec("venv") and find_spec("ensurepip")
    needed = not environment.is_set_up("run") and find_spec("pip") is None
    mend = libraries.command([libraries.venv_package()])
    venv = _thing("module", "venv", there, needed=needed, mend=mend)
    text = "missing: the set-up shows its progress as text"
    window = _thing("module", "tkinter", find_spec("_tkinter"), needed=False, missing=text)
    return [*compiled, venv, window]


def _thing(
    check: str,
    name: str,
    there: object,
    found: str = "found",
    needed: bool = True,
    missing: str = "",
    mend: str = "",
) -> Finding:
    """Something that is there or not."""
    if there:
        return Finding(check, name, found)
    return Finding(check, name, missing, False if needed else None, mend=mend)


def data_folder() -> Finding:
    """The folder of runs, settings and caches, and the room on its disk."""
    folder = places.data_folder()
    can_write = os.access(disk.existing(folder), os.W_OK)
    mend = "" if can_write else "set SEQUENCE_SANDBOX_HOME to a folder that you can write to"
    said = f"{folder}, {disk.free_mb(folder):,} MB free"
    return Finding("folder", "data", said, can_write, mend=mend)


def packages() -> list[Finding]:
    """The environment that a start would use, and each package in it."""
    where, found = _environment()
    first, both = _wanted("run"), _wanted("all")
    states = [_package(name, first[name], found.get(name, "")) for name in sorted(first)]
    complete = all(state.ok for state in states) and environment.is_set_up("run")
    mend = "" if complete else SET_UP
    later = [_later(name, both[name], found.get(name, "")) for name in sorted(both.keys() - first)]
    return [Finding("environment", "packages", where, complete, mend=mend), *states, *later]


def _environment() -> tuple[str, dict[str, str]]:
    """Return the environment's folder and what is installed in it."""
    if environment.running_is_enough("run"):
        return sys.prefix, requirements.installed(requirements.running_folders())
    venv = environment.find("run") or places.environments()[0]
    return venv, requirements.installed([requirements.site_of(venv)])


def _wanted(group: str) -> dict[str, str]:
    """Return the lock file's `==` pins, or the ranges for an interpreter of the user's own."""
    if not os.path.exists(places.lock_file(group)):
        return {}
    if environment.running_is_enough("run") and not places.is_ours(sys.prefix):
        return requirements.ranges(group)
    return {name: f"=={pin}" for name, pin in requirements.pins(group).items()}


def _package(name: str, wanted: str, found: str) -> Finding:
    ok = bool(found) and requirements.satisfies(found, wanted)
    return Finding("package", name, found, ok, wanted, "" if ok else SET_UP)


def _later(name: str, wanted: str, found: str) -> Finding:
    """A package of PyTorch's stage, without which everything else works."""
    if found and requirements.satisfies(found, wanted):
        return Finding("package", name, found, True, wanted)
    where, _ = _environment()
    why = "" if torch_stage.is_wanted() else "left out"
    why = "on its way" if torch_stage.is_under_way(where) else why
    return Finding("package", name, found or why, None, wanted, torch_stage.way_to_add(where))


def llvmlite() -> Finding:
    """Whether llvmlite can be imported, which its folder alone does not tell."""
    command = [_interpreter(), "-c", "import llvmlite.binding; print(llvmlite.__version__)"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=IMPORT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("import", "llvmlite", type(error).__name__, ok=False, mend=SET_UP)
    if asked.returncode == 0:
        return Finding("import", "llvmlite", f"{asked.stdout.strip()} can be imported")
    said = (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
    return Finding("import", "llvmlite", said, ok=False, mend=SET_UP)


def _interpreter() -> str:
    if environment.running_is_enough("run"):
        return sys.executable
    return places.python_of(environment.find("run") or places.environments()[0])


def system_libraries() -> list[Finding]:
    """Qt's system libraries: those it always needs, and those for this display."""
    if sys.platform != "linux":
        return []
    screens = display.platforms() if display.is_there() else []
    lacking = libraries.missing(screens, libraries.loads)
    of_screens = {soname for name in screens for soname in libraries.SCREENS[name]}
    names = (*libraries.ALWAYS, *sorted(of_screens))
    return [_library(soname, needed=soname in lacking) for soname in names]


def _library(soname: str, needed: bool) -> Finding:
    mend = libraries.command(libraries.packages([soname]))
    return _thing("library", soname, libraries.loads(soname), needed=needed, mend=mend)


def programs() -> list[Finding]:
    """Programs that only the tests use."""
    if sys.platform != "linux":
        return []
    return [_program(program, package) for program, package in libraries.TEST_PROGRAMS.items()]


def _program(name: str, package: str) -> Finding:
    path, missing = shutil.which(name), "only tests need it"
    mend = libraries.command([package])
    return _thing("program", name, path, path or "", needed=False, missing=missing, mend=mend)


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
    walks = (os.walk(os.path.expanduser(folder)) for folder in FONT_FOLDERS)
    files = [name.lower() for walk in walks for _, _, names in walk for name in names]
    count = sum(name.endswith((".ttf", ".otf", ".ttc", ".pfb")) for name in files)
    mend = "" if count else libraries.command([libraries.FONTS[libraries.manager()]])
    return Finding("fonts", "fonts", f"{count} files", count > 0, mend=mend)
