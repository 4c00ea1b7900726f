"""The column of `forecast`: from the user's table, or the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.sample_series import SAMPLE
from sandbox.tasks.tables import column_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def column_values(data: str, column: str, missing: str) -> NDArray[np.float64]:
    """The numbers of that column, or the sample's where `data` is "", (n,)."""
    if data:
        return column_of(data, column, missing)
    return np.array(SAMPLE.split(), np.float64)
