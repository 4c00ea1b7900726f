"""A task of your own, to begin with: change it, and open it with File > Open task file….

This one shows a letter, then noise, then a second letter: is it the same as the first?  It works
as it stands; go through it from top to bottom.  Where something is wrong, the sandbox says so
with the line.  numpy is at hand, and so is whatever else the sandbox is installed with; other
files beside this one are not.  What `print` writes goes to the terminal.

All that a task may say and do is written in sandbox/tasks/base.py, class Task.
"""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.validation import ExperimentError, Whole

LETTERS = ("A", "B")
NOISE = ("1", "2", "3", "4")
QUESTION = "?"


class MyTaskParams(Frozen):
    """What can be set."""

    # Each field needs a default and a description, and is a number with limits, ge= and le=,
    # (Whole or float), true or false (sandbox.validation.Flag), or a Literal of several words.
    gap: Whole = Field(
        10,
        ge=0,
        le=200,
        description="Noise between the two letters",
        json_schema_extra={"unit": "symbols"},
    )


class MyTask(Task):
    """The task.  Its name is what `--task` and experiment files call it: choose your own."""

    name = "my_task"
    title = "My task: same or different"
    summary = "A letter, some noise, another letter: are the two the same?"
    explanation = (
        "The first letter has to be kept in mind while the noise passes, and then compared with "
        "the second one. Who has forgotten it is right half of the time."
    )
    source = "your name and the year, or the paper it is from"
    gap_field = "gap"  # the field of Params that the large slider sets; None: there is none
    Params = MyTaskParams

    # The first split is what is trained on; the others are tested on only.
    splits = ("fresh", "longer")
    generalisation = "longer"  # the split that is drawn as a dashed curve; None: none
    solved_on = ("fresh",)  # where the criterion below has to be met

    # Targets are class numbers here.  loss = "squared_error" makes them float32 (N, T, O), and
    # needs correct_within = 0.04, say; "legal_symbols" makes them uint8 (N, T, O).
    loss = "cross_entropy"

    params: MyTaskParams

    def __init__(self, params: MyTaskParams) -> None:
        super().__init__(params)
        # What a step of the input is: one of these words, or real numbers on Channels(...).
        self.inputs = Tokens((*LETTERS, *NOISE, QUESTION))
        self.outputs = ("same", "different")  # names of the classes
        self.length = params.gap + 3  # T, in steps: letter, noise, letter, question
        self.dependency = params.gap + 2  # steps from the first letter to the question
        self.baselines = (Baseline("has forgotten the first letter: ln 2", math.log(2), 0.5),)
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """`count` sequences.  Every random number has to come from `rng`."""
        gap = self.params.gap if split == "fresh" else 2 * self.params.gap
        first = rng.integers(len(LETTERS), size=count)
        different = rng.integers(2, size=count)  # 0 same, 1 different: also the class
        inputs = np.empty((count, gap + 3), np.int32)  # places in self.inputs.words
        inputs[:, 0] = first
        low, high = len(LETTERS), len(LETTERS) + len(NOISE)
        inputs[:, 1 : gap + 1] = rng.integers(low, high, (count, gap))
        inputs[:, gap + 1] = (first + different) % len(LETTERS)
        inputs[:, gap + 2] = high  # the question
        return _asked_at_the_end(inputs, different)

    def encode(self, text: str) -> Sequences:
        """A sequence that a person typed, such as "A 1 3 2 B ?"; ExperimentError refuses it."""
        places = {word: place for place, word in enumerate(self.inputs.words)}
        words = text.upper().split()
        if words[-1:] != [QUESTION]:
            words.append(QUESTION)
        if len(words) < 3 or words[0] not in LETTERS or words[-2] not in LETTERS:
            raise ExperimentError("sequence", text, "a letter, noise and a letter, as in A 1 3 2 B")
        for word in words:
            if word not in places:
                raise ExperimentError("sequence", word, "one of " + " ".join(places))
        inputs = np.array([[places[word] for word in words]], np.int32)
        return _asked_at_the_end(inputs, np.array([int(words[0] != words[-2])]))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """What stands at each step of one sequence: T words."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """What is asked, and what is right, in one line."""
        first, second = sequences.inputs[index, [0, -2]]
        right = self.outputs[sequences.targets[index, -1]]
        return f"{self.inputs.words[first]} and {self.inputs.words[second]} are ___ ({right})"


def _asked_at_the_end(inputs: np.ndarray, classes: np.ndarray) -> Sequences:
    """Sequences (N, T) with both letters as cues, and the class (N,) as the answer at the end."""
    targets = np.zeros(inputs.shape, np.int32)
    targets[:, -1] = classes
    scored = np.zeros(inputs.shape, np.bool_)  # True where the answer counts
    scored[:, -1] = True
    roles = np.full(inputs.shape, Role.FILLER, np.uint8)  # what the panels draw as bands
    roles[:, [0, -2]] = Role.CUE
    roles[:, -1] = Role.QUERY
    return Sequences(inputs, targets, scored, roles)
