"""Settings"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.export.pytorch_parts.facts import has

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BytesIO
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import nn
    from torch.optim import Optimizer

    from sandbox.export.pytorch_parts.stepwise import StepByStep
    from sandbox.tasks.base import Task
    from sandbox.tasks.curriculum import Mixture


@dataclass(frozen=True)
class Net:
    """One net of the comparison."""

    name: str
    cell: str
    hidden: int
    optimizer: str
    lr: float
    clip: float | None  # what the gradient is clipped at; None: it is not
    layers: int = 1
    if has.initialised:
        recurrent_init: str = "default"  # torch's
    if has.biased:
        bias: Mapping[str, float] = field(default_factory=dict)  # of a gate, at the start
    if has.chrono:
        chrono: Mapping[str, int] = field(default_factory=dict)  # gates, and their bias's sign
    if has.limited:
        chrono_max: int | None = None  # T_max of chrono; None: the task's longest dependency


SEED: int
BATCH: int
STEPS: int
REPLICATES: int
FIRST: int
START: Path | BytesIO
DEVICE: str
WITHIN: float
SCHEDULE: str
WARMUP: int
PLANNED: Mapping[int, int]
GAPS: NDArray[np.int64]
GAP_POWER: float
STAGES: tuple[int, ...]
GROW_AT: float
GROW_EVERY: int
RECENT: int
NETS: tuple[Net, ...]
CHANGES: Mapping[int, Mapping[str, tuple[float, float | None]]]
TASK: Task
MIXTURE: Mixture
RECURRENT: Mapping[str, Callable[..., nn.Module]]
GATES: Mapping[str, tuple[str, ...]]
OPTIMIZERS: Mapping[str, Callable[..., Optimizer]]
STEPPED: Mapping[str, type[StepByStep]]
MEMORY: Mapping[str, Mapping[str, str]]
