"""The rules of the tasks that ask at many steps, once more and in plain Python.

Written from the tasks' definitions, not from their generators.  Each rule gets a sequence
without its padding and gives what has to be asked at which step, and each step's role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences, Task

Params = Mapping[str, Any]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROLES = [role.name.lower() for role in Role]
REBER = {
    0: {"T": 1, "P": 2},
    1: {"S": 1, "X": 3},
    2: {"T": 2, "V": 4},
    3: {"X": 2, "S": 5},
    4: {"P": 3, "V": 5},
    5: {"E": 6},
}


@dataclass(frozen=True)
class Row:
    """One sequence without its padding: words, roles, and what is right where it is asked.

    answers: by step; a word, or the set of words that are legal.
    """

    words: list[str]
    roles: list[str]
    answers: dict[int, Any]


def row_of(task: Task, drawn: Sequences, index: int) -> Row:
    """A drawn sequence as plain data; AssertionError where its padding is not on the right."""
    roles = [ROLES[role] for role in drawn.roles[index].tolist()]
    length = len(roles) - roles.count("padding")
    assert "padding" not in roles[:length]
    assert not drawn.inputs[index, length:].any()
    assert not drawn.scored[index, length:].any()
    words = [task.inputs.words[token] for token in drawn.inputs[index, :length].tolist()]  # type: ignore[union-attr]
    assert task.labels(drawn, index) == words + [""] * (len(roles) - length)
    answers: dict[int, Any] = {}
    for step, scored in enumerate(drawn.scored[index].tolist()):
        if scored and task.loss == "cross_entropy":
            answers[step] = task.outputs[drawn.targets[index, step]]
        elif scored:
            legal = drawn.targets[index, step].tolist()
            assert set(legal) <= {0, 1}
            answers[step] = {name for name, one in zip(task.outputs, legal, strict=True) if one}
    return Row(words, roles[:length], answers)


def copy(params: Params, split: str, words: list[str]) -> Row:
    """Ten of A to H, one blank less than the gap, one marker, ten blanks; then the ten."""
    gap = params["gap"] * (2 if split == "longer gap" else 1)
    ten = words[:10]
    assert set(ten) <= set("ABCDEFGH")
    assert words == [*ten, *["-"] * (gap - 1), "go", *["-"] * 10]
    said = ["-"] * (gap + 10) + ten
    first = gap + 10 if split == "the ten" else 0
    roles = ["cue"] * 10 + ["filler"] * (gap - 1) + ["carrier"] + ["query"] * 10
    return Row(words, roles, {step: said[step] for step in range(first, gap + 20)})


def selective_copy(params: Params, split: str, words: list[str]) -> Row:
    """Some letters among blanks, then as many question marks; each asks for the next letter."""
    blanks, data = params["blanks"], params["data"]
    if split != "fresh":
        blanks = 2 * blanks if blanks else 1
    letters = [word for word in words if word in LETTERS[: params["symbols"]]]
    assert len(letters) == data
    assert words[:-data].count("-") == blanks
    assert words[-data:] == ["?"] * data
    assert len(words) == blanks + 2 * data
    roles = {"-": "filler", "?": "query"}
    answers = {blanks + data + place: letter for place, letter in enumerate(letters)}
    return Row(words, [roles.get(word, "cue") for word in words], answers)


def reber(params: Params, split: str, words: list[str]) -> Row:
    """One embedded string, and what may follow each of its symbols but the last."""
    inner = params["strings"] * (2 if split == "more inner strings" else 1)
    row, ended = embedded_reber(words, inner)
    assert ended
    del row.answers[len(words) - 1]
    return row if split == "fresh" else _at_queries(row)


def continual_reber(params: Params, split: str, words: list[str]) -> Row:
    """Embedded strings in a row, cut off at the length."""
    assert len(words) == (params["length"] if split == "fresh" else 10_000)
    row, _ = embedded_reber(words, 1, again=True)
    return row if split == "fresh" else _at_queries(row)


def embedded_reber(words: list[str], inner: int, again: bool = False) -> tuple[Row, bool]:
    """What may follow each symbol, its role, and whether the last one ends a string."""
    answers: dict[int, Any] = {}
    roles, place, outer, done, legal = [], "begin", "", 0, {"B"}
    state = 0
    for step, word in enumerate(words):
        assert word in legal
        role = "carrier"
        if place == "begin":
            place, legal = "outer", {"T", "P"}
        elif place == "outer":
            role, outer, done = "cue", word, 0
            place, legal = "inner begin", {"B"}
        elif place == "inner begin":
            role, state = "filler", 0
            place, legal = "inside", set(REBER[0])
        elif place == "inside" and state < 5:
            role, state = "filler", REBER[state][word]
            legal = set(REBER[state])
        elif place == "inside":
            done += 1
            role = "query" if done == inner else "filler"
            place, legal = ("outer again", {outer}) if done == inner else ("inner begin", {"B"})
        elif place == "outer again":
            place, legal = "end", {"E"}
        else:
            place, legal = ("begin", {"B"}) if again else ("behind", set())
        roles.append(role)
        answers[step] = legal
    return Row(words, roles, answers), place == "behind"


def counting(params: Params, split: str, words: list[str]) -> Row:
    """start, some a, as many b, end; what may follow each but the last."""
    n = words.count("a")
    assert 1 <= n <= params["n"] * (1 if split == "fresh" else 2)
    assert words == ["start", *["a"] * n, *["b"] * n, "end"]
    legal = [{"a"}, *[{"a", "b"}] * n, *[{"b"}] * (n - 1), {"end"}]
    roles = ["carrier", *["cue"] * n, *["filler"] * (n - 1), "query", "carrier"]
    return Row(words, roles, dict(enumerate(legal)))


def _at_queries(row: Row) -> Row:
    asked = {step: row.answers[step] for step, role in enumerate(row.roles) if role == "query"}
    return Row(row.words, row.roles, asked)


RULES: Mapping[str, Callable[[Params, str, list[str]], Row]] = {
    "copy": copy,
    "selective_copy": selective_copy,
    "reber": reber,
    "continual_reber": continual_reber,
    "counting": counting,
}
