"""Lines of equations cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.cells.nodes import EquationError

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<weights>W(?:_[a-z][a-z0-9_]*)?(?![A-Za-z0-9_]))"
    r"|(?P<name>[a-z][a-z0-9_]*(?![A-Za-z0-9_]))"
    r"|(?P<mark>[-+*/()\[\],=])"
    r"|(?P<other>[A-Za-z0-9_]+|.)"
)
_LIKELY = {
    "^": "there are no powers, so write a product",
    "−": "write - for minus",
    "–": "write - for minus",
    "×": "write * for a product",
    "·": "write * for a product",
    "⋅": "write * for a product",
    "∗": "write * for a product",
    "⊙": "write * for a product",
    "÷": "write / for a quotient",
    "σ": "write sigmoid",
    "{": "write hidden[t-1] for the step before, and round parentheses elsewhere",
    "}": "write hidden[t-1] for the step before, and round parentheses elsewhere",
}


@dataclass(frozen=True)
class Token:
    """A piece of a line; column counts from 1; the last of a line is "end" without text."""

    kind: Literal["number", "weights", "name", "mark", "end"]
    text: str
    column: int

    @property
    def told(self) -> str:
        """How a message calls it."""
        return f"'{self.text}'" if self.text else "the end of the line"


def lines_of(text: str) -> list[str]:
    """The lines of a text, whichever system wrote it."""
    return re.split(r"\r\n|\r|\n", text)


def without_comment(line: str) -> tuple[str, str]:
    """What stands before # in a line, and the comment behind it."""
    code, _, comment = line.partition("#")
    return code, comment.strip()


def tokens_of(line: str, number: int) -> list[Token]:
    """The tokens of a line, without its comment; `number` is the line's, for errors."""
    code, _ = without_comment(line)
    tokens, place = [], 0
    while place < len(code):
        if code[place].isspace():
            place += 1
            continue
        found = _TOKEN.match(code, place)
        kind, piece = (found.lastgroup, found.group()) if found else ("other", code[place])
        if kind == "other":
            raise EquationError(number, place + 1, _refused(piece))
        tokens.append(Token(kind, piece, place + 1))  # type: ignore[arg-type]
        place += len(piece)
    return [*tokens, Token("end", "", len(code.rstrip()) + 1)]


def _refused(piece: str) -> str:
    if len(piece) > 1 or (piece.isalnum() and piece.isascii()) or piece == "_":
        return f"expected a name of a-z, 0-9 and _, a letter first, found {piece!r}"
    hint = f"; {_LIKELY[piece]}" if piece in _LIKELY else ""
    return f"expected a name, a number, an operator or a parenthesis, found {piece!r}{hint}"
