"""copy: ten symbols, a long silence, and then the ten again."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Sequences, Task, Tokens
from sandbox.tasks.sampling import role_row
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEN = 10  # symbols to copy
SYMBOLS = ("A", "B", "C", "D", "E", "F", "G", "H")
BLANK, GO = "-", "go"
_BETWEEN = re.compile(r"[\s,]+")
_TYPED = re.compile(rf"(?P<ten>[a-h]{{{TEN}}})(?P<blanks>-*)(?P<go>{GO}-*)?")
THE_TEN, LONGER = "the ten", "longer gap"


class CopyParams(Frozen):
    """How long the silence is."""

    gap: Whole = Field(
        100,
        ge=1,
        le=1000,
        description="Steps from the last of the ten symbols to the marker, all but one blank",
        json_schema_extra={"unit": "steps"},
    )


class Copy(Task):
    """Ten of the symbols A-H, T - 1 blanks, one go marker, ten blanks; T = `gap`.

    Of T + 20 steps all are asked: for a blank, and in the last ten steps for the ten symbols in
    their order.  Each symbol is asked for T + 10 steps after it was read.

    The baseline is silent where it has to be and guesses the ten: 10 ln 8 / (T + 20), with
    T + 10 steps right and one of eight of the others.  Split "the ten" asks in the last ten
    steps only, so that its accuracy is that of recall: 1/8 by guessing.
    """

    name = "copy"
    title = "Copy ten symbols"
    summary = "Ten letters, then a long row of blanks: which ten letters were they?"
    explanation = (
        "Ten letters out of eight are read, and then nothing for a long time. After a marker the "
        "ten have to be said in their order, while nothing more is read; until then the right "
        "answer is a blank. To be silent is learned at once, and its loss is the baseline. "
        "To go below it, a net has to hold ten letters, 30 bits, apart from each other over the "
        "whole gap. The accuracy counts all steps; the split 'the ten' shows recall alone."
    )
    source = "Hochreiter & Schmidhuber 1997; as in Arjovsky, Shah & Bengio 2016"
    gap_field = "gap"
    Params = CopyParams
    splits = ("fresh", THE_TEN, LONGER)
    generalisation = LONGER
    solved_on = ("fresh",)

    params: CopyParams
    inputs: Tokens

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
        """Symbols independent and uniform."""
        ten = rng.integers(len(SYMBOLS), size=(count, TEN), dtype=np.uint8)
        gap = self.params.gap * (2 if split == LONGER else 1)
        return _to_copy(ten, gap, TEN if split == THE_TEN else None)

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
        return _to_copy(ten, gap)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Letters, - for blanks, and go."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'which ten letters were they? (A B C D E F G H A B)'."""
        return f"which ten letters were they? ({' '.join(self.labels(sequences, index)[:TEN])})"


def _to_copy(ten: NDArray[np.integer[Any]], gap: int, asked: int | None = None) -> Sequences:
    """The ten symbols (N, 10), T - 1 = gap - 1 blanks, the marker, ten blanks.

    asked: how many of the last steps; None for all.
    """
    count, length = len(ten), gap + 2 * TEN
    inputs = np.full((count, length), len(SYMBOLS), np.int32)
    targets = inputs.copy()
    inputs[:, :TEN] = targets[:, -TEN:] = ten
    inputs[:, -TEN - 1] = len(SYMBOLS) + 1
    scored = np.arange(length) >= (0 if asked is None else length - asked)
    silence, query = slice(TEN, -TEN - 1), slice(-TEN, None)
    roles = role_row(length, cue=slice(0, TEN), filler=silence, query=query)
    return Sequences(
        inputs, targets, np.broadcast_to(scored, inputs.shape), np.broadcast_to(roles, inputs.shape)
    )
