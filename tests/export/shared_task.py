"""Tasks that inherit most of themselves from one in another module, one with a mixin."""

from __future__ import annotations

from pydantic import Field

from sandbox.experiment import Frozen
from tests.export.legal_task import Walk


class LongWalkParams(Frozen):
    """How long a walk is, and how much longer."""

    length: int = Field(6, ge=2, le=20, description="Steps of a walk")
    more: int = Field(2, ge=0, le=20, description="Steps that are added")


class Longer:
    """What is longer by some steps."""

    more = 0

    def steps(self, steps: int) -> int:
        """So many steps in all."""
        return steps + self.more


class LongWalk(Longer, Walk):
    """As `Walk`, but longer."""

    name = "long_walk"
    title = "A longer walk"
    gap_field = "length"
    Params = LongWalkParams

    params: LongWalkParams  # type: ignore[assignment]

    def __init__(self, params: LongWalkParams) -> None:
        super().__init__(params)  # type: ignore[arg-type]
        self.more = params.more
        self.length = self.steps(params.length)


class ShortWalk(Walk):
    """As `Walk`, with its parameters, but shorter."""

    name = "short_walk"
    title = "A shorter walk"
    gap_field = "length"

    @property
    def shorter(self) -> int:
        """The steps of a walk."""
        return max(2, self.params.length - 1)
