"""The inspector: inquiries are answered beside training, the latest of each name."""

from __future__ import annotations

import threading
from queue import Queue

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.run.inspector import Answer, Inquiry, Inspector
from sandbox.tasks.registry import complete, task_of
from sandbox.validation import ExperimentError

E = complete(Experiment(params={"gap": 3}))
TASK = task_of(E)
WAIT_S = 20.0


@pytest.fixture
def answers():
    return Queue()


@pytest.fixture
def inspector(answers):
    thread = Inspector(answers.put)
    thread.start()
    yield thread
    thread.close()
    thread.join(WAIT_S)
    assert not thread.is_alive()


def weights(value: float) -> np.ndarray:
    from sandbox.cells.cell import layout
    from sandbox.cells.known import CELLS

    size = layout(CELLS["lstm"], TASK.inputs.size, 32, len(TASK.outputs)).size
    return np.full(size, value, np.float32)


def inquiry(work, name="map", value=0.0, gentle=False) -> Inquiry:
    return Inquiry(name, "run", 7, "lstm", E, TASK, weights(value), work, gentle)


def test_that_an_answer_is_about_the_weights_that_were_given(inspector, answers) -> None:
    for value in (0.25, 0.5):
        inspector.ask(inquiry(lambda subject, _: float(subject.weights["b_o"][0]), value=value))
        answer: Answer = answers.get(timeout=WAIT_S)
        assert (answer.found, answer.inquiry.step, answer.error) == (value, 7, "")


def test_that_of_inquiries_with_one_name_the_latest_counts(inspector, answers) -> None:
    begun, stopped = threading.Event(), []

    def endless(subject, stop):
        begun.set()
        while not stop():
            threading.Event().wait(0.001)
        stopped.append(True)

    inspector.ask(inquiry(endless))
    assert begun.wait(WAIT_S)
    for name in ("a", "b"):
        inspector.ask(inquiry(lambda subject, _, name=name: name, name=name))
    for number in range(3):
        inspector.ask(inquiry(lambda subject, _, number=number: number))
    found = [answers.get(timeout=WAIT_S).found for _ in range(3)]
    assert sorted(map(str, found)) == ["2", "a", "b"]
    assert stopped == [True]
    assert answers.empty()


def test_that_what_is_forgotten_is_not_answered(inspector, answers) -> None:
    begun = threading.Event()

    def endless(subject, stop):
        begun.set()
        while not stop():
            threading.Event().wait(0.001)

    inspector.ask(inquiry(endless))
    assert begun.wait(WAIT_S)
    inspector.ask(inquiry(lambda *_: 1, name="other"))
    inspector.forget()
    inspector.ask(inquiry(lambda *_: 2, name="last"))
    assert answers.get(timeout=WAIT_S).found == 2


def test_that_a_refusal_is_a_sentence_and_our_fault_a_report(inspector, answers) -> None:
    def refuse(*_):
        raise ExperimentError("gap", 1, "a gap of 2")

    def fail(*_):
        raise RuntimeError("broken")

    inspector.ask(inquiry(refuse))
    answer = answers.get(timeout=WAIT_S)
    assert answer.refused == "gap: 1 was given; it takes a gap of 2."
    inspector.ask(inquiry(fail))
    answer = answers.get(timeout=WAIT_S)
    assert "RuntimeError: broken" in answer.error
    inspector.ask(inquiry(lambda *_: "still there"))
    assert answers.get(timeout=WAIT_S).found == "still there"


def test_that_it_rests_while_training_runs(inspector, answers) -> None:
    import time

    def busy(*_):
        end = time.monotonic() + 0.02
        while time.monotonic() < end:
            pass
        return time.monotonic()

    inspector.ask(inquiry(busy, gentle=True))
    first = answers.get(timeout=WAIT_S).found
    inspector.ask(inquiry(lambda *_: time.monotonic(), name="next", gentle=True))
    assert answers.get(timeout=WAIT_S).found - first > 0.15
