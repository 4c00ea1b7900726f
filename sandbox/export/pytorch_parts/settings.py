"""Settings"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.export.pytorch_parts.facts import has

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BytesIO
    from pathlib import Path

    from torch import nn
    from torch.optim import Optimizer

    from sandbox.export.pytorch_parts.stepwise import StepByStep
    from sandbox.tasks.base import Task


@dataclass(frozen=True)
class Net:
    """One net of the comparison."""

    name: str
    cell: str
    hidden: int
    optimizer: str
    lr: float
    clip: float | None  # the gradient's largest norm; None: it is not clipped
    layers: int = 1
    if has.initialised:
        recurrent_init: str = "default"  # torch's
    if has.biased:
        bias: Mapping[str, float] = field(default_factory=dict)  # of a gate, at the start
    if has.chrono:
        chrono: Mapping[str, int] = field(default_factory=dict)  # gates, and their bias's sign


SEED: int
BATCH: int
STEPS: int
REPLICATES: int
FIRST: int
START: Path | BytesIO
DEVICE: str
WITHIN: float
NETS: tuple[Net, ...]
CHANGES: Mapping[int, Mapping[str, tuple[float, float | None]]]
TASK: Task
RECURRENT: Mapping[str, Callable[..., nn.Module]]
GATES: Mapping[str, tuple[str, ...]]
OPTIMIZERS: Mapping[str, Callable[..., Optimizer]]
STEPPED: Mapping[str, type[StepByStep]]
MEMORY: Mapping[str, Mapping[str, str]]
