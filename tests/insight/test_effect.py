"""What a surgery does to a net's scores."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.cells.surgery import read_surgery
from sandbox.insight.effect import effect
from sandbox.insight.subject import Subject
from tests.insight.nets import drawn_at_random, one_memory, recall_task

TASK = recall_task()  # the cue at step 0, the question at step 9


@pytest.mark.parametrize(
    ("surgery", "lost"),
    [
        ("lesion[2]", True),
        ("lesion[2]@4", True),  # the memory is erased once and does not come back
        ("cell[2]@0=0", True),
        ("hidden[2]@9=0", True),
        ("hidden[2]@0-8=0", False),  # nothing reads it before the question
        ("lesion[0-1,3-5]", False),  # the others do nothing
        ("forget[2]@4=0", True),
        ("forget[2]@0=0", False),  # nothing is there yet
        ("input@1-9=1", False),  # there is nothing to write
    ],
)
def test_that_the_memory_is_lost_by_what_touches_it(surgery: str, lost: bool) -> None:
    subject = one_memory(TASK)
    found = effect(subject, read_surgery(surgery))
    assert found is not None
    assert found.before[1] == 1
    if lost:
        assert found.after[0] == pytest.approx(np.log(2), rel=1e-4)
        assert found.after[1] == pytest.approx(0.5, abs=0.05)
    else:
        assert found.after == pytest.approx(found.before, abs=1e-3)


def test_that_scores_are_those_of_the_answers_on_the_same_fresh_sequences() -> None:
    subject = drawn_at_random(TASK, "gru")
    found = effect(subject, read_surgery("update[1]=1; lesion[3]"), 300)
    assert found is not None
    held = {name: np.full((10, 1, 6), np.nan) for name in ("update", "hidden")}
    held["update"][:, :, 1], held["hidden"][:, :, 3] = 1, 0
    sequences = subject.fresh(300)
    for (loss, accuracy), values in ((found.before, None), (found.after, held)):
        answers = subject.net.trace(sequences, values).answers[9].astype(np.float64)
        right = sequences.targets[:, 9]
        assert loss == pytest.approx(-np.log(answers[np.arange(300), right]).mean(), rel=1e-4)
        assert accuracy == pytest.approx((answers.argmax(axis=1) == right).mean())
    assert found.before != found.after


def test_that_a_net_without_units_has_the_loss_of_guessing_the_frequencies() -> None:
    subject = one_memory(TASK)
    subject.net.layout.views(subject.net.theta)["b_o"][:] = np.log(3), 0
    found = effect(Subject("lstm", subject.net, TASK), read_surgery("lesion"))
    assert found is not None
    first = (subject.fresh(2000).targets[:, 9] == 0).mean()
    expected = -(first * np.log(0.75) + (1 - first) * np.log(0.25))
    assert found.after == pytest.approx((expected, first), rel=1e-4)


def test_that_an_effect_is_said_in_a_few_words_and_stops_when_told_to() -> None:
    subject, surgery = one_memory(TASK), read_surgery("lesion[2]")
    found = effect(subject, surgery)
    assert found is not None
    assert found.words == f"100% → {found.after[1]:.0%} right on 2,000 fresh sequences"
    assert effect(subject, surgery, stop=lambda: True) is None
