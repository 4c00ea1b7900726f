"""A task of your own to start from: change it, then open it with File > Open task file….

It shows a letter, some noise and a second letter: is that the same as the first?  It works as it
is; read it from top to bottom.  If something is wrong, the sandbox says on which line.  You can
import numpy and whatever else the sandbox is installed with, but not the files beside this one.
`print` writes to the terminal.

Class Task in sandbox/tasks/base.py documents everything that a task may define.
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
    """The task's settings."""

    # Each field needs a default and a description.  It is a number with the limits ge= and le=
    # (Whole or float), true or false (sandbox.validation.Flag), or a Literal of several words.
    gap: Whole = Field(
        10,
        ge=0,
        le=200,
        description="Noise between the two letters",
        json_schema_extra={"unit": "symbols"},
    )


class MyTask(Task):
    """The task.  Choose a name of your own: `--task` and experiment files use it."""

    name = "my_task"
    title = "My task: same or different"
    summary = "A letter, some noise, another letter: are the two the same?"
    explanation = (
        "The net has to remember the first letter during the noise, then compare it with the "
        "second one. A net that has forgotten it is right half of the time."
    )
    source = "your name and the year, or the paper it is from"
    gap_field = "gap"  # the field of Params that the large slider sets, or None
    Params = MyTaskParams

    # Nets train on the first split and are only tested on the others.
    splits = ("fresh", "longer")
    generalisation = "longer"  # the split drawn as a second curve, or None
    solved_on = ("fresh",)  # the splits on which the criterion must be met

    # Here targets are class numbers.  With loss = "squared_error" they are float32 (N, T, O) and
    # correct_within = 0.04, say, is needed; with "legal_symbols" they are uint8 (N, T, O).
    loss = "cross_entropy"

    params: MyTaskParams

    def __init__(self, params: MyTaskParams) -> None:
        super().__init__(params)
        # Each input step is one of these words, or real numbers on Channels(...).
        self.inputs = Tokens((*LETTERS, *NOISE, QUESTION))
        self.outputs = ("same", "different")  # the names of the classes
        self.length = params.gap + 3  # T, in steps: letter, noise, letter, question
        self.dependency = params.gap + 2  # steps from the first letter to the question
        self.baselines = (Baseline("has forgotten the first letter: ln 2", math.log(2), 0.5),)
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """`count` sequences.  Take every random number from `rng`.

        Training, evaluation and previews call this on different threads, but never at once.
        """
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
        """The sequence that a person typed, such as "A 1 3 2 B ?"; refuse with ExperimentError."""
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
        """The T words to show at the steps of one sequence."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """The question and its answer in one line."""
        first, second = sequences.inputs[index, [0, -2]]
        right = self.outputs[sequences.targets[index, -1]]
        return f"{self.inputs.words[first]} and {self.inputs.words[second]} are ___ ({right})"


def _asked_at_the_end(inputs: np.ndarray, classes: np.ndarray) -> Sequences:
    """Sequences (N, T) with both letters as cues, and the class (N,) as the answer at the end."""
    targets = np.zeros(inputs.shape, np.int32)
    targets[:, -1] = classes
    scored = np.zeros(inputs.shape, np.bool_)  # True where the answer counts
    scored[:, -1] = True
    roles = np.full(inputs.shape, Role.FILLER, np.uint8)  # drawn as bands
    roles[:, [0, -2]] = Role.CUE
    roles[:, -1] = Role.QUERY
    return Sequences(inputs, targets, scored, roles)
