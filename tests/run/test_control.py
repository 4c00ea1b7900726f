"""What a worker can be asked: only the latest of each kind counts, but steps add up."""

from __future__ import annotations

import threading

from sandbox.run.control import FULL_SPEED, CommandBox
from sandbox.store.base import Origin
from tests.run.fakes import experiment, probe_of


def opened(box: CommandBox, run: str, train: bool = False, origin: Origin | None = None) -> None:
    described = experiment()
    box.open(run, described, probe_of(described), train, origin=origin)


def test_that_of_many_openings_only_the_last_is_taken_and_only_once() -> None:
    box, fork = CommandBox(), Origin("parent", 40)
    for run in ("one", "two"):
        opened(box, run)
    opened(box, "three", train=True, origin=fork)
    first, second = box.take(0), box.take(0)
    assert first.opening is not None
    assert (first.opening.run, first.opening.origin, first.training) == ("three", fork, True)
    assert (second.opening, second.training) == (None, True)


def test_that_another_run_voids_commands_but_keeps_the_speed() -> None:
    box = CommandBox()
    box.speed(20)
    box.step(5)
    box.look_back(3)
    opened(box, "two")
    pending = box.take(0)
    assert (pending.speed, pending.training, pending.owed, pending.back) == (20, False, None, None)


def test_that_steps_add_up_and_the_last_one_pauses() -> None:
    box = CommandBox()
    for _ in range(5):
        box.step()
    assert box.take(0).owed == 5
    box.count_off(2)
    box.step(4)
    assert (box.take(0).owed, box.take(0).training) == (7, True)
    box.count_off(7)
    assert (box.take(0).owed, box.take(0).training) == (None, False)


def test_that_steps_taken_for_the_run_before_are_not_counted_off_the_next() -> None:
    box = CommandBox()
    opened(box, "two")
    box.step(3)
    box.count_off(3)
    assert box.take(0).owed == 3


def test_that_training_has_no_limit_and_ends_a_look_back() -> None:
    box = CommandBox()
    box.step(3)
    box.look_back(10)
    pending = box.take(0)
    assert (pending.back, pending.training, pending.owed) == (10, False, None)
    box.train()
    pending = box.take(0)
    assert (pending.back, pending.training, pending.owed) == (None, True, None)
    assert pending.speed == FULL_SPEED


def test_that_requests_for_a_frame_become_one_with_the_latest_probe() -> None:
    box, described = CommandBox(), experiment()
    probe = probe_of(described)
    box.ask(probe)
    box.ask()
    pending = box.take(0)
    assert pending.asked
    assert pending.probe is probe
    assert not box.take(0).asked


def test_that_rest_does_not_undo_a_command_that_has_come_since() -> None:
    box = CommandBox()
    box.train()
    box.take(0)
    box.train()
    box.rest()
    assert box.take(0).training
    box.rest()
    assert not box.take(0).training


def test_that_a_waiting_worker_is_woken_by_a_command() -> None:
    box, taken = CommandBox(), []
    worker = threading.Thread(target=lambda: taken.append(box.take(None)))
    worker.start()
    box.close()
    worker.join(10)
    assert not worker.is_alive()
    assert taken[0].closing
    assert box.closing
