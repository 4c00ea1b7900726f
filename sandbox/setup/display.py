"""Whether there is a display to open a window on; without one Qt aborts."""

from __future__ import annotations

import os
import sys

from sandbox.setup.faults import Fault

HEADLESS = (
    "everything also works without a window: see `python3 main.py train --help`, `trace`, `runs`"
)


def check() -> None:
    """Raise Fault, which says what to do instead, if no window can be opened."""
    if not is_there():
        raise Fault(f"There is no display to open a window on; {HEADLESS}.", status=2)


def is_there() -> bool:
    """Tell whether the environment variables name a display."""
    if sys.platform != "linux" or not platforms():
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def platforms() -> list[str]:
    """Return the platforms that Qt may try here, `xcb` and `wayland`; none if it needs neither."""
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    if asked:
        names = [name.partition(":")[0].partition("-")[0] for name in asked.split(";")]
        return names if all(name in ("xcb", "wayland") for name in names) else []
    found = {"DISPLAY": "xcb", "WAYLAND_DISPLAY": "wayland"}
    return [name for variable, name in found.items() if os.environ.get(variable)] or ["xcb"]


def answers(name: str) -> bool:
    """Tell whether the X server at `name` accepts a connection like Qt's."""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the libraries are checked elsewhere
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode(), None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def check_answers() -> None:
    """Raise Fault for a display that does not answer, where Qt would abort."""
    name = os.environ.get("DISPLAY", "")
    if sys.platform == "linux" and platforms() == ["xcb"] and not answers(name):
        raise Fault(f"The display {name} does not answer; {HEADLESS}.", status=2)
