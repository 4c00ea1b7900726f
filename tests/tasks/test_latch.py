"""latch, held against its rule."""

import numpy as np
import pytest

from sandbox.tasks.latch import Latch, LatchParams
from sandbox.validation import ExperimentError


def latch(**params: int) -> Latch:
    return Latch(LatchParams(**params))


def test_that_the_noise_has_variance_a_fifth_and_lengths_are_uniform() -> None:
    drawn = latch().draw(np.random.default_rng(0), 20_000)
    noise = drawn.inputs[:, 3:100, 0]
    assert noise.mean() == pytest.approx(0, abs=0.002)
    assert noise.var() == pytest.approx(0.2, rel=0.01)
    # A Gaussian: 68.3% within one standard deviation, 95.4% within two.
    for deviations, share in ((1, 0.6827), (2, 0.9545)):
        within = np.abs(noise) < deviations * 0.2**0.5
        assert within.mean() == pytest.approx(share, abs=0.002)
    lengths = drawn.scored.argmax(axis=1) + 1
    counts = np.bincount(lengths)[100:]
    assert len(counts) == 11
    assert abs(counts / counts.mean() - 1).max() < 0.1


@pytest.mark.parametrize(("length", "longest"), [(10, 11), (19, 20), (100, 110), (1000, 1100)])
def test_that_the_longest_is_a_tenth_longer(length: int, longest: int) -> None:
    task = latch(length=length)
    assert task.length == longest
    assert task.dependency == longest - 1


def test_that_a_typed_row_is_read() -> None:
    task = latch(signal=2)
    read = task.encode("-1, -1.0 .25 -0.5")
    assert task.labels(read, 0) == ["-1.00", "-1.00", "+0.25", "-0.50"]
    assert read.roles[0].tolist() == [2, 2, 3, 4]
    assert read.targets[0, -1, 0] == 0
    assert task.question(read, 0) == "did it begin with +1 (answer 1) or -1 (answer 0)? (0)"
    assert task.question(task.encode("1 1 0"), 0).endswith("(1)")


@pytest.mark.parametrize("text", ["", "1 1", "1 -1 1 0.5", "0.5 0.5 0.5 1", "2 2 2"])
def test_that_a_row_that_does_not_begin_with_its_sign_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="begins with 3 times 1 or 3 times -1"):
        latch().encode(text)


@pytest.mark.parametrize("word", ["nan", "inf", "x", "1e3", "10.5", "--1"])
def test_that_what_is_no_number_is_refused(word: str) -> None:
    with pytest.raises(ExperimentError, match="numbers from -10 to 10"):
        latch().encode(f"1 1 1 {word}")
