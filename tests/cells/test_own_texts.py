"""A person's own text is a cell under a name of its own, or is refused where it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cells.known import (
    CELLS,
    UNTITLED,
    called,
    cell_named,
    checked,
    free_name,
    is_own,
    name_from,
    own_cell,
    usual_name,
)
from sandbox.cells.nodes import MOST_FED, EquationError
from tests.own_cell import PLAIN, TWO_SPEEDS


def test_that_a_text_is_known_by_a_name_made_from_it() -> None:
    cell = own_cell(TWO_SPEEDS)
    assert cell_named(cell.name) is cell
    assert is_own(cell.name)
    assert cell.name.isidentifier()
    assert own_cell(TWO_SPEEDS) is cell
    assert own_cell(f"{TWO_SPEEDS}# more\n").name != cell.name
    assert not any(map(is_own, CELLS))


def test_that_what_is_only_checked_is_not_known() -> None:
    cell = checked(f"{PLAIN}# only checked\n")
    with pytest.raises(KeyError):
        cell_named(cell.name)


def test_that_neither_line_ends_nor_a_byte_order_mark_make_another_cell() -> None:
    wanted = own_cell(TWO_SPEEDS)
    for end in ("\r\n", "\r"):
        assert own_cell("\ufeff" + TWO_SPEEDS.replace("\n", end)) is wanted


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", (1, 1), "expected a line hidden"),
        ("hidden = tanh(x W\0 + b)", (1, 18), "found the control character U+0000"),
        (f"{PLAIN}# \ud800", (2, 3), "found the control character U+D800"),
        (f"# a\u202eb\n{PLAIN}", (1, 4), "text in one direction, found U+202E"),
        (f"{PLAIN}# 1 <b>bold</b>", (2, 5), "expected a space after <, found '<b'"),
        (f"title: LSTM\n{PLAIN}", (1, 8), "since LSTM is a cell of the sandbox"),
        (f"title: leaky rnn\n{PLAIN}", (1, 8), "since leaky rnn is a cell of the sandbox"),
        (f"title: {'a' * 300}\n{PLAIN}", (1, 8), "expected 1 to 40 characters, found 300"),
        (f'source: """ x\n{PLAIN}', (1, 9), 'expected words, found "'),
        (f"about: a $b$\n{PLAIN}", (1, 10), "expected words, found $"),
    ],
)
def test_that_what_is_wrong_is_said_with_its_place(
    text: str, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(EquationError) as caught:
        own_cell(text)
    assert (caught.value.line, caught.value.column) == place
    assert words in caught.value.expected


def fed_by(count: int) -> str:
    lines = [f"v{n} = hidden[t-1] * p{n}" for n in range(count)]
    lines += [f"g{n} = tanh(x W + v{n} W + b)" for n in range(count)]
    return "\n".join([*lines, f"hidden = {' + '.join(f'g{n}' for n in range(count))}"])


def test_that_as_many_lines_may_stand_before_weights_and_no_more() -> None:
    own_cell(fed_by(MOST_FED))
    with pytest.raises(EquationError, match="at most 2 different lines before W, found v2 too"):
        own_cell(fed_by(MOST_FED + 1))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("two_speeds", "Two speeds"),
        ("two_speeds2", "Two speeds 2"),
        ("two_speeds#1", "Two speeds #1"),
        ("mine", "Two speeds mine"),
        ("two_speeds_slow", "two speeds slow"),
    ],
)
def test_that_contestants_are_called_after_the_title(name: str, title: str) -> None:
    assert called(name, own_cell(TWO_SPEEDS).name) == title


def test_that_without_a_title_a_contestant_is_called_by_its_name() -> None:
    cell = own_cell(PLAIN)
    assert (cell.title, usual_name(cell)) == (UNTITLED, "own_cell")
    assert called("my_idea", cell.name) == "my idea"
    assert called("my_idea", "own_0123456789abcdef") == "my idea"  # its text was never read


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Two speeds", "two_speeds"),
        ("3 Gänge, schnell!", "gange_schnell"),
        ("Größe 1", "grosse_1"),
        ("日本", "own"),
        ("", "own"),
        ("a" * 30, "a" * 24),
    ],
)
def test_that_names_are_made_from_words(words: str, name: str) -> None:
    assert name_from(words) == name


def test_that_a_free_name_is_nobodys() -> None:
    assert free_name("mine", ["lstm"]) == "mine"
    assert free_name("mine", ["mine", "mine2"]) == "mine3"
    assert free_name("lstm", []) == "own_lstm"
    assert free_name("a" * 24, ["a" * 24]) == "a" * 23 + "2"


@given(st.text(max_size=200))
def test_that_any_text_is_a_cell_or_is_refused_at_a_place_in_it(text: str) -> None:
    place: tuple[int, int] | None = None
    try:
        cell = checked(text)
    except EquationError as error:
        place = error.line, error.column
    if place is None:
        assert checked(cell.text) == cell
        return
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert 1 <= place[0] <= len(lines)
    assert 1 <= place[1] <= len(lines[place[0] - 1]) + 1
