"""Curves and checkpoints as bytes, each checked by its CRC-32 when it is read.

Curves are packed as little-endian float32, net by net: all losses, then all accuracies, then all
gradient norms. Checkpoints are safetensors.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

if TYPE_CHECKING:
    from sandbox.store.base import Measured, State

FLOAT = np.dtype("<f4")
MEASURES = 3  # loss, accuracy, grad_norm


class Damaged(Exception):
    """Bytes that are not what was written; the text says why."""


def pack_points(measured: Mapping[str, Measured]) -> tuple[str, bytes]:
    """Points as (JSON of the number of points by net's key, the numbers as bytes).

    measured: by net's key, (loss, accuracy, grad_norm), each (n,).
    """
    counts = {key: len(columns[0]) for key, columns in measured.items()}
    columns = [np.asarray(column, FLOAT) for each in measured.values() for column in each]
    return json.dumps(counts, separators=(",", ":")), b"".join(c.tobytes() for c in columns)


def unpack_points(counts: str, data: bytes, crc: int) -> dict[str, Measured]:
    """Undo `pack_points`: (loss, accuracy, grad_norm), each float32 (n,), by net's key.

    Raises Damaged if the bytes are not those that were packed.
    """
    _check(data, crc)
    try:
        sizes = {str(key): int(count) for key, count in json.loads(counts).items()}
        numbers = np.frombuffer(data, FLOAT)
    except (ValueError, TypeError, AttributeError) as error:
        raise Damaged(str(error)) from None
    if min(sizes.values(), default=0) < 0 or MEASURES * sum(sizes.values()) != len(numbers):
        raise Damaged("its length is wrong")
    found, start = {}, 0
    for key, size in sizes.items():
        rows = numbers[start : start + MEASURES * size].reshape(MEASURES, size)
        found[key] = (rows[0], rows[1], rows[2])
        start += MEASURES * size
    return found


def pack_state(state: State) -> bytes:
    """Arrays by name as safetensors."""
    packed: bytes = save({name: np.array(array, order="C") for name, array in state.items()})
    return packed


def unpack_state(data: bytes, crc: int) -> State:
    """Undo `pack_state`; raises Damaged if the bytes are not those that were packed."""
    _check(data, crc)
    try:
        state: State = load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise Damaged(str(error)) from None
    return state


def finite(value: Any) -> Any:
    """The value as strict JSON allows it: NaN and infinity become None."""
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _check(data: object, crc: int) -> None:
    if not isinstance(data, bytes):
        raise Damaged("it is not a blob")
    if zlib.crc32(data) != crc:
        raise Damaged("its checksum is wrong")
