from __future__ import annotations

import numpy as np

from sandbox.drawing.ranges import MOST_DECADES, limits
from sandbox.drawing.styles import DARK
from sandbox.drawing.words import percent, power_of_ten
from sandbox.gui.look.colourmaps import colour_table, pixels_of
from sandbox.gui.panels.nets.adaptive_ranges import PATIENCE, DecadeRange, SymmetricLimit


def test_that_the_cells_limit_grows_at_once_and_shrinks_slowly() -> None:
    limit = SymmetricLimit()
    assert limit.update([np.full(100, 1.7)]) == 2.0
    for _ in range(PATIENCE):
        assert limit.update([np.full(100, 0.5)]) == 2.0
    assert limit.update([np.full(100, 0.5)]) == 1.0


def test_that_the_cells_limit_ends_where_the_net_reads_no_difference() -> None:
    assert SymmetricLimit().update([np.full(100, 30.0)]) == 3.0
    assert np.tanh(3.0) > 0.99


def test_that_one_large_unit_does_not_fade_all_others() -> None:
    values = np.full(1000, 0.9)
    values[3] = 80.0
    assert SymmetricLimit().update([values]) == 1.0


def test_that_the_gradients_axis_keeps_whole_decades() -> None:
    decades = DecadeRange()
    assert decades.update([np.array([3e-7, 0.2])]) == (-7, 0)
    assert decades.update([np.array([3e-5, 0.2])]) == (-7, 0)
    assert decades.update([np.array([3e-5, 30.0])]) == (-7, 2)
    for _ in range(PATIENCE + 1):
        shown = decades.update([np.array([3e-5, 0.2])])
    assert shown == (-5, 0)


def test_that_the_gradients_axis_ignores_zero_and_what_is_no_number() -> None:
    decades = DecadeRange()
    before = (decades.low, decades.high)
    assert decades.update([np.array([0.0, np.nan, np.inf])]) == before
    assert decades.update([np.array([1e-40, 1.0])]) == (-MOST_DECADES, 0)


def test_that_colours_end_at_their_limits_and_tell_what_is_no_number() -> None:
    table = colour_table("cell", DARK)
    low, high = limits("cell", 2.0)
    drawn = pixels_of(np.array([-9.0, 2.0, np.nan, np.inf]), low, high, table)
    assert drawn.tolist() == [table[0], table[255], table[256], table[255]]
    assert f"{table[256] & 0xFFFFFF:06x}" == DARK.wrong[1:]


def test_that_a_hundred_percent_means_all() -> None:
    assert percent(0.9961) == "99%"
    assert percent(1.0) == "100%"
    assert percent(None) == "–"
    assert power_of_ten(-12) == "1e-12"
