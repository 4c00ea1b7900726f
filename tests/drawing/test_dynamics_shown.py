"""Places, colours and words of a net's dynamics."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sandbox.drawing.dynamics_shown import (
    GROUP_COLOURS,
    PLANES,
    DynamicsShown,
    eigenvalue_text,
    group_colour,
    time_text,
)
from sandbox.drawing.styles import DARK, LIGHT, PRINT
from sandbox.insight.answer_groups import MOST_GROUPS, OTHERS
from sandbox.insight.dynamics import dynamics
from sandbox.tasks.shown import ShownSequence
from tests.insight.nets import drawn_at_random, one_memory, recall_task, two_stable_points

TASK = recall_task()


@cache
def shown_of(name: str) -> DynamicsShown:
    make = {"memory": one_memory, "two": two_stable_points}[name]
    found = dynamics(make(TASK), followed=300)
    assert found is not None
    return DynamicsShown(found, 40)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it."""

    def light(color: str) -> float:
        parts = np.array([int(color[n : n + 2], 16) for n in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT, PRINT], ids=lambda palette: palette.name)
def test_that_colours_of_answers_can_be_seen_and_told_apart(palette) -> None:
    colours = GROUP_COLOURS[palette.name]
    assert len(set(colours)) == len(colours) == MOST_GROUPS
    assert all(contrast(color, palette.ground) >= 3 for color in colours)


def test_that_others_and_unknown_answers_are_quiet() -> None:
    assert group_colour(("a", OTHERS), 1, DARK) == DARK.quiet
    assert group_colour(("a", OTHERS), -1, DARK) == DARK.quiet
    assert group_colour(("a", "b"), 1, DARK) == GROUP_COLOURS["dark"][1]


def test_that_points_lie_where_their_states_are_projected() -> None:
    shown = shown_of("memory")
    along = shown.found.components
    for plane in PLANES:
        other = shown.on(plane)
        expected = [along.project(point.state)[list(plane)] for point in shown.found.points]
        np.testing.assert_allclose(other.points, expected)
        assert other is shown.on(plane)
    assert shown.on(PLANES[0]) is shown


def test_that_a_net_with_one_state_lies_on_a_line() -> None:
    shown = shown_of("two")
    assert len(shown.points) == 3
    assert (shown.points[:, 1] == 0).all()
    assert (shown.on((1, 2)).points == 0).all()
    assert shown.axes[1] == "component 2, 0% of the variance"
    left, right, bottom, top = shown.frame
    assert left < shown.points[:, 0].min() < shown.points[:, 0].max() < right
    assert bottom < 0 < top


def test_that_the_cloud_is_of_one_step_or_of_the_question() -> None:
    shown = shown_of("memory")
    ways = shown.found.ways
    assert ways is not None
    places, groups = shown.cloud(3)
    np.testing.assert_allclose(places, ways.placed[:, 3, :2])
    np.testing.assert_array_equal(groups, ways.groups)
    places, _ = shown.cloud()
    np.testing.assert_allclose(places, ways.placed[np.arange(300), ways.asked, :2])
    assert len(shown.cloud(999)[0]) == 0
    short = np.array(ways.roles)
    short[:100, 3] = 0
    fewer = replace(shown, found=replace(shown.found, ways=replace(ways, roles=short)))
    assert len(fewer.cloud(3)[0]) == 200
    assert np.isnan(fewer.ways[0, 3]).all()


def test_that_the_sentence_s_way_is_its_trace_s() -> None:
    subject, shown = one_memory(TASK), shown_of("memory")
    sequences = subject.fresh(3, 7)
    sequence = ShownSequence(TASK, sequences, 2)
    trace = subject.net.trace(sequences)
    assert shown.fits(trace, sequence)
    flat = np.concatenate([trace.arrays["hidden"][:, 2], trace.arrays["cell"][:, 2]], axis=1)
    expected = shown.found.components.project(flat)[:, :2]
    np.testing.assert_allclose(shown.way_of(trace, sequence), expected)
    assert shown.group_of(sequence) == sequences.targets[2, sequence.asked_at]
    smaller = drawn_at_random(TASK, "lstm", hidden=4).net.trace(sequences)
    assert not shown.fits(smaller, sequence)
    assert not shown.fits(trace, ShownSequence(TASK, subject.fresh(9), 8))


def test_that_points_far_off_are_counted_and_out_of_sight() -> None:
    shown = shown_of("two")
    observed = shown.found.observed
    far = replace(observed.points[0], state=np.array([50.0]))
    more = replace(observed, points=(*observed.points, far))
    other = replace(shown, found=replace(shown.found, observed=more))
    assert other.outside == 1
    assert shown.outside == 0
    assert other.frame == shown.frame
    assert other.counts == "4 fixed points from 96 starts, 1 out of sight"
    none = replace(shown, found=replace(shown.found, observed=replace(observed, points=())))
    assert none.counts == "no fixed or slow point from 96 starts"
    assert shown_of("memory").outside < len(shown_of("memory").points) / 2


def test_that_points_are_told_in_words() -> None:
    shown = shown_of("two")
    saddle = next(point for point in shown.found.points if point.unstable)
    words = shown.words(saddle)
    assert words.startswith("fixed point, saddle with 1 unstable direction · speed ")
    assert words.endswith(" · eigenvalue 2.00 · grows e-fold in 1.4 symbols")
    assert shown.spectrum == pytest.approx(2.16)


def test_that_without_ways_points_are_in_sight() -> None:
    shown = shown_of("two")
    bare = replace(shown, found=replace(shown.found, ways=None))
    assert bare.ways.shape == (0, 1, 2)
    assert bare.outside == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5 + 0j, "0.50"),
        (0.99931 + 0j, "0.9993"),
        (1.0 + 0j, "1.000000"),
        (-1.1 + 0j, "−1.10"),
        (0.056 + 0.5701j, "0.06 ± 0.57i"),
        (0.056 - 0.5701j, "0.06 ± 0.57i"),
    ],
)
def test_that_eigenvalues_have_the_digits_that_matter(value: complex, text: str) -> None:
    assert eigenvalue_text(value) == text


def test_that_times_are_told() -> None:
    assert time_text(1.83, "word") == "shrinks e-fold in 1.8 words"
    assert time_text(-3552.4, "step") == "grows e-fold in 3,552 steps"
    assert time_text(np.inf, "step") == "neither grows nor shrinks"
