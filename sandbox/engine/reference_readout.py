"""The loss of n answers (n, O) in torch, whether each is a hit, and how a Trace shows them.

The targets' type says which loss it is: whole numbers (n,) are classes, floats (n, O) values,
uint8 (n, O) the legal symbols.
"""

from __future__ import annotations

import torch
from torch.nn import functional


def judged(
    answers: torch.Tensor, targets: torch.Tensor, within: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Loss (n,) and hit (n,) of each answer; values hit if every output errs by < `within`."""
    if targets.dtype.is_floating_point:
        errors = answers - targets.to(answers.dtype)
        return (errors**2).mean(1), (errors.abs() < within).all(1)
    if targets.dtype == torch.uint8:
        return _legal(answers, targets.bool())
    classes = targets.long()
    return functional.cross_entropy(answers, classes, reduction="none"), answers.argmax(
        1
    ) == classes


def _legal(answers: torch.Tensor, legal: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A hit where every legal symbol's logit is above every illegal one's, if there are both."""
    loss = functional.binary_cross_entropy_with_logits(
        answers, legal.to(answers.dtype), reduction="none"
    )
    lowest = answers.masked_fill(~legal, torch.inf).amin(1)
    highest = answers.masked_fill(legal, -torch.inf).amax(1)
    return loss.mean(1), lowest > highest


def shown(answers: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Answers (…, O) as probabilities of classes or of being legal; values as they are."""
    if targets.dtype.is_floating_point:
        return answers
    return answers.sigmoid() if targets.dtype == torch.uint8 else answers.softmax(-1)
