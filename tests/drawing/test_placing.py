from __future__ import annotations

import itertools

import numpy as np
import pytest

from sandbox.drawing.placing import Box, EndLabels, Placing, beside_line, beside_moment, spread

FRAME = Box(0.0, 0.0, 300.0, 100.0)


def inside(box: Box) -> bool:
    return 0 <= box.left and box.right <= 300 and 0 <= box.top and box.bottom <= 100


@pytest.mark.parametrize("wanted", [[50.0] * 6, [90.0, 10.0, 50.0], [99.0] * 3, [0.0] * 7, []])
def test_that_spread_places_keep_apart_and_inside_in_their_order(wanted: list[float]) -> None:
    placed = spread(wanted, 5.0, 95.0, 13.0)
    for one, other in itertools.pairwise(sorted(placed)):
        assert other - one >= 13.0 - 1e-9
    assert all(5.0 <= place <= 95.0 for place in placed)
    for (a, x), (b, y) in itertools.combinations(zip(wanted, placed, strict=True), 2):
        assert a == b or (a < b) == (x < y)


def test_that_places_with_room_stay_where_they_are() -> None:
    assert spread([60.0, 20.0], 0.0, 100.0, 13.0) == [60.0, 20.0]


def test_that_a_label_takes_the_place_that_covers_least_and_no_taken_one() -> None:
    points = np.array([[20.0, 50.0]] * 5)
    room = Placing(FRAME, points)
    crowded, empty = Box(10.0, 40.0, 40.0, 20.0), Box(100.0, 40.0, 40.0, 20.0)
    assert room.place([crowded, empty]) == 1
    assert room.place([crowded, empty]) == 0
    assert room.place([crowded, empty]) == -1


def test_that_a_label_stays_unless_elsewhere_is_clearly_better() -> None:
    boxes = [Box(10.0, 40.0, 40.0, 20.0), Box(100.0, 40.0, 40.0, 20.0)]
    few = Placing(FRAME, np.array([[20.0, 50.0]] * 3))
    assert few.place(boxes, last=0) == 0
    many = Placing(FRAME, np.array([[20.0, 50.0]] * 30))
    assert many.place(boxes, last=0) == 1


def test_that_a_label_outside_the_frame_has_no_place() -> None:
    assert Placing(FRAME, np.empty((0, 2))).place([Box(290.0, 40.0, 40.0, 20.0)]) == -1


def test_that_names_beside_a_line_do_not_touch_it() -> None:
    for box in beside_line(FRAME, 50.0, 80.0, 13.0):
        assert box.bottom <= 50.0 or box.top >= 51.0
        assert inside(box)


@pytest.mark.parametrize("x", [0.0, 150.0, 299.0])
def test_that_a_moment_can_be_named_wherever_it_is(x: float) -> None:
    assert any(inside(box) for box in beside_moment(FRAME, x, 80.0, 13.0))


def test_that_names_at_the_ends_stay_while_the_curves_move_a_little() -> None:
    labels = EndLabels()
    first = labels.place({"a": 50.0, "b": 52.0, "c": 20.0}, 0.0, 100.0, 14.0)
    rng = np.random.default_rng(0)
    for _ in range(50):
        jitter = rng.normal(0, 3, 3)  # a and b change their order
        ends = {"a": 50.0 + jitter[0], "b": 52.0 + jitter[1], "c": 20.0 + jitter[2]}
        assert labels.place(ends, 0.0, 100.0, 14.0) == first


def test_that_names_of_curves_that_end_close_together_do_not_swap_places() -> None:
    labels, rng = EndLabels(), np.random.default_rng(0)
    for step in range(60):  # a and b cross again and again, while c falls past many lines
        jitter = rng.normal(0, 4, 2)
        ends = {"a": 60.0 + jitter[0], "b": 60.0 + jitter[1], "c": 10.0 + step}
        if not step:
            ends |= {"a": 58.0, "b": 62.0}
        placed = labels.place(ends, 0.0, 200.0, 14.0)
        assert placed["a"] < placed["b"]
    assert labels.place({"a": 120.0, "b": 60.0, "c": 70.0}, 0.0, 200.0, 14.0)["a"] == 120.0


def test_that_a_name_follows_a_curve_that_has_gone_far() -> None:
    labels = EndLabels()
    labels.place({"a": 10.0, "b": 90.0}, 0.0, 100.0, 14.0)
    assert labels.place({"a": 60.0, "b": 90.0}, 0.0, 100.0, 14.0)["a"] == 60.0


def test_that_names_are_placed_anew_where_others_are_named() -> None:
    labels = EndLabels()
    labels.place({"a": 50.0, "b": 52.0}, 0.0, 100.0, 14.0)
    alone = labels.place({"a": 51.0}, 0.0, 100.0, 14.0)
    assert alone == {"a": 51.0}


def test_that_a_name_finds_no_place_where_it_would_cover_too_much() -> None:
    points = np.column_stack([np.linspace(0, 100, 50), np.full(50, 10.0)])
    line = [Box(0, 5, 100, 10)]
    assert Placing(Box(0, 0, 100, 20), points).place(line, most=10) == -1
    assert Placing(Box(0, 0, 100, 20), points).place(line, most=50) == 0


def test_that_points_are_counted_where_they_are_and_what_is_no_number_nowhere() -> None:
    rng = np.random.default_rng(0)
    points = 2.0 * rng.integers(-25, 175, (2000, 2)) + 1
    points[::9] = np.nan
    x, y = points.T
    for left, top in (2.0 * rng.integers(0, (110, 40), (30, 2))).tolist():
        box = Box(left, top, 80.0, 20.0)
        within = (x > left) & (x < box.right) & (y > top) & (y < box.bottom)
        count = int(within.sum())
        assert count > 0
        assert Placing(FRAME, points).place([box], most=count - 1) == -1
        assert Placing(FRAME, points).place([box], most=count) == 0
