"""Frames and status are coalesced; points, evaluations and events never are."""

from __future__ import annotations

import threading

import numpy as np

from sandbox.run.messages import (
    Curve,
    Evaluation,
    Event,
    Frame,
    Mailbox,
    MeasuredAhead,
    Phase,
    Points,
    Status,
)
from tests.run.fakes import experiment, probe_of

PROBE = probe_of(experiment())


def points(first: int, run: str = "one") -> Points:
    values = np.zeros(1, np.float32)
    return Points(run, first, {"rnn": Curve(values, values, values)})


def frame(step: int) -> Frame:
    return Frame("one", step, PROBE, {})


def status(step: int) -> Status:
    return Status("one", Phase.RUNNING, step, 0.0, 0.0)


def test_that_only_the_latest_frame_and_status_are_kept() -> None:
    box = Mailbox()
    for step in range(5):
        box.post(frame(step))
        box.post(status(step))
        box.post(MeasuredAhead("one", step, 3, None))
    mail = box.drain()
    assert mail.frame is not None
    assert mail.status is not None
    assert mail.measured is not None
    assert (mail.frame.step, mail.status.step, mail.measured.step) == (4, 4, 4)
    assert box.drain().measured is None


def test_that_records_come_once_in_order() -> None:
    box = Mailbox()
    box.post(points(1))
    box.post(Event("one", 1, "note", "a word"))
    box.post(points(2))
    assert [type(record) for record in box.drain().records] == [Points, Event, Points]
    assert box.drain().records == []


def test_that_an_empty_mailbox_gives_empty_mail() -> None:
    mail = Mailbox().drain()
    assert (mail.records, mail.frame, mail.status) == ([], None, None)


def test_that_no_point_is_lost_between_threads_and_frames_never_go_back() -> None:
    box, total, done = Mailbox(), 5000, threading.Event()

    def post() -> None:
        for step in range(total):
            box.post(points(step))
            box.post(frame(step))
        done.set()

    poster = threading.Thread(target=post)
    poster.start()
    firsts: list[int] = []
    frames: list[int] = []
    while len(firsts) < total:
        mail = box.drain()
        firsts += [record.first for record in mail.records if isinstance(record, Points)]
        frames += [mail.frame.step] if mail.frame else []
    poster.join(5)
    assert done.is_set()
    assert firsts == list(range(total))
    assert frames == sorted(frames)


def test_that_records_of_two_threads_each_keep_their_order() -> None:
    box, total = Mailbox(), 2000

    def post(run: str) -> None:
        for step in range(total):
            box.post(points(step, run))

    posters = [threading.Thread(target=post, args=(run,)) for run in ("a", "b")]
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join(5)
    records = [record for record in box.drain().records if isinstance(record, Points)]
    for run in ("a", "b"):
        assert [record.first for record in records if record.run == run] == list(range(total))


def test_that_a_loss_that_is_no_number_is_the_worst_wherever_it_stands() -> None:
    lost, kept = (float("nan"), 0.1), (0.5, 0.9)
    for splits in ({"fresh": lost, "long": kept}, {"fresh": kept, "long": lost}):
        assert Evaluation("run", 25, "lstm", splits, solved=False).worst is lost
