from __future__ import annotations

import pytest

from sandbox.cells.known import CELLS
from sandbox.drawing.wording import (
    SHORTER_MEANINGS,
    magnitude,
    meanings,
    number_text,
    percent,
    power_of_ten,
)

PICTURES = [picture for cell in CELLS.values() for picture in cell.pictures]


def test_that_a_hundred_percent_means_all() -> None:
    assert percent(0.9961) == "99%"
    assert percent(1.0) == "100%"
    assert percent(None) == "–"


def test_that_a_power_of_ten_has_no_raised_digits() -> None:
    assert power_of_ten(0) == "1"
    for exponent in (-12, -3, 1, 4):
        assert float(power_of_ten(exponent)) == 10.0**exponent
        assert power_of_ten(exponent).isascii()


def test_that_a_gradients_size_has_an_exponent_only_where_it_needs_one() -> None:
    assert [magnitude(value) for value in (0.0, 3.14, 3.1e-9)] == ["0", "3.1", "3.1e-9"]
    assert magnitude(float("nan")) == "not a number"
    assert magnitude(float("inf")) == "infinite"


def test_that_every_shorter_meaning_is_of_a_picture_that_exists() -> None:
    assert set(SHORTER_MEANINGS) <= {picture.meaning for picture in PICTURES}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.meaning)
def test_that_meanings_get_shorter(picture: object) -> None:
    lengths = [len(words) for words in meanings(picture)]  # type: ignore[arg-type]
    assert lengths == sorted(lengths, reverse=True)


def test_that_a_number_has_a_minus_sign_and_no_negative_zero() -> None:
    assert [number_text(value) for value in (-0.001, -0.09, 0.25)] == ["0.00", "−0.09", "0.25"]
