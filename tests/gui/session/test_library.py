"""The window's way to the runs: interrupted ones, files, a store that cannot be read."""

from __future__ import annotations

import json
import threading
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from sandbox.drawing.styles import DARK, LIGHT
from sandbox.experiment import Experiment
from sandbox.gui.window import scene
from sandbox.run.messages import Phase
from sandbox.store import seqx
from sandbox.store.base import Origin, RunError
from sandbox.store.runs import RunStore
from tests.gui.conftest import open_window
from tests.gui.controls import sentences, wait_for
from tests.gui.fake_store import FakeStore, info
from tests.gui.live import FILE, PATIENCE_MS, Live, assert_same_pictures, live, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.drawing.styles import Palette
    from sandbox.gui.widgets.offer import Offer
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

RUN, OLDER, NEWER = (f"2026031{day}-150926-fluent-abcdef" for day in (4, 1, 2))


@pytest.fixture
def shown(window: MainWindow) -> Iterator[MainWindow]:
    """A window whose library's thread is ended, too."""
    yield window
    window.library.close()


def answered(window: MainWindow) -> None:
    wait_for(lambda: not window.library._background.busy)


def one_sentence(qtbot: QtBot) -> str:
    """The one that is said, as soon as it is."""
    said: list[str] = []
    qtbot.waitUntil(lambda: bool(said.extend(sentences()) or said))
    (sentence,) = said
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    return sentence


def click(offer: Offer, words: str) -> None:
    (button,) = (b for b in offer.findChildren(QPushButton) if b.text() == words)
    assert button.isVisible()
    button.click()


def interrupted(run: str = RUN, **fields: object) -> object:
    return info(run, **{"step": 640, "interrupted": True, **fields})


# The offer ------------------------------------------------------------------------------


def test_that_an_interrupted_run_is_offered_in_one_sentence(shown: MainWindow) -> None:
    shown.library.use(FakeStore([info(OLDER), interrupted()]))
    answered(shown)
    assert shown.offer.isVisible()
    assert shown.offer.sentence == (
        "Training was interrupted at step 640 of 3,000 (I speak fluent …, gap 20); "
        "everything up to there is kept."
    )


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [info(RUN)],
        [interrupted(step=3000)],  # nothing is left to be trained
        [info(RUN, step=640)],  # paused, and left on purpose
        [info(RUN, damage="It is cut short.", interrupted=False)],
    ],
)
def test_that_nothing_is_offered_where_nothing_was_interrupted(
    shown: MainWindow, runs: list[object]
) -> None:
    shown.library.use(FakeStore(runs))
    answered(shown)
    assert not shown.offer.isVisible()
    assert shown.offer.sentence == ""


def test_that_of_several_the_latest_is_offered(shown: MainWindow) -> None:
    runs = [
        interrupted(run, step=step, updated=f"2026-03-1{day}T00:00:00+00:00")
        for run, step, day in ((OLDER, 100, 1), (RUN, 300, 4), (NEWER, 200, 2))
    ]
    shown.library.use(FakeStore(runs))
    answered(shown)
    assert "at step 300" in shown.offer.sentence


def test_that_go_on_opens_the_run_and_trains_it(desk: Desk, shown: MainWindow) -> None:
    shown.library.use(FakeStore([interrupted()]))
    answered(shown)
    click(shown.offer, "Resume")
    answered(shown)
    assert desk.session.run == RUN
    assert desk.session.feed.training
    assert desk.control.open.call_args.kwargs["resumed"]
    assert desk.control.train.called
    assert not shown.offer.isVisible()


def test_that_not_now_lets_the_run_be(desk: Desk, shown: MainWindow) -> None:
    store = FakeStore([interrupted()])
    store.trained.add(RUN)
    run = desk.session.run
    shown.library.use(store)
    answered(shown)
    click(shown.offer, "Not now")
    answered(shown)
    assert RUN not in store.trained
    assert desk.session.run == run
    assert not shown.offer.isVisible()


def test_that_nothing_is_offered_to_who_trains_already(desk: Desk, shown: MainWindow) -> None:
    store = FakeStore([interrupted()])
    store.gate = threading.Event()
    shown.library.use(store)
    desk.run_until(3)
    store.gate.set()
    answered(shown)
    assert not shown.offer.isVisible()


def test_that_another_run_takes_the_offer_away_but_not_what_is_told(
    desk: Desk, shown: MainWindow
) -> None:
    shown.library.remarked.emit("The file of all runs was damaged.")
    shown.library.use(FakeStore([interrupted()]))
    answered(shown)
    assert "interrupted" in shown.offer.sentence
    desk.session.edit(desk.session.experiment.changed(seed=4))
    assert shown.offer.sentence == "The file of all runs was damaged."
    assert shown.offer.isVisible()
    click(shown.offer, "Close")
    assert not shown.offer.isVisible()


def test_that_what_was_told_before_an_offer_is_there_after_it(shown: MainWindow) -> None:
    shown.library.remarked.emit("The file of all runs was damaged.")
    shown.library.remarked.emit("The file of all runs was damaged.")
    shown.library.use(FakeStore([interrupted()]))
    answered(shown)
    click(shown.offer, "Not now")
    assert shown.offer.sentence == "The file of all runs was damaged."
    buttons = [b.text() for b in shown.offer.findChildren(QPushButton) if b.isVisible()]
    assert buttons == ["Close"]
    click(shown.offer, "Close")
    assert not shown.offer.isVisible()


@pytest.mark.parametrize(("theme", "palette"), [("dark", DARK), ("light", LIGHT)])
def test_that_the_offer_is_drawn_in_light_and_in_dark(
    desk: Desk, qtbot: QtBot, theme: str, palette: Palette
) -> None:
    window = open_window(desk, qtbot, theme)
    window.offer.make("Training was interrupted.", "Go on", None, "Not now")
    bar = window.offer
    ground = window.grab(bar.rect().translated(bar.mapTo(window, QPoint()))).toImage()
    assert ground.pixelColor(3, 3).name() == palette.panel
    (words,) = bar.findChildren(QLabel)
    assert words.palette().windowText().color().name() == palette.text
    window.close()


# Forks ----------------------------------------------------------------------------------


def losses(desk: Desk, shown: MainWindow, store: FakeStore) -> dict[str, float | None]:
    """What the heads say at the first step of the stored fork RUN."""
    shown.library.use(store)
    answered(shown)
    shown.library.open(RUN)
    answered(shown)
    desk.tell(Phase.PAUSED, 300)
    desk.session.look_back(0)
    assert desk.session.shown.step == 120
    return {key: head.loss for key, head in scene.heads(desk.session).items()}


def test_that_a_stored_fork_begins_with_its_parents_last_accuracy_and_loss(
    desk: Desk, shown: MainWindow
) -> None:
    store = FakeStore([info(OLDER), info(RUN, step=300, origin=Origin(OLDER, 120))])
    parent = store.curves(OLDER, 71, 120)["lstm"][1]
    expected = float(parent[0].mean())
    assert losses(desk, shown, store) == pytest.approx({"rnn": expected, "lstm": expected})
    assert scene.heads(desk.session)["lstm"].accuracy == pytest.approx(float(parent[1].mean()))


def test_that_a_fork_of_a_fork_at_its_first_step_begins_with_what_that_began_with(
    desk: Desk, shown: MainWindow
) -> None:
    store = FakeStore(
        [
            info(OLDER),
            info(NEWER, step=120, origin=Origin(OLDER, 120), cells={}),
            info(RUN, step=300, origin=Origin(NEWER, 120)),
        ]
    )
    assert losses(desk, shown, store)["lstm"] is not None


def test_that_only_nets_that_kept_their_weights_begin_with_them(
    desk: Desk, shown: MainWindow
) -> None:
    store = FakeStore([info(OLDER), info(RUN, step=300, origin=Origin(OLDER, 120))])
    begun = store.load(OLDER).begun
    store.experiments_begun[RUN] = begun.with_contestant("rnn", hidden=5)
    found = losses(desk, shown, store)
    assert (found["rnn"], found["lstm"] is None) == (None, False)


def test_that_a_stored_fork_whose_parent_is_gone_opens_without_them(
    desk: Desk, shown: MainWindow
) -> None:
    store = FakeStore([info(RUN, step=300, origin=Origin(OLDER, 120))])
    assert losses(desk, shown, store) == {"rnn": None, "lstm": None}


# A store that is missing, broken or slow ------------------------------------------------


def test_that_without_a_store_nothing_is_asked_and_nothing_fails(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    run = desk.session.run
    shown.library.mark_closed(RUN)
    shown.library.overlay(RUN, pytest.fail)
    shown.library.detail(RUN, 1, 9, pytest.fail)
    assert desk.session.run == run
    desk.run_until(40)
    shown.session.fork()
    desk.tell(Phase.PAUSED, 40)
    assert sentences() == []


def test_that_without_a_store_opening_and_exporting_are_refused(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.library.open(RUN)
    assert "kept here" in one_sentence(qtbot)
    shown.library.export(RUN, tmp_path / "run.csv")
    assert "kept here" in one_sentence(qtbot)


def test_that_a_store_that_cannot_be_read_is_told_once_and_training_goes_on(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    store = FakeStore([interrupted()])
    store.failure = RunError("The runs cannot be read (disk I/O error): look at the disk.")
    shown.library.use(store)
    assert one_sentence(qtbot) == str(store.failure)
    desk.run_until(40)
    assert (desk.session.feed.training, desk.session.shown.last_step) == (True, 40)


@pytest.mark.parametrize("how", ["refused", "damaged", "gone"])
def test_that_a_run_that_cannot_be_read_leaves_what_is_shown(
    desk: Desk, shown: MainWindow, qtbot: QtBot, how: str
) -> None:
    store = FakeStore(
        [info(RUN, damage="Its checkpoint is cut short." if how == "damaged" else None)]
    )
    shown.library.use(store)
    answered(shown)
    run = desk.session.run
    if how == "refused":
        store.failure = RunError("The disk cannot be read.")
    shown.library.open("another" if how == "gone" else RUN)
    assert one_sentence(qtbot)
    assert desk.session.run == run


def test_that_a_run_of_a_task_that_is_not_there_any_more_is_refused(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    store = FakeStore([info(RUN)])
    store.experiments_begun[RUN] = Experiment(task="forgotten")
    shown.library.use(store)
    run = desk.session.run
    shown.library.open(RUN)
    assert "forgotten" in one_sentence(qtbot)
    assert desk.session.run == run


def test_that_the_window_waits_for_no_slow_store(desk: Desk, shown: MainWindow) -> None:
    store = FakeStore([interrupted()])
    store.gate = threading.Event()
    shown.library.use(store)
    shown.library.open(RUN)
    desk.run_until(40)
    assert desk.session.shown.last_step == 40
    store.gate.set()


def test_that_closing_while_the_library_works_leaves_no_thread_and_shows_nothing(
    desk: Desk, window: MainWindow
) -> None:
    store = FakeStore([interrupted()])
    store.gate = threading.Event()
    window.library.use(store)
    window.library.open(RUN)
    window.close()
    timer = threading.Timer(0.1, store.gate.set)
    timer.start()
    window.library.close()
    timer.join()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("library")]
    QApplication.processEvents()
    assert (window.offer.sentence, sentences()) == ("", [])
    assert store.count("load") == 0  # what was not begun is not done
    window.library.open(RUN)  # nor afterwards


# Files ----------------------------------------------------------------------------------


def wrong_file(path: Path, how: str) -> None:
    if how == "empty":
        path.write_bytes(b"")
    elif how == "nonsense":
        path.write_text("nonsense")
    elif how == "another archive":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("hello.txt", "hello")
    elif how == "folder":
        path.mkdir()
    elif how == "cut short":
        seqx.write_experiment(path, Experiment())
        path.write_bytes(path.read_bytes()[:-40])


@pytest.mark.parametrize(
    "how", ["missing", "empty", "nonsense", "another archive", "folder", "cut short"]
)
def test_that_a_wrong_file_gives_one_sentence(
    desk: Desk, shown: MainWindow, qtbot: QtBot, tmp_path: Path, how: str
) -> None:
    path = tmp_path / "run.seqx"
    wrong_file(path, how)
    before = desk.session.run
    shown.library.use(FakeStore())
    shown.library.open_file(str(path))
    assert "run.seqx" in one_sentence(qtbot)
    assert desk.session.run == before


def test_that_a_file_of_an_experiment_alone_needs_no_store(
    desk: Desk, shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "plan.seqx"
    seqx.write_experiment(path, Experiment(task="recall", seed=8))
    with qtbot.waitSignal(shown.library.filed) as told:
        shown.library.open_file(str(path))
    assert told.args == [str(path)]
    assert (desk.session.experiment.task, desk.session.experiment.seed) == ("recall", 8)
    assert desk.session.remark == "plan.seqx opened"


@pytest.mark.parametrize("what", ["untrained", "a fork that has not moved"])
def test_that_a_run_without_a_step_is_saved_as_its_experiment(
    desk: Desk, shown: MainWindow, qtbot: QtBot, tmp_path: Path, what: str
) -> None:
    if what != "untrained":
        desk.run_until(40)
        desk.session.fork()
        desk.tell(Phase.PAUSED, 40)
    path = tmp_path / "plan.seqx"
    shown.library.use(FakeStore())
    with qtbot.waitSignal(shown.library.filed):
        shown.library.save_file(str(path), desk.session.run)
    opened = seqx.read(path)
    assert (opened.record, opened.experiment) == (None, desk.session.experiment)


def test_that_a_file_that_cannot_be_written_gives_one_sentence(
    desk: Desk, shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.library.save_file(str(tmp_path / "no folder" / "run.seqx"), desk.session.run)
    assert "run.seqx cannot be written" in one_sentence(qtbot)


def test_that_an_export_of_another_kind_gives_one_sentence(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.library.use(FakeStore([info(RUN)]))
    shown.library.export(RUN, tmp_path / "run.docx")
    assert ".csv" in one_sentence(qtbot)


# With the engine and the store ----------------------------------------------------------


def test_that_a_crash_while_training_is_gone_on_with_on_the_same_curve(
    qtbot: QtBot, tmp_path: Path
) -> None:
    plan = tiny(steps=300)
    with live(tmp_path / "first", qtbot, plan) as at:
        at.session.feed.set_speed(100)
        at.session.train()
        qtbot.waitUntil(lambda: stored_step(at) > 0, timeout=PATIENCE_MS)
        at.copy_to(tmp_path / "crashed")
        run = at.session.run
        at.session.feed.set_speed(float("inf"))
        last = at.until(Phase.FINISHED, 300)
        whole = at.curves()
    with live(tmp_path / "crashed", qtbot) as at:
        qtbot.waitUntil(at.window.offer.isVisible, timeout=PATIENCE_MS)
        assert "of 300 (Recall a symbol, gap 3)" in at.window.offer.sentence
        click(at.window.offer, "Resume")
        assert_same_pictures(at.until(Phase.FINISHED, 300), last)
        assert at.session.run == run
        for key, (steps, loss) in at.curves().items():
            np.testing.assert_array_equal(steps, np.arange(1, 301))
            np.testing.assert_array_equal(loss, whole[key][1])
    with live(tmp_path / "crashed", qtbot) as at:
        at.answered()
        assert not at.window.offer.isVisible()


def stored_step(at: Live) -> int:
    return max((each.step for each in at.store.list()), default=0)


def test_that_not_now_is_remembered_by_the_next_window(qtbot: QtBot, tmp_path: Path) -> None:
    with live(tmp_path / "first", qtbot) as at:
        at.train_to(60)
        qtbot.waitUntil(lambda: stored_step(at) == 60, timeout=PATIENCE_MS)
        at.copy_to(tmp_path / "crashed")
    with live(tmp_path / "crashed", qtbot) as at:
        qtbot.waitUntil(at.window.offer.isVisible, timeout=PATIENCE_MS)
        click(at.window.offer, "Not now")
    with live(tmp_path / "crashed", qtbot) as at:
        at.answered()
        assert not at.window.offer.isVisible()
        assert [each.step for each in at.store.list()] == [60]  # it stays in the list


def test_that_a_run_that_a_second_window_trains_is_not_offered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with live(tmp_path, qtbot) as first:
        first.train_to(60)
        qtbot.waitUntil(lambda: stored_step(first) == 60, timeout=PATIENCE_MS)
        with live(tmp_path, qtbot) as second:
            second.answered()
            assert not second.window.offer.isVisible()
            second.window.library.open(first.session.run)
            assert "trained" in one_sentence(qtbot)


def test_that_a_saved_run_opens_in_another_home_with_the_same_pictures(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "run.seqx"
    with live(tmp_path / "here", qtbot) as at:
        then, last = at.train_to(120), at.train_to(200)
        curves, run = at.curves(), at.session.run
        qtbot.waitUntil(lambda: stored_step(at) == 200, timeout=PATIENCE_MS)
        with qtbot.waitSignal(at.window.library.filed, timeout=PATIENCE_MS):
            at.window.commands.save(str(path))
    with live(tmp_path / "there", qtbot, tiny(seed=5)) as at:
        at.window.commands.open(str(path))
        qtbot.waitUntil(lambda: at.session.run == run, timeout=PATIENCE_MS)
        assert_same_pictures(at.until(Phase.FINISHED, 200), last)
        for key, (steps, loss) in at.curves().items():
            np.testing.assert_array_equal(steps, curves[key][0])
            np.testing.assert_array_equal(loss, curves[key][1])
        at.session.look_back(120)
        assert_same_pictures(at.frame_of(120), then)


def test_that_a_saved_fork_opens_without_its_parent_and_without_a_dialog(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "fork.seqx"
    with live(tmp_path / "here", qtbot) as at:
        at.train_to(120)
        at.session.fork()
        last = at.train_to(150)
        run = at.session.run
        qtbot.waitUntil(lambda: stored_step(at) == 150, timeout=PATIENCE_MS)
        with qtbot.waitSignal(at.window.library.filed, timeout=PATIENCE_MS):
            at.window.commands.save(str(path))
    with live(tmp_path / "there", qtbot) as at:
        at.window.commands.open(str(path))
        qtbot.waitUntil(lambda: at.session.run == run, timeout=PATIENCE_MS)
        assert_same_pictures(at.until(Phase.PAUSED, 150), last)
        at.answered()
        assert sentences() == []
        assert at.session.shown.first_step == 120
        assert "curves were not drawn" in at.session.remark


def test_that_a_file_of_runs_that_is_damaged_never_stops_the_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 1000)
    with live(tmp_path, qtbot) as at:
        at.train_to(40)
        qtbot.waitUntil(lambda: stored_step(at) == 40, timeout=PATIENCE_MS)
        assert sentences() == []


def test_that_an_export_of_a_real_run_has_all_its_steps(qtbot: QtBot, tmp_path: Path) -> None:
    with live(tmp_path, qtbot) as at:
        at.train_to(50)
        qtbot.waitUntil(lambda: stored_step(at) == 50, timeout=PATIENCE_MS)
        at.window.library.export(at.session.run, tmp_path / "run.json")
        qtbot.waitUntil(lambda: "exported to" in at.session.remark, timeout=PATIENCE_MS)
        assert json.loads((tmp_path / "run.json").read_text())
        assert str(tmp_path / "run.json") in at.session.remark


def test_that_the_store_of_a_closed_window_has_all_of_it(qtbot: QtBot, tmp_path: Path) -> None:
    with live(tmp_path, qtbot) as at:
        at.train_to(50)
        run = at.session.run
    store = RunStore(tmp_path / FILE)
    try:
        assert (store.info(run).step, store.info(run).interrupted) == (50, False)
    finally:
        store.close()


def test_that_a_window_closed_while_training_is_followed_by_the_same_offer(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with live(tmp_path, qtbot, tiny(steps=100_000)) as first:
        run = first.session.run
        first.session.train()
        qtbot.waitUntil(lambda: first.session.shown.last_step > 50, timeout=PATIENCE_MS)
        first.window.close()
    with live(tmp_path, qtbot, tiny()) as second:
        qtbot.waitUntil(second.window.offer.isVisible, timeout=PATIENCE_MS)
        assert "interrupted at step" in second.window.offer.sentence
        second.session.train()  # something else is begun: the offer is not in its way
        assert not second.window.offer.isVisible()
        assert second.session.run != run
        second.session.pause()
    with live(tmp_path, qtbot, tiny()) as third:
        third.answered()
        assert not third.window.offer.isVisible()
