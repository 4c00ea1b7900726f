"""The packages wanted, the packages installed, and whether an environment is complete.

A start compares the lock file's pins with the folder names (`numpy-2.4.6.dist-info`) in
site-packages; importlib.metadata would take ten times as long.
"""

from __future__ import annotations

import os
import sys

from sandbox.setup import places

EXTRAS = {"run": (), "all": ("torch",), "dev": ("torch", "export", "test")}  # of pyproject.toml
STAMP = "sequence-sandbox-setup"  # in an environment: `making`, or `done 3.11`


def normal(name: str) -> str:
    """Return a package name in lower case, with hyphens."""
    return name.strip().lower().replace("_", "-").replace(".", "-")


def pins(group: str) -> dict[str, str]:
    """Return the version of each package in a group's lock file."""
    return _read_lock(places.lock_file(group))


def _read_lock(path: str) -> dict[str, str]:
    """Read `name==version` lines, following `-r other.lock`."""
    found: dict[str, str] = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            text = line.partition("#")[0].strip()
            if text.startswith("-r "):
                found.update(_read_lock(os.path.join(os.path.dirname(path), text[3:])))
            elif text:
                name, _, version = text.partition("==")
                found[normal(name)] = version
    return found


def ranges(group: str) -> dict[str, str]:
    """Return the version range of each direct requirement, from pyproject.toml."""
    import tomllib

    with open(os.path.join(places.ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    lines: list[str] = list(project["dependencies"])
    for extra in EXTRAS[group]:
        lines += project["optional-dependencies"][extra]
    return dict(map(_split_range, lines))


def _split_range(line: str) -> tuple[str, str]:
    cut = min([line.find(sign) for sign in "<>=!~" if sign in line] or [len(line)])
    return normal(line[:cut]), line[cut:].replace(" ", "")


def satisfies(version: str, specifier: str) -> bool:
    """Tell whether a version meets a specifier such as ">=6.10.3,<6.11" or "==0.14.*"."""
    return all(_meets(version, part) for part in specifier.split(",") if part)


def _meets(version: str, part: str) -> bool:
    sign = part.rstrip("0123456789.*")
    wanted = part[len(sign) :]
    if wanted.endswith(".*"):
        return (version + ".").startswith(wanted[:-1]) is (sign == "==")
    ours, theirs = release(version), release(wanted)
    length = max(len(ours), len(theirs))
    ours, theirs = (value + (0,) * (length - len(value)) for value in (ours, theirs))
    return {
        "==": ours == theirs,
        "!=": ours != theirs,
        ">=": ours >= theirs,
        "<=": ours <= theirs,
        ">": ours > theirs,
        "<": ours < theirs,
    }[sign]


def release(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: "2.13.0+cpu" is (2, 13, 0)."""
    numbers = []
    for part in version.partition("+")[0].split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


def installed(folders: list[str]) -> dict[str, str]:
    """Return the version of each package in these folders; the first one found counts."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            if entry.endswith(".dist-info"):
                name, _, version = entry.removesuffix(".dist-info").partition("-")
                found.setdefault(normal(name), version)
    return found


def site_of(venv: str) -> str:
    """Return the folder of an environment's packages; it may not exist yet."""
    return places.site_packages(venv, stamped_version(venv) or running_version())


def missing(wanted: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    """Return the pins that are not met; ignore a local version such as "+cpu"."""
    return {
        name: version
        for name, version in wanted.items()
        if found.get(name, "").partition("+")[0] != version
    }


def running_version() -> str:
    """Return the running Python's version as folders write it: "3.11"."""
    return "{}.{}".format(*sys.version_info)


def running_folders() -> list[str]:
    """Return the folders in which the running interpreter looks for packages."""
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]


def is_ready(venv: str, group: str) -> bool:
    """Tell whether the set-up of `venv` was finished and every pinned package is still there."""
    version = stamped_version(venv)
    if not version or not os.path.exists(places.python_of(venv)):
        return False
    return not missing(pins(group), installed([places.site_packages(venv, version)]))


def stamped_version(venv: str) -> str:
    """Return the Python version of a finished environment; "" for an unfinished one."""
    try:
        with open(os.path.join(venv, STAMP), encoding="ascii") as file:
            word, _, version = file.read().strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        return ""
    return version if word == "done" else ""


def write_stamp(venv: str, text: str) -> None:
    """Write `making` or `done 3.11` in one piece."""
    path = os.path.join(venv, STAMP)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
