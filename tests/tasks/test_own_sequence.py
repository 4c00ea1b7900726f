"""Edits of one sequence: the task's own rule says what is right afterwards."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.experiment import Experiment
from sandbox.tasks.base import Role, Task
from sandbox.tasks.own_sequence import (
    KEPT,
    EditError,
    OwnSequence,
    from_text,
    gap_of,
    own_of,
    refusal_words,
    text_of,
    token_of,
    with_cue_at,
    with_filler_before,
    with_gap,
    with_value,
    with_word,
    without,
)
from sandbox.tasks.registry import task_of, tasks
from sandbox.validation import ExperimentError

COUNTRIES = ("germany", "france", "spain", "italy", "poland", "japan")
EVERY = pytest.mark.parametrize("name", list(tasks()))


def make(name: str, **params: object) -> Task:
    return task_of(Experiment(task=name, params=params))


def drawn(task: Task, seed: int = 0) -> OwnSequence:
    return own_of(task.draw(np.random.default_rng(seed), 1), 0)


def answer(task: Task, own: OwnSequence) -> str:
    """The class that is right at the last scored step."""
    step = np.flatnonzero(own.sequences.scored[0])[-1]
    return task.outputs[int(own.sequences.targets[0, step])]


def words(task: Task, own: OwnSequence) -> list[str]:
    return task.labels(own.sequences, 0)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@EVERY
@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_that_a_sequence_written_as_text_reads_back_as_itself(name: str, seed: int) -> None:
    task = make(name)
    own = drawn(task, seed)
    back = from_text(task, text_of(task, own)).sequences
    for before, after in zip(own.sequences.arrays, back.arrays, strict=True):
        assert before.dtype == after.dtype
    assert np.array_equal(back.inputs, own.sequences.inputs)
    assert np.array_equal(back.roles, own.sequences.roles)
    assert np.array_equal(back.scored, own.sequences.scored)
    scored = back.scored
    assert np.array_equal(back.targets[scored], own.sequences.targets[scored])


def test_that_another_cue_has_the_target_of_the_rule() -> None:
    task = make("fluent", gap=6)
    own = drawn(task)
    for country, language in (("france", "French"), ("JAPAN", "Japanese")):
        edited = with_word(task, own, 4, country)
        assert answer(task, edited) == language
        assert edited.remark == ""
        assert words(task, edited)[4] == country.upper()
        assert words(task, edited)[5:] == words(task, own)[5:]


def test_that_a_moved_cue_keeps_its_target_and_the_length() -> None:
    task = make("recall", gap=8)
    own = drawn(task)
    moved = with_cue_at(task, own, 5)
    assert moved.sequences.roles[0].tolist().index(Role.CUE) == 5
    assert words(task, moved)[5] == words(task, own)[0]
    assert words(task, moved)[:5] == words(task, own)[1:6]
    assert answer(task, moved) == answer(task, own)
    assert moved.length == own.length
    back = with_cue_at(task, moved, 0)
    assert np.array_equal(back.sequences.inputs, own.sequences.inputs)


def test_that_a_moved_mark_of_two_changes_the_order_that_is_right() -> None:
    task = make("temporal_order", length=10)
    own = from_text(task, "start a X b c Y d a b end")
    assert answer(task, own) == "XY"
    assert answer(task, with_cue_at(task, own, 7)) == "XY"
    swapped = with_word(task, with_word(task, own, 2, "y"), 5, "x")
    assert answer(task, swapped) == "YX"


def test_that_a_marked_number_moves_with_its_mark() -> None:
    task = make("adding", length=6)
    own = from_text(task, "0.1 0.2* 0.3 0.4 0.5* 0.6")
    moved = with_cue_at(task, own, 3)
    values, marks = moved.sequences.inputs[0].T
    assert np.flatnonzero(marks).tolist() == [1, 3]
    assert values[3] == pytest.approx(0.5)
    assert moved.sequences.targets[0, -1, 0] == pytest.approx(0.7)


def test_that_the_cue_cannot_be_moved_behind_the_question() -> None:
    task = make("recall", gap=3)
    with pytest.raises(EditError, match="before the question"):
        with_cue_at(task, drawn(task), 4)
    with pytest.raises(EditError, match="no cue"):
        with_cue_at(make("own"), drawn(make("own")), 3)


def test_that_a_cue_where_the_task_would_read_another_is_kept_with_a_remark() -> None:
    task = make("fluent", gap=9)
    text = "I grew up in Germany she loves France the dog barked I speak fluent"
    own = from_text(task, text)
    moved = with_cue_at(task, own, 9)
    assert moved.remark == KEPT
    assert answer(task, moved) == "German"
    assert words(task, moved)[9] == "GERMANY"
    assert np.flatnonzero(moved.sequences.roles[0] == Role.CUE).tolist() == [9]


@pytest.mark.parametrize("name", ["fluent", "recall", "copy", "temporal_order", "induction"])
@pytest.mark.parametrize("gap", [0, 1, 12, 1000])
def test_that_a_gap_is_stretched_with_filler_that_the_task_draws(name: str, gap: int) -> None:
    task = make(name)
    own = drawn(task)
    stretched = with_gap(task, own, gap, rng())
    assert stretched.remark == ""
    assert len(gap_of(stretched)) == gap
    assert answer(task, stretched) == answer(task, own)
    assert stretched.length == own.length + gap - len(gap_of(own))
    kept = min(gap, len(gap_of(own)))
    assert (
        words(task, stretched)[: gap_of(own).start + kept]
        == (words(task, own)[: gap_of(own).start + kept])
    )
    filler = task.draw(np.random.default_rng(1), 200)
    known = set(filler.inputs[filler.roles == Role.FILLER].tolist())
    roles = stretched.sequences.roles[0]
    assert set(stretched.sequences.inputs[0][roles == Role.FILLER].tolist()) <= known


def test_that_distractors_of_a_stretched_gap_never_name_the_cue() -> None:
    task = make("fluent", gap=4, distractors=True)
    own = drawn(task)
    stretched = with_gap(task, own, 600, rng())
    read = [word.lower() for word in words(task, stretched)]
    assert sum(read.count(name) for name in COUNTRIES) > 3
    assert read.count(read[4]) == 1


def test_that_a_noisy_row_is_stretched_by_noise() -> None:
    task = make("latch", length=20)
    own = drawn(task)
    stretched = with_gap(task, own, 1000, rng())
    noise = stretched.sequences.inputs[0, own.length :, 0]
    assert stretched.length > 1000
    assert noise.var() == pytest.approx(0.2, rel=0.2)
    assert answer_value(stretched) == answer_value(own)


def answer_value(own: OwnSequence) -> float:
    return float(own.sequences.targets[own.sequences.scored][0, 0])


def test_that_more_than_a_thousand_filler_steps_are_refused() -> None:
    task = make("recall")
    with pytest.raises(EditError, match="0 to 1,000"):
        with_gap(task, drawn(task), 1001, rng())
    with pytest.raises(EditError, match="no filler"):
        with_gap(make("parity"), drawn(make("parity")), 30, rng())
    with pytest.raises(EditError, match="the task's own"):
        with_gap(make("forecast"), drawn(make("forecast")), 30, rng())


def test_that_a_distractor_can_be_put_in_and_taken_out() -> None:
    task = make("recall", gap=4)
    own = drawn(task)
    more = with_filler_before(task, own, 3, rng())
    assert more.length == own.length + 1
    assert answer(task, more) == answer(task, own)
    distracted = with_word(task, more, 3, "D")
    assert words(task, distracted)[3].lower() == "d"
    assert answer(task, distracted) == answer(task, own)
    back = without(task, distracted, 3)
    assert np.array_equal(back.sequences.inputs, own.sequences.inputs)


def test_that_every_bit_counts_where_a_task_has_no_filler() -> None:
    task = make("parity")
    own = from_text(task, "1 0 1 1")
    more = with_filler_before(task, own, 3, rng())
    assert words(task, more) == ["1", "0", "1", "1", "1"]
    assert (answer(task, own), answer(task, more)) == ("odd", "even")


def test_that_what_the_task_cannot_judge_keeps_its_answer_and_says_so() -> None:
    task = make("recall", gap=4)
    own = drawn(task)
    cueless = without(task, own, 0)
    assert cueless.remark == KEPT
    assert answer(task, cueless) == answer(task, own)
    assert Role.CUE not in cueless.sequences.roles
    third = with_word(make("temporal_order"), drawn(make("temporal_order")), 1, "X")
    assert third.remark == KEPT
    assert third.sequences.scored.sum() == 1


def test_that_an_edit_after_which_nothing_can_be_asked_is_refused() -> None:
    task = make("adding", length=6)
    own = from_text(task, "0.1 0.2* 0.3 0.4 0.5* 0.6")
    with pytest.raises(ExperimentError, match="exactly two"):
        without(task, own, 1)


def test_that_drawn_values_change_a_series_and_its_answer() -> None:
    task = make("adding", length=6)
    own = from_text(task, "0.1 0.2* 0.3 0.4 0.5* 0.6")
    edited = with_value(task, own, [(1, 0, 0.8), (2, 0, 0.0)])
    assert edited.sequences.inputs[0, 1:3, 0] == pytest.approx([0.8, 0.0])
    assert edited.sequences.targets[0, -1, 0] == pytest.approx(1.3)
    assert own.sequences.inputs[0, 1, 0] == pytest.approx(0.2)


def test_that_the_next_value_of_a_drawn_series_is_its_target() -> None:
    task = make("forecast", gap=4)
    own = drawn(task)
    edited = with_value(task, own, [(20, 0, 1.5)])
    assert edited.sequences.inputs[0, 20, 0] == 1.5
    assert edited.sequences.targets[0, 19, 0] == 1.5


def test_that_a_number_is_typed_as_the_task_writes_it() -> None:
    task = make("adding", length=6)
    own = from_text(task, "0.1 0.2* 0.3 0.4 0.5* 0.6")
    assert with_word(task, own, 1, "0.9*").sequences.targets[0, -1, 0] == pytest.approx(1.4)
    with pytest.raises(ExperimentError, match="numbers from 0 to 1"):
        with_word(task, own, 1, "much")


def test_that_a_wrong_word_gets_a_sentence_with_near_ones() -> None:
    task = make("fluent")
    with pytest.raises(ExperimentError) as caught:
        with_word(task, drawn(task), 4, "Gremany")
    said = refusal_words(caught.value)
    assert said.startswith("“Gremany” cannot be read here")
    assert "germany" in said
    assert said.endswith(".")
    with pytest.raises(ExperimentError, match="near ones are germany"):
        from_text(task, "I grew up in Grmany I speak fluent")


def test_that_an_edit_error_survives_a_pickle() -> None:
    error = pickle.loads(pickle.dumps(EditError("gap", 3, "There is no gap.")))
    assert (str(error), error.why) == ("There is no gap.", "There is no gap.")


def test_that_capitals_matter_where_both_letters_are_known() -> None:
    task = make("own")
    known = task.inputs
    assert known.words[token_of(known, "T")] == "T"  # type: ignore[arg-type, union-attr]
    assert known.words[token_of(known, "t")] == "t"  # type: ignore[arg-type, union-attr]
    assert known.words[token_of(known, " ")] == "␣"  # type: ignore[arg-type, union-attr]


def test_that_a_text_that_is_too_long_is_refused() -> None:
    task = make("recall")
    with pytest.raises(ExperimentError, match="at most 2,000 steps"):
        from_text(task, "A " + "1 " * 2500 + "?")
