"""What the kernels owe beside parity: accurate activations, NaN kept, denormals, inert padding."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from llvmlite import ir

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.kernels import functions, library
from sandbox.engine.kernels.code import Code
from sandbox.engine.kernels.machine import ROWS, lanes
from sandbox.engine.network import MOST_BATCHES, Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.engine.reference import ReferenceNetwork
from sandbox.tasks.batches import block_of
from tests.engine.nets import KINDS, double, error, gradient_of, random_theta, sequences_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.engine.trace import Trace
    from sandbox.tasks.base import Sequences

pytestmark = pytest.mark.timeout(400)  # kernels may have to be compiled
I, H, O = 3, 9, 2  # noqa: E741
SGD = CODES["sgd"]


# Activations ----------------------------------------------------------------------------


NUMBER = iter(range(1000))


def vectorised(function: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    """A kernel's function of a vector as one of an array, of either precision."""

    def compiled_for(dtype: np.dtype) -> Callable[..., None]:
        name, module = f"apply_{next(NUMBER)}", ir.Module()
        code = Code(module, name, "ppw", dtype)
        out, x, count = code.arguments
        with code.loop(0, count) as n:
            place = n * code.lanes
            code.store(function(code.load(code.step(x, place))), code.step(out, place))
        code.end()
        (address,) = library.load(library.object_of(module), name)
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
        return kind(address)

    known = {dtype: compiled_for(np.dtype(dtype)) for dtype in ("float32", "float64")}

    def of(x: np.ndarray) -> np.ndarray:
        width = lanes(x.itemsize)
        padded = np.zeros(-(-len(x) // width) * width, x.dtype)
        padded[: len(x)] = x
        out = np.empty_like(padded)
        known[x.dtype.name](out.ctypes.data, padded.ctypes.data, len(padded) // width)
        return out[: len(x)]

    return of


@pytest.fixture(scope="module")
def tanh() -> Callable[[np.ndarray], np.ndarray]:
    return vectorised(functions.tanh)


@pytest.fixture(scope="module")
def sigmoid() -> Callable[[np.ndarray], np.ndarray]:
    return vectorised(functions.sigmoid)


def both_signs() -> list[np.ndarray]:
    """Every 997th float32 from zero to infinity, all powers of two and their neighbours.

    In pieces, so that a test needs little memory.
    """
    patterns = np.arange(0, 0x7F800000, 997, dtype=np.uint32).view(np.float32)
    powers = np.ldexp(np.float32(1), np.arange(-149, 128)).astype(np.float32)
    near = [np.nextafter(powers, np.float32(to)) for to in (-np.inf, np.inf)]
    dense = np.linspace(0, 12, 1_000_001, dtype=np.float32)
    positive = np.concatenate([patterns, powers, *near, dense])
    return [part for half in (positive, -positive) for part in np.array_split(half, 16)]


def ulps(ours: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Differences in units of the true value's last place as a float32."""
    return np.abs(ours - true) / np.spacing(np.abs(true).astype(np.float32)).astype(np.float64)


def test_that_tanh_is_within_4_units_in_the_last_place(tanh: Callable[..., np.ndarray]) -> None:
    for x in both_signs():
        off = ulps(tanh(x).astype(np.float64), np.tanh(x.astype(np.float64)))
        assert off.max() <= 4, x[off.argmax()]


def test_that_sigmoid_is_within_4_units_in_the_last_place_down_to_minus_5(
    sigmoid: Callable[..., np.ndarray],
) -> None:
    """Further down a rounding of x / ln 2 counts: 32 units at -86.9, at most 1e-9 of one.

    Below exp(-87), which is 1.6e-38, it stays there.
    """
    for x in both_signs():
        with np.errstate(over="ignore"):
            true = 1 / (1 + np.exp(-x.astype(np.float64)))
        ours = sigmoid(x).astype(np.float64)
        assert np.abs(ours - true).max() <= 1.2e-7
        for lowest, most in ((-5, 4), (-16, 8), (-86.9, 32)):
            inside = x >= lowest
            off = ulps(ours[inside], true[inside])
            assert off.max(initial=0) <= most, x[inside][off.argmax()]
        assert (ours[x < -86.9] >= 0).all()
    assert (ours[x < -86.9] < 2e-38).all()


def test_that_activations_keep_nan_and_end_where_they_should(
    tanh: Callable[..., np.ndarray], sigmoid: Callable[..., np.ndarray]
) -> None:
    ends = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 3e38, -3e38], np.float32)
    np.testing.assert_array_equal(tanh(ends), [np.nan, 1, -1, 0, 0, 1, -1])
    squashed = sigmoid(ends)
    np.testing.assert_array_equal(squashed[[0, 1, 3, 4, 5]], [np.nan, 1, 0.5, 0.5, 1])
    assert (np.abs(squashed[[2, 6]]) < 2e-38).all()


def test_that_neither_tanh_nor_sigmoid_leaves_its_range(
    tanh: Callable[..., np.ndarray], sigmoid: Callable[..., np.ndarray]
) -> None:
    highest = []
    for x in both_signs():
        assert sigmoid(x).min() >= 0
        highest.append((np.abs(tanh(x)).max(), sigmoid(x).max()))
    assert np.max(highest, axis=0).tolist() == [1, 1]


# NaN and infinity -----------------------------------------------------------------------


@pytest.mark.parametrize("cell", [None, *CELLS])
def test_that_no_instruction_may_assume_that_numbers_are_finite(cell: str | None) -> None:
    equations = CELLS[cell].step if cell else None
    text = str(library.module_of(library.Unit("float32", equations)))
    flagged = re.compile(r"\b(nnan|ninf|fast)\b|no-(nans|infs)-fp-math")
    assert re.search(r"= f(add|sub|mul) [a-z ]*nsz[a-z ]*<\d+ x float>", text)
    assert flagged.search(text) is None
    assert flagged.search("%x = fadd fast float %a, %b")


def net_of(cell: str, layers: int = 1, **more: Any) -> Network:
    return Network(
        CELLS[cell], random_theta(cell, I, H, O, layers=layers), I, H, O, layers=layers, **more
    )


def refused(net: Network, sequences: Sequences) -> bool:
    """Whether a step was refused; then nothing at all has changed."""
    before = net.vectors()
    taken = net.learn(block_of(sequences, len(sequences)), 0, 0.1, 1.0, CODES["adam"])
    if taken.shape[1]:
        return False
    for name, vector in net.vectors().items():
        assert vector.tobytes() == before[name].tobytes(), name
    return True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_nan_in_any_parameter_is_reported_and_no_step_taken(
    cell: str, layers: int, kind: str
) -> None:
    sequences = sequences_of(kind, 4, 5, I, O, "every")
    names = net_of(cell, layers).layout.shapes
    for name in names:
        net = net_of(cell, layers)
        net.layout.views(net.theta)[name].reshape(-1)[-1] = np.nan
        if kind != "values" and name == "W_x":
            sequences.inputs[1] = I - 1
        assert refused(net, sequences), name
        assert not np.isfinite(net.evaluate(sequences)[0]), name
        assert np.isnan(net.trace(sequences).answers).any(), name


@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_infinity_in_a_parameter_is_reported_wherever_the_reference_does(
    cell: str, layers: int, value: float
) -> None:
    """A tanh makes a finite number of it, so not every loss and gradient is infinite.

    Kernels may refuse more: a padded sequence multiplies the infinite weight by zero.
    """
    sequences = sequences_of("values", 4, 5, I, O, "every")
    for name in net_of(cell, layers).layout.shapes:
        net = net_of(cell, layers)
        net.layout.views(net.theta)[name].reshape(-1)[-1] = value
        oracle = ReferenceNetwork(CELLS[cell], net.theta, I, H, O, layers=layers)
        loss, gradient = oracle.gradient(sequences)
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            assert refused(net, sequences), name


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["inputs", "targets"])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_one_bad_number_in_the_data_is_reported(cell: str, where: str, value: float) -> None:
    sequences = sequences_of("values", 4, 5, I, O, "every")
    getattr(sequences, where)[2, 3, 1] = value
    oracle = ReferenceNetwork(CELLS[cell], net_of(cell).theta, I, H, O)
    loss, gradient = oracle.gradient(sequences)
    finite = np.isfinite(loss) and np.isfinite(gradient).all()
    assert not (finite and (where == "targets" or np.isnan(value)))
    assert refused(net_of(cell), sequences) == (not finite)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_a_sequence_of_nan_does_not_touch_the_others_in_a_trace(
    cell: str, layers: int
) -> None:
    expected, found = good_and_bad(cell, layers)
    others = [0, 1, 3, 4, 5]
    for name, array in expected.arrays.items():
        np.testing.assert_array_equal(found.arrays[name][:, others], array[:, others])
        if "grad_" not in name:
            assert np.isnan(found.arrays[name][:, 2]).any(), name
    np.testing.assert_array_equal(found.loss[others], expected.loss[others])
    assert np.isnan(found.loss[2])


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_nan_reaches_the_gradient_of_the_lower_layer(cell: str) -> None:
    _, found = good_and_bad(cell, 2)
    for name, array in found.arrays.items():
        assert np.isnan(array[:, 2]).any(), name


def good_and_bad(cell: str, layers: int) -> list[Trace]:
    """A trace, and one with a NaN in the third sequence."""
    sequences = [sequences_of("values", 6, 9, I, O, "every") for _ in range(2)]
    sequences[1].inputs[2, 4, 0] = np.nan
    return [net_of(cell, layers).trace(each) for each in sequences]


def test_that_more_batches_than_a_call_measures_are_refused() -> None:
    sequences = sequences_of("values", MOST_BATCHES + 1, 2, I, O, "every")
    with pytest.raises(ValueError, match="at most 256 batches in one call, not 257"):
        net_of("rnn").learn(block_of(sequences, 1), 0, 0.1, 1.0, SGD)


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_steps_before_the_bad_batch_are_taken_and_kept(cell: str) -> None:
    sequences = sequences_of("values", 12, 5, I, O, "every")
    sequences.targets[9] = np.nan
    net, alike = net_of(cell), net_of(cell)
    block = block_of(sequences, 4)
    taken = net.learn(block, 0, 0.1, 1.0, CODES["adam"])
    assert taken.shape == (3, 2)
    np.testing.assert_array_equal(alike.learn(block.part(0, 2), 0, 0.1, 1.0, CODES["adam"]), taken)
    for name, vector in alike.vectors().items():
        np.testing.assert_array_equal(net.vectors()[name], vector)


# Denormals ------------------------------------------------------------------------------


def fading(cell: str, layers: int) -> tuple[Network, ReferenceNetwork]:
    """dL/dh falls below 1e-38 in 200 steps."""
    net = net_of(cell, layers)
    views = net.layout.views(net.theta)
    for name, view in views.items():
        if name.startswith("W_h"):
            view *= 0.3
        memory = dict(CELLS[cell].memory)
        if name in ("b", "b.2") and memory:
            for n, gate in enumerate(CELLS[cell].gates):
                view[n * H : (n + 1) * H] -= 2 * memory.get(gate, 0)
    oracle = ReferenceNetwork(CELLS[cell], net.theta.astype(np.float64), I, H, O, layers=layers)
    return net, oracle


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    "cell", [name for name in CELLS if name not in ("lstm_no_forget", "leaky_rnn")]
)
def test_that_a_gradient_that_fades_below_float32_agrees_with_the_reference(
    cell: str, layers: int
) -> None:
    net, oracle = fading(cell, layers)
    sequences = sequences_of("values", 5, 200, I, O, "last")
    expected, found = oracle.trace(double(sequences)), net.trace(sequences)
    first = np.abs(expected.arrays["grad_hidden"][0])
    assert first.max() < 1e-40
    hidden = np.abs(expected.arrays["grad_hidden"]).max()
    for name, array in expected.arrays.items():
        if "grad_" in name:  # that of a stabiliser is zero, but for rounding
            assert np.abs(found.arrays[name] - array).max() <= 1e-5 * hidden, name
        else:
            assert error(found.arrays[name], array) <= 1e-5, name
        normal = np.abs(found.arrays[name][found.arrays[name] != 0])
        assert normal.min() >= np.finfo(np.float32).tiny, name
    assert error(gradient_of(net, sequences)[1], oracle.gradient(double(sequences))[1]) <= 1e-5


def keeps_denormals() -> bool:
    return bool((np.full(8, 1e-38, np.float32) * np.float32(0.1) > 0).all())


def test_that_numpy_computes_with_denormals_after_every_kernel() -> None:
    net, sequences = fading("lstm", 1)[0], sequences_of("values", 5, 50, I, O, "last")
    bad = sequences_of("values", 5, 50, I, O, "last")
    bad.targets[:] = np.nan

    def calls() -> list[bool]:
        kept = [keeps_denormals()]
        for call in (
            lambda: gradient_of(net, sequences),
            lambda: net.evaluate(sequences),
            lambda: net.trace(sequences),
            lambda: refused(net, bad),
        ):
            call()
            kept.append(keeps_denormals())
        return kept

    assert all(calls())
    kept: list[bool] = []
    thread = threading.Thread(target=lambda: kept.extend(calls()))
    thread.start()
    thread.join()
    assert kept == [True] * 5


# Arrays of another kind -----------------------------------------------------------------


@pytest.mark.parametrize("field", ["inputs", "targets", "scored"])
def test_that_arrays_of_another_kind_are_refused_before_they_are_read(field: str) -> None:
    block = block_of(sequences_of("values", 4, 5, I, O), 4)
    kept = np.asfortranarray(getattr(block, field)).astype(getattr(block, field).dtype, order="F")
    for wrong in (getattr(block, field).astype(np.float64), kept):
        with pytest.raises(TypeError, match=field):
            net_of("lstm").learn(replace(block, **{field: wrong}), 0, 0.1, 1.0, SGD)


# Padding --------------------------------------------------------------------------------


@pytest.mark.parametrize("H", [8, 16])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_a_trace_is_not_changed_by_a_later_one(cell: str, H: int) -> None:
    """Also where a panel of the kernels has just the shape of what is asked for."""
    net = Network(CELLS[cell], random_theta(cell, 4, H, 3), 4, H, 3)
    first = net.trace(sequences_of("classes", 8, 6, 4, 3, seed=1))
    kept = {name: array.copy() for name, array in first.arrays.items()}
    net.trace(sequences_of("classes", 8, 6, 4, 3, seed=2))
    for name, array in kept.items():
        np.testing.assert_array_equal(first.arrays[name], array, err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_a_sequence_is_traced_alike_in_any_batch(cell: str, layers: int, kind: str) -> None:
    """States and gradients bit for bit: padded rows and other sequences have no part in them."""
    sequences = sequences_of(kind, 5 * ROWS, 12, I, O, "lengths")
    net = net_of(cell, layers)
    whole = net.trace(sequences)
    for count in (1, 5, ROWS, ROWS + 1):
        some = net.trace(sequences.pick(slice(count)))
        for name, array in some.arrays.items():
            np.testing.assert_array_equal(array, whole.arrays[name][:, :count], err_msg=name)
        np.testing.assert_allclose(some.loss, whole.loss[:count], rtol=1e-5)
        np.testing.assert_allclose(some.answers, whole.answers[:, :count], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_sequences_that_are_never_scored_change_no_bit_of_a_step(
    cell: str, layers: int, kind: str
) -> None:
    few, more = ROWS - 3, ROWS
    sequences = sequences_of(kind, more, 12, I, O, "lengths")
    sequences.scored[few:] = False
    net = net_of(cell, layers)
    alone = gradient_of(net, sequences.pick(slice(few)))
    beside = gradient_of(net, sequences)
    assert alone[0] == beside[0]
    np.testing.assert_array_equal(alone[1], beside[1])


@pytest.mark.parametrize("wide", [16, 17, 40])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_units_without_weights_change_no_bit(cell: str, layers: int, wide: int) -> None:
    small = net_of(cell, layers)
    theta = np.zeros(layout(CELLS[cell], I, wide, O, layers).size, np.float32)
    large = Network(CELLS[cell], theta, I, wide, O, layers=layers)
    inside = {name: embedding(name, cell, wide) for name in small.layout.shapes}
    given = small.layout.views(small.theta)
    for name, view in large.layout.views(theta).items():
        view[inside[name]] = given[name]
    sequences = sequences_of("values", 7, 12, I, O, "lengths")
    for name, array in small.trace(sequences).arrays.items():
        found = large.trace(sequences).arrays[name]
        np.testing.assert_array_equal(found[..., :H], array, err_msg=name)
        if "hidden" in name:
            assert not found[..., H:].any()
    (loss, gradient), (same, larger) = (gradient_of(n, sequences) for n in (small, large))
    assert loss == same
    theirs = large.layout.views(larger)
    for name, view in small.layout.views(gradient).items():
        np.testing.assert_array_equal(theirs[name][inside[name]], view, err_msg=name)


def embedding(name: str, cell: str, wide: int) -> Any:
    """Where a small net's parameter lies in a wider one's."""
    columns = np.concatenate([np.arange(H) + n * wide for n in range(len(CELLS[cell].gates))])
    kind = name.split(".")[0]
    rows: Any = np.arange(I) if name == "W_x" else np.arange(H)
    return {
        "W_x": lambda: np.ix_(rows, columns),
        "W_h": lambda: np.ix_(rows, columns),
        "b": lambda: columns,
        "b_o": lambda: slice(None),
    }.get(kind, lambda: slice(H))()


# Other machines -------------------------------------------------------------------------

ELSEWHERE = """
import sys
kind, cells = sys.argv[1], sys.argv[2:]
if kind == "avx2":  # as on a machine that has no AVX-512
    import llvmlite.binding as llvm
    features = llvm.get_host_cpu_features()
    for name in features:
        features[name] = features[name] and not name.startswith("avx512")
    llvm.get_host_cpu_features = lambda: features
import numpy as np
from sandbox.cells.known import CELLS
from sandbox.engine.kernels.machine import ROWS, VECTOR_BYTES
from sandbox.engine.network import MOST_BATCHES, Network
from sandbox.engine.reference import ReferenceNetwork
from tests.engine.nets import double, error, gradient_of, random_theta, sequences_of
worst = 0.0
for cell in cells:
    for B, T, H in ((1, 1, 1), (5, 9, 7), (8, 20, 16), (13, 11, 33)):
        theta = random_theta(cell, 4, H, 3, layers=2)
        sequences = sequences_of("values", B, T, 4, 3, "lengths")
        ours = Network(CELLS[cell], theta.copy(), 4, H, 3, layers=2)
        oracle = ReferenceNetwork(CELLS[cell], theta.astype(np.float64), 4, H, 3, layers=2)
        expected = oracle.trace(double(sequences))
        found = ours.trace(sequences)
        pairs = [(found.arrays[name], array) for name, array in expected.arrays.items()
                 if "stabiliser" not in name]
        pairs.append((gradient_of(ours, sequences)[1], oracle.gradient(double(sequences))[1]))
        worst = max([worst, *(error(*pair) for pair in pairs)])
print(VECTOR_BYTES, ROWS, worst)
"""


@pytest.mark.parametrize(
    ("machine", "vector_bytes", "cells"),
    [
        ("avx2", 32, " ".join(CELLS)),
        ("generic", 16, " ".join(CELLS)),
        ("nonsense", 16, "lstm"),  # which LLVM takes for a processor without any features
    ],
)
def test_that_kernels_for_a_lesser_machine_agree_with_the_reference(
    machine: str, vector_bytes: int, cells: str
) -> None:
    """Each in a process of its own, with machine code of its own that is kept."""
    env = dict(os.environ)
    if machine != "avx2":
        env["SEQUENCE_SANDBOX_CPU"] = machine
    found = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, machine, *cells.split()],
        env=env,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert int(found[0]) == vector_bytes
    assert int(found[1]) == 4
    assert float(found[2]) <= 1e-5


# Other functions ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["exp", "softplus", "logsigmoid"])
def test_that_exponentials_and_their_logarithms_are_numpys(name: str, dtype: Any) -> None:
    """To 4 units in the last place of what is added to 1; softplus(x) of x < 0 relatively, too."""
    x = np.concatenate([np.linspace(-80, 80, 200_001), [0.0, -0.0]]).astype(dtype)
    exact = {
        "exp": np.exp,
        "softplus": lambda x: np.logaddexp(0, x),
        "logsigmoid": lambda x: -np.logaddexp(0, -x),
    }[name](x.astype(np.longdouble))
    function = vectorised(functions.FUNCTIONS[name])
    assert np.isnan(function(np.array([np.nan], dtype))).all()
    off = np.abs((function(x) - exact) / exact)
    assert off.max() <= (2e-6 if dtype == np.float32 else 2e-14)


def test_that_an_exponential_that_overflows_is_infinite_and_one_that_vanishes_tiny() -> None:
    exp = vectorised(functions.exp)
    assert np.isinf(exp(np.array([89, 1e30, np.inf], np.float32))).all()
    assert (exp(np.array([-88, -1e30, -np.inf], np.float32)) < 2e-38).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_that_logarithms_are_numpys(dtype: Any) -> None:
    x = np.geomspace(1e-30, 1e30, 100_001).astype(dtype)
    exact = np.log(x.astype(np.longdouble))
    off = np.abs(vectorised(functions.log)(x) - exact)
    assert (off <= np.finfo(dtype).eps * (2 * np.abs(exact) + 1)).all()
    assert np.isnan(vectorised(functions.log)(np.array([np.nan, np.inf], dtype))).all()
