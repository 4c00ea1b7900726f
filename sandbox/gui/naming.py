"""How contestants are called on screen, and what a new one is called."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.engine.cells import CELLS


def title_of(key: str, cell: str) -> str:
    """A contestant's name on screen: "LSTM", "LSTM 2", "wide (LSTM)", "LSTM #1"."""
    name, sign, number = key.partition("#")
    kind = CELLS[cell].title
    rest = name.removeprefix(cell)
    if not rest:
        title = kind
    elif rest.isdigit() and name.startswith(cell):
        title = f"{kind} {rest}"
    else:
        title = f"{name} ({kind})"
    return f"{title} #{int(number) + 1}" if sign else title


def free_name(cell: str, taken: Iterable[str]) -> str:
    """A name for a new contestant: "lstm", or "lstm2", "lstm3", … where it is taken."""
    names = set(taken)
    candidates = (cell if number == 1 else f"{cell}{number}" for number in range(1, 1000))
    return next(name for name in candidates if name not in names)
