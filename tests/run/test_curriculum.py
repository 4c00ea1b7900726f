"""A run whose gap grows and whose nets are probed: what is told, kept and told again."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.gui.session.recording import Recording
from sandbox.run.looking import replayed
from sandbox.run.messages import Event, Generalisation
from sandbox.run.opening import messages_of
from sandbox.run.training import Training
from sandbox.settings import with_settings
from sandbox.store import seqx
from sandbox.store.runs import RunStore
from tests.run.fakes import RememberingMailbox
from tests.store.blocks import settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.store.base import RunRecord

SETTINGS = (
    *("task=recall", "gap=6", "symbols=2", "fillers=2", "hidden=8", "batch=8", "steps=250"),
    *("lr=0.02", "curriculum=growing", "gap_from=0", "grow_at=0.7", "schedule=linear"),
    *("clip_by=value", "clip=0.1", "warmup=20"),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, RunRecord, Any]]:
    """What was told of a whole run, its record, and its last weights."""
    with closing(RunStore(tmp_path_factory.mktemp("kept") / "runs.sqlite3")) as store:
        mail = RememberingMailbox()
        trainer = Trainer(with_settings(Experiment(), list(SETTINGS)))
        training = Training("one", trainer, mail.post, store)
        while not training.over:
            training.advance(1000)
        training.finish()
        state = trainer.state()
        training.close()
        settle(store)
        yield mail, store.record("one"), state


def recorded(messages: list[Any]) -> Recording:
    recording = Recording()
    for message in messages:
        recording.add(message)
    return recording


def test_that_growth_and_probes_are_reported(run: tuple[Any, RunRecord, Any]) -> None:
    mail, _, state = run
    grown = [event for event in mail.of(Event) if event.kind == "grew"]
    assert grown[0].text.endswith(f"moved up to gap 1 at step {grown[0].step}")
    stages = {key: int(state[f"{key}/stage"]) for key in ("rnn", "lstm")}
    assert {key: sum(e.cell == key for e in grown) for key in stages} == stages
    probes = mail.of(Generalisation)
    assert {probe.split for probe in probes} == {trained_split()}
    assert [p.step for p in probes if p.cell == "rnn"] == list(range(25, 251, 25))


def trained_split() -> str:
    from sandbox.tasks.recall import Recall

    assert Recall.generalisation is not None
    return Recall.generalisation


def test_that_a_stored_run_reports_them_again(run: tuple[Any, RunRecord, Any]) -> None:
    mail, record, _ = run
    live = recorded(mail.all)
    again = recorded(list(messages_of(record)))
    assert again.gap_of == live.gap_of
    assert again.gap_of
    assert again.generalisation == live.generalisation
    assert again.tests == live.tests


def test_that_an_experiment_file_keeps_them(
    run: tuple[Any, RunRecord, Any], tmp_path: Path
) -> None:
    _, record, _ = run
    seqx.write(tmp_path / "grown.seqx", record)
    read = seqx.read(tmp_path / "grown.seqx").record
    assert read is not None
    assert recorded(list(messages_of(read))).gap_of == recorded(list(messages_of(record))).gap_of
    assert read.begun == record.begun


@pytest.mark.parametrize("step", [60, 137, 250])
def test_that_looking_back_grows_the_gap_where_it_grew(
    run: tuple[Any, RunRecord, Any], step: int
) -> None:
    """From the untrained nets on, without evaluations, to the same weights."""
    _, record, state = run
    first = {0: record.checkpoints[min(record.checkpoints)]}
    replay = replayed(Trainer, record.begun, record.changes, lambda _: (0, first[0]), step)
    try:
        if step == 250:
            for key in ("rnn", "lstm"):
                np.testing.assert_array_equal(
                    replay.trainer.state()[f"{key}/weights"], state[f"{key}/weights"]
                )
        assert replay.step == step
    finally:
        replay.close()
