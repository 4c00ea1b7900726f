"""The packages wanted and the packages installed, without importing any of them.

A start compares the lock file's pins with the folder names (`numpy-2.4.6.dist-info`) in
site-packages; importlib.metadata would take ten times as long.
"""

from __future__ import annotations

import os
import sys

from sandbox.setup import places


def normal(name: str) -> str:
    """Return a package name in lower case, with hyphens."""
    return name.strip().lower().replace("_", "-").replace(".", "-")


def pins(group: str, python: str = "") -> dict[str, str]:
    """Return the version of each package in a group's lock file, on this platform."""
    return read_lock(places.lock_file(group), python or running_version())


def read_lock(path: str, python: str) -> dict[str, str]:
    """Read `name==version ; marker` lines, following `-r other.lock`."""
    found: dict[str, str] = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            text = line.partition("#")[0].strip()
            if text.startswith("-r "):
                found.update(read_lock(os.path.join(os.path.dirname(path), text[3:]), python))
            elif text:
                requirement, _, marker = text.partition(";")
                name, _, version = requirement.partition("==")
                if applies(marker, python):
                    found[normal(name)] = version.strip()
    return found


def applies(marker: str, python: str) -> bool:
    """Evaluate a lock file's marker: comparisons joined by `and`; ValueError for any other."""
    return all(_holds(part.split(), python) for part in marker.split(" and ") if part.strip())


def _holds(words: list[str], python: str) -> bool:
    name, sign, quoted = words
    value = quoted.strip("\"'")
    if name == "python_version":
        return satisfies(python, sign + value)
    if name in ("sys_platform", "platform_machine") and sign in ("==", "!="):
        actual = sys.platform if name == "sys_platform" else os.uname().machine
        return (actual == value) is (sign == "==")
    raise ValueError(f"a lock file has a marker that is not understood: {' '.join(words)}")


def ranges(group: str) -> dict[str, str]:
    """Return the version range of each direct requirement, from pyproject.toml."""
    import tomllib

    with open(os.path.join(places.ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    lines: list[str] = list(project["dependencies"])
    if group == "dev":
        extras = project["optional-dependencies"]
        lines += [*extras["export"], *extras["test"]]
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
        for entry in _entries(folder):
            if entry.endswith(".dist-info"):
                name, _, version = entry[: -len(".dist-info")].partition("-")
                found.setdefault(normal(name), version)
    return found


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def missing(wanted: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    """Return the pins that are not met; ignore a local version such as "+cpu"."""
    return {
        name: version
        for name, version in wanted.items()
        if found.get(name, "").partition("+")[0] != version
    }


def running_version() -> str:
    """Return the running Python's version as markers and folders write it: "3.11"."""
    return "{}.{}".format(*sys.version_info)


def running_folders() -> list[str]:
    """Return the folders in which the running interpreter looks for packages."""
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
