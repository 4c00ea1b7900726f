"""A cell's file: a head, then its equations.

    title: LSTM                          # these four may be left out
    source: Hochreiter & Schmidhuber 1997
    about: one sentence
    memory: forget +, input -            # gates whose bias makes it remember
    init: NAME: RULES                    # first weights by its source, see `starts`
    shown: forget, input, …              # the pictures, if not in the order of the lines
    order: 3                             # its place among the cells, if it has one

Comments of whole lines are for the reader; the comment at a line's end is its meaning on screen.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sandbox.cells.bounds import bounds
from sandbox.cells.cell import Cell, Picture
from sandbox.cells.equations import read
from sandbox.cells.lexer import lines_of, without_comment
from sandbox.cells.nodes import LONGEST_TEXT, EquationError
from sandbox.cells.starts import start_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.cells.bounds import Interval
    from sandbox.cells.cell import PictureKind
    from sandbox.cells.nodes import Equations

ENDING = ".cell"
LONGEST_WORDS = {"title": 40, "source": 200, "about": 200}  # characters
HEADS = ("title", "source", "about", "memory", "init", "shown", "order")
_NOT_IN_WORDS = re.compile(r"[\"\\`$<>{}|^~]")  # marks of scripts and of typesetting
_TAG = re.compile(r"<[A-Za-z/!?]")
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_HEAD = re.compile(r"\s*([A-Za-z_]+)\s*:\s*(.*?)\s*")


@dataclass(frozen=True)
class _Head:
    """What stands behind a word of the head, and where."""

    text: str
    line: int
    column: int

    def refuse(self, expected: str) -> EquationError:
        return EquationError(self.line, self.column, expected)

    def names(self) -> list[str]:
        """The names between commas."""
        return [each.strip() for each in self.text.split(",")]


def plain_text(text: str) -> str:
    """A person's text with plain line ends, as it is kept and sent to others.

    EquationError if something in it is no text, or may be taken for more than text where it is
    shown.
    """
    text = text.removeprefix("\ufeff")
    _check_length(text)
    lines = lines_of(text)
    for number, line in enumerate(lines, 1):
        for place, letter in enumerate(line, 1):
            if letter != "\t" and unicodedata.category(letter) in ("Cc", "Cs"):
                expected = f"expected text, found the control character U+{ord(letter):04X}"
                raise EquationError(number, place, expected)
            if letter in _TURNING:
                expected = f"expected text in one direction, found U+{ord(letter):04X}"
                raise EquationError(number, place, expected)
        if found := _TAG.search(line):
            expected = f"expected a space after <, found {found.group()!r}"
            raise EquationError(number, found.start() + 1, expected)
    return "\n".join(lines)


def cell_of(
    name: str, text: str, untitled: str = "", is_taken: Callable[[str], bool] = lambda title: False
) -> Cell:
    """The cell of that name in a file's text; EquationError says what is wrong, and where.

    untitled: its title where the text has none, in place of the name.  is_taken: whether another
    cell has a title.
    """
    _check_length(text)
    lines = lines_of(text)
    heads = _heads(lines)
    taken = {head.line for head in heads.values()}
    rest = ("" if number in taken else line for number, line in enumerate(lines, 1))
    step = read("\n".join(rest))
    words = {
        each: _words(heads[each], most) for each, most in LONGEST_WORDS.items() if each in heads
    }
    if is_taken(words.get("title", "")):
        known = f"expected a title of its own, since {words['title']} is a cell of the sandbox"
        raise heads["title"].refuse(known)
    start = heads.get("init")
    return Cell(
        name=name,
        title=words.pop("title", untitled or name),
        step=step,
        pictures=_pictures(step, heads.get("shown")),
        text=text,
        memory=_memory(step, heads.get("memory")),
        start=start_of(start.text, start.line, start.column, step) if start else None,
        order=_order(heads.get("order")),
        **words,
    )


def _check_length(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        lines = lines_of(text)
        words = f"expected at most {LONGEST_TEXT:,} characters, found {len(text):,}"
        raise EquationError(len(lines), len(lines[-1]) + 1, words)


def _heads(lines: list[str]) -> dict[str, _Head]:
    """The head by its words."""
    heads: dict[str, _Head] = {}
    begun = False
    for number, line in enumerate(lines, 1):
        code = without_comment(line)[0]
        found = _HEAD.fullmatch(code)
        if found is None:
            begun = begun or bool(code.strip())
            continue
        word, place = found[1], (number, found.start(1) + 1)
        if word not in HEADS:
            likely = get_close_matches(word.lower(), HEADS, 1)
            hint = f"; did you mean {likely[0]}?" if likely else ""
            expected = f"expected one of {', '.join(HEADS)} before the colon, found {word}{hint}"
            raise EquationError(*place, expected)
        if begun:
            raise EquationError(*place, f"expected {word} above the equations")
        if word in heads:
            raise EquationError(*place, f"expected {word} once, found it again")
        heads[word] = _Head(found[2], number, found.start(2) + 1)
    return heads


def _words(head: _Head, most: int) -> str:
    if not head.text or len(head.text) > most:
        raise head.refuse(f"expected 1 to {most} characters, found {len(head.text)}")
    if found := _NOT_IN_WORDS.search(head.text):
        expected = f"expected words, found {found.group()}"
        raise EquationError(head.line, head.column + found.start(), expected)
    return head.text


def _order(head: _Head | None) -> int | None:
    if head is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,3}", head.text):
        raise head.refuse(f"expected a whole number from 1, found '{head.text}'")
    return int(head.text)


def _memory(step: Equations, head: _Head | None) -> tuple[tuple[str, int], ...]:
    if head is None:
        return ()
    pairs: dict[str, int] = {}
    for each in head.names():
        gate, sign = each[:-1].strip(), each[-1:]
        if gate not in step.gates or sign not in ("+", "-") or gate in pairs:
            known = ", ".join(step.gates)
            expected = f"expected gates, each once with + or -, of {known}; found '{each}'"
            raise head.refuse(expected)
        pairs[gate] = 1 if sign == "+" else -1
    return tuple(pairs.items())


def _pictures(step: Equations, head: _Head | None) -> tuple[Picture, ...]:
    """Pictures of the gates, the states and the lines that have a meaning."""
    meanings, limits = dict(step.meanings), bounds(step)
    names = [
        name for name, _ in step.lines if name in (*step.gates, *step.states) or name in meanings
    ]
    if head:
        names = _in_order(names, head)
    return tuple(_picture(step, name, meanings.get(name, ""), limits[name]) for name in names)


def _in_order(names: list[str], head: _Head) -> list[str]:
    given = head.names()
    if sorted(given) != sorted(names):
        raise head.refuse(_not_in_order(given, names))
    return given


def _not_in_order(given: list[str], names: list[str]) -> str:
    """What is wrong with the order of pictures that a head gives."""
    wanted = f"expected each of {', '.join(names)} once, in any order"
    if other := next((name for name in given if name not in names), ""):
        return f"{wanted}; {other} is no line that is shown"
    if missing := [name for name in names if name not in given]:
        return f"{wanted}; {', '.join(missing)} is missing"
    return wanted


def _picture(step: Equations, name: str, meaning: str, limits: Interval) -> Picture:
    """States beside the hidden one have no bounds of their own, so that nets can be compared."""
    kind = "cell" if name in step.states[1:] else _kind(limits)
    words = name.replace("_", " ")
    if name in step.states:
        words += " state"
    elif kind == "gate":
        words += " gate"
    return Picture(name, words, meaning, kind)


def _kind(limits: Interval) -> PictureKind:
    low, high = limits
    if low >= 0 and high <= 1:
        return "gate"
    return "signed" if low >= -1 and high <= 1 else "cell"
