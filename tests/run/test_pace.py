from __future__ import annotations

import itertools

import pytest

from sandbox.run.pace import BlockSize, SlowMotion, StepRate, steps_a_tick


def test_that_blocks_start_with_one_step_and_grow_to_fill_the_time() -> None:
    size, seen = BlockSize(), []
    for _ in range(12):
        seen.append(size.fitting(0.015))
        size.took(seen[-1], seen[-1] * 1e-4)
    assert seen[0] == 1
    assert all(after <= 2 * before for before, after in itertools.pairwise(seen))
    assert 140 <= seen[-1] <= 150


def test_that_a_first_call_that_compiled_does_not_make_later_blocks_small() -> None:
    size = BlockSize()
    size.took(1, 9.0)
    for _ in range(12):
        count = size.fitting(0.015)
        size.took(count, count * 1e-4)
    assert size.fitting(0.015) > 100


def test_that_a_step_longer_than_a_block_is_still_taken() -> None:
    size = BlockSize()
    size.took(1, 0.5)
    assert size.fitting(0.015) == 1
    assert size.fitting(-1.0) == 1


def test_that_the_rate_covers_the_last_moments_only() -> None:
    rate = StepRate()
    rate.start(0.0, 0)
    assert rate.steps_per_s == 0
    for second in range(1, 10):
        rate.reached(float(second), second if second < 5 else 4 + (second - 4) * 100)
    assert rate.steps_per_s == pytest.approx(100)


def test_that_slow_motion_makes_up_for_short_delays_but_not_for_long_ones() -> None:
    pace = SlowMotion()
    pace.start(10.0)
    assert pace.due(2.0) == 10.0
    pace.took(1, 10.05, 2.0)
    assert pace.due(2.0) == pytest.approx(10.5)
    pace.took(1, 30.0, 2.0)
    assert pace.due(2.0) == pytest.approx(30.4)


@pytest.mark.parametrize(("speed", "steps"), [(1, 1), (30, 1), (100, 3), (1000, 33)])
def test_that_a_tick_is_as_long_as_an_eye_can_follow(speed: float, steps: int) -> None:
    assert steps_a_tick(speed) == steps
