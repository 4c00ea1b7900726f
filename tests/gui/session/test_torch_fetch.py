"""PyTorch is fetched beside the window: told, paused, resumed, tried again, left at the end."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.torch_fetch import Fetch, TorchFetch, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

# Counts its starts in a file; goes on for as long as the second file is not there.
SCRIPT = """
import json, os, sys, time
starts, ending = sys.argv[1:3]
with open(starts, "a") as file:
    file.write("x")
told = {"text": "fetching torch 2.13.0", "done": 1, "total": 2, "detail": "(43 of 190 MB)"}
print(json.dumps(told), flush=True)
while not os.path.exists(ending):
    time.sleep(0.02)
with open(ending) as file:
    exec(file.read())
"""
FAULT = "print(json.dumps({'fault': 'No network: connect it, then start again.'})); sys.exit(1)"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[], TorchFetch]]:
    made = []

    def new() -> TorchFetch:
        words = [str(tmp_path / "starts"), str(tmp_path / "ending")]
        made.append(TorchFetch(Preferences(), command=[sys.executable, "-c", SCRIPT, *words]))
        return made[-1]

    yield new
    for fetch in made:
        fetch.close()


def starts(tmp_path: Path) -> int:
    path = tmp_path / "starts"
    return len(path.read_text()) if path.exists() else 0


def end(tmp_path: Path, code: str = "") -> None:
    path = tmp_path / "ending.new"
    path.write_text(code)
    path.rename(tmp_path / "ending")


def running(fetch: TorchFetch, qtbot: QtBot) -> TorchFetch:
    fetch.begin()
    qtbot.waitUntil(lambda: fetch.words == "43 of 190 MB")
    return fetch


def test_that_it_tells_how_far_it_is_until_it_arrives(
    make: Callable[[], TorchFetch], tmp_path: Path, qtbot: QtBot
) -> None:
    fetch = running(make(), qtbot)
    assert fetch.state is Fetch.RUNNING
    with qtbot.waitSignal(fetch.arrived):
        end(tmp_path)
    assert fetch.state is Fetch.NONE


def test_that_training_goes_first(make: Callable[[], TorchFetch], qtbot: QtBot) -> None:
    fetch = running(make(), qtbot)
    number = fetch._process.processId()
    assert os.getpriority(os.PRIO_PROCESS, number) > os.getpriority(os.PRIO_PROCESS, 0)


def test_that_a_pause_ends_the_process_and_a_click_goes_on(
    make: Callable[[], TorchFetch], tmp_path: Path, qtbot: QtBot
) -> None:
    fetch = running(make(), qtbot)
    fetch.toggle()
    assert fetch.state is Fetch.PAUSED
    qtbot.waitUntil(lambda: not fetch._process.processId())
    fetch.toggle()
    qtbot.waitUntil(lambda: starts(tmp_path) == 2)
    with qtbot.waitSignal(fetch.arrived):
        end(tmp_path)


def test_that_a_second_click_at_once_goes_on_too(
    make: Callable[[], TorchFetch], tmp_path: Path, qtbot: QtBot
) -> None:
    fetch = running(make(), qtbot)
    fetch.toggle()
    fetch.toggle()
    qtbot.waitUntil(lambda: starts(tmp_path) == 2)
    assert fetch.state is Fetch.RUNNING


def test_that_a_pause_outlasts_the_window(
    make: Callable[[], TorchFetch], tmp_path: Path, qtbot: QtBot
) -> None:
    running(make(), qtbot).toggle()
    later = make()
    later.begin()
    assert later.state is Fetch.PAUSED
    later.toggle()
    qtbot.waitUntil(lambda: starts(tmp_path) == 2)
    assert make()._preferences.flag("pytorch_paused") is False


def test_that_closing_ends_the_process_and_the_next_window_goes_on(
    make: Callable[[], TorchFetch], tmp_path: Path, qtbot: QtBot
) -> None:
    fetch = running(make(), qtbot)
    number = fetch._process.processId()
    fetch.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    running(make(), qtbot)
    assert starts(tmp_path) == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [(FAULT, "No network: connect it, then try again."), ("1 / 0", "The log of this window says")],
)
def test_that_what_went_wrong_is_told_once_and_tried_again_by_a_click(
    make: Callable[[], TorchFetch],
    tmp_path: Path,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    code: str,
    words: str,
) -> None:
    fetch = running(make(), qtbot)
    with caplog.at_level(logging.CRITICAL), qtbot.waitSignal(fetch.failed) as told:
        end(tmp_path, code)
    assert told.args[0].startswith(words)
    assert fetch.state is Fetch.FAILED
    (tmp_path / "ending").unlink()
    fetch.toggle()
    assert fetch.fault == ""
    qtbot.waitUntil(lambda: starts(tmp_path) == 2)


def test_that_a_python_that_is_gone_is_a_failure_too(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    fetch = TorchFetch(Preferences(), command=["/nowhere/python"])
    with caplog.at_level(logging.CRITICAL), qtbot.waitSignal(fetch.failed):
        fetch.begin()
    assert fetch.state is Fetch.FAILED
    fetch.close()


@pytest.mark.parametrize(
    ("text", "detail", "words"),
    [
        ("fetching torch 2.13.0", "(43 of 190 MB)", "43 of 190 MB"),
        ("fetching torch 2.13.0", "(190.3 MB)", "fetching"),
        ("fetching torch", "- the network does not answer, trying again",
         "the network does not answer, trying again"),
        ("installing sympy", "", "installing"),
        ("waiting for another set-up", "", "waiting for another set-up"),
    ],
)  # fmt: skip
def test_that_reports_become_a_few_words(text: str, detail: str, words: str) -> None:
    assert words_of(text, detail) == words
