"""Check that both sides compute the same, so that their times can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.cells import CELLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.measure.ours import Ours
    from sandbox.measure.torch_step import Batch, TorchNet
    from sandbox.measure.work import Size
    from sandbox.tasks.batches import Block

STEPS = 3
TOLERANCE = 1e-4  # relative


class WorkDiffers(Exception):
    """The two sides do not compute the same."""


def check(
    cell: str, size: Size, ours: Ours, theirs: TorchNet, block: Block, batches: Sequence[Batch]
) -> None:
    """Compare the losses of the first training steps; WorkDiffers names the first difference."""
    theirs.reset()
    ours.reset()
    expected = [float(loss) for loss in theirs.steps(batches[:STEPS], one_bias=True)]
    found = ours.steps(block.part(0, STEPS))
    for step, loss in enumerate(expected):
        own = float(found[step]) if step < len(found) else float("nan")
        if not np.isclose(own, loss, rtol=TOLERANCE, atol=0.0):
            B, T, H = size
            raise WorkDiffers(
                f"This engine's {CELLS[cell].title} and torch.nn's do not compute the same "
                f"(B={B}, T={T}, H={H}; loss {own:.6f} and {loss:.6f} at step {step + 1}), "
                "so their times cannot be compared: please report this with the output of "
                "`python3 main.py doctor`."
            )
