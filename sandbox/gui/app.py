"""The way into the window; it costs nothing until it is taken."""

from __future__ import annotations

import gc
import os


def main(argv: list[str]) -> int:
    """Open the window, on the experiment file in `argv` if there is one; the exit status.

    Imports make some 200,000 objects that all stay, and looking through them again and again
    for garbage is a tenth of the start: so it begins after the first paint.  pydantic would
    look through every installed package for plugins: there are none for it here.
    """
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from sandbox.gui.window import process

        return process.main(argv)
    finally:
        gc.enable()
