"""Jobs off the window's thread: their order, dropped answers, refusals, and the thread's end."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.gui.session.background import Background, sentence
from sandbox.store.base import RunError
from tests.gui.controls import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    found = Background("errand")
    yield found
    found.close()


@pytest.fixture
def answers() -> list[Any]:
    return []


def settled(background: Background) -> None:
    wait_for(lambda: not background.busy)


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name == "errand"]


def test_that_jobs_run_elsewhere_and_are_answered_here(
    background: Background, answers: list[Any]
) -> None:
    ran, here = [], threading.current_thread()
    background.ask(
        lambda: ran.append(threading.current_thread()) or 7,
        lambda result: answers.append((result, threading.current_thread())),
        answers.append,
    )
    settled(background)
    assert answers == [(7, here)]
    assert ran[0] is not here


def test_that_answers_come_in_the_order_of_the_questions(
    background: Background, answers: list[Any]
) -> None:
    for number in range(20):
        background.ask(lambda number=number: number, answers.append, answers.append)
    settled(background)
    assert answers == list(range(20))


def test_that_a_newer_question_of_a_kind_replaces_the_older(
    background: Background, answers: list[Any]
) -> None:
    gate, done = threading.Event(), []
    background.ask(gate.wait, lambda _: None, answers.append)
    for number in range(3):
        background.ask(
            lambda number=number: done.append(number) or number,
            answers.append,
            answers.append,
            kind="list",
        )
    gate.set()
    settled(background)
    assert (answers, done) == ([2], [2])


def test_that_the_answer_of_a_job_under_way_is_dropped_when_it_is_forgotten(
    background: Background, answers: list[Any]
) -> None:
    gate, begun = threading.Event(), threading.Event()
    background.ask(lambda: begun.set() or gate.wait(), answers.append, answers.append, kind="a")
    assert begun.wait(10)
    background.forget("a")
    gate.set()
    background.ask(lambda: "next", answers.append, answers.append)
    settled(background)
    assert answers == ["next"]


def test_that_what_is_asked_always_is_done_and_answered_though_another_follows(
    background: Background, answers: list[Any]
) -> None:
    for number in range(2):
        background.ask(
            lambda number=number: number, answers.append, answers.append, "change", always=True
        )
    settled(background)
    assert answers == [0, 1]


@pytest.mark.parametrize("error", [RunError("It is gone."), OSError(28, "No room")])
def test_that_a_refusal_is_handed_over(
    background: Background, answers: list[Any], error: Exception
) -> None:
    def job() -> None:
        raise error

    background.ask(job, answers.append, lambda found: answers.append(sentence(found)))
    settled(background)
    assert len(answers) == 1
    assert answers[0].endswith(".")


def test_that_a_fault_of_ours_is_raised_on_the_windows_thread(
    background: Background, answers: list[Any], qtbot: QtBot
) -> None:
    with qtbot.captureExceptions() as raised:
        background.ask(lambda: 1 / 0, answers.append, answers.append)
        settled(background)
    assert [each[0] for each in raised] == [ZeroDivisionError]
    assert answers == []


def test_that_closing_drops_what_is_not_begun_but_does_what_is_asked_always(
    background: Background, answers: list[Any]
) -> None:
    gate, done = threading.Event(), []
    background.ask(gate.wait, answers.append, answers.append)
    background.ask(lambda: done.append("read"), answers.append, answers.append)
    background.ask(lambda: done.append("write"), answers.append, answers.append, always=True)
    timer = threading.Timer(0.05, gate.set)
    timer.start()
    background.close()
    timer.join()
    assert done == ["write"]
    assert threads() == []
    settled(background)
    assert answers == []


def test_that_a_question_after_the_end_begins_another_thread(
    background: Background, answers: list[Any]
) -> None:
    assert threads() == []  # none before it is needed
    for _ in range(2):
        background.ask(lambda: 1, answers.append, answers.append)
        settled(background)
        assert threads() == ["errand"]
        background.close()
        assert threads() == []
    assert answers == [1, 1]


def test_that_the_interpreter_switches_more_often_only_meanwhile(
    background: Background, answers: list[Any]
) -> None:
    usual = sys.getswitchinterval()
    background.ask(sys.getswitchinterval, answers.append, answers.append)
    settled(background)
    background.close()
    assert answers[0] < usual
    assert sys.getswitchinterval() == usual
