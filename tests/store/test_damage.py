"""Databases that are not what was written: recovered as far as they can be read, never deleted."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.store import recovery
from sandbox.store.base import RunError
from sandbox.store.runs import RunStore
from sandbox.validation import ExperimentError
from tests.store.blocks import EXPERIMENT, batch, put, settle, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MUTANTS = 5_000
LONGEST_S, MOST_MEMORY = 2.0, 500_000_000


def filled(path: Path) -> bytes:
    """A file with five runs of some blocks each."""
    with closing(RunStore(path)) as store:
        for run in ("one", "two", "three", "four"):
            write(store, run, blocks=4)
        store.begin("five", EXPERIMENT)
        for block in range(4):
            put(store, "five", batch(block, kept=True))
        store.finish("five")
        settle(store)
        store.delete("four")
    return path.read_bytes()


def page_size(data: bytes) -> int:
    return int.from_bytes(data[16:18], "big") or 65_536


def aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("runs.damaged-*.sqlite3"))


# What a person sees ---------------------------------------------------------------------


def test_that_a_file_that_is_no_database_is_kept_aside_and_told(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "runs.sqlite3"
    path.write_bytes(b"This was a letter to my aunt. " * 100)
    with closing(RunStore(path, told.append)) as store:
        assert store.list() == ()
        write(store)
        assert len(store.list()) == 1
    (sentence,) = told
    assert "0 runs could be saved" in sentence
    assert str(aside(path)[0]) in sentence
    assert aside(path)[0].read_bytes().startswith(b"This was a letter")


def test_that_the_readable_runs_are_saved_from_a_damaged_file(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "runs.sqlite3"
    data = bytearray(filled(path))
    with closing(sqlite3.connect(path)) as db:
        ((root,),) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events_of_run'")
    page = page_size(bytes(data))
    data[(root - 1) * page : root * page] = b"\xff" * page
    path.write_bytes(data)
    with closing(RunStore(path, told.append)) as store:
        for run in ("one", "two", "three", "five"):
            stored = store.load(run)
            assert stored.info.step == 40
            assert [event["text"] for event in stored.events] == [f"block {n}" for n in range(4)]
            assert list(store.curves(run)["rnn"][0]) == list(range(1, 41))
        assert store.deleted() == ("four",)
    assert "5 runs could be saved" in told[0]
    assert aside(path)[0].read_bytes() == bytes(data)


def test_that_a_damaged_file_is_recovered_while_a_run_is_written(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    told: list[str] = []
    with closing(RunStore(path, told.append)) as store:
        write(store, "one", finish=False)
        data = bytearray(path.read_bytes())
        page = page_size(bytes(data))
        data[page : len(data)] = b"\xa5" * (len(data) - page)
        path.write_bytes(data)
        put(store, "one", batch(3))
        put(store, "one", batch(4))
        assert store.load("one").info.step == 50
        assert list(store.curves("one")["rnn"][0])[-20:] == list(range(31, 51))
    assert len(told) == 1
    assert len(aside(path)) == 1


def test_that_a_damaged_file_is_recovered_once_whoever_finds_it(tmp_path: Path) -> None:
    path, told = tmp_path / "runs.sqlite3", list[str]()
    data = bytearray(filled(path))
    page = page_size(bytes(data))
    data[page : 3 * page] = b"\xa5" * (2 * page)
    path.write_bytes(data)
    with closing(RunStore(path, told.append)) as store:
        with ThreadPoolExecutor(8) as many:
            for future in [many.submit(store.list) for _ in range(32)]:
                future.result()
        store.list()
    assert len(told) == len(aside(path)) == 1


def test_that_a_file_replaced_while_it_is_opened_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another query finds the damage first."""
    path, connect = tmp_path / "runs.sqlite3", sqlite3.connect
    data = [filled(path)]

    def connect_late(*args: Any, **more: Any) -> sqlite3.Connection:
        if not data:
            return connect(*args, **more)
        path.rename(tmp_path / "renamed.sqlite3")
        try:
            return connect(*args, **more)
        finally:
            path.write_bytes(data.pop())

    monkeypatch.setattr(sqlite3, "connect", connect_late)
    with closing(RunStore(path)) as store:
        assert [info.run for info in store.list()] == ["five", "one", "three", "two"]


def test_that_of_a_damaged_checkpoint_the_one_before_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    filled(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE checkpoints SET data = zeroblob(50) WHERE step >= 30")
    with closing(RunStore(path)) as store:
        stored = store.load("five")
        assert stored.info.step == 20
        assert "resumes at step 20" in (stored.info.damage or "")
        with pytest.raises(RunError, match="its curves can be read"):
            store.load("one")
        assert list(store.curves("one")["rnn"][0]) == list(range(1, 41))


def test_that_a_damaged_piece_of_a_curve_leaves_a_gap_and_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    filled(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE points SET crc = crc + 1 WHERE first = 11")
    with closing(RunStore(path)) as store:
        assert list(store.curves("one")["rnn"][0]) == [*range(1, 11), *range(21, 41)]
        record = store.record("one")
        assert "10 steps of run one's curves are damaged" in (record.info.damage or "")
        told = [(first, seconds) for first, _, seconds in record.pieces()]
        assert told == [(1, 1.0), (21, 3.0), (31, 4.0)]


def test_that_names_of_files_set_aside_never_meet(tmp_path: Path) -> None:
    names = set()
    for number in range(4):
        path = tmp_path / "runs.sqlite3"
        path.write_bytes(bytes([number]))
        names.add(recovery.set_aside(path))
    assert [sorted(name.read_bytes() for name in names)] == [[bytes([n]) for n in range(4)]]


# Mutants --------------------------------------------------------------------------------


def flipped(data: bytearray, rng: random.Random) -> None:
    """Some bits."""
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def structured(data: bytearray, rng: random.Random) -> None:
    """Bytes of a page's head or of the file's, where SQLite keeps its structure."""
    page = page_size(bytes(data)) or 4096
    start = rng.randrange(len(data) // page) * page
    for _ in range(rng.choice([1, 3])):
        data[min(start + rng.randrange(112), len(data) - 1)] = rng.choice([0, 1, 255, 127])


def cut(data: bytearray, rng: random.Random) -> None:
    """The end is missing."""
    del data[rng.randrange(len(data)) :]


def blanked(data: bytearray, rng: random.Random) -> None:
    """A stretch of zeros or noise."""
    start, size = rng.randrange(len(data)), rng.choice([16, 512, 4096, 20_000])
    stop = min(start + size, len(data))
    data[start:stop] = rng.choice([bytes(stop - start), rng.randbytes(stop - start)])


def shuffled(data: bytearray, rng: random.Random) -> None:
    """Two pages change places."""
    page = 4096
    one, other = (rng.randrange(max(len(data) // page, 1)) * page for _ in range(2))
    held = bytes(data[one : one + page])
    data[one : one + page] = data[other : other + page]
    data[other : other + page] = held


WAYS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flipped,
    structured,
    cut,
    blanked,
    shuffled,
)


def use(path: Path, told: list[str]) -> None:
    """Everything that a window does with a store; only sentences may come of it."""
    with closing(RunStore(path, told.append)) as store:
        for ask in (
            lambda: [store.record(info.run) for info in store.list()[-2:]],
            lambda: store.annotate("two", "seen"),
            lambda: put(store, "new", batch(0)) if store.begin("new", EXPERIMENT) is None else None,
            store.list,
        ):
            try:
                ask()
            except (RunError, ExperimentError, OSError) as error:
                told_well = str(error).strip().count("\n") == 0
            else:
                told_well = True
            assert told_well


@pytest.fixture
def quick_folder() -> Iterator[str]:
    """In memory, where the system has such a place: 5,000 files are synced to disk otherwise."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield folder


@pytest.mark.timeout(400)
def test_that_no_mutated_file_crashes_hangs_or_is_lost(tmp_path: Path, quick_folder: str) -> None:
    rng = random.Random(3)
    sound, tried, recovered = filled(tmp_path / "sound" / "runs.sqlite3"), 0, 0
    path = Path(quick_folder) / "runs.sqlite3"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    while tried < MUTANTS:
        data = bytearray(sound)
        rng.choice(WAYS)(data, rng)
        path.write_bytes(data)
        told: list[str] = []
        started = time.perf_counter()
        use(path, told)
        assert time.perf_counter() - started < LONGEST_S, data[:100]
        recovered += bool(aside(path))
        assert bool(aside(path)) == bool(told)
        tried += 1
        for found in path.parent.iterdir():
            if found.is_file():
                found.unlink()
    assert MUTANTS / 20 < recovered < MUTANTS
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert after - before < MOST_MEMORY
