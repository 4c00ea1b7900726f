"""The equations of a cell, read from text without ever running it.

    input = sigmoid(x W + hidden[t-1] W + b)    # 1 writes the candidate, 0 writes nothing
    cell = forget * cell[t-1] + input * candidate

A line is NAME = expression; what follows # is its meaning.  NAME[t-1] is a line's value one step
before, zero at the start; a name that no line has is a vector of weights.  x W, hidden[t-1] W and
b are the line's own columns of W_x, W_h and b; x W_input + b_input are those of the gate `input`.
`sandbox.cells.expression` has the grammar, `sandbox.cells.nodes` the limits.
"""

from __future__ import annotations

import keyword

from sandbox.cells.expression import Expression
from sandbox.cells.lexer import Token, lines_of, tokens_of, without_comment
from sandbox.cells.nodes import (
    FUNCTIONS,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_FED,
    MOST_LINES,
    MOST_STATES,
    EquationError,
    Equations,
    Node,
)
from sandbox.cells.stages import stages_of
from sandbox.cells.weights import Names, Place

__all__ = ["EquationError", "Equations", "Node", "read"]


def read(text: str) -> Equations:
    """The equations that a text holds; EquationError says what is wrong with it, and where."""
    if len(text) > LONGEST_TEXT:
        raise EquationError(*_end(text), f"expected at most {LONGEST_TEXT:,} characters")
    written = _written(text)
    names = Names(all={name: place for name, place, _ in written})
    for name, (line, _), tokens in written:
        names.done[name] = Expression(tokens, line, name, names).read()
    _check_whole(names, _end(text))
    states = ("hidden", *(name for name in names.before if name != "hidden"))
    fed = tuple((gate, _fed_by(names, gate)) for gate in names.gates)
    return Equations(
        lines=tuple(names.done.items()),
        gates=tuple(names.gates),
        parameters=tuple(names.parameters),
        states=states,
        fed=fed,
        recurrent=bool(names.fed),
        meanings=_meanings(text, names),
        text=text,
    )


def _end(text: str) -> Place:
    lines = lines_of(text)
    return len(lines), len(lines[-1]) + 1


def _fed_by(names: Names, gate: str) -> str:
    if gate not in names.fed:
        return ""
    node, _ = names.fed[gate]
    return f"{node.name}[t-1]" if node.kind == "before" else node.name


def _written(text: str) -> list[tuple[str, Place, list[Token]]]:
    """Each line's name, its place, and the tokens behind its "="."""
    written: dict[str, tuple[str, Place, list[Token]]] = {}
    for number, line in enumerate(lines_of(text), 1):
        tokens = tokens_of(line, number)
        if tokens[0].kind == "end":
            continue
        name = _name_of(tokens, number)
        place = (number, tokens[0].column)
        if name in written:
            first = written[name][1][0]
            raise EquationError(*place, f"expected another name, since line {first} defines {name}")
        if len(written) == MOST_LINES:
            raise EquationError(*place, f"expected at most {MOST_LINES} lines, found {name} too")
        written[name] = name, place, tokens[2:]
    return list(written.values())


def _name_of(tokens: list[Token], line: int) -> str:
    """The name that a line defines."""
    first, second = tokens[0], tokens[1] if len(tokens) > 1 else tokens[0]
    if first.kind != "name":
        raise EquationError(line, first.column, f"expected a name, found {first.told}")
    if second.text == "[":
        hint = f"a line defines {first.text} of this step, without [t]"
        raise EquationError(line, second.column, f"expected =, found '['; {hint}")
    if second.text != "=":
        raise EquationError(
            line, second.column, f"expected = after {first.text}, found {second.told}"
        )
    if reason := _no_name(first.text):
        raise EquationError(line, first.column, f"expected another name, since {reason}")
    return first.text


def _no_name(name: str) -> str:
    """Why a line cannot be called so; "" if it can."""
    if len(name) > LONGEST_NAME:
        return f"this one has more than {LONGEST_NAME} letters"
    if name in FUNCTIONS:
        return f"{name} is a function"
    if name in ("x", "t", "b"):
        return f"{name} has a meaning of its own: x W + b, and [t-1]"
    if name.startswith(("b_", "grad_")):
        kind = "biases" if name.startswith("b_") else "gradients"
        return f"{kind} are called {name.partition('_')[0]}_…"
    if keyword.iskeyword(name):
        return f"{name} is a word of Python, in which scripts are exported"
    return ""


def _check_whole(names: Names, end: Place) -> None:
    """Raise EquationError if the lines do not make a cell."""
    if "hidden" not in names.all:
        raise EquationError(*end, "expected a line hidden = …, which is what the cell shows")
    states = names.before.keys() | {"hidden"}
    if len(states) > MOST_STATES:
        place = list(names.before.values())[-1]
        raise EquationError(
            *place, f"expected at most {MOST_STATES} states, which are hidden and names with [t-1]"
        )
    if not names.inputs:
        raise EquationError(
            *names.all["hidden"], "expected x W + b somewhere, since nothing reads the input"
        )
    for gate, (node, place) in names.fed.items():
        _check_fed(names, gate, node, place)
    _check_number_fed(names)
    _check_stages(names)
    _check_use(names)


def _check_fed(names: Names, gate: str, node: Node, place: Place) -> None:
    """Raise EquationError if a gate lacks x W + b, or what stands before its W is too deep."""
    if gate not in names.inputs:
        own = f"x W_{gate} + b_{gate}"
        raise EquationError(*place, f"expected {own} somewhere, since {gate} has hidden[t-1] W")
    if node.kind != "line":
        return
    for line in _reached(names, node.name, before=False):
        for each in names.done[line].walk():
            if each.kind == "affine" and each.parts and each.parts[0].kind == "line":
                raise EquationError(
                    *place,
                    f"expected a line that hidden[t-1] W alone goes into before W, "
                    f"and {node.name} depends on {each.parts[0].name} W of the gate {each.name}",
                )


def _check_number_fed(names: Names) -> None:
    """Raise EquationError if more lines stand before W than kernels keep."""
    fed: list[str] = []
    for node, place in names.fed.values():
        if node.kind == "line" and node.name not in fed:
            fed.append(node.name)
        if len(fed) > MOST_FED:
            expected = f"expected at most {MOST_FED} different lines before W, found {fed[-1]} too"
            raise EquationError(*place, expected)


def _check_stages(names: Names) -> None:
    """Raise EquationError if a line before W waits for that W."""
    stages, _ = stages_of(names.done, {gate: _fed_by(names, gate) for gate in names.gates})
    for node, place in names.fed.values():
        if node.kind == "line" and stages[node.name]:
            raise EquationError(
                *place,
                f"expected a line that is known before any other W, and {node.name} uses a gate "
                "whose other weights come after it; write all weights of that gate in one line",
            )


def _reached(names: Names, start: str, before: bool) -> set[str]:
    """The lines that a line depends on, itself among them; `before`: by [t-1] too."""
    kinds = {"line", "before"} if before else {"line"}
    reached, waiting = {start}, [start]
    while waiting:
        used = {each.name for each in names.done[waiting.pop()].walk() if each.kind in kinds}
        waiting += used - reached
        reached |= used
    return reached


def _check_use(names: Names) -> None:
    used = _reached(names, "hidden", before=True)
    for name, place in names.all.items():
        if name not in used:
            raise EquationError(
                *place,
                f"expected {name} to be used, and hidden does not depend on it, at this step or "
                "later; use it or leave the line out",
            )


def _meanings(text: str, names: Names) -> tuple[tuple[str, str], ...]:
    comments = [without_comment(line)[1] for line in lines_of(text)]
    told = ((name, comments[line - 1]) for name, (line, _) in names.all.items())
    return tuple((name, comment) for name, comment in told if comment)
