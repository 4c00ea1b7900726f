"""Thousands of damaged and hostile files: each is a correct run, or refused in a sentence."""

from __future__ import annotations

import json
import random
import resource
import struct
import time
import zipfile
from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.store import seqx
from sandbox.store.base import RunError
from tests.store.seqx_records import assert_same, entries, record, zipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.store.base import RunRecord

SLOWEST_S, MOST_MIB = 2.0, 500
WHOLE = record()
ODD = [
    *(0, 1, -1, 7, 9, 2**31, 2**53, 2**63, -(2**63), 10**40, 0.5, -0.0, 1e308, 1e-320),
    *(None, True, False, "", "rnn", "lstm#0", "../x", "\x00", "\ud800", "a" * 300, "fresh"),
    *([], {}, [[]], [None], {"": 0}, {"step": 1}, [0.5, 1.0], [[[[[[[[[[[[[[]]]]]]]]]]]]]]),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("base") / "base.seqx"
    seqx.write(path, WHOLE)
    return path.read_bytes()


@pytest.fixture(scope="module")
def parts(base: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("parts") / "base.seqx"
    path.write_bytes(base)
    return entries(path)


def opened(path: Path, data: bytes) -> RunRecord | None:
    """What the file holds; None where it is refused, which has to be in one sentence, at once."""
    path.write_bytes(data)
    started = time.perf_counter()
    try:
        found = seqx.read(path)
    except RunError as error:
        text = str(error)
        assert text.startswith("x.seqx "), text
        assert text.endswith("."), text
        assert text.isprintable(), text
        assert len(text) < 400, text
        return None
    finally:
        assert time.perf_counter() - started < SLOWEST_S
    return found.record


# Bytes: whatever passes the checksums is what was written ---------------------------------


def flips(base: bytes, dice: random.Random) -> Iterator[bytes]:
    for _ in range(1_800):
        data = bytearray(base)
        for _ in range(dice.choice([1, 1, 1, 2, 8])):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        yield bytes(data)


def truncations(base: bytes, dice: random.Random) -> Iterator[bytes]:
    for _ in range(600):
        start = dice.choice([0, 0, 0, dice.randrange(len(base))])
        yield base[start : dice.randrange(len(base) + 1)]


def splices(base: bytes, dice: random.Random) -> Iterator[bytes]:
    for _ in range(700):
        one, other = sorted(dice.randrange(len(base)) for _ in range(2))
        place, piece = dice.randrange(len(base)), base[one:other]
        yield dice.choice(
            [
                base[:place] + piece + base[place:],
                base[:one] + base[other:],
                base[:place] + piece + base[place + len(piece) :],
                base + piece,
                piece + base,
            ]
        )


def headers(base: bytes, dice: random.Random) -> Iterator[bytes]:
    """Other values in the fields of local headers, of the directory and of its end."""
    marks = {b"PK\x03\x04": 30, b"PK\x01\x02": 46, b"PK\x05\x06": 22}
    found = [(i, size) for m, size in marks.items() for i in _places(base, m)]
    for _ in range(1_000):
        data = bytearray(base)
        for _ in range(dice.choice([1, 1, 2, 3])):
            start, size = dice.choice(found)
            form = dice.choice(["<H", "<L"])
            place = start + dice.randrange(4, size - struct.calcsize(form) + 1)
            (old,) = struct.unpack_from(form, data, place)
            most = (1 << 8 * struct.calcsize(form)) - 1
            value = dice.choice([0, 1, 8, 99, most, most - 1, old + 1, old - 1, old * 2, old << 8])
            struct.pack_into(form, data, place, value & most)
        yield bytes(data)


BYTES: tuple[Callable[[bytes, random.Random], Iterator[bytes]], ...] = (
    flips,
    truncations,
    splices,
    headers,
)


# Values: checksums are right, and what is read can be written and read again ---------------


def values(parts: dict[str, bytes], dice: random.Random) -> Iterator[bytes]:
    """Odd values anywhere in the JSON."""
    for _ in range(1_200):
        entry = dice.choice(["experiment.json", "run.json", "events.json"])
        data = json.loads(parts[entry])
        for _ in range(dice.choice([1, 1, 2])):
            _strike(data, dice)
        yield zipped({**parts, entry: json.dumps(data).encode()})


def letters(parts: dict[str, bytes], dice: random.Random) -> Iterator[bytes]:
    """Bytes changed inside entries whose checksums are then right, and entries cut short."""
    for _ in range(900):
        entry = dice.choice(list(parts))
        data = bytearray(parts[entry])
        place = dice.randrange(min(len(data), dice.choice([8, 400, 10**6])))
        for _ in range(dice.choice([1, 1, 4])):
            data[place] = dice.choice([0, 255, 0x22, 0x2C, 0x30, 0x39, 0x5B, dice.randrange(256)])
        cut = dice.choice([len(data)] * 5 + [place])
        yield zipped({**parts, entry: bytes(data[:cut])})


def arrangements(parts: dict[str, bytes], dice: random.Random) -> Iterator[bytes]:
    """Entries left out, renamed, exchanged, doubled, and in another order."""
    names = list(parts)
    for _ in range(600):
        held = dict(parts)
        one, other = dice.choice(names), dice.choice(names)
        match dice.randrange(4):
            case 0:
                del held[one]
            case 1:
                held[one], held[other] = held[other], held[one]
            case 2:
                held[one.replace("0", dice.choice("0123456789/x\0"))] = held.pop(one)
            case _:
                held[dice.choice(["x", "../x", one + "/", one.upper()])] = parts[other]
        order = dice.sample(list(held), len(held))
        method = dice.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
        yield zipped({name: held[name] for name in order}, method)


VALUES: tuple[Callable[[dict[str, bytes], random.Random], Iterator[bytes]], ...] = (
    values,
    letters,
    arrangements,
)


def _strike(data: Any, dice: random.Random) -> None:
    """Another value at one place of plain data, or none, or one more."""
    spots = list(_spots(data))
    where, key = dice.choice(spots)
    match dice.randrange(8):
        case 0:
            del where[key]
        case 1 if isinstance(where, dict):
            where[dice.choice(["new", "step", "version", "", "cell", "\x1b"])] = deepcopy(
                dice.choice(ODD)
            )
        case 2 if isinstance(where[key], int | float):
            where[key] = where[key] * 2 + dice.choice([-1, 0, 1])
        case _:
            where[key] = deepcopy(dice.choice(ODD))


def _spots(data: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        yield data, key
        if isinstance(data[key], dict | list):
            yield from _spots(data[key])


def _places(data: bytes, mark: bytes) -> list[int]:
    return [i for i in range(len(data)) if data.startswith(mark, i)]


# ------------------------------------------------------------------------------------------


def test_that_thousands_of_damaged_files_are_refused_or_right(
    tmp_path: Path, base: bytes, parts: dict[str, bytes]
) -> None:
    path, again = tmp_path / "x.seqx", tmp_path / "again.seqx"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen: Counter[str] = Counter()
    for damage in BYTES:
        for data in damage(base, random.Random(damage.__name__)):
            found = opened(path, data)
            seen[f"{damage.__name__} {found is not None}"] += 1
            if found is not None:
                assert_same(found, WHOLE)
    for change in VALUES:
        for data in change(parts, random.Random(change.__name__)):
            found = opened(path, data)
            seen[f"{change.__name__} {found is not None}"] += 1
            if found is not None:
                seqx.write(again, found)
                assert_same(seqx.read(again).record, found)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert sum(seen.values()) >= 5_000, seen
    assert grown < MOST_MIB * 1024
    assert all(seen[f"{each.__name__} False"] > 100 for each in (*BYTES, *VALUES)), seen
    assert seen["values True"] > 50, seen  # some odd values are right ones
    assert sorted(each.name for each in tmp_path.iterdir()) == ["again.seqx", "x.seqx"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), entry=st.sampled_from(["experiment.json", "run.json", "events.json"]))
def test_that_any_json_anywhere_is_refused_or_right(
    tmp_path: Path, parts: dict[str, bytes], data: st.DataObject, entry: str
) -> None:
    plain = json.loads(parts[entry])
    where, key = data.draw(st.sampled_from(list(_spots(plain))))
    where[key] = data.draw(JSON)
    found = opened(tmp_path / "x.seqx", zipped({**parts, entry: json.dumps(plain).encode()}))
    if found is not None:
        seqx.write(tmp_path / "again.seqx", found)
        assert_same(seqx.read(tmp_path / "again.seqx").record, found)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=200))
def test_that_no_bytes_at_all_are_taken_for_a_run(tmp_path: Path, data: bytes) -> None:
    assert opened(tmp_path / "x.seqx", data) is None
