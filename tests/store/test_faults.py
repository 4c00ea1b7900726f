"""Full disks, failing syncs, read-only folders: training goes on, and nothing kept is lost."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.store import atomic
from sandbox.store.runs import RunStore
from tests.store.blocks import EXPERIMENT, PATIENCE_S, batch, put, write

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("no room", "an error", "half written", "no sync")

# Writes block after block; at each, the disk fails at the n-th call, for n = 1, 2, … until a
# block is written without; then it is written again.  What was refused must not be there, what
# was acknowledged must.
PROGRAM = """
import ctypes, sqlite3, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from sandbox.store.runs import RunStore
from tests.store.blocks import EXPERIMENT, batch, put

faults = ctypes.CDLL({library!r})
store = RunStore(Path({path!r}))
store.begin("one", EXPERIMENT)
block = failed = 0
for first in (True, False):           # a new file, then one that is there
    n = 0
    while True:
        n += 1
        faults.fault_arm(n, {kind})
        try:
            put(store, "one", batch(block, kept=True))
            refused = False
        except OSError as error:
            assert str(error).count("\\n") == 0, error
            refused, failed = True, failed + 1
        calls = faults.fault_count()
        faults.fault_arm(0, 0)
        if Path({path!r}).exists():
            with sqlite3.connect({path!r}) as db:
                (found,) = db.execute("PRAGMA integrity_check").fetchone()
                assert found == "ok", (n, found)
            db.close()
        known = list(store.curves("one").get("rnn", [[]])[0]) if store.list() else []
        wanted = 10 * (block if refused else block + 1)
        assert known == list(range(1, wanted + 1)), (n, refused, known[-3:])
        if refused:
            continue
        block += 1
        if calls < n:
            break
    assert n > 3, n
store.finish("one")
store.close()
print(failed, block)
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("a C compiler makes the failing disk")
    made = tmp_path_factory.mktemp("faults") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_that_a_disk_that_fails_at_any_call_loses_nothing_that_was_kept(
    tmp_path: Path, library: Path, kind: int
) -> None:
    path = tmp_path / "runs.sqlite3"
    code = PROGRAM.format(root=str(ROOT), library=str(library), path=str(path), kind=kind)
    env = {**os.environ, "LD_PRELOAD": str(library)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    failed, blocks = map(int, done.stdout.split())
    assert failed >= 4
    with closing(RunStore(path)) as store:
        assert list(store.curves("one")["rnn"][0]) == list(range(1, 10 * blocks + 1))


def test_that_a_file_that_grows_beyond_its_limit_is_told_and_written_later(
    tmp_path: Path,
) -> None:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        write(store, "one", finish=False)
        with closing(sqlite3.connect(store.path)) as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
        assert store._file.connection is not None
        store._file.connection.execute(f"PRAGMA max_page_count = {pages}")
        big = batch(3)
        big.latest = {"theta": np.zeros(100_000)}
        with pytest.raises(OSError, match="no room") as caught:
            put(store, "one", big)
        assert caught.value.errno == errno.ENOSPC
        assert store.load("one").info.step == 30
        put(store, "one", big)  # the connection was made anew, and there is room
        assert store.load("one").info.step == 40


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing can be made, for root neither."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    return blocked / "home"


def test_that_where_nothing_can_be_written_the_reason_is_told(sealed: Path) -> None:
    with closing(RunStore(sealed / "runs.sqlite3")) as store:
        store.begin("one", EXPERIMENT)
        with pytest.raises(OSError, match=r"Not a directory|File exists"):
            put(store, "one", batch(0))
        assert store.list() == ()
        store.finish("one")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_that_a_file_that_may_not_be_written_is_read_and_told(tmp_path: Path) -> None:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        write(store)
    os.chmod(tmp_path / "runs.sqlite3", 0o444)
    os.chmod(tmp_path, 0o555)
    with closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        assert len(store.list()) == 1
        store.begin("two", EXPERIMENT)
        with pytest.raises(OSError, match="may not be written"):
            put(store, "two", batch(0))
    os.chmod(tmp_path, 0o755)


def test_that_a_file_that_was_taken_away_is_made_anew(tmp_path: Path) -> None:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        write(store, "one", finish=False)
        store.path.unlink()
        put(store, "one", batch(3))
        assert list(store.curves("one")["rnn"][0]) == list(range(31, 41))


def test_that_another_program_that_holds_the_file_is_waited_for(tmp_path: Path) -> None:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        write(store, "one", finish=False)
        holder = sqlite3.connect(store.path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        future = store.write("one", batch(3))
        with pytest.raises(TimeoutError):
            future.result(0.2)
        holder.execute("COMMIT")
        holder.close()
        future.result(PATIENCE_S)
        assert store.load("one").info.step == 40


@pytest.mark.parametrize("name", ["os.replace", "os.fsync"])
def test_that_an_atomic_write_that_fails_keeps_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "file"
    atomic.write_bytes(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(name, fail)
        with pytest.raises(OSError, match="No space"):
            atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
