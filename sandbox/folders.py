"""The user's folders as paths; `setup.places` decides where they are."""

from __future__ import annotations

from pathlib import Path

from sandbox.setup import places


def data_folder() -> Path:
    """The absolute folder of runs, settings and logs; it may not exist yet."""
    return Path(places.data_folder())


def cache_folder() -> Path:
    """The absolute folder of what can be made again, such as kernels; it may not exist yet."""
    return Path(places.cache_folder())
