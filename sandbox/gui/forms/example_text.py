"""An example sequence as short text, with long filler abbreviated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from sandbox.gui.panels.shared.views import SequenceView

HEAD, TAIL = 2, 1


@dataclass(frozen=True)
class Token:
    """A few words of one role."""

    text: str
    role: Role


def tokens(view: SequenceView) -> list[Token]:
    """Its words, with long filler as "the rain … 47 more … us"."""
    made: list[Token] = []
    for first, stop, role in _runs(view):
        words = view.labels[first:stop]
        if role is Role.FILLER and len(words) > HEAD + TAIL + 1:
            middle = f"… {len(words) - HEAD - TAIL} more …"
            words = [*words[:HEAD], middle, *words[-TAIL:]]
        made += [Token(word, role) for word in words if word]
    return [*made, *([] if isinstance(view.task.inputs, Channels) else [Token("___", Role.QUERY)])]


def in_words(view: SequenceView) -> str:
    """The whole short text, for a screen reader."""
    return " ".join(token.text for token in tokens(view))


def _runs(view: SequenceView) -> list[tuple[int, int, Role]]:
    """Stretches of steps with the same role, as (first, stop, role)."""
    runs: list[tuple[int, int, Role]] = []
    for step, value in enumerate(view.roles):
        role = Role(int(value))
        if runs and runs[-1][2] is role:
            runs[-1] = (runs[-1][0], step + 1, role)
        else:
            runs.append((step, step + 1, role))
    return runs
