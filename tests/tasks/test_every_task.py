"""What holds for every task: baselines, purity, shapes, balance, refusals, reading back."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandbox.experiment import Experiment
from sandbox.tasks.base import Channels, Role, Sequences, Task, Tokens
from sandbox.tasks.batches import MAX_STEPS, BatchSource, chunk_size
from sandbox.tasks.registry import complete, task_class, task_of, tasks
from sandbox.tasks.shown import counted
from sandbox.tasks.streams import Purpose, stream
from sandbox.validation import ExperimentError

EVERY = pytest.mark.parametrize("name", list(tasks()))


def make(name: str, **params: object) -> Task:
    return task_of(Experiment(task=name, params=params))


ASKED_ONCE = [
    name for name in tasks() if make(name).draw(np.random.default_rng(0), 1).scored.sum() == 1
]
ONCE = pytest.mark.parametrize("name", ASKED_ONCE)
WITH_CLASSES = pytest.mark.parametrize(
    "name", [name for name in ASKED_ONCE if task_class(name).loss == "cross_entropy"]
)
SEQUENCES = {"latch": 256, "reber": 512, "continual_reber": 1, "counting": 20, "own": 256}


def whole_fields(name: str) -> dict[str, tuple[int, int, int]]:
    """Default, minimum and maximum of every whole-number parameter."""
    fields = task_class(name).Params.model_json_schema()["properties"]
    return {
        field: (schema["default"], schema["minimum"], schema["maximum"])
        for field, schema in fields.items()
        if schema["type"] == "integer"
    }


def any_params(name: str) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        field: st.integers(low, high) for field, (_, low, high) in whole_fields(name).items()
    }
    if "distractors" in task_class(name).Params.model_fields:
        fields["distractors"] = st.booleans()
    return st.fixed_dictionaries(fields).filter(
        lambda params: not (params.get("distractors") and params["countries"] == 2)
    )


def answers(drawn: Sequences) -> np.ndarray:
    return drawn.targets[np.arange(len(drawn)), drawn.scored.argmax(axis=1)]


def entropy(counts: np.ndarray) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


# Baselines, each by the predictor that its label describes, on 1e5 samples.


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("water", {}),
        ("fluent", {"gap": 5}),
        ("fluent", {"gap": 5, "countries": 11, "distractors": True}),
        ("recall", {"gap": 5, "symbols": 7}),
        ("temporal_order", {"length": 20}),
        ("temporal_order", {"length": 20, "marks": 3}),
        ("parity", {"length": 12}),
        ("induction", {"gap": 3, "symbols": 7}),
    ],
)
def test_that_the_best_constant_predictor_scores_the_first_baseline(
    name: str, params: dict[str, Any]
) -> None:
    task = make(name, **params)
    counts = np.bincount(answers(task.draw(np.random.default_rng(0), 100_000)))
    assert len(counts) == len(task.outputs)
    assert entropy(counts) == pytest.approx(task.baselines[0].loss, rel=0.02)
    assert counts.max() / counts.sum() == pytest.approx(task.baselines[0].accuracy, rel=0.02)


def test_that_who_rules_out_the_last_distractor_scores_the_second_baseline() -> None:
    task = make("fluent", gap=12, distractors=True)
    drawn = task.draw(np.random.default_rng(0), 100_000)
    first, count = drawn.inputs[:, 4].min(), len(task.outputs)
    filler = drawn.inputs[:, 5:-3]
    named = (filler >= first) & (filler < first + count)
    last = named.shape[1] - 1 - named[:, ::-1].argmax(axis=1)
    shown = filler[np.arange(len(drawn)), last] - first
    losses = [entropy(np.bincount(answers(drawn)[shown == country])) for country in range(count)]
    assert np.mean(losses) == pytest.approx(task.baselines[1].loss, rel=0.02)
    guess_next = (shown + 1) % count == answers(drawn)
    assert guess_next.mean() == pytest.approx(task.baselines[1].accuracy, rel=0.02)


@pytest.mark.parametrize("marks", [2, 3])
def test_that_who_knows_the_last_mark_scores_the_second_baseline(marks: int) -> None:
    task = make("temporal_order", length=20, marks=marks)
    order = answers(task.draw(np.random.default_rng(0), 100_000))
    losses = [entropy(np.bincount(order[order % 2 == last])) for last in (0, 1)]
    assert np.mean(losses) == pytest.approx(task.baselines[1].loss, rel=0.02)


def test_that_who_sees_the_last_letter_scores_the_second_baseline_of_induction() -> None:
    task = make("induction", gap=3, symbols=7)
    drawn = task.draw(np.random.default_rng(0), 100_000)
    asked = drawn.inputs[np.arange(len(drawn)), drawn.scored.argmax(axis=1)] - 1
    losses = [entropy(np.bincount(answers(drawn)[asked == letter])) for letter in range(7)]
    assert np.mean(losses) == pytest.approx(task.baselines[1].loss, rel=0.02)
    right = ((asked + 1) % 7 == answers(drawn)).mean()
    assert right == pytest.approx(task.baselines[1].accuracy, rel=0.02)


def test_that_who_knows_all_bits_but_one_scores_the_baseline_of_parity() -> None:
    task = make("parity", length=12)
    drawn = task.draw(np.random.default_rng(0), 100_000)
    odd_without_the_first = ((drawn.inputs == 2).sum(axis=1) - (drawn.inputs[:, 0] == 2)) % 2
    known = drawn.scored.argmax(axis=1) > 0
    right = (odd_without_the_first == answers(drawn))[known].mean()
    assert right == pytest.approx(task.baselines[0].accuracy, rel=0.02)


def test_that_who_does_not_remember_the_sign_scores_the_baseline_of_latch() -> None:
    task = make("latch", length=20)
    drawn = task.draw(np.random.default_rng(0), 100_000)
    sign = drawn.targets[drawn.scored][:, 0]
    assert set(np.unique(sign)) == {0, 1}
    guess = sign.mean()  # the best constant
    assert np.mean((guess - sign) ** 2) == pytest.approx(task.baselines[0].loss, rel=0.02)
    assert np.mean(np.abs(guess - sign) < task.correct_within) == task.baselines[0].accuracy


@pytest.mark.parametrize("name", ["adding", "multiplication"])
def test_that_who_remembers_no_or_one_number_scores_the_baselines(name: str) -> None:
    task = make(name, length=20)
    drawn = task.draw(np.random.default_rng(0), 100_000)
    target = drawn.targets[:, -1, 0]
    values = drawn.inputs[..., 0]
    later = np.where(drawn.inputs[:, 10:, 1] > 0, values[:, 10:], 0).sum(axis=1)
    guesses = (1.0, later + 0.5) if name == "adding" else (0.25, later * 0.5)
    for guess, baseline in zip(guesses, task.baselines, strict=True):
        assert np.mean((guess - target) ** 2) == pytest.approx(baseline.loss, rel=0.02)
        right = np.mean(np.abs(guess - target) < task.correct_within)
        assert right == pytest.approx(baseline.accuracy, abs=0.003)


@WITH_CLASSES
def test_that_nothing_but_the_cue_tells_the_answer(name: str) -> None:
    """Naive Bayes on which words occur, the cues left out, stays at chance on new sequences."""
    task = make(name)
    learn, test = (task.draw(np.random.default_rng(seed), 20_000) for seed in (1, 2))
    classes = len(task.outputs)
    seen = [
        np.stack(
            [
                ((drawn.inputs == token) & (drawn.roles != Role.CUE)).any(axis=1)
                for token in range(task.inputs.size)
            ],
            axis=1,
        ).astype(np.float32)
        for drawn in (learn, test)
    ]
    own = np.eye(classes, dtype=np.float32)[answers(learn)]
    share = (own.T @ seen[0] + 1) / (own.sum(axis=0)[:, None] + 2)
    score = seen[1] @ np.log(share).T + (1 - seen[1]) @ np.log1p(-share).T
    right = (score.argmax(axis=1) == answers(test)).mean()
    assert abs(right - 1 / classes) < 0.02


# Purity: a batch is a function of (parameters, seed, index).


@EVERY
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_that_a_batch_is_the_same_whatever_blocks_are_asked_for(
    name: str, data: st.DataObject, seed: int
) -> None:
    task = make(name)
    whole = [BatchSource(task, 3, seed).block(index, 1) for index in range(chunk_size(task, 3) + 8)]
    source, first = BatchSource(make(name), 3, seed), 0
    while first < len(whole):
        count = data.draw(st.integers(1, 20))
        block = source.block(first, count)
        assert 1 <= len(block) <= count
        for offset in range(min(len(block), len(whole) - first)):
            for part in ("inputs", "targets", "scored"):
                one = getattr(whole[first + offset], part)[0]
                assert np.array_equal(getattr(block, part)[offset], one)
        first += len(block)


def test_that_batches_drawn_ahead_are_those_drawn_when_needed() -> None:
    task = make("recall")
    with ThreadPoolExecutor(1) as beside:
        ahead, plain = BatchSource(task, 2, 5, beside), BatchSource(task, 2, 5)
        for first in (0, 1, ahead.chunk - 1, ahead.chunk, 3 * ahead.chunk, 0, ahead.chunk + 4):
            one, other = ahead.block(first, 7), plain.block(first, 7)
            assert len(one) == len(other)
            assert np.array_equal(one.inputs, other.inputs)
            assert np.array_equal(one.targets, other.targets)


def test_that_a_fault_in_a_batch_drawn_ahead_is_not_swallowed() -> None:
    task = make("recall")
    draw = task.draw

    def fail_later(rng: Any, count: int, split: str = "fresh") -> Any:
        if calls:
            raise ZeroDivisionError("the second chunk cannot be drawn")
        calls.append(count)
        return draw(rng, count, split)

    calls: list[int] = []
    task.draw = fail_later  # type: ignore[method-assign]
    with ThreadPoolExecutor(1) as beside:
        source = BatchSource(task, 2, 5, beside)
        source.block(0, 1)
        with pytest.raises(ZeroDivisionError):
            source.block(source.chunk, 1)


@EVERY
def test_that_blocks_are_time_major_contiguous_and_hold_the_drawn_sequences(name: str) -> None:
    task = make(name)
    chunk = chunk_size(task, 5)
    block = BatchSource(task, 5, 7).block(0, chunk)
    drawn = task.draw(stream(7, Purpose.BATCHES, 0), 5 * chunk)
    for part in ("inputs", "targets", "scored"):
        array = getattr(block, part)
        assert array.flags.c_contiguous
        assert array.shape[:3] == (chunk, task.length, 5)
        assert np.array_equal(array[2, :, 3], getattr(drawn, part)[2 * 5 + 3])


@pytest.mark.parametrize("batch", [1, 32, 1024])
@pytest.mark.parametrize("length", [10, 100, 1000])
def test_that_a_chunk_of_batches_is_never_too_large_to_draw_at_once(
    length: int, batch: int
) -> None:
    task = make("temporal_order", length=length)
    chunk = chunk_size(task, batch)
    assert chunk == 1 or chunk * batch * length <= MAX_STEPS


@EVERY
def test_that_seeds_purposes_and_indices_give_other_sequences(name: str) -> None:
    task = make(name)
    keys = [
        (0, Purpose.BATCHES, 0),
        (1, Purpose.BATCHES, 0),
        (0, Purpose.BATCHES, 1),
        (0, Purpose.EVALUATION, 0),
        (0, Purpose.EXAMPLES, 0),
    ]
    drawn = [task.draw(stream(*key), 64).inputs.tobytes() for key in keys]
    assert len(set(drawn)) == len(keys)


@pytest.mark.parametrize("name", ["fluent", "recall", "adding", "temporal_order"])
def test_that_no_evaluation_sequence_is_ever_trained_on(name: str) -> None:
    task = make(name)
    trained = {
        row.tobytes()
        for index in range(3)
        for row in task.draw(stream(0, Purpose.BATCHES, index), 1024).inputs
    }
    fresh = task.draw(stream(0, Purpose.EVALUATION, 0), 2000).inputs
    assert not trained & {row.tobytes() for row in fresh}


# Shapes and what is declared.


@EVERY
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_that_any_parameters_within_limits_give_sequences_of_the_right_shape(
    name: str, data: st.DataObject
) -> None:
    task = make(name, **data.draw(any_params(name)))
    count = data.draw(st.integers(1, 5))
    split = data.draw(st.sampled_from(task.splits))
    drawn = task.draw(np.random.default_rng(0), count, split)
    shape = drawn.scored.shape
    assert shape[0] == count
    assert shape[1] == task.length or split != task.splits[0]
    assert drawn.roles.shape == shape
    assert drawn.scored.dtype == np.bool_
    assert drawn.roles.dtype == np.uint8
    asked = drawn.scored.sum(axis=1)
    assert (asked == 1).all() if name in ASKED_ONCE else (asked >= 1).all()
    assert len(task.labels(drawn, 0)) == shape[1]
    assert task.question(drawn, 0)
    check_inputs(task, drawn, shape)
    check_targets(task, drawn, shape)
    assert task.dependency >= 2


def check_inputs(task: Task, drawn: Sequences, shape: tuple[int, int]) -> None:
    if isinstance(task.inputs, Tokens):
        assert drawn.inputs.dtype == np.int32
        assert drawn.inputs.shape == shape
        assert drawn.inputs.min() >= 0
        assert drawn.inputs.max() < task.inputs.size
    else:
        assert isinstance(task.inputs, Channels)
        assert drawn.inputs.dtype == np.float32
        assert drawn.inputs.shape == (*shape, task.inputs.size)


def check_targets(task: Task, drawn: Sequences, shape: tuple[int, int]) -> None:
    if task.loss == "cross_entropy":
        assert drawn.targets.dtype == np.int32
        assert drawn.targets.shape == shape
        assert drawn.targets.min() >= 0
        assert drawn.targets.max() < len(task.outputs)
    else:
        kind = np.uint8 if task.loss == "legal_symbols" else np.float32
        assert drawn.targets.dtype == kind
        assert drawn.targets.shape == (*shape, len(task.outputs))


@ONCE
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_that_the_dependency_is_the_longest_way_from_a_cue_to_the_question(
    name: str, data: st.DataObject
) -> None:
    params = {**data.draw(any_params(name)), **dict.fromkeys(gap_fields(name), 10)}
    task = make(name, **params)
    drawn = task.draw(np.random.default_rng(0), 1000)
    longest = (drawn.scored.argmax(axis=1) - (drawn.roles == Role.CUE).argmax(axis=1)).max()
    assert longest == task.dependency


def gap_fields(name: str) -> list[str]:
    field = task_class(name).gap_field
    return [field] if field else []


@WITH_CLASSES
@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_that_classes_come_equally_often_to_within_one(name: str, count: int) -> None:
    task = make(name)
    for seed in range(20):
        drawn = task.draw(np.random.default_rng(seed), count)
        counts = np.bincount(answers(drawn), minlength=len(task.outputs))
        assert counts.max() - counts.min() <= 1


@WITH_CLASSES
def test_that_a_single_sequence_may_be_of_any_class(name: str) -> None:
    task = make(name)
    seen = {int(answers(task.draw(np.random.default_rng(seed), 1))[0]) for seed in range(200)}
    assert seen == set(range(len(task.outputs)))


@EVERY
def test_that_a_task_explains_itself(name: str) -> None:
    kind, task = task_class(name), make(name)
    assert kind.name == name
    assert kind.summary.endswith("?")
    assert kind.summary.count("?") == 1
    assert len(kind.explanation) > 150
    assert any(
        word.strip(",;").isdigit() and len(word.strip(",;")) == 4 for word in kind.source.split()
    )
    assert task.criterion.sequences == SEQUENCES.get(name, 2000)
    if kind.gap_field:
        assert kind.gap_field in kind.Params.model_fields
    for schema in kind.Params.model_json_schema()["properties"].values():
        assert schema["description"]
        assert schema["type"] == "boolean" or "unit" in schema


@EVERY
def test_that_only_a_perfect_enough_evaluation_meets_the_criterion(name: str) -> None:
    task = make(name)
    assert task.criterion.met(loss=0.001, accuracy=max(task.criterion.threshold, 0.995))
    assert not task.criterion.met(loss=task.baselines[0].loss, accuracy=0.5)
    assert not task.criterion.met(loss=math.nan, accuracy=math.nan)


# Reading back what a task has written.


@EVERY
@given(data=st.data(), seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_that_labels_can_be_typed_in_again(name: str, data: st.DataObject, seed: int) -> None:
    task = make(name, **data.draw(any_params(name)))
    # Of many questions, other splits may leave out some that are there when it is read back.
    split = data.draw(st.sampled_from(task.splits if name in ASKED_ONCE else task.splits[:1]))
    drawn = task.draw(np.random.default_rng(seed), 1, split)
    length = np.count_nonzero(drawn.roles[0])
    read = task.encode(" ".join(task.labels(drawn, 0)) + behind(task, drawn))
    rounding = 0.01001 if isinstance(task.inputs, Channels) else 0
    assert np.abs(read.inputs - drawn.inputs[:, :length]).max() <= rounding
    assert np.array_equal(read.scored, drawn.scored[:, :length])
    answers = read.targets[read.scored], drawn.targets[drawn.scored]
    assert np.abs(answers[0] - answers[1]).max() <= rounding
    assert np.array_equal(read.roles, drawn.roles[:, :length])
    assert read.inputs.dtype == drawn.inputs.dtype
    assert read.targets.dtype == drawn.targets.dtype


def behind(task: Task, drawn: Sequences) -> str:
    """What is typed behind the labels: who asks for what comes next has the answer there."""
    if task.name in ("forecast", "own"):
        return task.question(drawn, 0)[task.question(drawn, 0).index(" ___") :]
    return " ___" * (task.name == "fluent")


@EVERY
@given(text=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_that_any_text_is_read_or_refused_in_one_line(name: str, text: str) -> None:
    try:
        assert len(make(name).encode(text)) == 1
    except ExperimentError as error:
        refused = error
    else:
        return
    assert refused.field == "sequence"
    assert str(refused).endswith(".")
    assert str(refused).isprintable()


# Refusals.


@EVERY
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_that_a_number_outside_its_limits_is_refused_with_field_value_and_limits(
    name: str, data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(whole_fields(name))))
    _, low, high = whole_fields(name)[field]
    value = data.draw(st.integers(max_value=low - 1) | st.integers(min_value=high + 1))
    assume(len(str(value)) < 50)
    with pytest.raises(ExperimentError) as caught:
        make(name, **{field: value})
    limits = f"a whole number from {low:,} to {high:,}"
    assert str(caught.value) == f"{field}: {value:,} was given; it takes {limits}."


@EVERY
@pytest.mark.parametrize("value", [True, "5", 2.5, ""])
def test_that_what_is_no_whole_number_is_refused(name: str, value: Any) -> None:
    field = next(iter(whole_fields(name)))
    with pytest.raises(ExperimentError, match=rf"^{field}: .* it takes a whole number"):
        make(name, **{field: value})


@EVERY
def test_that_a_parameter_that_the_task_does_not_have_is_refused_with_those_it_has(
    name: str,
) -> None:
    known = ", ".join(sorted(task_class(name).Params.model_fields))
    with pytest.raises(ExperimentError) as caught:
        make(name, speed=3)
    expected = f"speed: 3 was given; it takes nothing: there is no such field, only {known}."
    assert str(caught.value) == expected


def test_that_a_task_whose_knob_is_its_length_refuses_a_gap() -> None:
    with pytest.raises(ExperimentError, match=r"^gap: 50 was given; .* only length\.$"):
        make("adding", gap=50)


@pytest.mark.parametrize("value", [0, 1, "true", "yes", 1.0])
def test_that_a_switch_takes_true_and_false_only(value: Any) -> None:
    with pytest.raises(ExperimentError, match=r"^distractors: .* it takes true or false\.$"):
        make("fluent", distractors=value)


def test_that_an_unknown_task_is_refused_with_those_there_are() -> None:
    with pytest.raises(ExperimentError, match=r"one of water, fluent, .*, adding, .*, temporal"):
        make("fluency")


@EVERY
def test_that_completing_fills_in_every_parameter_and_changes_nothing_else(name: str) -> None:
    experiment = Experiment(task=name)
    full = complete(experiment)
    assert set(full.params) == set(task_class(name).Params.model_fields)
    assert full.changed(params={}) == experiment
    assert complete(full) == full


def test_that_a_criterion_says_what_it_counts_where_that_is_not_steps_as_in_training() -> None:
    found = {name: counted(make(name)) for name in ("water", "parity", "counting", "reber")}
    assert found["water"] == found["parity"] == ""
    assert found["counting"] == found["reber"] == " of whole sequences"
    assert counted(make("continual_reber")) == " on 10,000 symbols"
