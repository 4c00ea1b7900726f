"""What is held in a net, as a text and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cells.known import CELLS
from sandbox.cells.surgery import (
    Hold,
    SurgeryError,
    ranges_of,
    read_hold,
    read_surgery,
    surgery_text,
    surgery_words,
)
from sandbox.contestants import CONTESTANTS
from sandbox.experiment import Experiment, from_json
from sandbox.validation import ExperimentError

ranges = st.lists(st.integers(0, 99), max_size=9).map(ranges_of)


def test_that_a_text_says_line_units_steps_and_value() -> None:
    first, second, third = read_surgery(
        "forget[3,7-9]@10-20=1 ;lesion[4]; layer1.cell[0-1,1,2]=-.5;"
    )
    assert first == Hold("forget", 1.0, ((3, 3), (7, 9)), ((10, 20),))
    assert second == Hold("lesion", 0.0, ((4, 4),))
    assert third == Hold("cell", -0.5, ((0, 2),), (), 1)
    assert first.words == "forget held at 1, units 4 and 8 to 10, steps 11 to 21"
    assert second.words == "lesion, unit 5"
    assert third.words == "cell held at -0.5, layer 1, units 1 to 3"
    assert read_hold("lesion").words == "lesion, all units"
    assert read_hold("a[1,2]@3=0").words == "a held at 0, units 2 and 3, step 4"


@given(
    line=st.sampled_from(["forget", "cell", "lesion"]),
    value=st.floats(-6e4, 6e4, width=16),
    units=ranges,
    steps=ranges,
    layer=st.integers(0, 9),
)
def test_that_a_hold_is_read_as_it_is_written(line, value, units, steps, layer) -> None:
    hold = Hold(line, 0.0 if line == "lesion" else value, units, steps, layer)
    assert read_surgery(surgery_text([hold, hold])) == (hold, hold)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("forget", "'forget' cannot be held; it takes NAME[UNITS]@STEPS=VALUE"),
        ("lesion=1", "it takes NAME[UNITS]@STEPS=VALUE or lesion"),
        ("forget=x", "a value from -1e6 to 1e6"),
        ("forget=1e7", "a value from -1e6 to 1e6"),
        ("forget[]=1", "units and steps as numbers from 0"),
        ("forget[3-1]=1", "units and steps as numbers from 0"),
        ("forget[-1]=1", "units and steps as numbers from 0"),
        ("forget@=1", "units and steps as numbers from 0"),
        ("for get=1", "it takes NAME"),
        ("forget[1=1", "it takes NAME"),
        ("layer0.cell=1", "it takes NAME"),
    ],
)
def test_that_another_text_is_refused_with_what_it_takes(text: str, sentence: str) -> None:
    with pytest.raises(SurgeryError) as caught:
        read_surgery(text)
    assert sentence in str(caught.value)
    assert surgery_words(text) == text


def test_that_a_net_has_only_lines_units_and_layers_of_its_own() -> None:
    for text, sentence in (
        ("output=1", "a line of GRU: reset, update, candidate, hidden, lesion"),
        ("hidden[8]=1", "units from 0 to 7"),
        ("layer3.hidden=1", "a layer from 1 to 2"),
    ):
        with pytest.raises(SurgeryError, match="cannot be held") as caught:
            read_hold(text).check(CELLS["gru"], 8, 2)
        assert caught.value.accepts == sentence
    read_hold("layer2.update[7]@999=0.5").check(CELLS["gru"], 8, 2)


def test_that_a_contestant_has_a_surgery_that_fits_it() -> None:
    held = CONTESTANTS["lstm"](surgery="lesion[31]")
    one = Experiment(contestants=[held])
    assert from_json(one.to_json()) == one
    with pytest.raises(ExperimentError, match=r"lstm\.surgery: 'lesion\[32\]' was given"):
        one.with_contestant("lstm", surgery="lesion[32]")


def test_that_nothing_held_leaves_data_and_digest_as_they_were() -> None:
    plain = Experiment()
    assert "surgery" not in plain.to_json()
    assert plain.with_contestant("lstm", surgery="lesion[1]").digest != plain.digest
    assert plain.digest == "1b98fb47ae8bbf21"
