"""Whether what `ask` says of the default experiment holds on sequences that it has not seen.

python bench/ask_holds.py [--seeds 10] [--pairs 200] [KEY=VALUE …]

Trains the experiment with each seed, asks about every net, and measures each claim again on fresh
sequences of another seed: more pairs to swap, more sequences to lesion, a readout that is fitted
anew.  A share holds if it is as near as three standard deviations of what was said, whose number
of sequences is known; a factor, if the two are within the limit that stands beside it here.  Prints
a line for each claim and a summary; exits with 1 if less than 95% hold.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox.cells.known import called
from sandbox.cells.surgery import read_surgery
from sandbox.cli import output
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.insight.asking import TESTED, ask
from sandbox.insight.carriers import READ, WEAK
from sandbox.insight.effect import effect
from sandbox.insight.findings import CARRIED
from sandbox.insight.subject import subject_of
from sandbox.insight.unit_sets import pairs_like, swap_sets
from sandbox.settings import with_settings
from sandbox.tasks.preview import example_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.insight.asking import Insight
    from sandbox.insight.subject import Subject

ELSEWHERE = 1000  # added to the seed of fresh sequences
HOLD = 0.95  # of all claims
FADES, ARRIVES, KEEPS = (
    2.0,
    1.5,
    1.1,
)  # factors: of a faded gradient, of one that arrives, of 1/(1-f)
LOSS = 0.02  # of the loss


@dataclass(frozen=True)
class Claim:
    """One number that was said, the same on fresh sequences, and whether it holds."""

    net: str
    what: str
    said: str
    fresh: str
    holds: bool

    @property
    def row(self) -> tuple[str, ...]:
        return self.net, self.what, self.said, self.fresh, "holds" if self.holds else "FAILS"


def main() -> int:
    """Print a table and a summary; whether too many claims fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    base = with_settings(Experiment(), given.settings)
    claims: list[Claim] = []
    for seed in range(given.seeds):
        claims += of_run(base.changed(seed=seed), given.pairs)
    print(output.table(("net", "claim", "said", "fresh", ""), [each.row for each in claims]))
    kinds = Counter(each.what.partition(":")[0] for each in claims)
    right = Counter(each.what.partition(":")[0] for each in claims if each.holds)
    rows = [(kind, f"{right[kind]} of {count}") for kind, count in kinds.items()]
    print("\n" + output.table(("claim", "hold"), rows))
    return int(right.total() < HOLD * kinds.total())


def of_run(experiment: Experiment, count: int) -> Iterator[Claim]:
    """Train, and measure what is said about every net twice."""
    trainer = Trainer(experiment)
    trainer.evaluating = False
    while not trainer.finished:
        trainer.run(100)
    weights, cells = trainer.weights(), trainer.keys
    trainer.close()
    examples = example_sequences(trainer.task, experiment.seed, 1)
    for key in cells:
        subject = subject_of(trainer.experiment, key, weights[key], trainer.task)
        other = replace(subject, seed=subject.seed + ELSEWHERE)
        said, again = (ask(each, called(key, cells[key]), examples) for each in (subject, other))
        assert said is not None
        assert again is not None
        kinds = {each.kind for each in said.findings()}
        yield from of_net(f"{experiment.seed} {key}", kinds, said, again, count)


def of_net(net: str, kinds: set[str], said: Insight, again: Insight, count: int) -> Iterator[Claim]:
    """What was said in findings of these kinds, and what fresh sequences say."""
    if "loss" in kinds:
        near = abs(again.loss / said.loss - 1) <= LOSS
        yield Claim(net, "loss", f"{said.loss:.3f}", f"{again.loss:.3f}", near)
    if "gradient" in kinds:
        yield of_gradient(net, said, again)
    if "carriers" in kinds:
        yield from of_carriers(net, said, again.subject, count)
    if "lesion" in kinds:
        yield from of_lesion(net, said, again.subject)
    if "disagreement" in kinds:
        yield from of_disagreement(net, said, again)
    if "keeping" in kinds:
        yield of_keeping(net, said, again)


def of_gradient(net: str, said: Insight, again: Insight) -> Claim:
    """The gradient at the cue as a share of that at the question."""
    assert said.arrival is not None
    assert again.arrival is not None
    one, other = said.arrival.typical, again.arrival.typical
    limit = FADES if one < 1e-3 else ARRIVES
    near = one == other or 1 / limit <= other / max(one, 1e-300) <= limit
    return Claim(net, "gradient at the cue", f"{one:.1e}", f"{other:.1e}", near)


def of_carriers(net: str, said: Insight, other: Subject, count: int) -> Iterator[Claim]:
    """The share of answers that the set flips, that half of it does, and that other sets do."""
    found = said.carriers
    assert found.set is not None
    examples = example_sequences(other.task, said.subject.seed, 1)
    pairs = pairs_like(other, examples, count)
    units, carrying = found.set.units, found.set
    ranked = found.ranked("swap").tolist()
    sets = [units, tuple(ranked[: len(units) // 2] or units)]
    whole, half = swap_sets(other, pairs, sets, found.step, found.layer)[1].mean(axis=1)
    what = f"set flips: {len(units)} unit{'s' if len(units) != 1 else ''}"
    yield share(net, what, carrying.flips, float(whole), carrying.pairs)
    if len(units) > 1:
        what = f"half of the set does not: {len(units) // 2}"
        yield Claim(net, what, f"below {CARRIED:.0%}", f"{half:.1%}", bool(half < CARRIED))


def of_lesion(net: str, said: Insight, other: Subject) -> Iterator[Claim]:
    """The accuracy without the unit that is missed most, and with it."""
    missed = said.carriers.missed
    assert missed is not None
    found = effect(other, read_surgery(f"lesion[{missed.unit}]"), TESTED)
    assert found is not None
    what = f"right without unit: {missed.unit + 1}"
    yield share(net, what, missed.without, found.after[1], missed.sequences)
    yield share(net, "right with all units", missed.whole, found.before[1], missed.sequences)


def of_disagreement(net: str, said: Insight, again: Insight) -> Iterator[Claim]:
    """What a readout tells from a unit that hardly matters, and that it hardly matters."""
    evidence = next(each.evidence for each in said.findings() if each.kind == "disagreement")
    unit, found = evidence["unit"], again.carriers
    tells = float(found.told[evidence["state"]].by_unit[unit])
    yield share(net, f"readout tells: unit {unit + 1}", evidence["tells"], tells, READ)
    for name, measure in (("swap moves", found.swap), ("lesion costs", found.lesion)):
        value = abs(float(measure[unit]))
        what = f"{name} little: unit {unit + 1}"
        yield Claim(net, what, f"below {WEAK:.0%}", f"{value:.1%}", value < WEAK)


def of_keeping(net: str, said: Insight, again: Insight) -> Claim:
    """What the strongest carrier keeps of its memory at each step."""
    assert said.kept is not None
    assert again.kept is not None
    unit = int(said.carriers.ranked("swap")[0])
    one, other = float(said.kept.share[unit]), float(again.kept.share[unit])
    near = 1 / KEEPS <= (1 - one) / (1 - other) <= KEEPS if other < 1 else one == other
    return Claim(net, f"kept at each step: unit {unit + 1}", f"{one:.5f}", f"{other:.5f}", near)


def share(net: str, what: str, one: float, other: float, counted: int) -> Claim:
    """A share that was counted on so many sequences or pairs."""
    noise = 3 * math.sqrt(max(other * (1 - other), 1 / counted) / counted)
    return Claim(net, what, f"{one:.1%}", f"{other:.1%}", abs(one - other) <= noise)


if __name__ == "__main__":
    sys.exit(main())
