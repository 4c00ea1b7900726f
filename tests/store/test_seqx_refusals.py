"""What no experiment file may be: each is refused in one sentence that names the entry."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from sandbox.store import seqx, seqx_archive
from sandbox.store.base import RunError
from tests.store.seqx_records import TINY, entries, record, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
LAST = "checkpoints/00000008.safetensors"
Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "lesson.seqx"
    seqx.write(path, record())
    return path.read_bytes()


@pytest.fixture
def parts(whole: bytes, tmp_path: Path) -> Parts:
    path = tmp_path / "parts.seqx"
    path.write_bytes(whole)
    return entries(path)


def sentence(tmp_path: Path, data: bytes) -> str:
    """What is said of a file of these bytes, without its beginning and end; at once."""
    path = tmp_path / "lesson.seqx"
    path.write_bytes(data)
    started = time.perf_counter()
    with pytest.raises(RunError) as caught:
        seqx.read(path)
    assert time.perf_counter() - started < 2
    text = str(caught.value)
    assert text.isprintable()
    assert text.startswith("lesson.seqx cannot be opened: ")
    return text.removeprefix("lesson.seqx cannot be opened: ").removesuffix(".")


# Files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is not an experiment file"),
        (b"\0", "it is not an experiment file"),
        (b"# a text\n" * 100, "it is not an experiment file"),
        (b"PK\x03\x04", "it is cut short"),
        (b"PK\x05\x06" + b"\0" * 18, "experiment.json is missing"),
        (b"PK\x05\x06" + b"\xff" * 18, "it is part of a zip that spans several disks"),
    ],
)
def test_that_what_is_no_zip_is_told(tmp_path: Path, data: bytes, why: str) -> None:
    assert sentence(tmp_path, data) == why


def test_that_a_file_that_is_cut_short_is_told(tmp_path: Path, whole: bytes) -> None:
    for length in (30, 500, len(whole) - 1):
        assert sentence(tmp_path, whole[:length]) == "it is cut short"


def _make_pipe(path: Path) -> None:
    os.mkfifo(path)


def _make_large(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(seqx_archive.MAX_FILE + 1)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "No such file or directory"),
        (Path.mkdir, "Is a directory"),
        (_make_pipe, "it is a pipe or a device, not a file"),
        (_make_large, "it is larger than 272 MiB"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a pipe or a device, not a file"),
    ],
)
def test_that_what_cannot_be_a_file_of_a_run_is_not_read(
    tmp_path: Path, make: Callable[[Path], None], why: str
) -> None:
    path = tmp_path / "lesson.seqx"
    make(path)
    with pytest.raises(RunError) as caught:
        seqx.read(path)
    assert str(caught.value) == f"lesson.seqx cannot be opened: {why}."


def test_that_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as broken:
        broken.setattr("os.open", refuse)
        with pytest.raises(RunError, match=r"^a.seqx cannot be opened: Permission denied\.$"):
            seqx.read(tmp_path / "a.seqx")


# The zip --------------------------------------------------------------------------------


def directory(data: bytes, place: int, form: str, value: int, entry: int = 0) -> bytes:
    """The file with another value in the directory's line of an entry (APPNOTE 4.3.12)."""
    spots = [i for i in range(len(data)) if data.startswith(b"PK\x01\x02", i)]
    return put(data, spots[entry] + place, form, value)


def put(data: bytes, place: int, form: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(form, changed, place, value)
    return bytes(changed)


def both(data: bytes, place: int, form: str, value: int) -> bytes:
    """The same value in the first entry's own header, too."""
    return put(directory(data, place, form, value), place - 2, form, value)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda d: both(d, 8, "<H", 1), "README.txt is encrypted"),
        (
            lambda d: both(d, 8, "<H", 8),
            "README.txt is packed in a way that this program does not read",
        ),
        (
            lambda d: both(d, 10, "<H", 12),
            "README.txt is compressed by a method that this program does not read",
        ),
        (
            lambda d: both(d, 10, "<H", 99),
            "README.txt is compressed by a method that this program does not read",
        ),
        (
            lambda d: directory(d, 38, "<L", 0o120777 << 16),
            "README.txt is a link or a folder, not a plain entry",
        ),
        (
            lambda d: directory(d, 38, "<L", 0o040777 << 16),
            "README.txt is a link or a folder, not a plain entry",
        ),
        (
            lambda d: directory(d, 34, "<H", 1),
            "README.txt is packed in a way that this program does not read",
        ),
        (lambda d: directory(d, 20, "<L", 99, 4), "curves.safetensors states two different sizes"),
        (
            lambda d: both(d, 24, "<L", 2**32 - 1),
            "README.txt is packed more tightly than any run's data",
        ),
        (
            lambda d: directory(d, 24, "<L", 2**31),
            "README.txt is packed more tightly than any run's data",
        ),
        (
            lambda d: directory(d, 42, "<L", 0, 1),
            "experiment.json overlaps another entry or follows a gap",
        ),
        (
            lambda d: directory(d, 42, "<L", 5),
            "README.txt overlaps another entry or follows a gap",
        ),
        (
            lambda d: directory(d, 16, "<L", 7),
            "README.txt is damaged: its header disagrees with the directory",
        ),
        (lambda d: put(d, len(d) - 18, "<H", 1), "it is part of a zip that spans several disks"),
        (
            lambda d: put(put(d, len(d) - 14, "<H", 5000), len(d) - 12, "<H", 5000),
            "it has more entries than any experiment file",
        ),
        (
            lambda d: put(d, len(d) - 6, "<L", 0),
            "it is damaged: its directory does not end where the file does",
        ),
        (
            lambda d: d[:-22] + b"PK\x06\x07" + b"\0" * 16 + d[-22:],
            "it is a zip64 file, which no experiment file is",
        ),
        (
            lambda d: b"#!/bin/sh\n" + d,
            "it is damaged: its directory does not end where the file does",
        ),
        (lambda d: d + b"behind", "it is cut short"),
        (
            lambda d: put(d, len(d) - 2, "<H", 1) + b"c",
            "it is cut short",
        ),
    ],
)
def test_that_a_zip_with_tricks_is_refused(
    tmp_path: Path, whole: bytes, spoil: Callable[[bytes], bytes], why: str
) -> None:
    assert sentence(tmp_path, spoil(whole)) == why


def test_that_bytes_between_the_entries_and_the_directory_are_refused(
    tmp_path: Path, whole: bytes
) -> None:
    start = struct.unpack("<L", whole[-6:-2])[0]
    data = whole[:start] + b"hidden" + whole[start:]
    why = "it is damaged: there is something between its entries and its directory"
    assert sentence(tmp_path, put(data, len(data) - 6, "<L", start + 6)) == why


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_that_an_entry_twice_is_refused(tmp_path: Path, parts: Parts) -> None:
    path = tmp_path / "twice.seqx"
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*parts, "run.json"):
            archive.writestr(name, parts[name])
    assert sentence(tmp_path, path.read_bytes()) == "run.json appears twice"


WILD = [
    "../run.json",
    "/etc/passwd",
    "C:\\run.json",
    "checkpoints/../run.json",
    "checkpoints\\00000008.safetensors",
    "checkpoints/8.safetensors",
    "checkpoints/٠٠٠٠٠٠٠٨.safetensors",
    "checkpoints/00000008.safetensors/",
    "checkpoints/",
    "Run.json",
    "run.json ",
    "checkpoints/00000008.pkl",
    "__main__.py",
    "sandbox/__init__.py",
    "x\n\x1b[2J",
    "n" * 500,
]


@pytest.mark.parametrize("name", WILD)
def test_that_no_other_name_is_taken(tmp_path: Path, parts: Parts, name: str) -> None:
    text = sentence(tmp_path, zipped({**parts, name: b"print('hello')"}))
    assert text.endswith(
        ("which does not belong there", "is a link or a folder, not a plain entry")
    )
    assert len(text) < 120


def test_that_a_name_that_ends_in_a_nul_is_no_other_name(tmp_path: Path, parts: Parts) -> None:
    data = zipped({**parts, "run.jsonX.py": b""}).replace(b"run.jsonX.py", b"run.json\0.py")
    assert sentence(tmp_path, data) == "it holds run.json?.py, which does not belong there"


@pytest.mark.parametrize(
    "name", ["experiment.json", "run.json", "events.json", "curves.safetensors", LAST]
)
def test_that_an_entry_that_is_missing_is_named(tmp_path: Path, parts: Parts, name: str) -> None:
    del parts[name]
    text = sentence(tmp_path, zipped(parts))
    assert "does not belong there" in text if name == "run.json" else text == f"{name} is missing"


def test_that_a_checkpoint_that_the_run_does_not_name_is_refused(
    tmp_path: Path, parts: Parts
) -> None:
    name = "checkpoints/00000005.safetensors"
    why = f"{name} is not among the checkpoints of run.json"
    assert sentence(tmp_path, zipped({**parts, name: parts[LAST]})) == why


# Bombs ----------------------------------------------------------------------------------


def deflated_zeros(size: int) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join([squeeze.compress(b"\0" * size), squeeze.flush()])


def lying(name: str, packed: bytes, size: int, crc: int = 0) -> bytes:
    """A zip of one entry that says it unpacks to `size`."""
    letters = name.encode()
    sizes = struct.pack("<LLL", crc, len(packed), size)
    head = b"PK\x03\x04" + struct.pack("<5H", 20, 0, 8, 0, 33) + sizes
    entry = head + struct.pack("<HH", len(letters), 0) + letters + packed
    line = b"PK\x01\x02" + struct.pack("<6H", 20, 20, 0, 8, 0, 33) + sizes
    line += struct.pack("<5H2L", len(letters), 0, 0, 0, 0, 0, 0) + letters
    return (
        entry + line + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(line), len(entry), 0)
    )


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("run.json", 100, "run.json is not as large as it says"),
        ("run.json", 0, "run.json is not as large as it says"),
        ("run.json", 200_000_000, "run.json is packed more tightly than any run's data"),
        ("run.json", 10_000_000, "run.json is too large"),
        ("experiment.json", (1 << 19) + 1, "experiment.json is too large"),
        ("README.txt", 2**31, "README.txt is packed more tightly than any run's data"),
    ],
)
def test_that_a_bomb_is_refused_at_once_whatever_it_says_of_its_size(
    tmp_path: Path, name: str, size: int, why: str
) -> None:
    assert sentence(tmp_path, lying(name, deflated_zeros(200_000_000), size)) == why


def test_that_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    full = bytes(np.random.default_rng(0).integers(0, 256, 1 << 20, np.uint8))
    packed = zipped({"README.txt": full}, zipfile.ZIP_DEFLATED)
    data = directory(packed, 24, "<L", 90 << 20)
    assert (
        sentence(tmp_path, data) == "README.txt is damaged: its header disagrees with the directory"
    )
    data = directory(packed, 24, "<L", 100 << 20)
    assert sentence(tmp_path, data) == "it has more than 96 MiB of compressed entries"


def test_that_a_file_that_says_it_holds_too_much_is_refused(tmp_path: Path, whole: bytes) -> None:
    for entry, size in ((4, 150 << 20), (5, 110 << 20)):
        whole = directory(directory(whole, 20, "<L", size, entry), 24, "<L", size, entry)
    assert sentence(tmp_path, whole) == "it unpacks to more than 256 MiB"


def test_that_a_single_entry_has_its_limit(tmp_path: Path, parts: Parts) -> None:
    parts["events.json"] = b"[" + b" " * (49 << 20) + b"]"
    assert sentence(tmp_path, zipped(parts)) == "events.json is too large"


# JSON -----------------------------------------------------------------------------------


def changed(parts: Parts, entry: str, *path: Any, value: Any) -> bytes:
    """The file with another value somewhere in an entry's JSON."""
    data = json.loads(parts[entry])
    spot = data
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return zipped({**parts, entry: json.dumps(data).encode()})


@pytest.mark.parametrize("entry", ["experiment.json", "run.json", "events.json"])
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not valid JSON: line 1, column 1"),
        (b"{", "is not valid JSON: line 1, column 2"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b'"\\ud800"', "holds a control character"),
        (b'{"a": "\\u001b[2J"}', "holds a control character"),
        (b"9" * 5_000, "holds a number or nesting that no run has"),
        (b"99999999999999999999", "holds a whole number of more than 64 bits"),
        (b"[NaN]", "holds a number or nesting that no run has"),
        (b"[1e999]", "holds a number that is not finite"),
        (b"[" * 30 + b"]" * 30, "is nested deeper than any run"),
        (b"[" * 20_000, "holds a number or nesting that no run has"),
    ],
)
def test_that_json_is_bounded(
    tmp_path: Path, parts: Parts, entry: str, data: bytes, why: str
) -> None:
    assert sentence(tmp_path, zipped({**parts, entry: data})) == f"{entry} {why}"


def test_that_json_of_millions_of_values_is_not_read(tmp_path: Path, parts: Parts) -> None:
    parts["events.json"] = b"[" + b"[]," * 2_000_000 + b"[]]"
    assert sentence(tmp_path, zipped(parts)) == "events.json holds more values than any run"


@pytest.mark.parametrize(
    ("entry", "path", "value", "why"),
    [
        ("experiment.json", ["lr"], 99, "has a wrong value: lr: 99 was given; it takes a number"),
        ("experiment.json", ["task"], "x", "has a wrong value: task: 'x' was given; it takes one"),
        ("experiment.json", ["params"], {"length": 3}, "has a wrong value: length: 3 was given"),
        (
            "experiment.json",
            ["contestants", 0, "cell"],
            "transformer",
            "has a wrong value: contestants[0].cell: 'transformer' was given",
        ),
        ("experiment.json", ["seed"], 5, ""),
        ("run.json", ["version"], "1", "has a wrong value: version: '1' was given; it takes 1"),
        ("run.json", ["info", "run"], "../x", "has a wrong value: run: '../x' was given"),
        ("run.json", ["info", "run"], "last", "has a wrong value: run: 'last' was given"),
        ("run.json", ["info", "created"], "now", "has a malformed date"),
        ("run.json", ["info", "step"], -1, "has a wrong value: info.step: -1 was given"),
        ("run.json", ["info", "step"], True, "has a wrong value: info.step: true was given"),
        ("run.json", ["info", "step"], 10**8, "has a wrong value: info.step: 100,000,000 was"),
        ("run.json", ["info", "step"], 7, "has checkpoint steps that do not rise to the run"),
        ("run.json", ["info", "seconds"], -0.5, "has a wrong value: info.seconds: -0.5 was given"),
        ("run.json", ["info", "star"], 1, "has a wrong value: info.star: 1 was given; it takes"),
        ("run.json", ["info", "gap"], 0.5, "has a wrong value: info.gap"),
        ("run.json", ["info", "seed"], 1, "has a different task or seed from experiment.json"),
        (
            "run.json",
            ["info", "task"],
            "water",
            "has a different task or seed from experiment.json",
        ),
        (
            "run.json",
            ["info", "cells"],
            {"x": {}},
            "names a net that experiment.json does not have",
        ),
        ("run.json", ["info", "cells", "rnn", "loss"], "a", "has a wrong value: info.cells"),
        ("run.json", ["info", "note"], "a" * 100_001, "has a wrong value: info.note"),
        ("run.json", ["info", "origin"], {"parent": "/", "step": 0}, "has a wrong value: run: '/'"),
        (
            "run.json",
            ["info", "origin"],
            {"parent": "a", "step": 9},
            "forks at a step beyond the run's",
        ),
        ("run.json", ["info", "owner"], 1, "has a wrong value: info.owner: 1 was given"),
        (
            "run.json",
            ["info", "held"],
            {"gru": "update=1"},
            "names a net that experiment.json does not have",
        ),
        (
            "run.json",
            ["info", "held"],
            {"lstm": "forget[2]=1"},
            "holds in lstm what it cannot: 'forget[2]=1' cannot be held; it takes units from 0",
        ),
        ("run.json", ["clock"], "/dev/zero", "has a wrong value: clock: '/dev/zero' was given"),
        ("run.json", ["checkpoints"], [], "has checkpoint steps that do not rise"),
        ("run.json", ["checkpoints"], [4, 0, 8], "has checkpoint steps that do not rise"),
        ("run.json", ["checkpoints"], [8, 8], "has checkpoint steps that do not rise"),
        ("events.json", [0, "step"], "1", "has a wrong value in event 1"),
        ("events.json", [1, "kind"], None, "has a wrong value in event 2"),
        ("events.json", [1], [], "has a wrong value in event 2"),
        ("events.json", [1, "cell"], "gru", "names a net that experiment.json does not have"),
        ("events.json", [0, "experiment", "lr"], -1, "has a wrong value: lr: -1 was given"),
        ("events.json", [0, "experiment", "seed"], 1, "changes a field that cannot change"),
        (
            "events.json",
            [0, "experiment", "optimizer"],
            "sgd",
            "changes a field that cannot change",
        ),
        (
            "events.json",
            [0, "experiment", "contestants", 0, "hidden"],
            512,
            "changes a field that cannot change during a run",
        ),
    ],
)
def test_that_every_value_is_checked(
    tmp_path: Path, parts: Parts, entry: str, path: list[Any], value: Any, why: str
) -> None:
    text = sentence(tmp_path, changed(parts, entry, *path, value=value))
    if why:
        assert text.startswith(f"{entry} {why}"), text
    else:
        assert text == "run.json has a different task or seed from experiment.json"


@pytest.mark.parametrize("data", [b"{}", b"3", b'{"a": 1}', b'"text"', b"null"])
def test_that_events_are_a_list(tmp_path: Path, parts: Parts, data: bytes) -> None:
    why = "events.json is not a list of at most 200,000 events"
    assert sentence(tmp_path, zipped({**parts, "events.json": data})) == why


@pytest.mark.parametrize("data", [b"[]", b"3", b'"text"', b"null"])
@pytest.mark.parametrize("entry", ["run.json", "experiment.json"])
def test_that_a_value_of_another_kind_is_told(
    tmp_path: Path, parts: Parts, entry: str, data: bytes
) -> None:
    text = sentence(tmp_path, zipped({**parts, entry: data}))
    assert text.startswith(f"{entry} has a wrong value: ") or text.endswith("belong there")


# Later versions -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "field"), [("run.json", "version"), ("experiment.json", "format")]
)
def test_that_a_file_of_a_later_version_says_so_whatever_else_is_in_it(
    tmp_path: Path, parts: Parts, entry: str, field: str
) -> None:
    path = tmp_path / "lesson.seqx"
    more = {**parts, "weights/later.bin": b"", entry: json.dumps({field: 2, "new": 1}).encode()}
    path.write_bytes(zipped(more))
    with pytest.raises(RunError) as caught:
        seqx.read(path)
    assert str(caught.value) == (
        "lesson.seqx was made by a later version of Sequence Sandbox; open it with that one."
    )


# Arrays ---------------------------------------------------------------------------------


def with_arrays(parts: Parts, entry: str, **arrays: Any) -> bytes:
    """The file with other arrays in an entry; None takes one away."""
    own = {**load(parts[entry]), **arrays}
    kept = {
        name: np.ascontiguousarray(a) if a.ndim else a for name, a in own.items() if a is not None
    }
    return zipped({**parts, entry: save(kept)})


F32, I64 = np.float32, np.int64


@pytest.mark.parametrize(
    ("entry", "name", "array", "why"),
    [
        (LAST, "rnn/weights", None, "lacks rnn/weights"),
        (LAST, "step", None, "lacks step"),
        (LAST, "gru/weights", np.zeros(3, F32), "holds gru/weights, which does not belong there"),
        (
            LAST,
            "rnn/weights",
            np.zeros(7, F32),
            "has rnn/weights in another type or size than the net",
        ),
        (LAST, "rnn/weights", np.zeros(6), "has rnn/weights in another type or size than the net"),
        (LAST, "rnn/m", np.zeros((6, 1), F32), "has rnn/m in another type or size than the net"),
        (LAST, "rnn/m", np.zeros(6, np.float16), "has rnn/m in a type that no run has"),
        (LAST, "rnn/v", np.zeros(6, np.uint8), "has rnn/v in a type that no run has"),
        (LAST, "step", np.array(7), "holds another step than its name says"),
        (LAST, "step", np.array([8]), "has step in another type or size than the net's"),
        (LAST, "rnn/recent", np.zeros((2, 9), F32), "has rnn/recent in another type or size"),
        (LAST, "rnn/updates", None, "lacks rnn/updates"),
        (LAST, "rnn/updates", np.array(9), "has rnn/updates that is impossible"),
        (LAST, "rnn/updates", np.array(-1), "has rnn/updates that is impossible"),
        (LAST, "rnn/solved_at", np.array(9), "has rnn/solved_at that is impossible at step 8"),
        (LAST, "rnn/solved_at", np.array(-2), "has rnn/solved_at that is impossible"),
        (LAST, "rnn/diverged_at", np.array(10), "has rnn/diverged_at that is impossible"),
        (LAST, "rnn/next_evaluation", np.array(-1), "has rnn/next_evaluation that is impossible"),
        (LAST, "rnn/optimizer_began", np.array(9), "has rnn/optimizer_began that is impossible"),
        (LAST, "rnn/stage", np.array(9), "has rnn/stage that is impossible"),
        (LAST, "rnn/failed", np.array(-(2**63)), "has rnn/failed that is impossible"),
        (LAST, "rnn/failed", np.array([1]), "has rnn/failed in another type or size"),
        (LAST, "rnn/failed", np.array(1.0), "has rnn/failed in another type or size"),
        ("curves.safetensors", "clock", None, "lacks clock"),
        ("curves.safetensors", "rnn/loss", None, "lacks rnn/loss"),
        ("curves.safetensors", "gru/step", np.arange(3), "holds gru/step, which does not belong"),
        ("curves.safetensors", "rnn/loss", np.zeros(7, F32), "has columns of different lengths"),
        ("curves.safetensors", "rnn/loss", np.zeros(8), "has a curve of the wrong type for rnn"),
        (
            "curves.safetensors",
            "rnn/step",
            np.arange(8),
            "has steps for rnn that are not consecutive",
        ),
        (
            "curves.safetensors",
            "rnn/step",
            np.arange(2, 10),
            "has steps for rnn that are not consecutive",
        ),
        (
            "curves.safetensors",
            "rnn/step",
            np.arange(8, 0, -1),
            "has steps for rnn that are not cons",
        ),
        (
            "curves.safetensors",
            "rnn/step",
            np.array([1, 2, 3, 2**62, -(2**62), 6, 7, 8]),
            "has steps for rnn that are not consecutive",
        ),
        (
            "curves.safetensors",
            "rnn/loss",
            np.full(8, np.nan, F32),
            "has a number that is not finite for rnn",
        ),
        (
            "curves.safetensors",
            "rnn/accuracy",
            np.full(8, 1.5, F32),
            "has an impossible accuracy or gradient norm for rnn",
        ),
        (
            "curves.safetensors",
            "lstm/grad_norm",
            np.full(8, -1, F32),
            "has an impossible accuracy or gradient norm for lstm",
        ),
        ("curves.safetensors", "clock", np.zeros((8, 3)), "has a clock of the wrong type or shape"),
        ("curves.safetensors", "clock", np.zeros((2, 2)), "has a clock that does not go forward"),
        (
            "curves.safetensors",
            "clock",
            np.array([[1, 2.0], [2, 1.0]]),
            "has a clock that does not go forward",
        ),
        (
            "curves.safetensors",
            "clock",
            np.array([[1, 0], [2, 1e308], [3, -1e308]]),
            "has a clock that does not go forward",
        ),
        (
            "curves.safetensors",
            "clock",
            np.array([[1.5, 0.0]]),
            "has a clock that does not go forward",
        ),
        (
            "curves.safetensors",
            "clock",
            np.array([[np.nan, np.inf]]),
            "has a clock that does not go forward",
        ),
    ],
)
def test_that_every_array_is_checked(
    tmp_path: Path, parts: Parts, entry: str, name: str, array: Any, why: str
) -> None:
    text = sentence(tmp_path, with_arrays(parts, entry, **{name: array}))
    assert text.startswith(f"{entry} {why}"), text


def test_that_curves_begin_together(tmp_path: Path, parts: Parts) -> None:
    own = {name: array[3:] for name, array in load(parts["curves.safetensors"]).items()}
    rnn = {name: array for name, array in own.items() if name.startswith("rnn/")}
    text = sentence(tmp_path, with_arrays(parts, "curves.safetensors", **rnn))
    assert text == "curves.safetensors has curves that do not begin at the same step"


@pytest.mark.parametrize("entry", ["curves.safetensors", LAST])
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda d: b"", "is cut short"),
        (lambda d: d[:7], "is cut short"),
        (lambda d: d[:50], "is cut short"),
        (lambda d: d[:-1], "is damaged: its arrays do not match its header"),
        (lambda d: d + b"\0", "is damaged: its arrays do not match its header"),
        (lambda d: b"\xff" * 8 + d[8:], "is cut short"),
        (
            lambda d: (2 << 20).to_bytes(8, "little") + b"{}" + b" " * (2 << 20),
            "names more arrays than any run has",
        ),
        (lambda d: d.replace(b'"F32"', b'"F99"'), "is damaged: its arrays do not match its header"),
        (lambda d: d.replace(b'"I64"', b'"BF1"'), "is damaged: its arrays do not match its header"),
        (lambda d: d.replace(b'"I64"', b'"C64"'), "in a type that no run has"),
        (lambda d: d.replace(b'"I64"', b'"U64"'), "in a type that no run has"),
        (
            lambda d: (400).to_bytes(8, "little") + b'{"a":' + b"[" * 395 + d,
            "is damaged: its arrays do not match its header",
        ),
    ],
)
def test_that_safetensors_are_looked_at_before_they_are_parsed(
    tmp_path: Path, parts: Parts, entry: str, spoil: Callable[[bytes], bytes], why: str
) -> None:
    text = sentence(tmp_path, zipped({**parts, entry: spoil(parts[entry])}))
    assert text.startswith(entry)
    assert why in text


def test_that_a_wrong_checksum_is_told(tmp_path: Path, whole: bytes) -> None:
    place = whole.index(b"lstm/weights")
    data = whole[:place] + b"L" + whole[place + 1 :]
    why = "checkpoints/00000000.safetensors is damaged: its checksum is wrong"
    assert sentence(tmp_path, data) == why


# No code, no other file -----------------------------------------------------------------

WATCHED = """
import json, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from sandbox.store import seqx
from sandbox.store.base import RunError
files = [Path(name) for name in json.loads({files!r})]
seqx.read(files[0])  # whatever is imported late is imported now
seen = []
sys.addaudithook(lambda event, details: seen.append((event, repr(details))))
told = []
for file in files:
    try:
        told.append(seqx.read(file).record.info.run)
    except RunError as error:
        told.append(str(error))
watched = list(seen)
print(json.dumps([told, watched]))
"""


def test_that_opening_runs_no_code_and_touches_no_other_file(
    tmp_path: Path, whole: bytes, parts: Parts
) -> None:
    files = {
        "sound": whole,
        "short": whole[:-30],
        "wild": zipped({**parts, "../../evil.py": b"raise SystemExit"}),
        "pickle": zipped({**parts, "run.json": b"cos\nsystem\n(S'true'\ntR."}),
        "arrays": zipped({**parts, LAST: b"\x93NUMPY\x01\x00v\x00{'descr': '|O'}"}),
        "bomb": lying("run.json", deflated_zeros(20_000_000), 100),
        "wrong": changed(parts, "run.json", "info", "run", value="/etc/passwd"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    names = [str(tmp_path / name) for name in files]
    code = WATCHED.format(root=str(ROOT), files=json.dumps(names))
    before = sorted(os.listdir(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    told, seen = json.loads(done.stdout or "[[], []]")
    assert len(told) == len(files), done.stderr
    assert [text for text in told if "cannot be opened" not in text] == [record().info.run]
    harmless = {"object.__getattr__", "sys._getframe", "builtins.id"}
    assert {event for event, _ in seen} - harmless == {"open"}
    reading = os.O_RDONLY | os.O_CLOEXEC
    allowed = {
        repr((name, mode, flags))
        for name in names
        for mode, flags in (("rb", reading), (None, reading | os.O_NONBLOCK), ("r", reading))
    }
    opened = [details for event, details in seen if event == "open"]
    assert len(opened) >= len(files)
    assert set(opened) <= allowed
    assert sorted(os.listdir(tmp_path)) == before


def test_that_nothing_here_can_unpickle_or_unpack_to_disk() -> None:
    for path in (ROOT / "sandbox" / "store").glob("seqx*.py"):
        text = path.read_text()
        for word in ("pickle", "extract", "eval(", "exec(", "np.load", "import_module", "joblib"):
            assert word not in text, f"{path.name}: {word}"


def test_that_an_experiment_alone_may_hold_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "alone.seqx"
    seqx.write_experiment(path, TINY)
    held = {**entries(path), "events.json": b"[]"}
    assert sentence(tmp_path, zipped(held)) == "it holds events.json, which does not belong there"
