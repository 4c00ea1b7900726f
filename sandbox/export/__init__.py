"""Runs exported for other programs: scripts, figures, tables and models."""

from __future__ import annotations

import os

from sandbox.folders import cache_folder

# Read by matplotlib when it is first imported, which only this room does.
os.environ.setdefault("MPLCONFIGDIR", str(cache_folder() / "matplotlib"))
