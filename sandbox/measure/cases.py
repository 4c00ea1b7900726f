"""The measurements, as the lines of `bench --json`."""

from __future__ import annotations

import time
from contextlib import ExitStack, nullcontext
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sandbox.cells.known import CELLS
from sandbox.engine.cores import available
from sandbox.measure.ours import Lockstep, Ours
from sandbox.measure.timing import Entrant, Times, clocked, in_turn
from sandbox.measure.torch_step import OneByOne, TorchLoop, TorchNet, batches_of, conditions
from sandbox.measure.work import Size, draw, flops, steps_in_a_call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.measure.torch_step import Batch, TorchStep
    from sandbox.tasks.batches import Block

Line = dict[str, Any]
TORCH_MS = 60.0  # the longest call of the same steps in torch
TRIAL_STEPS = 3
SETTLED_S = 0.05  # torch's threads spin for a moment after their work
COMPARED = 3  # steps whose losses have to be the same on both sides
TOLERANCE = 1e-4  # relative
PAIR = ("rnn", "lstm")
YARDSTICK = "lstm"  # whose GFLOP/s other cells are held to
FLUSHED = partial(conditions, flush=True)
ONE_THREAD: Mapping[str, Callable[..., Any]] = {"torch": conditions, "flushed": FLUSHED}
K = TypeVar("K")


class WorkDiffers(Exception):
    """The two sides do not compute the same."""


def check(cell: str, size: Size, ours: Ours, theirs: TorchStep, block: Block) -> None:
    """Compare the losses of the first training steps; WorkDiffers names the first difference."""
    theirs.reset()
    ours.reset()
    part = block.part(0, COMPARED)
    expected = [float(loss) for loss in theirs.steps(batches_of(part), one_bias=True)]
    found = ours.steps(part)
    for step, loss in enumerate(expected):
        own = float(found[step]) if step < len(found) else float("nan")
        if not np.isclose(own, loss, rtol=TOLERANCE, atol=0.0):
            B, T, H = size
            raise WorkDiffers(
                f"This engine's {CELLS[cell].title} and {theirs.called} do not compute the same "
                f"(B={B}, T={T}, H={H}; loss {own:.6f} and {loss:.6f} at step {step + 1}), "
                "so their times cannot be compared: please report this with the output of "
                "`python3 main.py doctor`."
            )


def step(cell: str, size: Size, seconds: float, least: int) -> list[Line]:
    """One training step on both sides: CPU time on one thread, and wall time, in ms.

    Both take the same steps from the same weights on the same batches; WorkDiffers if the results
    differ.
    """
    theirs, block = TorchNet(cell, size.H), draw(size)
    ours = Ours(cell, size, theirs.vector())
    with FLUSHED():  # faster
        check(cell, size, ours, theirs, block)
    times = _against_torch({"ours": ours}, theirs, ONE_THREAD, block, seconds, least)
    own, torch, flushed = times["ours"], times["torch"], times["flushed"]
    line = {
        "case": "step",
        "cell": cell,
        **size._asdict(),
        "torch_ms": torch.cpu_ms,
        "ours_ms": own.cpu_ms,
        "torch_flushed_ms": flushed.cpu_ms,
        "torch_wall_ms": torch.wall_ms,
        "ours_wall_ms": own.wall_ms,
        "gflops": flops(cell, size) / own.cpu_ms / 1e6,
    }
    return [line]


def pair(size: Size, seconds: float, least: int) -> list[Line]:
    """RNN and LSTM, side by side here, one after the other in torch: wall time in ms.

    torch uses one thread or all cores, whichever a trial finds faster.
    """
    block, theirs = draw(size), OneByOne([TorchNet(cell, size.H) for cell in PAIR])
    threads = _faster_threads(theirs, batches_of(block)[:TRIAL_STEPS])
    ways: dict[str, Any] = {**ONE_THREAD, "torch": partial(conditions, threads=threads)}
    pause = SETTLED_S if threads > 1 else 0.0
    with Lockstep(PAIR, size, available()) as ours:
        times = _against_torch({"ours": ours}, theirs, ways, block, seconds, least, pause)
    line = {
        "case": "pair",
        **size._asdict(),
        "torch_wall_ms": times["torch"].wall_ms,
        "ours_wall_ms": times["ours"].wall_ms,
        "torch_flushed_wall_ms": times["flushed"].wall_ms,
        "torch_threads": threads,
    }
    return [line]


def cell(name: str, size: Size, seconds: float, least: int) -> list[Line]:
    """A step beside the same equations in a torch loop: CPU time on one thread, in ms.

    An LSTM of the same size is measured beside it; WorkDiffers if the results differ.
    """
    ours, lstm, block = Ours(name, size), Ours(YARDSTICK, size), draw(size)
    theirs = TorchLoop(name, ours.start, size.H)
    with FLUSHED():
        check(name, size, ours, theirs, block)
    nets = {"ours": ours, "lstm": lstm}
    times = _against_torch(nets, theirs, ONE_THREAD, block, seconds, least)
    ms = {each: found.cpu_ms for each, found in times.items()}
    line = {
        "case": "cell",
        "cell": name,
        **size._asdict(),
        "torch_ms": ms["torch"],
        "ours_ms": ms["ours"],
        "torch_flushed_ms": ms["flushed"],
        "lstm_ms": ms["lstm"],
        "gflops": flops(name, size) / ms["ours"] / 1e6,
        "lstm_gflops": flops(YARDSTICK, size) / ms["lstm"] / 1e6,
    }
    return [line]


def one_net(cell: str, size: Size, counts: Sequence[int], seconds: float, least: int) -> list[Line]:
    """One net on some numbers of cores, and torch.nn's with as many threads: wall time in ms."""
    theirs, block = TorchNet(cell, size.H), draw(size)
    ways: dict[tuple[str, int], Any] = {}
    for n in counts:
        ways["torch", n] = partial(conditions, threads=n)
        ways["flushed", n] = partial(conditions, threads=n, flush=True)
    with ExitStack() as stack:
        ours = {("ours", n): stack.enter_context(Lockstep([cell], size, n)) for n in counts}
        pause = SETTLED_S if max(counts) > 1 else 0.0
        times = _against_torch(ours, theirs, ways, block, seconds, least, pause)
    return [
        {
            "case": "one_net",
            "threads": n,
            "cell": cell,
            **size._asdict(),
            "ours_wall_ms": times["ours", n].wall_ms,
            "torch_wall_ms": times["torch", n].wall_ms,
            "torch_flushed_wall_ms": times["flushed", n].wall_ms,
            "ours_one_thread_wall_ms": times["ours", counts[0]].wall_ms,
        }
        for n in counts
    ]


def together(cell: str, size: Size, seconds: float, least: int) -> list[Line]:
    """One net on one core, and two equal ones side by side: wall time of a step of all, in ms."""
    found = _crowds(cell, size, (1, 2), seconds, least)
    sizes = {"case": "together", "cell": cell, **size._asdict()}
    return [{**sizes, "one_wall_ms": found[1], "two_wall_ms": found[2]}]


def replicates(
    cell: str, size: Size, counts: tuple[int, ...], seconds: float, least: int
) -> list[Line]:
    """Equal nets side by side on a core each, as far as there are: wall time of a step of all."""
    found = _crowds(cell, size, counts, seconds, least)
    return [
        {"case": "replicates", "n": n, "ours_wall_ms": wall, "cell": cell, **size._asdict()}
        for n, wall in found.items()
    ]


def scaling(
    cell: str, of: str, sizes: Mapping[int, Size], seconds: float, least: int
) -> list[Line]:
    """CPU time of a step of one net as T or B doubles, in ms."""
    nets = {value: (Ours(cell, size), size) for value, size in sizes.items()}
    costs = _costs(nets, seconds, least)
    return [scaling_line(of, cell, {value: each.cpu_ms for value, each in costs.items()})]


def scaling_line(of: str, cell: str, ms: Mapping[int, float]) -> Line:
    """The line of costs in ms by value, each value twice the one before."""
    costs = list(ms.values())
    ratios = [after / before for before, after in pairwise(costs)]
    return {
        "case": "scaling",
        "of": of,
        "cell": cell,
        "values": list(ms),
        "ms": costs,
        "ratios": ratios,
        "ratio": max(ratios),
    }


def _crowds(
    cell: str, size: Size, counts: tuple[int, ...], seconds: float, least: int
) -> dict[int, float]:
    """Wall time of a step of all in ms, by number of nets."""
    with ExitStack() as stack:
        crowds = {
            n: (stack.enter_context(Lockstep([cell] * n, size, min(n, available()))), size)
            for n in counts
        }
        return {n: each.wall_ms for n, each in _costs(crowds, seconds, least).items()}


def _costs(
    nets: Mapping[int, tuple[Ours | Lockstep, Size]], seconds: float, least: int
) -> dict[int, Times]:
    """The times of a step of each."""
    counts, entrants = {}, {}
    for key, (net, size) in nets.items():
        block = draw(size)
        first = block.part(0, 1)
        counts[key] = steps_in_a_call(clocked(_entrant(net, first, first)).wall_ms)
        entrants[key] = _entrant(net, block.part(0, counts[key]), first)
    return {key: each / counts[key] for key, each in in_turn(entrants, seconds, least).items()}


def _against_torch(
    ours: Mapping[K, Ours | Lockstep],
    theirs: TorchStep | OneByOne,
    ways: Mapping[K, Callable[..., Any]],
    block: Block,
    seconds: float,
    least: int,
    pause: float = 0.0,
) -> dict[K, Times]:
    """The times of a step by name: of nets here, and of torch's under several conditions.

    pause: before ours, so that torch's threads are at rest.
    """
    batches, first = batches_of(block), block.part(0, 1)
    own = clocked(_entrant(next(iter(ours.values())), first, first)).wall_ms
    one = clocked(_entrant(theirs, batches[:1], batches[:1], FLUSHED)).wall_ms
    count = min(steps_in_a_call(own), steps_in_a_call(one, TORCH_MS))
    part, some = block.part(0, count), batches[:count]
    entrants = {name: _entrant(net, part, first, pause=pause) for name, net in ours.items()}
    entrants |= {name: _entrant(theirs, some, batches[:1], way) for name, way in ways.items()}
    return {name: each / count for name, each in in_turn(entrants, seconds, least).items()}


def _faster_threads(nets: OneByOne, batches: list[Batch]) -> int:
    """One thread or one for each core: small nets are slower with several."""
    trials = {
        threads: clocked(_entrant(nets, batches, batches[:1], partial(conditions, threads=threads)))
        for threads in dict.fromkeys((1, available()))
    }
    time.sleep(SETTLED_S)
    return min(trials, key=lambda threads: trials[threads].wall_ms)


def _entrant(
    net: Ours | Lockstep | TorchStep | OneByOne,
    work: Any,
    first: Any,
    around: Callable[..., Any] = nullcontext,
    pause: float = 0.0,
) -> Entrant:
    """A net's steps on `work`; before them an untimed one, so that its data are in the caches."""

    def prepare() -> None:
        net.steps(first)
        net.reset()
        time.sleep(pause)

    return Entrant(partial(net.steps, work), prepare, around)
