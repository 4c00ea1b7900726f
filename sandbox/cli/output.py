"""Standard output: JSON lines or text, never both; and notes on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from sandbox.store.base import RunError
from sandbox.store.blobs import finite

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_json(value: Any) -> None:
    """Print one object on one line and flush; what is not finite becomes null."""
    print_text(json.dumps(finite(value), allow_nan=False))


def print_text(text: str) -> None:
    """Print a line and flush; RunError if standard output cannot be written to."""
    try:
        print(text, flush=True)
    except OSError as error:
        raise unprinted(error) from None


def unprinted(error: OSError) -> Exception:
    """Discard standard output; its refusal, or the error itself where only the reader has gone."""
    forget()
    gone = isinstance(error, BrokenPipeError)
    return error if gone else RunError(f"Standard output cannot be written to ({error.strerror}).")


def tell(text: str) -> None:
    """Print a line on standard error and flush, unless the text is empty."""
    if text:
        print(text, file=sys.stderr, flush=True)


def forget() -> None:
    """Discard standard output: its reader is gone, and Python would fail at exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def wants_json(arguments: Any) -> bool:
    """Whether --json was given."""
    return bool(getattr(arguments, "json", False))


def answer(arguments: Any, text: str, *lines: dict[str, Any]) -> None:
    """Print the same as JSON lines or as text."""
    if wants_json(arguments):
        for line in lines:
            print_json(line)
    else:
        print_text(text)


def table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], left: tuple[int, ...] = (0,)
) -> str:
    """A table of text: the columns in `left` are left-aligned, the others right-aligned."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
