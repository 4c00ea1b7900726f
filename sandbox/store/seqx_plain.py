"""JSON with limits on its size, depth, numbers and characters, checked as it is read."""

from __future__ import annotations

import json
import math
import re
from functools import partial
from typing import Any

from sandbox.store.seqx_archive import LIMITS, Refused

MAX_VALUES = 1_000_000
MAX_DEPTH = 12
_WHOLE = 1 << 63
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def loads(entry: str, data: bytes) -> Any:
    """The value of an entry; raises Refused if it is not JSON or exceeds what a run needs."""
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise Refused(entry, "holds more values than any run")
    try:
        value = json.loads(data.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise Refused(entry, "is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused(entry, f"is not valid JSON: {where}") from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, NaN, endless nesting
        raise Refused(entry, "holds a number or nesting that no run has") from None
    check(entry, value)
    return value


def dumps(entry: str, value: object) -> bytes:
    """The value as JSON, a list with one element a line; Refused if `loads` would refuse it."""
    check(entry, value)
    strict = partial(json.dumps, ensure_ascii=False, allow_nan=False)
    if isinstance(value, list):
        lines = ",\n".join(strict(each, separators=(",", ":")) for each in value)
        data = f"[\n{lines}\n]\n".encode()
    else:
        data = f"{strict(value, indent=1)}\n".encode()
    if len(data) > LIMITS[entry] or sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise Refused(entry, "would hold more values than an experiment file can")
    return data


def check(entry: str, value: object) -> None:
    """Raise Refused if a value is nested too deeply or holds what the store cannot keep."""
    layer = [value]
    for _ in range(MAX_DEPTH):
        if not layer:
            return
        _check_numbers(entry, layer)
        keys = [key for each in layer if isinstance(each, dict) for key in each]
        texts = [each for each in layer if isinstance(each, str)] + keys
        if _NO_TEXT.search("\n".join(texts)):
            raise Refused(entry, "holds a control character")
        layer = [
            child
            for each in layer
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    raise Refused(entry, "is nested deeper than any run")


def _check_numbers(entry: str, values: list[object]) -> None:
    if not all(-_WHOLE <= each < _WHOLE for each in values if isinstance(each, int)):
        raise Refused(entry, "holds a whole number of more than 64 bits")
    if not all(math.isfinite(each) for each in values if isinstance(each, float)):
        raise Refused(entry, "holds a number that is not finite")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
