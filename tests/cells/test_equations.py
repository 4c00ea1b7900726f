"""What equations are read into, and what a person is told about those that cannot be read."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cells.equations import EquationError, Equations, Node, read
from sandbox.cells.nodes import (
    FUNCTIONS,
    LONGEST_TEXT,
    MOST_DEPTH,
    MOST_GATES,
    MOST_LINES,
    MOST_NODES,
    MOST_STATES,
)
from tests.cells.random_equations import BEFORE, affine, cells, line, number, written


def only(text: str) -> Node:
    """The node of `hidden` in a text that has this one line."""
    (name, node), *others = read(f"hidden = {text}").lines
    assert (name, others) == ("hidden", [])
    return node


# What is read ----------------------------------------------------------------------------


def test_that_an_lstm_is_read_as_it_is_written() -> None:
    gate = "x W + hidden[t-1] W + b"
    equations = read(
        f"input = sigmoid({gate})   # 1 writes\n"
        f"forget = sigmoid({gate})\n"
        "# a comment of its own\n\n"
        f"candidate = tanh({gate})\n"
        f"output = sigmoid({gate})\n"
        "cell = forget * cell[t-1] + input * candidate\n"
        "hidden = output * tanh(cell)\n"
    )
    lines = dict(equations.lines)
    assert equations.gates == ("input", "forget", "candidate", "output")
    assert equations.states == ("hidden", "cell")
    assert dict(equations.fed) == dict.fromkeys(equations.gates, "hidden[t-1]")
    assert equations.meanings == (("input", "1 writes"),)
    assert (equations.parameters, equations.recurrent) == ((), True)
    assert lines["input"] == Node("sigmoid", (affine("input", BEFORE),))
    keeps = Node("*", (line("forget"), Node("before", name="cell")))
    assert lines["cell"] == Node("+", (keeps, Node("*", (line("input"), line("candidate")))))


def test_that_a_gate_may_have_its_two_products_in_different_places() -> None:
    equations = read(
        "reset = sigmoid(x W + hidden[t-1] W + b)\n"
        "hidden = tanh(x W + b + reset * (hidden[t-1] W + b_h))"
    )
    inside = Node("+", (affine("hidden", BEFORE, inputs=False), Node("parameter", name="b_h")))
    wanted = Node("+", (affine("hidden"), Node("*", (line("reset"), inside))))
    assert dict(equations.lines)["hidden"] == Node("tanh", (wanted,))
    assert equations.parameters == ("b_h",)
    assert dict(equations.fed)["hidden"] == "hidden[t-1]"


def test_that_a_line_may_stand_before_the_weights() -> None:
    equations = read(
        "reset = sigmoid(x W + hidden[t-1] W + b)\n"
        "seen = reset * hidden[t-1]\n"
        "hidden = tanh(x W + seen W + b)"
    )
    assert dict(equations.fed) == {"reset": "hidden[t-1]", "hidden": "seen"}
    assert dict(equations.lines)["hidden"] == Node("tanh", (affine("hidden", line("seen")),))


def test_that_weights_may_be_those_of_another_gate() -> None:
    equations = read(
        "ratio = logsigmoid(x W_input + b_input) - logsigmoid(x W_forget + b_forget)\n"
        "input = sigmoid(ratio)\n"
        "forget = sigmoid(-ratio)\n"
        "candidate = x W + b\n"
        "hidden = forget * hidden[t-1] + input * candidate"
    )
    assert equations.gates == ("input", "forget", "candidate")
    assert not equations.recurrent
    assert dict(equations.fed) == dict.fromkeys(equations.gates, "")
    ratio = Node("-", tuple(Node("logsigmoid", (affine(gate),)) for gate in ("input", "forget")))
    assert dict(equations.lines)["ratio"] == ratio


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_that_weights_of_a_gate_are_joined_wherever_they_stand_in_a_sum(
    order: tuple[int, ...],
) -> None:
    pieces = ("x W", "hidden[t-1] W", "b", "u * hidden[t-1]")
    node = only(" + ".join(pieces[place] for place in order))
    parts = (affine("hidden", BEFORE), Node("*", (Node("parameter", name="u"), BEFORE)))
    assert node == Node("+", parts[::-1] if order[0] == 3 else parts)


def test_that_operators_bind_as_in_arithmetic() -> None:
    read_as = {
        "1 - 2 - 3": "(1 - 2) - 3",
        "1 - 2 * 3": "1 - (2 * 3)",
        "8 / 4 / 2": "(8 / 4) / 2",
        "-u * 2": "(-u) * 2",
        "2 * -u + 1": "(2 * (-u)) + 1",
        "--u": "-(-u)",
        "1 + 2 + 3": "((1 + 2) + 3)",
    }
    for text, same in read_as.items():
        assert only(f"x W + b + ({text})") == only(f"x W + b + ({same})")
    assert only("x W + b + (1 - (2 - 3))") != only("x W + b + (1 - 2 - 3)")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("0.25", 0.25), (".5", 0.5), ("2.", 2), ("1e-3", 0.001), ("1E6", 1e6), ("-3", -3)],
)
def test_that_numbers_are_read(text: str, value: float) -> None:
    assert only(f"{text} + x W + b") == Node("+", (number(value), affine("hidden")))


def test_that_any_systems_line_ends_and_spaces_are_read() -> None:
    wanted = read("a = x W + b\nhidden = tanh(a)").lines
    for text in (
        "a = x W + b\r\nhidden = tanh(a)\r\n",
        "a = x W + b\rhidden = tanh(a)",
        "\n\n  a=x W+b\n\thidden\t=\u00a0tanh( a )  # done",
    ):
        assert read(text).lines == wanted
    before = read("hidden = x W + b + hidden [ t - 1 ]").lines
    assert before == read("hidden = x W + b + hidden[t-1]").lines


# What is refused -------------------------------------------------------------------------

GATE = "x W + hidden[t-1] W + b"
WRONG = [
    ("", 1, 1, "expected a line hidden = …"),
    ("cell = x W + b", 1, 15, "expected a line hidden = …"),
    ("hidden", 1, 7, "expected = after hidden, found the end of the line"),
    ("hidden tanh", 1, 8, "expected = after hidden, found 'tanh'"),
    ("hidden[t] = 1", 1, 7, "expected =, found '['"),
    ("1 = hidden", 1, 1, "expected a name, found '1'"),
    ("Hidden = 1", 1, 1, "expected a name of a-z, 0-9 and _, a letter first, found 'Hidden'"),
    ("hidden = _a", 1, 10, "expected a name of a-z, 0-9 and _, a letter first, found '_a'"),
    ("hidden =", 1, 9, "expected a name, a number or an opening parenthesis, found the end"),
    ("hidden = (x W + b", 1, 18, "expected an operator or a closing parenthesis, found the end"),
    ("hidden = x W + b)", 1, 17, "expected an operator or the end of the line, found ')'"),
    ("hidden = 2 * * 3", 1, 14, "found '*'"),
    ("hidden = 2 ** 3", 1, 13, "there are no powers, so write a product"),
    ("hidden = u^2", 1, 11, "there are no powers, so write a product"),
    ("hidden = 2 × u", 1, 12, "found '×'; write * for a product"),
    ("hidden = 1 − u", 1, 12, "found '−'; write - for minus"),
    ("hidden = σ(x W + b)", 1, 10, "found 'σ'; write sigmoid"),
    ("hidden = a ? b", 1, 12, "found '?'"),
    ("hidden = 2 u", 1, 12, "a product is written with *"),
    ("hidden = u (1 + u)", 1, 10, "u is none of sigmoid, tanh"),
    ("hidden = sigmoid x", 1, 18, "expected an opening parenthesis after sigmoid, found 'x'"),
    ("hidden = tanh_(x W + b)", 1, 10, "did you mean tanh?"),
    ("hidden = sigmod(x W + b)", 1, 10, "did you mean sigmoid?"),
    ("hidden = tanh()", 1, 15, "found ')'"),
    ("hidden = tanh(u, u)", 1, 16, "expected an operator or a closing parenthesis, found ','"),
    ("hidden = max(u)", 1, 15, "expected a comma, since max is of 2 values, found ')'"),
    ("hidden = tanh = 1", 1, 15, "expected an opening parenthesis after tanh, found '='"),
    ("hidden = h[t-1]", 1, 10, "none is called h; did you mean hidden[t-1]?"),
    ("cell = x W + b\nhidden = cel[t-1] + cell", 2, 10, "did you mean cell[t-1]?"),
    ("hidden = hidden[t-2]", 1, 19, "expected [t-1] after hidden, found '2'"),
    ("hidden = hidden[t+1]", 1, 18, "expected [t-1] after hidden, found '+'"),
    ("hidden = hidden(t-1)", 1, 10, "hidden is none of sigmoid"),
    ("hidden = cell\ncell = x W + b", 1, 10, "write cell[t-1] for the step before"),
    ("hidden = 1 - hidden", 1, 14, "write hidden[t-1] for the step before"),
    ("hidden = forgt\nforget = x W + b", 1, 10, "did you mean forget?"),
    ("a = 1\na = 2", 2, 1, "expected another name, since line 1 defines a"),
    ("tanh = 1", 1, 1, "tanh is a function"),
    ("x = 1", 1, 1, "x has a meaning of its own"),
    ("t = 1", 1, 1, "t has a meaning of its own"),
    ("b = 1", 1, 1, "b has a meaning of its own"),
    ("W = 1", 1, 1, "expected a name, found 'W'"),
    ("b_cell = 1", 1, 1, "biases are called b_…"),
    ("grad_cell = 1", 1, 1, "gradients are called grad_…"),
    ("lambda = 1", 1, 1, "lambda is a word of Python"),
    (f"{'a' * 25} = 1", 1, 1, "more than 24 letters"),
    (f"hidden = {'a' * 25}", 1, 10, "a name of at most 24 letters"),
    ("hidden = b_o + x W + b", 1, 10, "b_o is the readout's bias"),
    ("hidden = bias_hh_2 + x W + b", 1, 10, "scripts call W_x, W_h or b so"),
    ("hidden = t", 1, 10, "expected t in [t-1] only"),
    ("hidden = x", 1, 11, "expected W after x"),
    ("hidden = x * W", 1, 12, "expected W after x, found '*'"),
    ("hidden = W x", 1, 10, "found 'W'; write x W or hidden[t-1] W"),
    ("hidden = x W", 1, 10, "expected b in the same sum as x W; write x W + b"),
    ("hidden = b", 1, 10, "expected x W in the same sum as b; write x W + b"),
    ("hidden = tanh(x W) + b", 1, 15, "expected b in the same sum as x W"),
    ("hidden = x W_hidden", 1, 10, "write x W_hidden + b_hidden"),
    ("hidden = x W_hiden + b", 1, 10, "did you mean W_hidden?"),
    ("hidden = x W + b - hidden[t-1] W", 1, 20, "to be added, found '-' before it"),
    ("hidden = x W + x W + b", 1, 16, "expected x W once in a sum"),
    ("hidden = tanh(x W + b) * (x W + b)", 1, 27, "in line 1, column 15"),
    (f"a = {GATE}\nhidden = a + hidden[t-1] W_a", 2, 14, "in line 1, column 11"),
    ("hidden = u * x W + b", 1, 14, "expected x W as a term of a sum"),
    ("hidden = -x W + b", 1, 11, "expected x W as a term of a sum"),
    ("hidden = 2 * hidden[t-1] W", 1, 14, "give what stands before W a line of its own"),
    ("hidden = (u * hidden[t-1]) W", 1, 28, "a line of its own"),
    ("hidden = u W + x W + b", 1, 10, "expected x, hidden[t-1] or a line's name before W"),
    ("cell = x W + cell[t-1] W + b\nhidden = cell", 1, 14, "found cell"),
    ("hidden = hidden[t-1] W", 1, 1, "expected x W + b somewhere"),
    ("a = x W + b\nhidden = a + hidden[t-1] W", 2, 14, "expected x W_hidden + b_hidden somewhere"),
    ("a = 1\nhidden = x W + b", 1, 1, "expected a to be used"),
    (f"a = {GATE}\nhidden = a W + x W + b\nc = hidden W + x W + b", 3, 5, "depends on a W"),
    (f"{GATE}", 1, 3, "expected = after x, found 'W'"),
    ("hidden = 1000001", 1, 10, "expected a number of at most 1,000,000"),
    ("hidden = 1e999", 1, 10, "expected a number of at most 1,000,000"),
    ("hidden = 1e-31", 1, 10, "expected 0 or a number of at least 1e-30"),
    ("hidden = 1e-999", 1, 10, "expected 0 or a number of at least 1e-30"),
]


@pytest.mark.parametrize(("text", "row", "column", "words"), WRONG)
def test_that_what_is_wrong_is_said_with_its_place(
    text: str, row: int, column: int, words: str
) -> None:
    with pytest.raises(EquationError) as refusal:
        read(text)
    said = str(refusal.value)
    assert said.startswith(f"line {row}, column {column}: expected ")
    assert words in said
    assert "\n" not in said
    assert (refusal.value.line, refusal.value.column) == (row, column)


def sums(count: int) -> str:
    return "hidden = " + " + ".join(["x W", "b", *["u"] * count])


def gates(count: int) -> str:
    lines = [f"g{n} = x W + b" for n in range(count)]
    return "\n".join([*lines, "hidden = " + " + ".join(f"g{n}" for n in range(count))])


def states(count: int) -> str:
    """That many states, the hidden one among them."""
    lines = [f"s{n} = s{n}[t-1] + u" for n in range(count - 1)]
    total = " + ".join(["x W", "b", "hidden[t-1]", *(f"s{n}" for n in range(count - 1))])
    return "\n".join([*lines, f"hidden = {total}"])


def chain(count: int) -> str:
    """That many lines."""
    lines = ["a0 = x W + b", *(f"a{n} = tanh(a{n - 1})" for n in range(1, count - 1))]
    return "\n".join([*lines, f"hidden = a{count - 2}"])


def wide(count: int) -> str:
    """That many lines of 31 operations and values each, and `hidden`."""
    lines = [f"a{n} = {' + '.join(['u'] * 16)}" for n in range(count)]
    return "\n".join([*lines, " + ".join(["hidden = x W + b", *(f"a{n}" for n in range(count))])])


@pytest.mark.parametrize(
    ("make", "most", "words"),
    [
        (gates, MOST_GATES, "expected at most 8 gates, found g8 too"),
        (states, MOST_STATES, "expected at most 6 states, which are hidden and names with [t-1]"),
        (chain, MOST_LINES, "expected at most 24 lines, found hidden too"),
        (sums, MOST_DEPTH - 1, "expected at most 20 levels; give a part of it a line of its own"),
    ],
)
def test_that_limits_are_reached_and_said(make: object, most: int, words: str) -> None:
    assert isinstance(read(make(most)), Equations)  # type: ignore[operator]
    with pytest.raises(EquationError, match=re.escape(words)):
        read(make(most + 1))  # type: ignore[operator]


def test_that_there_may_be_so_many_operations_and_values() -> None:
    assert isinstance(read(wide(5)), Equations)
    with pytest.raises(EquationError, match=f"at most {MOST_NODES} operations and values in all"):
        read(wide(7))


def test_that_a_text_may_be_so_long() -> None:
    text = "hidden = x W + b  # "
    assert isinstance(read(text + "." * (LONGEST_TEXT - len(text))), Equations)
    with pytest.raises(EquationError, match="expected at most 4,000 characters"):
        read(text + "." * (LONGEST_TEXT + 1 - len(text)))


# Any text --------------------------------------------------------------------------------

TOKENS = st.sampled_from(
    [
        *("x", "W", "b", "t", "u", "hidden", "cell", "W_cell", "b_cell", "x W + b", "[t-1]", "["),
        *("hidden[t-1]", "hidden[t-1] W", "cell[t-1]", "=", "hidden =", "cell =", "(", ")", ","),
        *("+", "-", "*", "/", "1", "0.5", "1e7", "\n", "\nhidden =", "#", "^", "é", "'", "__"),
        *FUNCTIONS,
    ]
)


def refusal_of(text: str) -> EquationError | None:
    """Why a text is refused; None if it is read, and read again to the same."""
    try:
        equations = read(text)
    except EquationError as error:
        return error
    assert "hidden" in dict(equations.lines)
    assert read(equations.text) == equations
    return None


@given(st.lists(TOKENS, max_size=60).map(" ".join) | st.text(max_size=200))
def test_that_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    if refusal := refusal_of(text):
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= refusal.line <= len(lines)
        assert 1 <= refusal.column <= len(lines[refusal.line - 1]) + 1
        assert refusal.expected.startswith("expected ")


@pytest.mark.parametrize(
    "text",
    [
        "hidden = " + "(" * 3_900,
        "hidden = " + "-" * 3_900,
        "hidden = " + "1+" * 1_900 + "1",
        "hidden = " + "tanh(" * 780,
        "hidden = " + "max(1," * 600,
        "hidden = " + "a" * 3_900,
        "\n".join(f"a{n:03} = 1" for n in range(400)),
        "x" * 3_999,
        "[" * 3_999,
        "\n" * 3_999,
        "9" * 3_999,
        "hidden = " + " ".join(f"p{n}" for n in range(900)),
    ],
    ids=lambda text: text[:14] + text[-6:],
)
def test_that_the_worst_text_is_refused_at_once(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(EquationError):
        read(text)
    assert time.process_time() - begun < 0.5


# There and back --------------------------------------------------------------------------


@given(cells())
def test_that_what_is_written_out_is_read_back(lines: list[tuple[str, Node]]) -> None:
    equations = read("\n".join(f"{name} = {written(node)}" for name, node in lines))
    assert list(equations.lines) == lines
    used = {each.name for _, node in lines for each in node.walk() if each.kind == "before"}
    assert set(equations.states) == used | {"hidden"}


def test_that_a_line_before_W_may_not_wait_for_that_W() -> None:
    """`early` uses weights of `late`, whose others come after the product with `seen`."""
    text = """early = x W_late + b_late
seen = early * hidden[t-1]
other = tanh(x W + seen W + b)
late = tanh(other + hidden[t-1] W)
hidden = late
"""
    with pytest.raises(EquationError) as refused:
        read(text)
    assert (refused.value.line, refused.value.column) == (3, 20)
    assert "known before any other W, and seen uses a gate" in str(refused.value)
    read(
        text.replace("x W_late + b_late", "0.5").replace("other + hidden[t-1] W", "x W + other + b")
    )
