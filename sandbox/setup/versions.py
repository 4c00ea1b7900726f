"""Which Pythons and systems will do. Any Python 3 reads this, so keep to the syntax of 3.6."""

import sys

OLDEST = (3, 11)


def unsupported(version: "tuple[int, ...] | None" = None, platform: str = sys.platform) -> str:
    """Say in one sentence why this Python or system will not do; "" if it will."""
    found = tuple(version or sys.version_info)[:3]
    if found[:2] < OLDEST:
        return (
            "Sequence Sandbox needs Python {}.{} or newer and this is {}: "
            "install a newer Python and start with it, for instance `python{}.{} main.py`."
        ).format(*OLDEST, ".".join(str(part) for part in found), *OLDEST)
    if platform == "win32":
        return (
            "Sequence Sandbox runs on Linux and macOS: on Windows, start it inside the Windows "
            "Subsystem for Linux (WSL)."
        )
    return ""
