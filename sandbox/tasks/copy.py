"""copy and selective_copy: symbols in a row or scattered among blanks, and then once again."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Drawn, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, param
from sandbox.tasks.sampling import role_row
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


TEN = 10  # symbols to copy
SYMBOLS = ("A", "B", "C", "D", "E", "F", "G", "H")
BLANK, GO, QUERY = "-", "go", "?"
_BETWEEN = re.compile(r"[\s,]+")
_TYPED = re.compile(rf"(?P<ten>[a-h]{{{TEN}}})(?P<blanks>-*)(?P<go>{GO}-*)?")
THE_TEN, LONGER, MORE_BLANKS = "the ten", "longer gap", "more blanks"


class CopyParams(Frozen):
    """How long the silence is."""

    gap: Whole = param(
        100,
        "Steps from the last of the ten symbols to the marker, all but one blank",
        "steps",
        ge=1,
        le=1000,
    )


def draw_copy(rng: np.random.Generator, count: int, gap: int) -> Drawn:
    """Ten symbols, `gap` - 1 blanks, the marker, ten blanks: (count, gap + 20).

    The answer is a blank at every step, and the ten symbols in the last ten.
    """
    return to_copy(rng.integers(8, size=(count, 10), dtype=np.uint8), gap)


def to_copy(ten: NDArray[np.integer[Any]], gap: int) -> Drawn:
    """The sequences (N, gap + 20) with these ten symbols (N, 10); 8 is blank, 9 the marker."""
    inputs = np.full((len(ten), gap + 20), 8, np.int32)
    targets = inputs.copy()
    inputs[:, :10] = targets[:, -10:] = ten
    inputs[:, -11] = 9
    return inputs, targets, np.ones(inputs.shape, np.bool_)


class Copy(RuleTask[CopyParams]):
    """Ten of the symbols A-H, T - 1 blanks, one go marker, ten blanks; T = `gap`.

    All T + 20 steps are scored: the answer is a blank, and in the last ten steps the ten symbols in
    order.  Each symbol is needed T + 10 steps after it was read.

    The baseline outputs blanks where it should and guesses the ten: 10 ln 8 / (T + 20), with T + 10
    steps right and one in eight of the others.  Split "the ten" scores only the last ten steps, so
    its accuracy is that of recall: 1/8 by guessing.
    """

    name = "copy"
    title = "Copy ten symbols"
    summary = "Ten letters, then a long row of blanks: which ten letters were they?"
    explanation = (
        "Ten letters out of eight are read, and then nothing for a long time. After a marker the "
        "ten have to be repeated in order, while nothing more is read; until then the right "
        "answer is a blank. Staying silent is learned at once, and its loss is the baseline. To "
        "get below it, a net has to keep ten letters, 30 bits, apart from each other over the "
        "whole gap. The accuracy counts all steps; the split 'the ten' shows recall alone."
    )
    source = "Hochreiter & Schmidhuber 1997; as in Arjovsky, Shah & Bengio 2016"
    gap_field = "gap"
    Params = CopyParams
    splits = ("fresh", THE_TEN, LONGER)
    generalisation = LONGER
    rule = staticmethod(draw_copy)

    def __init__(self, params: CopyParams) -> None:
        super().__init__(params)
        self.inputs = Tokens((*SYMBOLS, BLANK, GO))
        self.outputs = (*SYMBOLS, BLANK)
        self.length = params.gap + 2 * TEN
        self.dependency = params.gap + TEN
        count, all_of = len(SYMBOLS), self.length
        loss = TEN * math.log(count) / all_of
        self.baselines = (
            Baseline(
                f"knows everything but the ten: 10 ln 8 / {all_of:,}",
                loss,
                (all_of - TEN + TEN / count) / all_of,
            ),
        )
        self.criterion = Criterion(
            "loss",
            loss / 100,
            2000,
            f"cross-entropy below 1% of the baseline ({loss / 100:.2g}) on 2,000 fresh sequences",
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """`count` sequences; on "the ten" only the last ten of their T steps are scored."""
        drawn = super().draw(rng, count, split)
        if split != THE_TEN:
            return drawn
        return replace(drawn, scored=drawn.scored & (drawn.roles == Role.QUERY))

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The ten as cue and as questions."""
        shape, silence = drawn[0].shape, slice(TEN, -TEN - 1)
        roles = role_row(shape[1], cue=slice(0, TEN), filler=silence, query=slice(-TEN, None))
        return Sequences(*drawn, np.broadcast_to(roles, shape))

    def encode(self, text: str) -> Sequences:
        """As in "ABCDEFGHAB - - - go", (1, T): ten letters, blanks, the marker; or ExperimentError.

        What is missing is added; where there is no marker, the gap is the task's own.
        """
        read = _TYPED.fullmatch(_BETWEEN.sub("", text).lower())
        if read is None:
            accepts = "ten of the letters A to H, blanks (-) and go, as in ABCDEFGHAB - - - go"
            raise ExperimentError("sequence", text, accepts)
        gap = len(read["blanks"]) + 1 if read["blanks"] or read["go"] else self.params.gap
        ten = np.array([[SYMBOLS.index(letter) for letter in read["ten"].upper()]])
        return self.with_roles(to_copy(ten, gap))

    def question(self, sequences: Sequences, index: int) -> str:
        """'which ten letters were they? (A B C D E F G H A B)'."""
        return f"which ten letters were they? ({' '.join(self.labels(sequences, index)[:TEN])})"


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
    """`data` of `symbols` symbols, among blanks, then questions, (count, blanks + 2 data)."""
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


class SelectiveCopy(RuleTask[SelectiveCopyParams]):
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
    splits = ("fresh", MORE_BLANKS)
    generalisation = MORE_BLANKS
    whole_sequences = True
    rule = staticmethod(draw_selective_copy)

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
        """As in "A - - C - B ? ? ?", (1, T), a question for each letter; or ExperimentError."""
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
