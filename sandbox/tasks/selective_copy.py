"""selective_copy: a few symbols, scattered among blanks, and then all of them in order."""

from __future__ import annotations

import math
import re
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, param
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn

BLANK, QUERY = "-", "?"
LONGER = "more blanks"
_BETWEEN = re.compile(r"[\s,]+")


class SelectiveCopyParams(Frozen):
    """How many symbols lie among how many blanks."""

    blanks: Whole = param(50, "Blanks among which the data symbols lie", "steps", ge=0, le=1000)
    data: Whole = param(4, "Data symbols to copy in order", "symbols", ge=1, le=32)
    symbols: Whole = param(
        8, "Symbols that a data symbol is drawn from", ge=2, le=len(ascii_uppercase)
    )


def draw_selective_copy(
    rng: np.random.Generator, count: int, blanks: int, data: int, symbols: int
) -> Drawn:
    """`data` of `symbols` symbols, scattered among `blanks` blanks, then a question for each."""
    copied = rng.integers(symbols, size=(count, data), dtype=np.uint8)
    order = np.argpartition(rng.random((count, blanks + data), np.float32), data - 1, axis=1)
    return scattered(copied, np.sort(order[:, :data], axis=1), blanks + data, symbols)


def scattered(
    copied: NDArray[np.integer[Any]], places: NDArray[np.intp], among: int, symbols: int
) -> Drawn:
    """Symbols (N, k) at `places` (N, k) of `among` steps, then k questions.

    The token `symbols` is the blank, the next one the question.
    """
    count, data = copied.shape
    inputs = np.full((count, among + data), symbols, np.int32)
    inputs[np.arange(count)[:, None], places] = copied
    inputs[:, among:] = symbols + 1
    targets = np.zeros_like(inputs)
    targets[:, among:] = copied
    return inputs, targets, np.broadcast_to(np.arange(among + data) >= among, inputs.shape)


class SelectiveCopy(RuleTask):
    """k = `data` symbols (letters) at random places among L = `blanks`, then k times "?".

    T = L + 2 k steps; at each "?" the answer is the next of the k.  Places are any k of L + k,
    equally likely; symbols are independent and uniform.  The longest dependency is L + k steps,
    from the first step to the first question.

    The baseline guesses each symbol: ln K a step, 1/K of the steps and K^-k of the sequences right.
    Accuracy counts sequences whose k answers are all right; in training it counts steps.
    """

    name = "selective_copy"
    title = "Copy what is not blank"
    summary = "A few letters are scattered among blanks: which were they, in order?"
    explanation = (
        "A few letters stand at random places in a long row of blanks; then question marks ask "
        "for them one by one, in order. Unlike in plain copying, the places differ from one "
        "sequence to the next, so it does not help to know how long ago something was: a net has "
        "to store letters, ignore blanks, and know which letter comes next. A sequence counts as "
        "right only if all its letters are."
    )
    source = "Gu & Dao 2023; Jing et al. 2019"
    gap_field = "blanks"
    Params = SelectiveCopyParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    whole_sequences = True
    rule = staticmethod(draw_selective_copy)

    params: SelectiveCopyParams

    def __init__(self, params: SelectiveCopyParams) -> None:
        super().__init__(params)
        self.outputs = tuple(ascii_uppercase[: params.symbols])
        self.inputs = Tokens((*self.outputs, BLANK, QUERY))
        self.length = params.blanks + 2 * params.data
        self.dependency = max(2, params.blanks + params.data)
        count = params.symbols
        self.baselines = (
            Baseline(
                f"knows everything but the letters: ln {count}, all {params.data} right",
                math.log(count),
                count**-params.data,
            ),
        )
        self.criterion = Criterion(
            "accuracy", 0.95, 2000, "95% of 2,000 fresh sequences with every letter right"
        )

    def encode(self, text: str) -> Sequences:
        """As in "A - - C - B ? ? ?": letters and blanks; one question mark per letter is added."""
        typed = _BETWEEN.sub("", text).rstrip(QUERY).upper()
        known = {*self.outputs, BLANK}
        places = [place for place, letter in enumerate(typed) if letter != BLANK]
        if not places or not known.issuperset(typed):
            accepts = f"the letters {self.outputs[0]} to {self.outputs[-1]} and blanks, as in "
            raise ExperimentError("sequence", text, accepts + "A - - B - ??")
        symbols = np.array([[self.outputs.index(typed[place]) for place in places]])
        among, kinds = len(typed), len(self.outputs)
        return self.with_roles(scattered(symbols, np.array([places]), among, kinds))

    def question(self, sequences: Sequences, index: int) -> str:
        """'which letters were they? (A C B)'."""
        answers = sequences.targets[index, sequences.scored[index]]
        return f"which letters were they? ({' '.join(self.outputs[n] for n in answers)})"

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The symbols as cues, then the questions."""
        inputs, _, scored = drawn
        roles = np.full(inputs.shape, Role.FILLER, np.uint8)
        roles[inputs < len(self.outputs)] = Role.CUE
        roles[scored] = Role.QUERY
        return Sequences(*drawn, roles)
