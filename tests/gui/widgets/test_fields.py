from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from sandbox.experiment import Experiment
from sandbox.gui.widgets.fields import NumberField, TextField, limits_in_words

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def field(qtbot: QtBot) -> NumberField:
    made = NumberField(whole=True, low=0, high=500)
    made.show_value(50)
    qtbot.addWidget(made)
    return made


def typed(qtbot: QtBot, field: NumberField, text: str) -> object:
    given: list[object] = []
    field.committed.connect(given.append)
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    return given[-1] if given else "nothing"


@pytest.mark.parametrize(
    ("text", "value"),
    [("80", 80), ("1,200", 1200), ("-3", -3), ("900", 900), ("2.5", 2.5), ("many", "many")],
)
def test_that_what_is_typed_is_handed_on_as_it_is(
    qtbot: QtBot, field: NumberField, text: str, value: object
) -> None:
    assert typed(qtbot, field, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,5", "1,5"),
        ("1,00", "1,00"),
        ("3.000", "3.000"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("1,234,567", 1234567),
    ],
)
def test_that_a_whole_number_has_whole_groups_or_none(
    qtbot: QtBot, field: NumberField, text: str, value: object
) -> None:
    assert typed(qtbot, field, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,003", 0.003),
        (",5", 0.5),
        ("0.003", 0.003),
        ("3e-4", 3e-4),
        ("3,5e-4", 3.5e-4),
        ("1,000.5", "1,000.5"),
        ("1,000,000", "1,000,000"),
        ("1.000,5", "1.000,5"),
    ],
)
def test_that_one_comma_is_a_decimal_point_and_more_is_refused(
    qtbot: QtBot, text: str, value: object
) -> None:
    field = NumberField(whole=False, low=0, high=10)
    qtbot.addWidget(field)
    assert typed(qtbot, field, text) == value


def test_that_thousands_are_shown_as_they_may_be_typed(qtbot: QtBot, field: NumberField) -> None:
    field.show_value(3000)
    assert field.text() == "3,000"
    assert typed(qtbot, field, "3000") == "nothing"
    real = NumberField(whole=False)
    qtbot.addWidget(real)
    real.show_value(3000)
    assert real.text() == "3000"


def test_that_the_old_value_stays_until_someone_accepts(qtbot: QtBot, field: NumberField) -> None:
    typed(qtbot, field, "900")
    assert field.text() == "50"
    assert field.shown_value() == 50


def test_that_the_same_value_is_no_news(qtbot: QtBot, field: NumberField) -> None:
    assert typed(qtbot, field, "50") == "nothing"
    assert typed(qtbot, field, " 50.0 ") == "nothing"
    assert field.text() == "50"


def test_that_escape_shows_the_old_value(qtbot: QtBot, field: NumberField) -> None:
    qtbot.keyClicks(field, "77")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "50"


def test_that_arrows_step_and_stop_at_the_limits(qtbot: QtBot, field: NumberField) -> None:
    given: list[object] = []
    field.committed.connect(given.append)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    field.show_value(500)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert given == [51]


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(0.003, 0.005, 0.002), (0.001, 0.002, 0.0005), (1.0, 2.0, 0.5), (0.0042, 0.005, 0.003)],
)
def test_that_real_numbers_step_through_their_decade(
    qtbot: QtBot, value: float, up: float, down: float
) -> None:
    field = NumberField(whole=False, low=0, high=10)
    qtbot.addWidget(field)
    given: list[float] = []
    field.committed.connect(given.append)
    field.show_value(value)
    field.stepBy(1)
    field.stepBy(-1)
    assert given == pytest.approx([up, down])


@pytest.mark.parametrize("text", ["none", "", "off"])
def test_that_none_can_be_written_where_it_is_allowed(qtbot: QtBot, text: str) -> None:
    field = NumberField(whole=False, low=0, none_allowed=True)
    qtbot.addWidget(field)
    field.show_value(1.0)
    given: list[object] = []
    field.committed.connect(given.append)
    field.lineEdit().setText(text)
    field.commit()
    assert given == [None]


def test_that_limits_are_written_in_words() -> None:
    schemas = Experiment.model_json_schema()["properties"]
    assert limits_in_words(schemas["batch"]) == "1 to 1,024"
    assert limits_in_words(schemas["lr"]) == "above 0, up to 10"
    assert limits_in_words(schemas["clip"]) == "above 0, or none"


def test_that_text_counts_once_it_is_finished_and_escape_puts_it_back(qtbot: QtBot) -> None:
    field, given = TextField(), list[str]()
    qtbot.addWidget(field)
    field.committed.connect(given.append)
    field.show_value("price")
    qtbot.keyClicks(field, " of r.")
    assert given == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "price"
    field.setText("  volume ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert given == ["volume"]
    field.show_value("volume")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert given == ["volume"]
