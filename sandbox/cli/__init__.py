"""The same jobs without a window: `main.py train`, `tasks`, `cells`, `trace`, `runs`."""

from sandbox.cli.entry import main

__all__ = ["main"]
