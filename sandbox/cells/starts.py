"""First weights that a cell's source gives it, as its file writes them.

    init: irnn: W_h identity, W_x normal 0.001, b 0

Each rule names W_x, W_h or b, all of it or one gate's part (W_h_forget), or a vector of the cell's
own, and says how it starts: a number, `uniform LOW HIGH`, `normal SPREAD`, `orthogonal`,
`identity`, `radius R` (normal, with this spectral radius) or `power FROM TO P`: unit j of H begins
with FROM + (TO - FROM) * (j / (H - 1)) ** P.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.cells.nodes import LARGEST_NUMBER, EquationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.cells.nodes import Equations

NUMBERS = {"uniform": 2, "normal": 1, "orthogonal": 0, "identity": 0, "radius": 1, "power": 3}
FORMS = (
    "uniform LOW HIGH",
    "normal SPREAD",
    "orthogonal",
    "identity",
    "radius R",
    "power FROM TO P",
)
SQUARE = ("orthogonal", "identity", "radius")  # of W_h only
USUAL = ("default", "orthogonal", "identity")  # starts that a cell with W_h has anyway


class Rule(NamedTuple):
    """How a parameter begins.

    parameter: "W_x", "W_h", "b" or a vector of the cell's own.  gate: whose columns; "" for all.
    kind: one of NUMBERS, or "number"; numbers: what stands behind it.
    """

    parameter: str
    gate: str
    kind: str
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Start:
    """Rules by the name of their source, in the order in which they are applied."""

    name: str
    rules: tuple[Rule, ...]

    def sets_bias(self, gates: Iterable[str]) -> bool:
        """Whether a rule sets the bias of one of these gates."""
        return any(each.parameter == "b" and each.gate in ("", *gates) for each in self.rules)


def start_of(text: str, line: int, column: int, equations: Equations) -> Start:
    """What stands behind `init:`; EquationError if it is no start of such a cell."""
    name, colon, rules = text.partition(":")
    if not colon or not re.fullmatch(r"[a-z][a-z0-9_]*", name.strip()) or name.strip() in USUAL:
        expected = f"expected NAME: RULES, with a name that is none of {', '.join(USUAL)}"
        raise EquationError(line, column, expected)
    place, found = column + len(name) + 1, []
    for piece in rules.split(","):
        indent = len(piece) - len(piece.lstrip())
        found.append(_rule(piece.split(), line, place + indent, equations))
        place += len(piece) + 1
    return Start(name.strip(), tuple(found))


def _rule(words: list[str], line: int, column: int, equations: Equations) -> Rule:
    if len(words) < 2:
        raise EquationError(line, column, "expected a parameter and how it starts, such as b 0")
    parameter, gate = _named(words[0], line, column, equations)
    kind = words[1] if words[1] in NUMBERS else "number"
    given = words[2:] if kind != "number" else words[1:]
    numbers = tuple(map(_number, given))
    if None in numbers or not _fits(kind, numbers):
        expected = f"expected a number, {', '.join(FORMS)}, found '{' '.join(words[1:])}'"
        raise EquationError(line, column, expected)
    if kind in SQUARE and parameter != "W_h":
        raise EquationError(line, column, f"expected W_h before {kind}, found {words[0]}")
    return Rule(parameter, gate, kind, tuple(each for each in numbers if each is not None))


def _fits(kind: str, numbers: Sequence[Any]) -> bool:
    """Whether a kind may have these numbers."""
    if len(numbers) != NUMBERS.get(kind, 1):
        return False
    if kind == "uniform":
        return bool(numbers[0] <= numbers[1])
    return kind == "number" or all(each > 0 for each in numbers[-1:])  # spread, radius, power


def _named(word: str, line: int, column: int, equations: Equations) -> tuple[str, str]:
    """The parameter and the gate that a word means."""
    matrices = ("W_x", "W_h", "b") if equations.recurrent else ("W_x", "b")
    if word in (*matrices, *equations.parameters):
        return word, ""
    for parameter in matrices:
        gate = word.removeprefix(f"{parameter}_")
        if gate != word and gate in equations.gates:
            return parameter, gate
    known = ", ".join((*matrices, *equations.parameters))
    hint = f"expected one of {known}, or the first with _GATE, found {word}"
    raise EquationError(line, column, hint)


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= LARGEST_NUMBER else None
