"""Stacked layers: how many a trace has, and one layer under the plain array names."""

from __future__ import annotations

import re

from sandbox.engine.trace import Trace, layer_prefix

_LOWER = re.compile(r"layer(\d+)\.hidden")


def layer_count(trace: Trace) -> int:
    """The number of layers in a trace; the top one has the plain names."""
    found = (_LOWER.fullmatch(name) for name in trace.arrays)
    return 1 + max((int(lower[1]) for lower in found if lower), default=0)


def of_layer(trace: Trace, layer: int) -> Trace:
    """The arrays of one layer (1 is the bottom one) under their plain names.

    The answers stay the net's.  A number above the top layer's gives the top layer.
    """
    layers = layer_count(trace)
    start = layer_prefix(min(layer, layers), layers)
    if not start:
        return trace
    arrays = {
        name.removeprefix(start): array
        for name, array in trace.arrays.items()
        if name.startswith(start)
    }
    return Trace(trace.cell, arrays, trace.answers, trace.loss)
