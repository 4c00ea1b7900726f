"""The head of a cell's file, and what is told about a wrong one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cells.cell_file import HEADS, cell_of
from sandbox.cells.equations import EquationError
from sandbox.cells.nodes import LONGEST_TEXT
from sandbox.cells.starts import Rule

LINES = """
# It keeps what it has, or takes what is new.
keep = sigmoid(x W + hidden[t-1] W + b)  # 1 keeps, 0 replaces
new_part = tanh(x W + b)
hidden = keep * hidden[t-1] + (1 - keep) * new_part + u
"""


def test_that_a_file_without_a_head_is_a_cell() -> None:
    cell = cell_of("mine", LINES)
    assert (cell.title, cell.about, cell.source, cell.memory) == ("mine", "", "", ())
    assert (cell.start, cell.order) == (None, None)
    assert (cell.gates, cell.states, cell.extras) == (("keep", "new_part"), ("hidden",), ("u",))
    assert [(each.name, each.title, each.meaning) for each in cell.pictures] == [
        ("keep", "keep gate", "1 keeps, 0 replaces"),
        ("new_part", "new part", ""),
        ("hidden", "hidden state", ""),
    ]
    assert cell.equations.splitlines()[0] == "keep = sigmoid(x W + hidden[t-1] W + b)"
    assert cell.holdable() == ("keep", "new_part", "hidden")


def test_that_a_head_tells_what_equations_cannot() -> None:
    head = (
        "# A cell of mine.\n"
        "title: Mine  # in the window\n"
        "about: keeps: or not\n"
        "source: nobody\n"
        "memory: keep +, new_part -\n"
        "shown: hidden, keep, new_part\n"
        "init: small: W_h orthogonal, b_keep 1, u uniform 0 0.5\n"
        "order: 31\n"
    )
    cell = cell_of("mine", head + LINES)
    assert (cell.title, cell.about, cell.source) == ("Mine", "keeps: or not", "nobody")
    assert cell.memory == (("keep", 1), ("new_part", -1))
    assert [each.name for each in cell.pictures] == ["hidden", "keep", "new_part"]
    assert cell.order == 31
    assert cell.start is not None
    assert cell.start.name == "small"
    assert cell.start.rules == (
        Rule("W_h", "", "orthogonal"),
        Rule("b", "keep", "number", (1.0,)),
        Rule("u", "", "uniform", (0.0, 0.5)),
    )
    assert cell.step.lines == cell_of("mine", LINES).step.lines


@pytest.mark.parametrize(
    ("head", "column", "words"),
    [
        ("titel: Mine", 1, "found titel; did you mean title?"),
        ("Title: Mine", 1, "found Title; did you mean title?"),
        ("colour: red", 1, "expected one of title, source, about, memory, init, shown, order"),
        ("title:", 7, "expected 1 to 40 characters, found 0"),
        (f"about: {'a' * 201}", 8, "expected 1 to 200 characters, found 201"),
        ("order: first", 8, "expected a whole number from 1, found 'first'"),
        ("order: 0", 8, "expected a whole number from 1, found '0'"),
        ("memory: keep", 9, "of keep, new_part; found 'keep'"),
        ("memory: forget +", 9, "found 'forget +'"),
        ("memory: keep +, keep -", 9, "each once"),
        ("memory:", 8, "found ''"),
        ("shown: keep", 8, "expected each of keep, new_part, hidden once, in any order"),
        ("shown: keep, keep, hidden", 8, "expected each of keep, new_part, hidden once"),
        ("init: b 0", 7, "expected NAME: RULES"),
        ("init: default: b 0", 7, "none of default, orthogonal, identity"),
        ("init: mine: b", 13, "expected a parameter and how it starts"),
        ("init: mine: b 0,", 17, "expected a parameter and how it starts"),
        ("init: mine: b 0, v 1", 18, "expected one of W_x, W_h, b, u, or the first with _GATE"),
        ("init: mine: b_forget 0", 13, "found b_forget"),
        ("init: mine: b orthogonal", 13, "expected W_h before orthogonal, found b"),
        ("init: mine: b uniform 1", 13, "found 'uniform 1'"),
        ("init: mine: b uniform 1 0", 13, "found 'uniform 1 0'"),
        ("init: mine: b normal -1", 13, "found 'normal -1'"),
        ("init: mine: b power 1 2 0", 13, "found 'power 1 2 0'"),
        ("init: mine: W_h radius 0", 13, "found 'radius 0'"),
        ("init: mine: b 1e9", 13, "found '1e9'"),
        ("init: mine: b nan", 13, "found 'nan'"),
        ("init: mine: b gaussian 1", 13, "found 'gaussian 1'"),
    ],
)
def test_that_what_is_wrong_in_a_head_is_said_with_its_place(
    head: str, column: int, words: str
) -> None:
    with pytest.raises(EquationError) as refusal:
        cell_of("mine", f"source: nobody\n{head}\n{LINES}")
    said = str(refusal.value)
    assert said.startswith(f"line 2, column {column}: expected ")
    assert words in said


def test_that_a_head_stands_once_and_above() -> None:
    with pytest.raises(EquationError, match="line 2, column 1: expected title once"):
        cell_of("mine", f"title: A\ntitle: B\n{LINES}")
    with pytest.raises(EquationError, match="line 6, column 1: expected title above the equations"):
        cell_of("mine", f"{LINES}title: A")


def test_that_wrong_equations_are_said_with_their_line_in_the_file() -> None:
    with pytest.raises(EquationError, match="line 3, column 10: expected the name of a line"):
        cell_of("mine", "title: A\n\nhidden = h[t-1]")


def test_that_a_gate_without_w_h_has_none_to_start() -> None:
    with pytest.raises(EquationError, match="expected one of W_x, b, u"):
        cell_of("mine", "init: mine: W_h orthogonal\nhidden = x W + b + u * hidden[t-1]")


def test_that_a_file_may_be_so_long() -> None:
    text = f"{LINES}# "
    assert cell_of("mine", text + "." * (LONGEST_TEXT - len(text))).title == "mine"
    with pytest.raises(EquationError, match="expected at most 4,000 characters"):
        cell_of("mine", "title: A\n" + text + "." * (LONGEST_TEXT - len(text)))


WORDS = st.sampled_from(
    [*(f"{each}:" for each in HEADS), "A", "keep +", ",", "b", "0", "uniform", "mine:", "\n", "#"]
)


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=100))
def test_that_any_head_is_read_or_refused(head: str) -> None:
    try:
        cell = cell_of("mine", f"{head}\n{LINES}")
    except EquationError as error:
        refused = error
    else:
        refused = None
        assert cell_of("mine", cell.text) == cell
    assert refused is None or refused.expected.startswith("expected ")


LSTM_LINES = """shown: forget, input, output, hidden
input = sigmoid(x W + hidden[t-1] W + b)
forget = sigmoid(x W + hidden[t-1] W + b)
hidden = forget * hidden[t-1] + input * tanh(hidden[t-1])
"""


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("forget, input, output, hidden", "; output is no line that is shown"),
        ("forget, hidden", "; input is missing"),
    ],
)
def test_that_a_wrong_order_of_pictures_names_what_is_wrong(shown: str, words: str) -> None:
    text = LSTM_LINES.replace("forget, input, output, hidden", shown)
    with pytest.raises(EquationError) as refused:
        cell_of("mine", f"title: Mine\n{text}")
    assert str(refused.value).endswith(words)


@pytest.mark.parametrize("slip", ["kepe", "keeep", "kep"])
def test_that_a_slip_in_a_lines_name_is_no_vector_of_weights(slip: str) -> None:
    text = f"keep = sigmoid(x W + hidden[t-1] W + b)\nhidden = {slip} * hidden[t-1] + keep"
    with pytest.raises(EquationError, match="did you mean keep"):
        cell_of("mine", f"title: Mine\n{text}\n")
