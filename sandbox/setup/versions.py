"""Which Python will do. Read by any Python 3, so the syntax here stays that of 3.6."""

import sys

OLDEST = (3, 11)


def too_old(version: "tuple[int, ...] | None" = None) -> "str | None":
    """Say in one sentence what to do when `version` is too old, else nothing."""
    found = tuple(version or sys.version_info)[:3]
    if found[:2] >= OLDEST:
        return None
    return (
        "Sequence Sandbox needs Python {}.{} or newer and this is {}: "
        "install a newer Python and start with it, for instance `python{}.{} main.py`."
    ).format(*OLDEST, ".".join(str(part) for part in found), *OLDEST)
