"""The measurements, as the lines of `bench --json`."""

from __future__ import annotations

import os
import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sandbox.measure.ours import Lockstep, Ours
from sandbox.measure.same_work import check
from sandbox.measure.timing import Entrant, Times, clocked, in_turn
from sandbox.measure.torch_step import TorchNet, batches_of, conditions
from sandbox.measure.work import Size, draw, flops, steps_in_a_call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.measure.torch_step import Batch

Line = dict[str, Any]
TORCH_MS = 60.0  # the longest call of the same steps in torch
TRIAL_STEPS = 3
SETTLED_S = 0.05  # torch's threads spin for a moment after their work


def step(cell: str, size: Size, seconds: float, least: int) -> Line:
    """One training step on both sides: CPU time on one thread, and wall time.

    Both take the same steps from the same weights on the same batches.
    """
    theirs, block = TorchNet(cell, size.H), draw(size)
    ours, batches = Ours(cell, size, theirs.vector()), batches_of(block)
    with conditions(flush=True):  # faster, and warms up both
        check(cell, size, ours, theirs, block, batches)
    flushed = partial(conditions, flush=True)
    one = Entrant(partial(theirs.steps, batches[:1]), theirs.reset, flushed)
    count = _steps_of(Entrant(partial(ours.steps, block.part(0, 1)), ours.reset), beside=one)
    part, some = block.part(0, count), batches[:count]
    ready, theirs_ready = _warm(ours, block.part(0, 1)), _warm(theirs, batches[:1])
    times = in_turn(
        {
            "ours": Entrant(partial(ours.steps, part), ready),
            "torch": Entrant(partial(theirs.steps, some), theirs_ready, conditions),
            "flushed": Entrant(partial(theirs.steps, some), theirs_ready, flushed),
        },
        seconds,
        least,
    )
    return _step_line(cell, size, {name: each / count for name, each in times.items()})


def _step_line(cell: str, size: Size, times: Mapping[str, Times]) -> Line:
    ours, theirs, flushed = times["ours"], times["torch"], times["flushed"]
    return {
        "case": "step",
        "cell": cell,
        **size._asdict(),
        "torch_ms": theirs.cpu_ms,
        "ours_ms": ours.cpu_ms,
        "torch_flushed_ms": flushed.cpu_ms,
        "torch_wall_ms": theirs.wall_ms,
        "ours_wall_ms": ours.wall_ms,
        "gflops": flops(cell, size) / ours.cpu_ms / 1e6,
    }


def pair(size: Size, seconds: float, least: int) -> Line:
    """RNN and LSTM, side by side here, one after the other in torch: wall time.

    torch uses one thread or all cores, whichever a trial finds faster.
    """
    block, cells = draw(size), ("rnn", "lstm")
    theirs, batches = [TorchNet(cell, size.H) for cell in cells], batches_of(block)
    one = _one_by_one(theirs, batches[:1], partial(conditions, flush=True))
    with Lockstep([Ours(cell, size) for cell in cells]) as ours:
        first = Entrant(partial(ours.steps, block.part(0, 1)), ours.reset)
        count = _steps_of(first, warm=True, beside=one)
        part, some = block.part(0, count), batches[:count]
        threads = _faster_threads(theirs, some[:TRIAL_STEPS])
        around = partial(conditions, threads=threads)
        ready = _warm(ours, block.part(0, 1))
        entrants = {
            "ours": Entrant(partial(ours.steps, part), _settled(ready, threads)),
            "torch": _one_by_one(theirs, some, around),
            "flushed": _one_by_one(theirs, some, partial(conditions, flush=True)),
        }
        found = in_turn(entrants, seconds, least)
    wall = {name: times.wall_ms / count for name, times in found.items()}
    return {
        "case": "pair",
        **size._asdict(),
        "torch_wall_ms": wall["torch"],
        "ours_wall_ms": wall["ours"],
        "torch_flushed_wall_ms": wall["flushed"],
        "torch_threads": threads,
    }


def _faster_threads(nets: list[TorchNet], batches: list[Batch]) -> int:
    """One thread or one for each core: small nets are slower with several."""
    trials = {
        threads: clocked(_one_by_one(nets, batches, partial(conditions, threads=threads)))
        for threads in dict.fromkeys((1, os.cpu_count() or 1))
    }
    time.sleep(SETTLED_S)
    return min(trials, key=lambda threads: trials[threads].wall_ms)


def together(cell: str, size: Size, seconds: float, least: int) -> Line:
    """One net, and two equal ones side by side: wall time of a step of all."""
    found = _crowds(cell, size, (1, 2), seconds, least)
    sizes = {"case": "together", "cell": cell, **size._asdict()}
    return {**sizes, "one_wall_ms": found[1], "two_wall_ms": found[2]}


def replicates(
    cell: str, size: Size, counts: tuple[int, ...], seconds: float, least: int
) -> list[Line]:
    """Several equal nets side by side: wall time of a step of all."""
    found = _crowds(cell, size, counts, seconds, least)
    return [
        {"case": "replicates", "n": n, "ours_wall_ms": wall, "cell": cell, **size._asdict()}
        for n, wall in found.items()
    ]


def scaling(cell: str, of: str, sizes: Mapping[int, Size], seconds: float, least: int) -> Line:
    """CPU time of a step of one net as T or B doubles."""
    nets = {value: Ours(cell, size) for value, size in sizes.items()}
    blocks = {value: draw(size) for value, size in sizes.items()}
    counts, entrants = {}, {}
    for value, net in nets.items():
        counts[value] = _steps_of(
            Entrant(partial(net.steps, blocks[value].part(0, 1)), net.reset), warm=True
        )
        part = blocks[value].part(0, counts[value])
        entrants[str(value)] = Entrant(partial(net.steps, part), _warm(net, part.part(0, 1)))
    found = in_turn(entrants, seconds, least)
    return scaling_line(of, cell, {v: found[str(v)].cpu_ms / counts[v] for v in sizes})


def scaling_line(of: str, cell: str, ms: Mapping[int, float]) -> Line:
    """The line of costs by value, each value twice the one before."""
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
    block, one = draw(size), Ours(cell, size)
    steps = _steps_of(Entrant(partial(one.steps, block.part(0, 1)), one.reset), warm=True)
    part = block.part(0, steps)
    crowds = {n: Lockstep([Ours(cell, size) for _ in range(n)]) for n in counts}
    try:
        entrants = {
            str(n): Entrant(partial(crowd.steps, part), _warm(crowd, block.part(0, 1)))
            for n, crowd in crowds.items()
        }
        found = in_turn(entrants, seconds, least)
    finally:
        for crowd in crowds.values():
            crowd.__exit__()
    return {n: found[str(n)].wall_ms / steps for n in counts}


def _steps_of(one_step: Entrant, warm: bool = False, beside: Entrant | None = None) -> int:
    """The number of steps in a call, by timing one.

    warm: take an untimed step first.  beside: torch's step, whose time limits the number.
    """
    if warm:
        for each in (one_step, beside):
            if each:
                clocked(each)
    count = steps_in_a_call(clocked(one_step).wall_ms)
    return min(count, steps_in_a_call(clocked(beside).wall_ms, TORCH_MS)) if beside else count


def _one_by_one(nets: list[TorchNet], batches: list[Batch], around: Callable[..., Any]) -> Entrant:
    def run() -> None:
        for net in nets:
            net.steps(batches)

    def prepare() -> None:
        for net in nets:
            _warm(net, batches[:1])()

    return Entrant(run, prepare, around)


def _warm(net: Ours | Lockstep | TorchNet, first: Any) -> Callable[[], object]:
    """An untimed step, then a reset, so that the caches are not filled by the other side."""

    def prepare() -> None:
        net.steps(first)
        net.reset()

    return prepare


def _settled(prepare: Callable[[], object], threads: int) -> Callable[[], object]:
    """`prepare`, then a pause if torch's threads may still spin."""

    def settle() -> None:
        prepare()
        if threads > 1:
            time.sleep(SETTLED_S)

    return settle
