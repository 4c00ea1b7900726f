"""The batches"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.settings import BATCH, FIRST, SEED, TASK
from sandbox.tasks.batches import chunk_size
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.tasks.base import Sequences

Batch = tuple[Tensor, Tensor, Tensor]  # inputs, targets, and where an answer is asked for


def batches() -> Iterator[Batch]:
    """The run's batches, one after another; many are drawn at once, since that is quicker."""
    chunk = chunk_size(TASK, BATCH)
    for number in count(FIRST if has.later else 0):
        index, place = divmod(number, chunk)
        if place == 0 or number == FIRST if has.later else place == 0:
            drawn = TASK.draw(stream(SEED, Purpose.BATCHES, index), chunk * BATCH)
        yield tensors(drawn, slice(place * BATCH, (place + 1) * BATCH))


def tensors(sequences: Sequences, rows: slice) -> Batch:
    """Some of the sequences, time first: (T, B), and (T, B, channels) where there are several."""
    arrays = (sequences.inputs, sequences.targets, sequences.scored)
    inputs, targets, scored = (torch.tensor(each[rows]) for each in arrays)
    return inputs.transpose(0, 1), targets.transpose(0, 1), scored.transpose(0, 1)
