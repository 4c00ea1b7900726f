"""Three measures of who carries the cue."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.insight.carriers import carriers, lesions
from sandbox.insight.contrast import margin, pair_of
from sandbox.insight.linear_readout import told
from sandbox.insight.subject import Subject
from sandbox.insight.swaps import swapped
from sandbox.insight.unit_sets import swap_sets
from tests.insight.nets import drawn_at_random, one_memory, recall_task

TASK = recall_task()


def test_that_the_one_unit_that_remembers_is_found_by_all_three() -> None:
    subject = one_memory(TASK)
    found = carriers(subject, subject.fresh(8), 0)
    assert found is not None
    assert found.step == 5
    assert found.unhurt == 1
    assert found.swap[2] == pytest.approx(1, abs=1e-5)
    assert (np.delete(found.swap, 2) == 0).all()
    assert found.lesion[2] == pytest.approx(0.5, abs=0.1)
    assert (np.delete(found.lesion, 2) == 0).all()
    assert found.told["cell"].by_unit[2] == 1
    assert found.tells().tolist() == [n == 2 for n in range(6)]
    assert found.set is not None
    assert (found.set.units, found.set.flips, found.set.others) == ((2,), 1.0, 0.0)
    assert [found.ranked(by)[0] for by in ("swap", "lesion", "tells")] == [2, 2, 2]
    assert found.told_only == ()


def test_that_a_copy_that_nobody_reads_is_told_but_carries_nothing() -> None:
    subject = one_memory(TASK)
    views = subject.net.layout.views(subject.net.theta)
    for n in range(4):  # unit 4 does what unit 2 does, but no weight leads from it
        views["b"][n * 6 + 4] = views["b"][n * 6 + 2]
        views["W_x"][:, n * 6 + 4] = views["W_x"][:, n * 6 + 2]
    found = carriers(subject, subject.fresh(8), 0)
    assert found is not None
    assert found.told_only == (4,)
    assert found.swap[4] == 0
    assert found.lesion[4] == 0


def test_that_two_that_share_the_work_are_swapped_together() -> None:
    subject = one_memory(TASK)
    views = subject.net.layout.views(subject.net.theta)
    for n in range(4):
        views["b"][n * 6] = views["b"][n * 6 + 2]
        views["W_x"][:, n * 6] = views["W_x"][:, n * 6 + 2]
    views["W_o"][0] = views["W_o"][2]
    found = carriers(subject, subject.fresh(8), 0)
    assert found is not None
    assert found.set is not None
    assert found.set.units == (0, 2)
    np.testing.assert_allclose(found.swap[[0, 2]], 0.5, atol=1e-5)
    assert (found.lesion == 0).all()  # each stands in for the other


def test_that_sets_are_those_of_single_passes() -> None:
    task = recall_task(gap=2)
    subject = drawn_at_random(task, "lstm", layers=2)
    sequences = subject.fresh(40)
    views = subject.net.layout.views(subject.net.theta)
    views["b_o"] -= subject.asked(sequences).mean(axis=0)  # so that answers differ
    subject = Subject("lstm", subject.net, task)
    pairs = [pair_of(task, sequences, n, sequences) for n in range(6)]
    margins, _ = swap_sets(subject, pairs, [(1,), (0, 4)], 1, 2)
    for s, units in enumerate([(1,), (0, 4)]):
        for p, pair in enumerate(pairs):
            plain = subject.asked(pair.both)
            expected = margin(swapped(subject, pair, units, 1, layer=2), plain, task)
            assert margins[s, p] == pytest.approx(float(expected), rel=1e-3, abs=1e-4, nan_ok=True)
    assert not np.isnan(margins).all()


def test_that_lesions_of_values_count_the_loss() -> None:
    subject = one_memory(TASK)
    lost, unhurt = lesions(subject, 1)
    assert unhurt == 1
    assert lost.argmax() == 2


def test_that_a_readout_tells_what_is_there_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 800)
    states = rng.normal(size=(800, 3))
    states[:, 1] += 4.0 * classes
    found = told(states[:400], classes[:400], states[400:], classes[400:])
    assert found.by_unit[1] > 0.9
    assert found.tells().tolist() == [False, True, False]
    assert found.whole > 0.9
    assert found.chance == pytest.approx(1 / 3, abs=0.1)


def test_that_values_are_told_by_what_they_explain() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(800, 1)).astype(np.float32)
    states = rng.normal(size=(800, 3))
    states[:, 0] = 2 - 3 * values[:, 0]
    found = told(states[:400], values[:400], states[400:], values[400:])
    assert found.by_unit[0] == pytest.approx(1, abs=1e-4)
    assert abs(found.by_unit[1:]).max() < 0.05
    assert found.chance == 0


def test_that_a_readout_of_constant_states_tells_chance() -> None:
    classes = np.arange(200) % 4
    found = told(np.ones((200, 2)), classes, np.ones((200, 2)), classes)
    assert (found.by_unit <= found.chance + 1e-9).all()
    assert not found.tells().any()
