"""Where the user's files go.  SEQUENCE_SANDBOX_HOME moves all of them into one folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_NAME = "sequence-sandbox"


def data_folder() -> Path:
    """Runs, settings and logs; not made here."""
    home = os.environ.get("SEQUENCE_SANDBOX_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def cache_folder() -> Path:
    """What can be made again, such as compiled kernels; not made here."""
    home = os.environ.get("SEQUENCE_SANDBOX_HOME")
    if home:
        return Path(home) / "cache"
    return Path(platformdirs.user_cache_dir(_NAME, appauthor=False))
