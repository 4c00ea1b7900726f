from __future__ import annotations

import itertools

import numpy as np
import pytest

from sandbox.drawing.timeline import (
    Timeline,
    bands,
    fitting_words,
    marked_bands,
    marked_steps,
    named_bands,
    rows,
)
from sandbox.tasks.base import Role

ROLES = np.array([1, 2, 2, 3, 3, 3, 3, 4], np.uint8)  # carrier, cue, filler, question


def test_that_steps_divide_the_axis_evenly() -> None:
    timeline = Timeline(100, 300, 12)
    np.testing.assert_allclose(np.diff([timeline.edge(t) for t in range(13)]), 25)
    assert (timeline.edge(0), timeline.edge(12)) == (100, 400)
    np.testing.assert_allclose(timeline.centres(), [timeline.centre(t) for t in range(12)])


@pytest.mark.parametrize("steps", [1, 7, 58, 1000])
def test_that_the_step_under_a_place_is_the_one_drawn_there(steps: int) -> None:
    timeline = Timeline(10, 311, steps)
    for step in range(0, steps, max(steps // 50, 1)):
        assert timeline.step_at(timeline.centre(step)) == step
    assert timeline.step_at(9.9) == timeline.step_at(321) == -1


def test_that_every_pixel_shows_one_step_and_marked_ones_are_among_them() -> None:
    shown = Timeline(0, 100, 5000).columns(1.0, (1, 4999))
    assert len(shown) == 100
    assert {1, 4999} <= set(shown.tolist())
    assert np.all(np.diff(shown) > 0)
    few = Timeline(0, 100, 10).columns(2.0)
    assert np.bincount(few).tolist() == [20] * 10


def test_that_rows_show_every_unit_where_there_is_room() -> None:
    assert set(rows(32, 48, 1.0).tolist()) == set(range(32))
    assert len(rows(512, 40, 1.0)) == 40


def test_that_bands_hold_every_step_once() -> None:
    found = bands(ROLES)
    assert [(band.role, band.start, band.stop) for band in found] == [
        (Role.CARRIER, 0, 1),
        (Role.CUE, 1, 3),
        (Role.FILLER, 3, 7),
        (Role.QUERY, 7, 8),
    ]
    assert [band.role for band in marked_bands(ROLES)] == [Role.CUE, Role.QUERY]
    assert marked_steps(ROLES) == (1, 2, 7)


def test_that_fillers_give_way_where_names_of_roles_would_touch() -> None:
    wide = named_bands(ROLES, Timeline(0, 800, 8), lambda text: 6.0 * len(text))
    assert all(x is not None for _, x in wide)
    narrow = dict(
        (band.role, x)
        for band, x in named_bands(ROLES, Timeline(0, 90, 8), lambda text: 6.0 * len(text))
    )
    assert narrow[Role.FILLER] is None
    assert narrow[Role.CUE] is not None
    assert narrow[Role.QUERY] is not None


def test_that_marked_words_are_kept_and_no_two_words_touch() -> None:
    labels = ["I", "grew", "up", "in", "GERMANY", "the", "rain", "fell", "fluent"]
    extents = {
        step: (20.0 * step, 20.0 * step + 6.0 * len(word)) for step, word in enumerate(labels)
    }
    chosen = fitting_words(labels, (4, 8), lambda step: extents[step])
    assert {4, 8} <= set(chosen)
    placed = sorted(extents[step] for step in chosen)
    assert all(right <= left for (_, right), (left, _) in itertools.pairwise(placed))
