"""A run is locked while it is trained: by one, never refused by mistake, never by two."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from sandbox.experiment import Experiment
from sandbox.store.locks import Held, Lock, is_held
from sandbox.store.runs import RunStore

if TYPE_CHECKING:
    from pathlib import Path


def test_that_a_lock_is_held_by_one_until_it_is_released(tmp_path: Path) -> None:
    place = tmp_path / "run.lock"
    lock = Lock(place)
    assert is_held(place)
    with pytest.raises(Held):
        Lock(place)
    lock.release()
    assert not is_held(place)
    assert not place.exists()


def test_that_a_lock_on_a_file_that_was_removed_meanwhile_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening the file and locking it, its last holder may delete it."""
    place, opened = tmp_path / "run.lock", os.open
    removals = [place, None]

    def opened_late(path: object, *rest: int) -> int:
        handle = opened(path, *rest)  # type: ignore[arg-type]
        if removals and removals.pop(0):
            place.unlink()
        return handle

    monkeypatch.setattr(os, "open", opened_late)
    lock = Lock(place)
    assert place.exists()
    lock.release()


def test_that_looking_whether_a_lock_is_held_never_keeps_anyone_from_it(tmp_path: Path) -> None:
    place, done = tmp_path / "run.lock", threading.Event()

    def look() -> None:
        while not done.is_set():
            is_held(place)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(300):
            Lock(place).release()
    finally:
        done.set()
        looking.join()


def test_that_a_run_that_is_just_being_released_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releasing, go_on, release = threading.Event(), threading.Event(), Lock.release

    def slow_release(lock: Lock) -> None:
        releasing.set()
        assert go_on.wait(30)
        release(lock)

    monkeypatch.setattr(Lock, "release", slow_release)
    with ThreadPoolExecutor(1) as other, closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        store.begin("one", Experiment())
        store.finish("one")
        assert releasing.wait(30)
        begun = other.submit(store.begin, "one", Experiment())
        with pytest.raises(TimeoutError):
            begun.result(0.2)
        go_on.set()
        begun.result(30)
