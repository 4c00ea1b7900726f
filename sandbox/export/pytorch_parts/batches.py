"""The batches"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.settings import BATCH, MIXTURE, NETS, REPLICATES, SEED, TASK
from sandbox.tasks.batches import chunk_size
from sandbox.tasks.curriculum import Mixture
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences

Batch = tuple[Tensor, Tensor, Tensor]  # inputs, targets, and where an answer is asked for


def batch(number: int) -> Batch:
    """The run's batch of this number, from 0 on."""
    index, place = divmod(number, chunk_size(TASK, BATCH))
    return tensors(drawn(index), slice(place * BATCH, (place + 1) * BATCH))


@lru_cache(maxsize=1)
def drawn(index: int) -> Sequences:
    """Many batches, drawn at once, since that is quicker."""
    rng, chunk = stream(SEED, Purpose.BATCHES, index), chunk_size(TASK, BATCH)
    if has.mixed:
        return MIXTURE.draw(rng, chunk, BATCH)
    else:
        return TASK.draw(rng, chunk * BATCH)


def batch_at(gap: int, number: int) -> Batch:
    """The run's batch of this number, from 0 on, for nets that are trained at this gap."""
    index, place = divmod(number, chunk_size(TASK, BATCH))
    return tensors(drawn_at(gap, index), slice(place * BATCH, (place + 1) * BATCH))


@lru_cache(maxsize=len(NETS) * REPLICATES)
def drawn_at(gap: int, index: int) -> Sequences:
    """Many batches of one gap, drawn at once, since that is quicker."""
    rng, chunk = stream(SEED, Purpose.BATCHES, index), chunk_size(TASK, BATCH)
    return Mixture.of_one(TASK, gap).draw(rng, chunk, BATCH)


def tensors(sequences: Sequences, rows: slice) -> Batch:
    """Some of the sequences, time first: (T, B), and (T, B, channels) where there are several."""
    arrays = (sequences.inputs, sequences.targets, sequences.scored)
    inputs, targets, scored = (torch.tensor(each[rows]) for each in arrays)
    return inputs.transpose(0, 1), targets.transpose(0, 1), scored.transpose(0, 1)
