"""The right side of one line of equations, by recursive descent.

    sum     = term (("+" | "-") term)*
    term    = factor (("*" | "/") factor)*
    factor  = "-" factor | number | name | name "[t-1]" | function "(" sum ("," sum)* ")"
            | "(" sum ")"
    weights, as terms of a sum:  x W | name W | hidden[t-1] W | b,  or with _GATE: x W_input

In a sum, the weights of one gate become one "affine" node, where the first of them stands.
"""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from sandbox.cells.nodes import (
    FUNCTIONS,
    LARGEST_NUMBER,
    LONGEST_NAME,
    MOST_DEPTH,
    MOST_NODES,
    SMALLEST_NUMBER,
    EquationError,
    Node,
)
from sandbox.cells.weights import Weights, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.lexer import Token
    from sandbox.cells.weights import Names, Place, Terms

_ATOM = "a name, a number or an opening parenthesis"
_IN_SCRIPTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")  # what W_x, W_h and b are there


# How much a name may be like a line's, or another's, before it counts as a slip, as kepe for keep.
ALIKE, VERY_ALIKE = 0.74, 0.85


class Expression:
    """A reader of one line's right side: `tokens` begin behind the "=" of the line `name`."""

    def __init__(self, tokens: list[Token], line: int, name: str, names: Names) -> None:
        self._tokens = tokens
        self._line = line
        self._name = name
        self._names = names
        self._next = 0
        self._level = 0

    def read(self) -> Node:
        """The line's node; EquationError if there is no such line."""
        start = self._here
        node = self._sum()
        if self._here.kind != "end":
            self._refuse_rest()
        if node.depth() > MOST_DEPTH:
            self._refuse_depth(start)
        return node

    # Tokens.

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    @property
    def _after(self) -> Token:
        return self._tokens[min(self._next + 1, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._here
        self._next += token.kind != "end"
        return token

    def _found(self, *marks: str) -> bool:
        return self._here.kind == "mark" and self._here.text in marks

    def _expect(self, text: str, wanted: str) -> None:
        if self._here.text != text:
            self._refuse(f"expected {wanted}, found {self._here.told}")
        self._take()

    def _refuse(self, expected: str, token: Token | None = None) -> NoReturn:
        raise EquationError(self._line, (token or self._here).column, expected)

    def _refuse_rest(self) -> NoReturn:
        expected = f"expected an operator or the end of the line, found {self._here.told}"
        before = self._tokens[self._next - 1]
        if self._here.kind in ("name", "number") or self._found("("):
            expected += "; a product is written with *"
        elif self._here.kind == "weights" and before.text == ")":
            expected += "; give what is in the parentheses a line of its own, and write its name"
        elif self._here.kind == "weights":
            expected += "; only x, hidden[t-1] and a line's name may stand before it"
        self._refuse(expected)

    def _refuse_depth(self, token: Token) -> NoReturn:
        self._refuse(
            f"expected at most {MOST_DEPTH} levels; give a part of it a line of its own", token
        )

    # Nodes.

    def _place(self, token: Token) -> Place:
        return self._line, token.column

    def _node(self, kind: str, token: Token, *parts: Node, **own: object) -> Node:
        self._names.nodes += 1
        if self._names.nodes > MOST_NODES:
            self._refuse(f"expected at most {MOST_NODES} operations and values in all", token)
        return Node(kind, parts, **own)  # type: ignore[arg-type]

    def _sum(self) -> Node:
        terms: Terms = [(None, self._term())]
        while self._found("+", "-"):
            terms.append((self._take(), self._term()))
        (_, whole), *others = joined(terms, self._names)
        for sign, node in others:
            assert sign is not None
            whole = self._node(sign.text, sign, whole, node)
        return whole

    def _term(self) -> Node | Weights:
        node = self._factor()
        while self._found("*", "/"):
            sign = self._take()
            left, right = self._plain(node), self._plain(self._factor())
            node = self._node(sign.text, sign, left, right)
        return node

    def _plain(self, node: Node | Weights) -> Node:
        """The node, which weights are not before they are joined."""
        if isinstance(node, Weights):
            raise EquationError(
                *node.place,
                f"expected {node.text} as a term of a sum; put its sum in parentheses, or give "
                "what stands before W a line of its own",
            )
        return node

    def _factor(self) -> Node | Weights:
        self._level += 1
        if self._level > MOST_DEPTH:
            self._refuse_depth(self._here)
        node = self._negative() if self._found("-") else self._atom()
        self._level -= 1
        return node

    def _negative(self) -> Node:
        sign = self._take()
        node = self._plain(self._factor())
        if node.kind == "number":
            return Node("number", number=-node.number)
        return self._node("neg", sign, node)

    def _atom(self) -> Node | Weights:
        token = self._take()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name":
            return self._called(token)
        if token.text == "(" and token.kind == "mark":
            node = self._sum()
            self._expect(")", "an operator or a closing parenthesis")
            return node
        hint = "; write x W or hidden[t-1] W" if token.kind == "weights" else ""
        if token.text == "*" and self._tokens[self._next - 2].text == "*":
            hint = "; there are no powers, so write a product"
        self._refuse(f"expected {_ATOM}, found {token.told}{hint}", token)

    def _number(self, token: Token) -> Node:
        number = float(token.text)
        if not math.isfinite(number) or number > LARGEST_NUMBER:
            self._refuse(f"expected a number of at most {LARGEST_NUMBER:,.0f}", token)
        if number < SMALLEST_NUMBER and any(sign in "123456789" for sign in _digits(token.text)):
            self._refuse(f"expected 0 or a number of at least {SMALLEST_NUMBER:g}", token)
        return self._node("number", token, number=number)

    def _called(self, token: Token) -> Node | Weights:
        """What begins with a name."""
        if token.text in FUNCTIONS:
            return self._function(token)
        if self._found("("):
            self._refuse(_no_function(token.text), token)
        if token.text == "b" or token.text.removeprefix("b_") in self._gates_of(token.text, "b_"):
            return self._weights("bias", token, token.text, token.text)
        if token.text == "x":
            return self._inputs(token)
        if token.text == "t":
            self._refuse("expected t in [t-1] only; a step's number has no name", token)
        node = self._step_before(token) if self._found("[") else self._named(token)
        return self._product(token, node) if self._here.kind == "weights" else node

    def _gates_of(self, text: str, prefix: str) -> Mapping[str, Place]:
        return self._names.all if text.startswith(prefix) else {}

    def _function(self, token: Token) -> Node:
        wanted = FUNCTIONS[token.text]
        if not self._found("("):
            self._refuse(
                f"expected an opening parenthesis after {token.text}, found {self._here.told}"
            )
        self._take()
        parts = [self._sum()]
        while len(parts) < wanted:
            self._expect(",", f"a comma, since {token.text} is of {wanted} values")
            parts.append(self._sum())
        self._expect(")", "an operator or a closing parenthesis")
        return self._node(token.text, token, *parts)

    def _step_before(self, token: Token) -> Node:
        for text in "[t-1":
            self._expect(text, f"[t-1] after {token.text}")
        self._expect("]", f"[t-1] after {token.text}")
        if token.text not in self._names.all:
            known = sorted(self._names.all)
            likely = [each for each in known if each.startswith(token.text)]
            likely = likely or get_close_matches(token.text, known, 1) or ["hidden"]
            self._refuse(
                f"expected the name of a line before [t-1], and none is called {token.text}; "
                f"did you mean {likely[0]}[t-1]?",
                token,
            )
        self._names.before.setdefault(token.text, self._place(token))
        return self._node("before", token, name=token.text)

    def _named(self, token: Token) -> Node:
        """A line that was read before, or a parameter."""
        name = token.text
        if name in self._names.done:
            return self._node("line", token, name=name)
        if name in self._names.all:
            self._refuse(
                f"expected a line from further up, and {name} is not defined yet; "
                f"write {name}[t-1] for the step before",
                token,
            )
        self._check_parameter(token)
        if name not in self._names.parameters:
            self._names.parameters.append(name)
        return self._node("parameter", token, name=name)

    def _check_parameter(self, token: Token) -> None:
        name = token.text
        if name == "b_o":
            self._refuse("expected another name, since b_o is the readout's bias", token)
        if name.startswith(_IN_SCRIPTS):
            self._refuse("expected another name, since scripts call W_x, W_h or b so", token)
        if len(name) > LONGEST_NAME:
            self._refuse(f"expected a name of at most {LONGEST_NAME} letters", token)
        lines = self._names.all
        known = [*lines, *(f"b_{each}" for each in lines), *FUNCTIONS]
        slips = [each for each in get_close_matches(name, lines, 1, ALIKE) if each not in name]
        if likely := slips or get_close_matches(name, known, 1, VERY_ALIKE):
            self._refuse(
                f"expected a name that is known, and {name} is not; did you mean {likely[0]}? "
                "(a vector of weights needs a name that is less alike)",
                token,
            )

    # Weights.

    def _inputs(self, token: Token) -> Weights:
        if self._here.kind != "weights":
            self._refuse(f"expected W after x, found {self._here.told}; the input is read by x W")
        return self._weights("inputs", token, self._here.text, f"x {self._take().text}")

    def _product(self, token: Token, node: Node) -> Weights:
        weights = self._here
        if node.kind == "parameter" or (node.kind == "before" and node.name != "hidden"):
            self._refuse(
                f"expected x, hidden[t-1] or a line's name before {weights.text}, "
                f"found {token.text}",
                token,
            )
        self._take()
        before = "hidden[t-1]" if node.kind == "before" else node.name
        return self._weights("fed", token, weights.text, f"{before} {weights.text}", node)

    def _weights(
        self, what: str, token: Token, name: str, text: str, fed: Node | None = None
    ) -> Weights:
        """Weights by the name W, W_GATE, b or b_GATE; without a gate it is the line's own."""
        gate = name[2:] or self._name
        if gate not in self._names.all:
            likely = get_close_matches(gate, self._names.all, 1) or list(self._names.all)[:1]
            self._refuse(
                f"expected the name of a line after {name[:2]}, and none is called {gate}; "
                f"did you mean {name[:2]}{likely[0]}?",
                token,
            )
        self._names.use_gate(gate, self._place(token))
        self._names.nodes += 1
        return Weights(what, gate, self._place(token), text, fed)


def _digits(number: str) -> str:
    return number.lower().partition("e")[0]


def _no_function(name: str) -> str:
    likely = get_close_matches(name.strip("_"), FUNCTIONS, 1, 0.5)
    hint = f"did you mean {likely[0]}?" if likely else "a product is written with *"
    return f"expected a function, and {name} is none of {', '.join(FUNCTIONS)}; {hint}"
