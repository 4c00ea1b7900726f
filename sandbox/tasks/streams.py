"""Counter-based random streams: one for each purpose, each a pure function of (seed, index).

Philox (Salmon et al. 2011) has the seed and the purpose as its key and the index in the high word
of its counter, so streams never meet and no draw depends on an earlier one.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a random stream is for.  Training never reads another purpose's stream."""

    BATCHES = 1
    INITIALISATION = 2
    EVALUATION = 3
    EXAMPLES = 4
    GENERALISATION = 5
    INSIGHT = 6


def stream(seed: int, purpose: int, index: int = 0) -> np.random.Generator:
    """The generator at `index` of the stream of (seed, purpose)."""
    return np.random.Generator(np.random.Philox(key=[seed, purpose], counter=[0, 0, 0, index]))
