"""How each claim is measured, by name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sandbox.claims.measure.baselines import Baselines
from sandbox.claims.measure.exact_gradients import Gradients
from sandbox.claims.measure.flow import DirectPath, GradientFlow
from sandbox.claims.measure.memory import (
    AddingClaim,
    ContinualReberClaim,
    CopyClaim,
    IrnnClaim,
    ReberClaim,
    TemporalOrderClaim,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.claims.measure.claim import Claim


@cache
def claims() -> Mapping[str, Claim]:
    """Every claim by its preset's name, in the presets' order."""
    kinds = (
        Baselines,
        Gradients,
        GradientFlow,
        DirectPath,
        AddingClaim,
        IrnnClaim,
        TemporalOrderClaim,
        CopyClaim,
        ReberClaim,
        ContinualReberClaim,
    )
    return {kind.name: kind() for kind in kinds}
