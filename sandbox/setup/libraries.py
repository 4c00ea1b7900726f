"""The system libraries that Qt needs, checked before Qt aborts, and how to get them."""

from __future__ import annotations

import os
import shutil
import sys

from sandbox.setup import display
from sandbox.setup.faults import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Each library with its package on Debian and Ubuntu, Fedora, Arch.
ALWAYS = {
    "libGL.so.1": ("libgl1", "mesa-libGL", "libglvnd"),
    "libEGL.so.1": ("libegl1", "mesa-libEGL", "libglvnd"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
}
SCREENS = {
    "xcb": {
        "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
        "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
        "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
        "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
        "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    },
    "wayland": {
        "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
        "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
    },
}
# What the test that drives a real window needs: the program and its Debian package.
TEST_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}
# Packages of a font with the symbols used here.
FONTS = {"apt-get": "fonts-dejavu-core", "dnf": "dejavu-sans-fonts", "pacman": "ttf-dejavu"}
COMMANDS = {  # in the order of the columns above
    "apt-get": "apt-get install -y --no-install-recommends",
    "dnf": "dnf install -y",
    "pacman": "pacman -S --needed --noconfirm",
}


def loads(soname: str) -> bool:
    """Tell whether the loader finds this library."""
    import ctypes

    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing(screens: Iterable[str] | None = None, load: Callable[[str], bool] = loads) -> list[str]:
    """Return the libraries that Qt will not find; of several platforms one is enough."""
    if sys.platform != "linux":
        return []
    lacking = [soname for soname in ALWAYS if not load(soname)]
    names = display.platforms() if screens is None else list(screens)
    per_screen = [[s for s in SCREENS[name] if not load(s)] for name in names]
    return lacking + min(per_screen, key=len, default=[])


def ensure(screens: Iterable[str] | None = None, load: Callable[[str], bool] = loads) -> None:
    """Make sure that Qt can start, installing as root on Debian; raise Fault if it cannot."""
    lacking = missing(screens, load)
    if lacking and is_debian_root():
        from sandbox.setup import progress

        install_with_apt(packages(lacking), progress.Text(sys.stderr).say)
        lacking = missing(screens, load)
    if lacking:
        raise Fault(
            f"The window needs system libraries that are missing ({', '.join(lacking)}): "
            f"run `{command(packages(lacking))}`, then start again."
        )
    if screens is None:
        display.check_answers()


def packages(sonames: list[str]) -> list[str]:
    """Return this system's packages for these libraries, without repeats."""
    known = {**ALWAYS, **SCREENS["xcb"], **SCREENS["wayland"]}
    column = list(COMMANDS).index(manager())
    return list(dict.fromkeys(known[soname][column] for soname in sonames))


def manager() -> str:
    """Return the system's package manager; apt-get where it is unknown."""
    return next((name for name in COMMANDS if shutil.which(name)), "apt-get")


def command(wanted: list[str]) -> str:
    """Return the command line that installs system packages."""
    prefix = "" if is_root() else "sudo "
    return f"{prefix}{COMMANDS[manager()]} {' '.join(wanted)}"


def venv_package() -> str:
    """Return the system package that lets Python make environments."""
    debian = "python{}.{}-venv".format(*sys.version_info)
    return debian if manager() == "apt-get" else "python3"


def is_root() -> bool:
    """Tell whether this process may install system packages."""
    return os.geteuid() == 0


def is_debian_root() -> bool:
    """Tell whether the set-up may call apt-get itself."""
    return sys.platform == "linux" and is_root() and shutil.which("apt-get") is not None


def install_with_apt(wanted: list[str], report: Callable[[str], object]) -> bool:
    """Install Debian packages and report it; tell whether apt-get succeeded."""
    import subprocess

    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2"]
    for words, step in (
        ("updating apt-get's package lists", ["update"]),
        (
            f"installing with apt-get: {' '.join(wanted)}",
            [*COMMANDS["apt-get"].split()[1:], *wanted],
        ),
    ):
        report(words)
        ended = subprocess.run(
            [*apt, *step], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    if ended.returncode:
        said = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
        report(f"apt-get could not install them: {said}")
    return ended.returncode == 0
