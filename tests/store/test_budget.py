"""What runs give up when they take more space than they may, and what they never give up."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.store import budget
from sandbox.store.base import RunError
from sandbox.store.runs import RunStore
from tests.store.blocks import BLOCK, batch, checkpoint_steps, put, settle, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.store.base import Batch

BLOCKS = 6
FLOATS = 1_000_000  # in a checkpoint: 4 MB


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, said: list[str]) -> Iterator[RunStore]:
    with closing(RunStore(tmp_path / "runs.sqlite3", said.append)) as made:
        yield made


def large(block: int) -> Batch:
    """A block whose checkpoint is kept, and large."""
    last = BLOCK * (block + 1)
    state = {"step": np.array(last), "weights": np.full(FLOATS, last, np.float32)}
    return replace(batch(block), kept={last: state}, latest=state)


def train(store: RunStore, run: str, blocks: int = BLOCKS) -> None:
    store.begin(run, batch(0).progress.experiment)  # type: ignore[union-attr]
    for block in range(blocks):
        put(store, run, large(block))
    store.finish(run)
    settle(store)


def test_that_the_oldest_run_gives_up_what_is_between_first_and_last(
    store: RunStore, said: list[str]
) -> None:
    for run in ("one", "two"):
        train(store, run)
    assert store.usage().used > 45_000_000
    curves = store.curves("one")
    store.set_budget(35_000_000)
    assert checkpoint_steps(store, "one") == (10, 60)
    assert len(checkpoint_steps(store, "two")) == BLOCKS
    assert store.usage().used <= 35_000_000
    np.testing.assert_array_equal(store.curves("one")["rnn"][1], curves["rnn"][1])
    (sentence,) = said
    assert "one older run gave up checkpoints" in sentence
    assert "35 MB" in sentence
    assert [e for e in store.load("one").events if "save space" in str(e.get("text"))]


def test_that_then_only_the_last_checkpoint_stays(store: RunStore) -> None:
    for run in ("one", "two"):
        train(store, run)
    store.set_budget(13_000_000)
    assert checkpoint_steps(store, "one") == (60,)
    assert checkpoint_steps(store, "two") == (10, 60)
    assert store.load("one").info.step == 60


@pytest.mark.parametrize("how", ["starred", "exported", "trained"])
def test_that_these_keep_everything(store: RunStore, said: list[str], how: str) -> None:
    for run in ("one", "two"):
        train(store, run)
    if how == "starred":
        store.annotate("one", star=True)
    elif how == "exported":
        store.mark_exported("one")
    else:
        store.resume("one")
    store.set_budget(10_000_000)
    assert len(checkpoint_steps(store, "one")) == BLOCKS
    assert checkpoint_steps(store, "two") == (60,)


def test_that_it_is_said_when_nothing_is_left_to_give_up(store: RunStore, said: list[str]) -> None:
    train(store, "one")
    store.annotate("one", star=True)
    store.set_budget(10_000_000)
    assert len(checkpoint_steps(store, "one")) == BLOCKS
    (sentence,) = said
    assert "nothing left to give up" in sentence


def test_that_a_finished_run_makes_older_ones_give_up(store: RunStore, said: list[str]) -> None:
    store.set_budget(35_000_000)
    train(store, "one")
    assert (len(checkpoint_steps(store, "one")), said) == (BLOCKS, [])
    train(store, "two")
    assert checkpoint_steps(store, "one") == (10, 60)
    assert len(said) == 1


def test_that_the_file_shrinks_by_what_is_given_up(store: RunStore) -> None:
    train(store, "one")
    before = store.path.stat().st_size
    store.set_budget(10_000_000)
    assert store.path.stat().st_size < before - 15_000_000


def test_that_the_budget_is_the_same_for_every_window_and_for_the_next_start(
    store: RunStore, tmp_path: Path
) -> None:
    write(store)
    assert store.usage().budget == budget.DEFAULT
    store.set_budget(123_000_000)
    with closing(RunStore(store.path)) as other:
        assert other.usage().budget == 123_000_000


def test_that_too_small_a_budget_is_refused(store: RunStore) -> None:
    with pytest.raises(RunError, match="at least 10 MB"):
        store.set_budget(5_000)
    assert store.usage().budget == budget.DEFAULT


def test_that_a_run_that_gave_up_its_beginning_says_so(store: RunStore) -> None:
    for run in ("one", "two"):
        train(store, run)
    store.set_budget(13_000_000)
    with pytest.raises(RunError, match="no checkpoint at or before step 59"):
        store.record("one").before(59)
    with pytest.raises(RunError, match="no checkpoint at or before step 59"):
        store.checkpoint("one", 59)


@pytest.mark.parametrize(
    ("text", "size"),
    [("2 GB", 2_000_000_000), ("500MB", 500_000_000), ("1.5 gb", 1_500_000_000), ("9000", 9_000)],
)
def test_that_sizes_are_read(text: str, size: int) -> None:
    assert budget.bytes_of(text) == size
