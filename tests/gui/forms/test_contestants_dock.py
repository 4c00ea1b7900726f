"""The contestants' cards: adding any cell, its fields, what is its own, and its name."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QScrollArea,
)

from sandbox.about import fields_of
from sandbox.cells.known import CELLS, OWN
from sandbox.contestants import CONTESTANTS
from sandbox.experiment import Experiment
from sandbox.gui.forms.add_buttons import COMMON_CELLS, AddButtons, family
from sandbox.gui.forms.contestant_card import Card, NameField, NameLabel, bias_in_words
from sandbox.gui.forms.contestants_dock import renamed, with_another
from sandbox.gui.widgets.controls import BiasControl
from sandbox.gui.widgets.fields import NumberField
from sandbox.gui.widgets.info import TERMS
from sandbox.gui.window.scene import heads
from sandbox.run import words
from sandbox.run.messages import Phase
from tests.gui.controls import focus, named, refusals, type_into

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

Return, Escape = Qt.Key.Key_Return, Qt.Key.Key_Escape


def press(window: MainWindow, name: str) -> None:
    button = named(window, name)
    assert isinstance(button, QAbstractButton)
    button.click()


def card(window: MainWindow, name: str) -> Card:
    """The card of a contestant that takes part."""
    cards = [c for c in window.findChildren(Card) if c.name == name and c.isVisibleTo(window)]
    assert len(cards) == 1
    return cards[0]


def items(window: MainWindow) -> list[QAction]:
    return [action for action in window.findChild(AddButtons).menu.actions() if action.data()]


# Adding -------------------------------------------------------------------------------


def test_that_every_cell_can_be_added(desk: Desk, window: MainWindow) -> None:
    press(window, "Remove RNN")
    press(window, "Add GRU")
    assert [c.cell for c in desk.session.experiment.contestants] == ["lstm", "gru"]
    offered = [action.data() for action in items(window)]
    assert offered.pop() == OWN
    assert {*offered, *COMMON_CELLS} == set(CELLS)
    for action in items(window)[:6]:
        action.trigger()
    cells = [c.cell for c in desk.session.experiment.contestants]
    assert cells == ["lstm", "gru", *offered[:6]]
    assert not named(window, "Add another cell").isEnabled()
    assert "8 contestants at most" in [
        label.text() for label in window.findChildren(QLabel) if label.isVisible()
    ]


def test_that_the_menu_tells_how_cells_differ(window: MainWindow) -> None:
    *ours, own = items(window)
    assert "Write a cell as equations" in own.statusTip()
    for action in ours:
        cell = CELLS[action.data()]
        assert (cell.about or cell.equations.splitlines()[0]) in action.statusTip()
        assert cell.source in action.statusTip()
        assert cell.equations in action.toolTip()
    headings = [a.text() for a in window.findChild(AddButtons).menu.actions() if not a.isEnabled()]
    assert headings == list(dict.fromkeys(family(CELLS[a.data()]) for a in ours))


def test_that_the_menu_opens_from_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    button = named(window, "Add another cell")
    button.setFocus(Qt.FocusReason.OtherFocusReason)
    menu = window.findChild(AddButtons).menu
    opened: list[bool] = []

    def shown() -> None:
        opened.append(True)
        menu.close()

    menu.aboutToShow.connect(lambda: qtbot.wait(0) or shown())
    qtbot.keyClick(button, Return)
    assert opened


def test_that_a_new_contestant_is_as_wide_and_deep_as_the_last() -> None:
    experiment = Experiment().with_contestant("lstm", hidden=7, layers=3)
    new = with_another(experiment, "lstm_peephole").contestants[-1]
    assert (new.name, new.hidden, new.layers) == ("lstm_peephole", 7, 3)
    assert with_another(with_another(experiment, "mingru"), "mingru").contestants[-1].name == (
        "mingru2"
    )


def test_that_the_add_buttons_stay_in_place_and_the_new_card_is_in_sight(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    add = named(window, "Add LSTM")
    before = add.mapToGlobal(add.rect().center())
    for _ in range(3):
        press(window, "Add LSTM")
    qtbot.waitUntil(lambda: not card(window, "lstm4").visibleRegion().isEmpty())
    assert add.mapToGlobal(add.rect().center()) == before


def test_that_cards_of_contestants_that_stay_are_kept(window: MainWindow) -> None:
    kept = card(window, "lstm")
    kept.more.setChecked(True)
    press(window, "Add GRU")
    press(window, "Remove RNN")
    assert card(window, "lstm") is kept
    assert kept.more.isChecked()


# Fields -------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CONTESTANTS))
def test_that_a_card_has_every_field_of_its_contestant(cell: str) -> None:
    kind = CONTESTANTS[cell]
    groups = [fields_of(kind, group) for group in ("net", "chrono", "own")]
    assert {*itertools.chain(*groups), "name", "cell", "look", "surgery"} == set(kind.model_fields)
    assert groups[0][:2] == ("hidden", "layers")


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_cell_and_field_is_explained_in_a_paragraph(cell: str) -> None:
    groups = (fields_of(CONTESTANTS[cell], group) for group in ("net", "chrono", "own"))
    for name in (cell, *itertools.chain(*groups)):
        assert TERMS[name].question.endswith("?")
        assert 120 < len(TERMS[name].text) < 700
        assert TERMS[name].text.endswith(".")
    year = "1990" if cell == "rnn" else CELLS[cell].source.split("(")[0].split(";")[0].split()[-1]
    assert any(word in TERMS[cell].text for word in (year, "2014", "2016", "2000"))


def test_that_a_bias_without_effect_cannot_be_chosen(qtbot: QtBot) -> None:
    card = Card(CONTESTANTS["slstm"](name="slstm"), "sLSTM")
    qtbot.addWidget(card)
    for init, used in (("xlstm", False), ("orthogonal", True)):
        net = CONTESTANTS["slstm"].model_validate({"name": "slstm", "recurrent_init": init})
        card.show_contestant(net, alone=False, longest=20)
        assert card.findChild(BiasControl).isEnabled() is used
        assert ("as xlstm has it" in [each.text() for each in card.findChildren(QLabel)]) != used


def test_that_a_cards_controls_fit_beside_a_scroll_bar(window: MainWindow) -> None:
    for cell in list(CELLS)[2:6]:
        window.session.attempt(lambda e, cell=cell: with_another(e, cell))
    QApplication.processEvents()
    area = card(window, "lstm").parentWidget().parentWidget().parentWidget()
    assert isinstance(area, QScrollArea)
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()
    for each in window.findChildren(Card):
        right = each.mapTo(area.viewport(), each.rect().topRight()).x()
        assert right <= area.viewport().width()
        assert each.minimumSizeHint().width() <= each.width()


def test_that_layers_and_update_bias_can_be_set(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    press(window, "Add GRU")
    type_into(qtbot, named(window, "GRU layers"), "2")
    press(window, "GRU update bias 3")
    gru = desk.session.experiment.contestant("gru").model_dump()
    assert (gru["layers"], gru["update_bias"]) == (2, 3.0)
    type_into(qtbot, named(window, "GRU layers"), "5")
    assert refusals(window) == ["layers: 5 was given; it takes a whole number from 1 to 4."]


# What decides: bias and T_max -----------------------------------------------------------


def note_of(window: MainWindow, name: str) -> str:
    labels = [label.text() for label in card(window, name).findChildren(QLabel)]
    return next(text for text in labels if "T_max" in text or "sigmoid" in text)


def test_that_beside_chrono_stands_its_t_max(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    longest = desk.session.task.dependency
    assert note_of(window, "lstm") == f"chrono, T_max {longest}: the task's longest dependency"
    desk.session.edit(desk.session.experiment.changed(params={"gap": 60}))
    assert f"T_max {longest + 10}:" in note_of(window, "lstm")
    card(window, "lstm").more.setChecked(True)
    field = named(window, "LSTM T_max")
    assert isinstance(field, NumberField)
    assert field.text() == "the task's"
    type_into(qtbot, field, "400")
    assert desk.session.experiment.contestant("lstm").model_dump()["chrono_max"] == 400
    assert note_of(window, "lstm") == "chrono, T_max 400"
    press(window, "LSTM forget bias 1")
    assert note_of(window, "lstm") == "sigmoid(1) = 0.73 at first"
    assert not field.isEnabled()


@pytest.mark.parametrize("bias", [-3.0, 0.0, 1.0, 5.0])
def test_that_what_a_bias_does_at_first_is_its_sigmoid(bias: float) -> None:
    share = float(bias_in_words(bias, None, 9).partition("= ")[2].partition(" ")[0])
    assert share == pytest.approx(math.exp(bias) / (1 + math.exp(bias)), abs=0.005)


def test_that_a_bias_of_ones_own_stays_open_until_another_is_chosen(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    press(window, "LSTM forget bias other")
    field = named(window, "LSTM forget bias, value")
    assert field.hasFocus()
    assert not named(window, "LSTM forget bias other").isVisible()
    type_into(qtbot, field, "1")
    assert field.isVisible()
    type_into(qtbot, field, "30")
    assert refusals(window) == [
        'forget bias: 30 was given; it takes "chrono" or a number from -20 to 20.'
    ]
    press(window, "LSTM forget bias 5")
    assert desk.session.experiment.contestant("lstm").model_dump()["forget_bias"] == 5.0
    assert not field.isVisible()


def test_that_a_bias_of_ones_own_begins_at_the_one_in_force(window: MainWindow) -> None:
    for bias in ("1", "5"):
        press(window, f"LSTM forget bias {bias}")
    press(window, "LSTM forget bias other")
    assert named(window, "LSTM forget bias, value").text() == "5"


def test_that_up_and_down_go_through_the_biases(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    chosen = focus(qtbot, named(window, "LSTM forget bias chrono"))
    qtbot.keyClick(chosen, Qt.Key.Key_Up)
    assert desk.control.open.call_count == 1
    qtbot.keyClick(chosen, Qt.Key.Key_Down)
    assert desk.session.experiment.contestant("lstm").model_dump()["forget_bias"] == 0.0
    assert QApplication.focusWidget() is named(window, "LSTM forget bias 0")
    assert chosen.focusPolicy() == Qt.FocusPolicy.ClickFocus


def test_that_down_leads_from_chrono_past_a_typed_bias(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    press(window, "LSTM forget bias other")
    type_into(qtbot, named(window, "LSTM forget bias, value"), "2.5")
    assert named(window, "LSTM forget bias, value").isVisible()
    qtbot.keyClick(focus(qtbot, named(window, "LSTM forget bias chrono")), Qt.Key.Key_Down)
    assert desk.session.experiment.contestant("lstm").model_dump()["forget_bias"] == 0.0
    assert not named(window, "LSTM forget bias, value").isVisible()


# Its own learning rate, clip and optimiser ----------------------------------------------


def test_that_its_own_learning_rate_is_set_and_cleared(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    card(window, "lstm").more.setChecked(True)
    field = named(window, "LSTM learning rate")
    assert isinstance(field, NumberField)
    assert field.text() == "the run's"
    type_into(qtbot, field, "0.01")
    assert desk.session.experiment.contestant("lstm").lr == 0.01
    assert desk.session.experiment.contestant("rnn").lr is None
    type_into(qtbot, field, "")
    assert desk.session.experiment.contestant("lstm").lr is None
    assert field.text() == "the run's"
    type_into(qtbot, field, "-1")
    assert refusals(window) == [
        "learning rate: -1 was given; it takes a number above 0, up to 10 or none."
    ]


def test_that_its_own_optimiser_is_chosen_and_given_back(desk: Desk, window: MainWindow) -> None:
    card(window, "rnn").more.setChecked(True)
    box = named(window, "RNN optimiser")
    assert isinstance(box, QComboBox)
    assert box.currentText() == "the run's"
    for choice, value in (("sgd", "sgd"), ("the run's", None)):
        box.setCurrentText(choice)
        box.activated.emit(box.currentIndex())
        assert desk.session.experiment.contestant("rnn").optimizer == value


def test_that_a_card_with_something_of_its_own_opens_unfolded(
    desk: Desk, window: MainWindow
) -> None:
    assert not card(window, "lstm").more.isChecked()
    own = desk.session.experiment.with_contestant("lstm", clip=0.5)
    own = renamed(own, "lstm", "tight")
    desk.session.edit(own)
    assert card(window, "tight").more.isChecked()
    assert named(window, "LSTM tight clip").isVisibleTo(window)


def test_that_its_own_rate_and_clip_change_while_it_trains_and_its_optimiser_does_not(
    desk: Desk, window: MainWindow
) -> None:
    session, run = desk.session, desk.session.run
    for fields in ({"lr": 0.01}, {"clip": None}, {"clip": 2.0}):
        session.edit(session.experiment.with_contestant("lstm", **fields))
        assert session.run == run
    assert desk.control.adjust.call_args.args[0].contestant("lstm").lr == 0.01
    session.edit(session.experiment.with_contestant("lstm", optimizer="sgd"))
    assert session.run != run


# Its look ------------------------------------------------------------------------------


def test_that_a_net_keeps_its_look_when_another_is_removed_or_added(
    desk: Desk, window: MainWindow
) -> None:
    for cell in ("LSTM", "GRU"):
        press(window, f"Add {cell}")
    before = {key: head.style for key, head in heads(desk.session).items()}
    assert len(set(before.values())) == 4
    press(window, "Remove LSTM")
    press(window, "Add RNN")
    after = {key: head.style for key, head in heads(desk.session).items()}
    assert {key: after[key] for key in ("rnn", "lstm2", "gru")} == {
        key: before[key] for key in ("rnn", "lstm2", "gru")
    }
    assert len(set(after.values())) == 4
    for _ in range(2):
        window.actions_by_name["undo"].trigger()
    assert {key: head.style for key, head in heads(desk.session).items()} == before


# Its name ------------------------------------------------------------------------------


def start_renaming(window: MainWindow, qtbot: QtBot, name: str) -> NameField:
    label = card(window, name).findChild(NameLabel)
    qtbot.mouseDClick(label, Qt.MouseButton.LeftButton)
    field = card(window, name).findChild(NameField)
    qtbot.waitUntil(field.hasFocus)
    return field


def test_that_a_double_click_on_its_title_renames_a_contestant(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    field = start_renaming(window, qtbot, "lstm")
    assert field.selectedText() == "lstm"
    qtbot.keyClicks(field, "keeper")
    qtbot.keyClick(field, Return)
    assert [c.name for c in desk.session.experiment.contestants] == ["rnn", "keeper"]
    assert card(window, "keeper").findChild(NameLabel).text() == "LSTM keeper"
    assert "LSTM renamed LSTM keeper" in desk.session.remark
    assert QApplication.focusWidget() is card(window, "keeper").more
    assert not card(window, "keeper").more.isChecked()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("rnn", "name: 'rnn' was given; it takes a name that no other contestant has."),
        ("My net", "name: 'My net' was given; it takes a name of a-z, 0-9 and _"),
    ],
)
def test_that_a_wrong_name_is_refused_under_it_and_can_be_mended(
    desk: Desk, window: MainWindow, qtbot: QtBot, typed: str, sentence: str
) -> None:
    field = start_renaming(window, qtbot, "lstm")
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Return)
    assert len(refusals(window)) == 1
    assert refusals(window)[0].startswith(sentence)
    assert field.isVisible()
    assert field.text() == typed
    qtbot.keyClick(field, Escape)
    assert refusals(window) == []
    assert not field.isVisible()
    assert desk.session.experiment.contestant("lstm").name == "lstm"


def test_that_renaming_is_in_reach_of_the_keyboard(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    more = named(window, "More settings of LSTM")
    more.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.keyClick(more, Return)
    rename = named(window, "Rename LSTM")
    assert rename.isVisible()
    rename.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.keyClick(rename, Return)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), NameField))
    qtbot.keyClicks(QApplication.focusWidget(), "r.2")  # letters of shortcuts are letters here
    assert desk.control.open.call_count == 1


def test_that_a_rename_is_told_as_one() -> None:
    old = Experiment()
    new = renamed(old, "lstm", "keeper")
    assert words.edited(old, new) == "LSTM renamed LSTM keeper"
    assert words.edited(old, new.with_contestant("keeper", hidden=8)) == (
        "LSTM removed, LSTM keeper added"
    )


# The training form ------------------------------------------------------------------------


def test_that_replicates_and_device_are_set_in_the_training_form(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    window.docks[2].raise_()
    type_into(qtbot, named(window, "replicates"), "3")
    assert desk.opened[0].replicates == 3
    box = named(window, "device")
    assert isinstance(box, QComboBox)
    assert [box.itemText(n) for n in range(box.count())] == ["processor", "NVIDIA GPU"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert desk.opened[0].device == "cuda"


def test_that_a_device_that_is_not_there_is_said_under_its_field(
    desk: Desk, window: MainWindow
) -> None:
    sentence = "device: 'cuda' was given; it takes cpu, since no NVIDIA GPU was found."
    desk.tell(Phase.FAILED, refused=sentence)
    dialogs = [w for w in QApplication.topLevelWidgets() if w.objectName() == "sentence_dialog"]
    for dialog in dialogs:
        dialog.close()
    assert len(dialogs) == 1
    assert refusals(window) == [sentence]
    desk.session.edit(desk.session.experiment.changed(batch=16))
    assert refusals(window) == []


def test_that_replicates_share_the_line_of_their_contestant(desk: Desk) -> None:
    from sandbox.gui.window import scene

    desk.session.edit(desk.session.experiment.changed(replicates=3))
    styles = {key: head.style for key, head in scene.heads(desk.session).items()}
    assert len(styles) == 6
    assert list(styles) == ["rnn#0", "lstm#0", "rnn#1", "lstm#1", "rnn#2", "lstm#2"]
    assert styles["lstm#0"] == styles["lstm#2"] != styles["rnn#0"]


# The status bar ---------------------------------------------------------------------------


def test_that_a_tip_has_the_whole_status_bar(window: MainWindow) -> None:
    tip = items(window)[0].statusTip()
    readout = named(window, "Numbers of the marked step")
    window.statusBar().showMessage(tip)
    assert not readout.isVisible()
    window.statusBar().clearMessage()
    assert readout.isVisible()


@pytest.mark.parametrize(
    ("cell", "field", "value", "words_"),
    [
        ("lstm", "layers", 2, ("1 layer", "2 layers")),
        ("gru", "update_bias", 3.0, ("chrono", "bias 3")),
    ],
)
def test_that_two_of_a_cell_are_told_apart_by_layers_or_update_bias(
    desk: Desk, cell: str, field: str, value: object, words_: tuple[str, str]
) -> None:
    from sandbox.gui.window import scene

    two = [{"cell": cell, "name": cell}, {"cell": cell, "name": "other", field: value}]
    desk.session.edit(desk.session.experiment.changed(contestants=two))
    heads = scene.heads(desk.session)
    assert (heads[cell].status, heads["other"].status) == tuple(f"{w} · untrained" for w in words_)
