"""Whether PyTorch is here, which CUDA, `bench` and checks of gradients need; if not, why.

It is the second stage of the set-up, so it may come while the window is open, or never.  Whoever
is about to import it calls `check` first, so that nothing imports a part of it.
"""

from __future__ import annotations

import os
import sys
from importlib import invalidate_caches, util

from sandbox.setup import places, requirements, torch_stage


class NoPyTorch(ImportError):
    """PyTorch is not here; a clause that says why and what to do."""


def check() -> None:
    """Raise NoPyTorch unless all of PyTorch is installed."""
    if "torch" in sys.modules:
        return
    if not is_here():
        raise NoPyTorch(_absence())
    invalidate_caches()  # it may have come while this process was running


def reason(error: Exception) -> str:
    """The clause that tells why PyTorch could not be imported: "since …"."""
    if isinstance(error, NoPyTorch):
        return str(error)
    return f"since PyTorch cannot be imported here ({error}); `python3 main.py doctor` says more"


def is_here() -> bool:
    """Whether all of PyTorch is installed."""
    if _is_ours():
        return requirements.is_ready(sys.prefix, "all")
    return util.find_spec("torch") is not None


def comes_by_itself() -> bool:
    """Whether the window may add PyTorch: to our own environment, unless it was declined."""
    return _is_ours() and not is_here() and torch_stage.is_wanted()


def _absence() -> str:
    if _is_ours() and torch_stage.is_under_way(sys.prefix):
        return "since PyTorch is still on its way; try again when it has arrived"
    return f"since PyTorch is not installed; `{torch_stage.way_to_add(sys.prefix)}` adds it"


def _is_ours() -> bool:
    return places.is_ours(sys.prefix) and os.path.exists(places.lock_file("all"))
