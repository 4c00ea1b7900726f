"""What goes to standard output: JSON lines or text, never both."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

from sandbox.store.blobs import finite


def print_json(value: Any) -> None:
    """One object on one line, at once; what is not finite is null."""
    sys.stdout.write(json.dumps(finite(value), allow_nan=False) + "\n")
    sys.stdout.flush()


def print_text(text: str) -> None:
    """Text as it is, with a line's end."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """A line for the person, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def tell_if(text: str) -> None:
    """The same, where there is anything to tell."""
    if text:
        tell(text)


def forget() -> None:
    """Let nothing more be written to a broken pipe, not even when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def wants_json(arguments: Any) -> bool:
    """Whether --json was given."""
    return bool(getattr(arguments, "json", False))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns side by side; the first is to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
