"""Comments come up once they have lasted, of what is on screen and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.gui.session.comment_feed import CommentFeed
from sandbox.gui.session.run_feed import TICKS_A_BEAT
from sandbox.run.messages import Curve, Evaluation, Frame, Phase, Points
from sandbox.tasks.registry import complete
from tests.gui.canned_frames import trace
from tests.gui.conftest import _View

if TYPE_CHECKING:
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

CHEQUERED = "hence the chequerboard."


@pytest.fixture
def experiment() -> Experiment:
    nets = [{"cell": "rnn", "hidden": 4}, {"cell": "lstm", "hidden": 4, "forget_bias": 0}]
    return complete(Experiment(task="recall", params={"gap": 20}, contestants=nets))


class Listening:
    """A feed, and what it says."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.feed = desk, CommentFeed(desk.session, desk.session)
        self.said: dict[str, str] = {}
        self.spikes: list[str] = []
        self.feed.commented.connect(lambda said: setattr(self, "said", dict(said)))
        self.feed.spiked.connect(lambda found: setattr(self, "spikes", [f.text for f in found]))

    def frame(self, step: int, chequered: tuple[int, ...] = (0, 1, 2)) -> None:
        """A frame whose RNN swings on these examples; the LSTM's gates are all 0.5."""
        session = self.desk.session
        view, (count, steps) = _View(session), session.examples.roles.shape
        states = np.full((steps, count, 4), 0.5, np.float32)
        for example in chequered:
            states[1::2, example] *= -1
        level = np.full_like(states, 0.5)
        traces = {
            "rnn": trace("rnn", view, 4, hidden=states),  # type: ignore[arg-type]
            "lstm": trace("lstm", view, 4, forget=level, input=level),  # type: ignore[arg-type]
        }
        self.desk.mailbox.post(Frame(session.run, step, session.examples, traces))
        session.tick()

    def beat(self) -> None:
        for _ in range(TICKS_A_BEAT):
            self.desk.session.tick()

    def evaluated(self, step: int, loss: float) -> None:
        splits = {"fresh": (loss, 0.25)}
        found = Evaluation(self.desk.session.run, step, "lstm", splits, solved=False)
        self.desk.mailbox.post(found)
        self.desk.session.tick()


@pytest.fixture
def listening(desk: Desk) -> Listening:
    made = Listening(desk)
    desk.tell(Phase.READY)
    return made


def test_that_a_net_that_rests_is_commented_on_at_once(listening: Listening) -> None:
    listening.frame(0)
    assert list(listening.said) == ["rnn"]
    assert listening.said["rnn"].endswith(CHEQUERED)
    listening.frame(0, chequered=())
    assert listening.said == {}


def test_that_while_it_trains_a_comment_has_to_last(desk: Desk, listening: Listening) -> None:
    desk.run_until(10)
    seen = []
    for step in (20, 30, 40):
        listening.frame(step)
        listening.beat()
        listening.beat()  # another look at the same frame is none
        seen.append("rnn" in listening.said)
    assert seen == [False, False, True]


def test_that_it_is_about_the_example_on_screen(desk: Desk, listening: Listening) -> None:
    listening.frame(0, chequered=(1,))
    assert listening.said == {}
    desk.session.select_example(1)
    assert "rnn" in listening.said
    desk.session.select_example(2)
    assert listening.said == {}


def test_that_another_run_begins_without_comments(desk: Desk, listening: Listening) -> None:
    listening.frame(0)
    desk.session.edit(desk.session.experiment.changed(batch=8))
    assert listening.said == {}


def test_that_a_bias_of_0_is_told_once_it_has_failed(desk: Desk, listening: Listening) -> None:
    baseline = desk.session.task.baselines[0].loss
    listening.frame(600, chequered=())
    assert listening.said == {}  # nothing was evaluated yet
    listening.evaluated(600, baseline)
    listening.frame(601, chequered=())
    assert listening.said["lstm"].startswith("With forget bias 0 even the LSTM's best unit")
    listening.evaluated(625, 0.3 * baseline)
    listening.frame(626, chequered=())
    assert listening.said == {}


def test_that_a_spike_of_a_curve_is_told(desk: Desk, listening: Listening) -> None:
    losses = np.full(400, 0.05, np.float32)
    losses[300:306] = 3.0
    norms = np.ones(400, np.float32)
    norms[300] = 50
    curves = {key: Curve(losses, losses, norms) for key in ("lstm",)}
    desk.mailbox.post(Points(desk.session.run, 1, curves))
    desk.session.tick()
    listening.beat()
    (said,) = listening.spikes
    assert "the LSTM's loss jumped" in said
    assert said.endswith("The gradient was 50 times its usual size.")
    desk.session.edit(desk.session.experiment.changed(batch=8))
    assert listening.spikes == []


def test_that_comments_stand_above_the_pictures_and_spikes_in_the_loss(
    desk: Desk, window: MainWindow
) -> None:
    feed = window.guide_links.comments
    feed.commented.emit({"rnn": "A comment."})
    column = window.stage.nets.column("rnn")
    assert column.content is not None
    assert column.content.said["rnn"].comment == "A comment."
    losses = np.full(400, 0.05, np.float32)
    losses[300:306] = 3.0
    desk.mailbox.post(Points(desk.session.run, 1, {"lstm": Curve(losses, losses, losses)}))
    desk.session.tick()
    for _ in range(2 * TICKS_A_BEAT):
        desk.session.tick()
    curves = window.stage.curves
    labels = {
        name: [moment.label for moment in plot.notes.notes.moments]
        for name, plot in (("loss", curves.loss_plot), ("accuracy", curves.accuracy_plot))
    }
    assert any(label.startswith("LSTM spike 301") for label in labels["loss"])
    assert not any("spike" in label for label in labels["accuracy"])
