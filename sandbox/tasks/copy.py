"""copy: ten symbols, a long silence, and then the ten again."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, param
from sandbox.tasks.sampling import role_row
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn

TEN = 10  # symbols to copy
SYMBOLS = ("A", "B", "C", "D", "E", "F", "G", "H")
BLANK, GO = "-", "go"
_BETWEEN = re.compile(r"[\s,]+")
_TYPED = re.compile(rf"(?P<ten>[a-h]{{{TEN}}})(?P<blanks>-*)(?P<go>{GO}-*)?")
THE_TEN, LONGER = "the ten", "longer gap"


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
    """Ten symbols, `gap` - 1 blanks, the marker, ten blanks.

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


class Copy(RuleTask):
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

    params: CopyParams

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
        """As in "ABCDEFGHAB - - - go": ten letters, blanks, the marker; what is missing is added.

        Where there is no marker, the gap is the task's own.
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
