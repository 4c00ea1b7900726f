"""The entry point of the window; imports nothing heavy until it is called."""

from __future__ import annotations

import gc
import os


def main(argv: list[str]) -> int:
    """Open the window, on the experiment file in `argv` if there is one; the exit status.

    Imports create some 200,000 objects that all stay, and searching them for garbage takes a
    tenth of the start, so collection begins after the first paint.  pydantic would search every
    installed package for plugins, though none are used here.
    """
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from sandbox.gui.window import process

        return process.main(argv)
    finally:
        gc.enable()
