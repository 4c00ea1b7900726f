"""The status bar shows PyTorch on its way; what waited for it is opened when it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import pytorch
from sandbox.gui.session.torch_fetch import Fetch
from sandbox.run.messages import Phase

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.session.torch_fetch import TorchFetch
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

REFUSED = "device: 'cuda' was given; it takes cpu, since PyTorch is not installed."


@pytest.fixture
def fetch(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> TorchFetch:
    """It seems to run, and starts no process."""
    made = window.torch_links.fetch
    monkeypatch.setattr(made._process, "start", lambda *words: None)
    monkeypatch.setattr(made._process, "terminate", lambda: None)
    monkeypatch.setattr(pytorch, "comes_by_itself", lambda: True)
    return made


def test_that_nothing_is_shown_where_nothing_is_fetched(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytorch, "comes_by_itself", lambda: False)
    window.torch_links.begin()
    assert window.status_line.aside.isHidden()
    assert window.torch_links.fetch.state is Fetch.NONE


def test_that_the_status_bar_says_how_far_it_is_and_a_click_pauses(
    window: MainWindow, fetch: TorchFetch, qtbot: QtBot
) -> None:
    button = window.status_line.aside
    window.torch_links.begin()
    assert button.text() == "PyTorch: starting"
    fetch.words = "43 of 190 MB"
    fetch.changed.emit()
    assert button.isVisible()
    assert button.text() == button.accessibleName() == "PyTorch: 43 of 190 MB"
    assert "Click to pause." in button.toolTip()
    button.click()
    assert (fetch.state, button.text()) == (Fetch.PAUSED, "PyTorch: paused")
    button.click()
    assert fetch.state is Fetch.RUNNING


def test_that_a_failure_is_said_once_and_stays_in_the_tip(
    desk: Desk, window: MainWindow, fetch: TorchFetch
) -> None:
    window.torch_links.begin()
    fetch.fault = "The package index cannot be reached: connect this machine, then start again."
    said: list[str] = []
    desk.session.remarked.connect(said.append)
    fetch._fail("")
    why = "The package index cannot be reached: connect this machine, then try again."
    assert said == [f"PyTorch was not installed: {why}"]
    assert window.status_line.aside.text() == "PyTorch: try again"
    assert why in window.status_line.aside.toolTip()


def test_that_a_run_that_needed_it_is_opened_when_it_arrives(
    desk: Desk, window: MainWindow, fetch: TorchFetch
) -> None:
    window.torch_links.begin()
    desk.tell(Phase.FAILED, refused=REFUSED)
    opened = desk.control.open.call_count
    fetch._end(0)
    assert desk.control.open.call_count == opened + 1
    assert desk.opened == (desk.session.experiment, False)
    assert desk.session.remark == "PyTorch is installed: press Space to train"
    assert window.status_line.aside.isHidden()


def test_that_any_other_run_is_left_alone(
    desk: Desk, window: MainWindow, fetch: TorchFetch
) -> None:
    window.torch_links.begin()
    desk.run_until(40)
    opened = desk.control.open.call_count
    fetch._end(0)
    assert desk.control.open.call_count == opened
    assert desk.session.feed.training
    assert desk.session.remark == "PyTorch is installed"
