"""What there is in a run, and so in its script."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What a run has, so that its script needs code for it."""

    tokens: bool  # inputs are symbols, not numbers
    classes: bool  # the loss: cross-entropy of classes,
    values: bool  # squared error of values,
    legal: bool  # or each symbol's being legal
    gru: bool
    two_biases: bool  # a module of torch.nn, which has one too many
    stepped: bool  # a cell that torch.nn has no module for
    started: bool  # with more than torch's weights: either of the next two
    initialised: bool  # recurrent weights that do not start as torch's, one of:
    orthogonal: bool
    identity: bool
    irnn: bool
    remembering: bool  # biases that make a net keep at the start, one of:
    chrono: bool
    limited: bool  # chrono by a T_max of their own
    biased: bool
    by_value: bool  # each entry of the gradient is cut off, not its norm
    scheduled: bool  # the learning rate differs from step to step
    mixed: bool  # batches of several gaps
    growing: bool  # a net's gap grows when it is good at the last one
    changed: bool  # while it ran
    later: bool  # it goes on from another run's weights
    cuda: bool


has: Facts
