"""The rules of the tasks once more, in plain Python: what a drawn sequence has to be.

Written from what the tasks say of themselves, not from their generators.  Each rule gets a
sequence without its padding and raises AssertionError where it is not one of the task's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences, Task

ANIMALS = {
    "water": "fishes whales",
    "sky": "birds eagles",
    "barn": "cows horses",
    "desert": "camels scorpions",
    "forest": "deer squirrels",
    "snow": "penguins huskies",
}
SENTENCES = (
    "the * are in the",
    "the * live in the",
    "today the * rest in the",
    "the * often sleep in the",
    "we know the * stay out in the",
)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One sequence without its padding; steps are words, numbers, or lists of numbers.

    roles: a word a step.  asked: the scored step.  answer: a word, or a list of numbers.
    """

    steps: list[Any]
    roles: list[str]
    asked: int
    answer: Any

    def where(self, role: str) -> list[int]:
        """The steps of that role."""
        return [step for step, own in enumerate(self.roles) if own == role]


def row_of(task: Task, drawn: Sequences, index: int) -> Row:
    """A drawn sequence as plain data; AssertionError where its padding is not on the right."""
    roles = [Role(role).name.lower() for role in drawn.roles[index].tolist()]
    length = len(roles) - roles.count("padding")
    assert "padding" not in roles[:length]
    inputs = drawn.inputs[index].tolist()
    empty = [0] * task.inputs.size if isinstance(task.inputs, Channels) else 0
    assert all(step == empty for step in inputs[length:])
    (asked,) = (step for step, scored in enumerate(drawn.scored[index].tolist()) if scored)
    assert asked < length
    answer = drawn.targets[index, asked].tolist()
    if not isinstance(task.inputs, Channels):
        inputs = [task.inputs.words[token] for token in inputs]
    if task.loss == "cross_entropy":
        answer = task.outputs[answer]
    return Row(inputs[:length], roles[:length], asked, answer)


def water(params: Params, split: str, row: Row) -> None:
    """An animal of one of the first places, known words, and its place asked at the end."""
    places = list(ANIMALS)[: params["places"]]
    place_of = {animal: place for place in places for animal in ANIMALS[place].split()}
    (cue,) = (step for step, word in enumerate(row.steps) if word in place_of)
    assert row.answer == place_of[row.steps[cue]]
    sentence = " ".join([*row.steps[:cue], "*", *row.steps[cue + 1 :]])
    if split == "fresh":
        assert sentence in SENTENCES
    else:
        assert set(sentence.split()) <= set(" ".join(SENTENCES).split())
        assert row.asked - cue > 4
    last = len(row.steps) - 1
    assert row.asked == last
    between = ["filler"] * (last - cue - 1)
    assert row.roles == ["carrier"] * cue + ["cue"] + between + ["query"]


def recall(params: Params, split: str, row: Row) -> None:
    """A letter, numbers, and a question mark, where the letter is asked for."""
    gap = params["gap"] if split == "fresh" else max(2 * params["gap"], params["gap"] + 1)
    letters = ALPHABET.upper()[: params["symbols"]]
    numbers = [str(number + 1) for number in range(params["fillers"])]
    cue, *filler, question = row.steps
    assert cue in letters
    assert len(filler) == gap
    assert all(each in numbers for each in filler)
    assert question == "?"
    assert row.roles == ["cue"] + ["filler"] * gap + ["query"]
    assert (row.asked, row.answer) == (gap + 1, cue)


def latch(params: Params, split: str, row: Row) -> None:
    """`signal` times one sign, then other numbers; 1 or 0 asked at the end."""
    shortest, signal = params["length"] * (1 if split == "fresh" else 2), params["signal"]
    length = len(row.steps)
    assert shortest <= length <= 1.1 * shortest + 1e-9
    values = [value for (value,) in row.steps]
    sign = values[0]
    assert sign in (-1, 1)
    assert values[:signal] == [sign] * signal
    assert all(abs(value) < 5 and abs(value) != 1 for value in values[signal:])
    assert row.answer == [1.0 if sign > 0 else 0.0]
    assert row.asked == length - 1
    assert row.roles == ["cue"] * signal + ["filler"] * (length - signal - 1) + ["query"]


def adding(params: Params, split: str, row: Row) -> None:
    """Two marks, one in each half; their numbers' sum asked at the end."""
    first, second = _marked(params, split, row)
    assert abs(row.answer[0] - (first + second)) < 1e-6


def multiplication(params: Params, split: str, row: Row) -> None:
    """Two marks, one in each half; their numbers' product asked at the end."""
    first, second = _marked(params, split, row)
    assert abs(row.answer[0] - first * second) < 1e-6


def temporal_order(params: Params, split: str, row: Row) -> None:
    """start, letters, two or three marks in their intervals, end; the marks asked there."""
    length = params["length"] * (1 if split == "fresh" else 2)
    tenths = {2: [(1, 2), (5, 6)], 3: [(1, 2), (3, 4), (6, 7)]}[params["marks"]]
    assert len(row.steps) == length
    assert (row.steps[0], row.steps[-1]) == ("start", "end")
    marks = [step for step, word in enumerate(row.steps) if word in "XY"]
    assert len(marks) == len(tenths)
    for step, (low, high) in zip(marks, tenths, strict=True):
        assert Fraction(low, 10) * length <= step < Fraction(high, 10) * length
    assert all(row.steps[step] in "abcd" for step in range(1, length - 1) if step not in marks)
    assert row.answer == "".join(row.steps[step] for step in marks)
    assert row.asked == length - 1
    assert row.where("cue") == marks
    assert row.where("carrier") == [0]
    assert row.where("query") == [length - 1]


def parity(params: Params, split: str, row: Row) -> None:
    """Bits, in number as the split has it; whether the ones are odd asked at the last."""
    shortest, longest = (1, params["length"])
    if split != "fresh":
        shortest, longest = params["length"] + 1, 2 * params["length"]
    assert shortest <= len(row.steps) <= longest
    odd = False
    for bit in row.steps:
        assert bit in ("0", "1")
        odd = odd != (bit == "1")
    assert row.answer == ("odd" if odd else "even")
    assert row.asked == len(row.steps) - 1
    assert row.roles == ["cue"] * len(row.steps)


def induction(params: Params, split: str, row: Row) -> None:
    """Letters, A B, `gap` letters, A; the only A before has B behind it, which is asked for."""
    gap = params["gap"] if split == "fresh" else max(2 * params["gap"], params["gap"] + 1)
    *before, again = row.steps
    assert all(letter in ALPHABET[: params["symbols"]] for letter in row.steps)
    assert before.count(again) == 1
    place = before.index(again)
    assert 0 <= place <= gap
    assert len(before) - (place + 2) == gap
    assert row.answer == before[place + 1]
    assert row.asked == len(before)
    filler = ["filler"] * gap
    assert row.roles == ["filler"] * place + ["cue", "cue"] + filler + ["query"]


def _marked(params: Params, split: str, row: Row) -> tuple[float, float]:
    length = params["length"] * (1 if split == "fresh" else 2)
    assert len(row.steps) == length
    assert all(0 <= value < 1 and marker in (0, 1) for value, marker in row.steps)
    marks = [step for step, (_, marker) in enumerate(row.steps) if marker]
    first, second = marks
    assert first < length // 2 <= second
    assert row.asked == length - 1
    assert row.where("cue") == marks
    assert row.where("query") == [step for step in (length - 1,) if step not in marks]
    assert row.where("carrier") == []
    return row.steps[first][0], row.steps[second][0]


RULES: dict[str, Callable[[Params, str, Row], None]] = {
    rule.__name__: rule
    for rule in (
        *(water, recall, latch, adding, multiplication),
        *(temporal_order, parity, induction),
    )
}
