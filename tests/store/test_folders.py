"""Runs that an earlier version kept as folders are taken into the database, once."""

from __future__ import annotations

import json
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save

from sandbox.experiment import Experiment
from sandbox.store.runs import RunStore

if TYPE_CHECKING:
    from pathlib import Path

EXPERIMENT = Experiment(task="recall", seed=4, steps=100)
NAMES = ("20260101-000000-recall-aaaaaa", "20260102-000000-recall-bbbbbb")


def folder_of(root: Path, run: str, steps: int = 20) -> Path:
    """As version 1 wrote them: what lies beyond `sizes` was not acknowledged."""
    folder = root / run
    folder.mkdir(parents=True)
    rows = [
        f"{step},{cell},4,{step / 8},{step / 100},{step * 2}\n"
        for step in range(1, steps + 1)
        for cell in ("rnn", "lstm")
    ]
    curves = "step,cell,seed,loss,accuracy,grad_norm\n" + "".join(rows)
    events = json.dumps({"step": 3, "kind": "note", "text": "three"}) + "\n"
    weights = save({"step": np.array(steps), "lstm/theta": np.arange(5, dtype=np.float32)})
    (folder / "experiment.json").write_text(EXPERIMENT.to_json())
    (folder / "curves.csv").write_text(curves + "21,rnn,4,0.")
    (folder / "events.jsonl").write_text(events + '{"torn')
    (folder / f"checkpoint-{steps}.safetensors").write_bytes(weights)
    info = {
        "version": 1,
        "created": "2026-01-01T00:00:00.000+00:00",
        "updated": "2026-01-01T00:01:00.000+00:00",
        "task": "recall",
        "step": steps,
        "steps": 100,
        "seconds": 1.5,
        "cells": {"lstm": {"accuracy": 0.5, "solved_at": None}},
        "checkpoint": f"checkpoint-{steps}.safetensors",
        "checksum": zlib.crc32(weights),
        "sizes": {"curves.csv": len(curves), "events.jsonl": len(events)},
    }
    (folder / "info.json").write_text(json.dumps(info))
    return folder


def test_that_folders_are_taken_in_whole_and_stay_where_they_are(home: Path) -> None:
    folders = [folder_of(home / "runs", name) for name in NAMES]
    before = {path: path.read_bytes() for folder in folders for path in folder.iterdir()}
    told: list[str] = []
    with closing(RunStore(home / "runs.sqlite3", told.append)) as store:
        assert [info.run for info in store.list()] == list(NAMES)
        record = store.record(NAMES[0])
    assert told == []
    assert (record.info.step, record.info.seed, record.info.seconds) == (20, 4, 1.5)
    assert record.info.created == "2026-01-01T00:00:00.000+00:00"
    assert record.begun == EXPERIMENT
    assert [event["text"] for event in record.events] == ["three"]
    np.testing.assert_array_equal(record.curves["rnn"][0], np.arange(1, 21))
    np.testing.assert_array_equal(record.curves["lstm"][1][0], np.arange(1, 21) / 8)
    np.testing.assert_array_equal(record.state["lstm/theta"], np.arange(5))
    assert before == {path: path.read_bytes() for folder in folders for path in folder.iterdir()}


def test_that_a_folder_is_taken_in_once_also_where_the_run_was_deleted_since(home: Path) -> None:
    folder_of(home / "runs", NAMES[0])
    with closing(RunStore(home / "runs.sqlite3")) as store:
        store.list()
        store.delete(NAMES[0])
    folder_of(home / "runs", NAMES[1])
    with closing(RunStore(home / "runs.sqlite3")) as store:
        assert [info.run for info in store.list()] == [NAMES[1]]


@pytest.mark.parametrize(
    "name",
    ["info.json", "experiment.json", "curves.csv", "events.jsonl", "checkpoint-20.safetensors"],
)
@pytest.mark.parametrize("how", ["removed", "emptied", "spoilt", "of a later version"])
def test_that_a_damaged_folder_is_told_in_a_sentence_and_the_others_taken(
    home: Path, name: str, how: str
) -> None:
    if (name, how) == ("info.json", "removed"):
        pytest.skip("a folder without it never had a checkpoint")
    bad, _ = (folder_of(home / "runs", run) for run in NAMES)
    path, told = bad / name, list[str]()
    if how == "removed":
        path.unlink()
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "spoilt":
        data = path.read_bytes()
        path.write_bytes(data[:5] + b"\xff\xfe," + data[8:])
    else:
        info = json.loads((bad / "info.json").read_text())
        (bad / "info.json").write_text(json.dumps({**info, "version": 99}))
    with closing(RunStore(home / "runs.sqlite3", told.append)) as store:
        assert [info.run for info in store.list()] == [NAMES[1]]
        store.list()
    (sentence,) = told
    assert sentence.count("\n") == 0
    assert ("later version" if how == "of a later version" else name) in sentence


def test_that_a_checkpoint_named_elsewhere_is_not_read(home: Path) -> None:
    folder = folder_of(home / "runs", NAMES[0])
    (home / "secret").write_bytes(b"nothing to read here")
    info = json.loads((folder / "info.json").read_text())
    (folder / "info.json").write_text(json.dumps({**info, "checkpoint": "../../secret"}))
    told: list[str] = []
    with closing(RunStore(home / "runs.sqlite3", told.append)) as store:
        assert store.list() == ()
    assert "secret" in told[0]
