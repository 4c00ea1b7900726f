"""What a run shows, in sentences that a careful teacher would say, each with its evidence.

A sentence says what was measured and no more; where a measurement says nothing there is none.
Units and steps count from 1 in sentences, and from 0 in evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.insight.carriers import WEAK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.insight.carriers import Carriers
    from sandbox.insight.gradient_flow import Arrival
    from sandbox.insight.retention import Kept
    from sandbox.insight.unit_sets import Carrying
    from sandbox.tasks.base import Task

FADED, ARRIVES = 1e-3, 0.01  # of the gradient at the question
LEFT = 0.02  # of the baseline: a loss this near it is the baseline's
BETTER = 0.1  # of what the baseline leaves wrong: an accuracy beyond it is not the baseline's
SEVERAL, CARRIED = 10, 0.8  # pairs at least; of them flipped, to say that units carry the cue
FEW, OTHERS_DO_LITTLE = 0.25, 0.5  # of the units; of the answers
SPREAD = 0.4  # of the units: a memory that takes more than that is spread
MISSED, GROWN = 0.2, 2.0  # answers lost by a lesion; how many times a loss of values grows
KEEPS, UNSTEADY = 0.9, 0.1  # of its memory a step: worth saying; and less in some sequences
PATIENCE, MOST_SHOWN = 3, 3


@dataclass(frozen=True)
class Finding:
    """One sentence about one net.

    kind: what it is about.  panel: where it can be seen: "gradient", "loss", "swap", "cell".
    weight: how much it matters, for the choice of the few that are shown.
    """

    kind: str
    key: str
    text: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    panel: str = ""
    weight: float = 1.0


def of_gradient(key: str, title: str, found: Arrival | None) -> Finding | None:
    """How much of the gradient at the question arrives at the cue of fresh sequences."""
    if found is None:
        return None
    evidence = {
        "at_cue": found.typical,
        "low": found.low,
        "high": found.high,
        "sequences": found.sequences,
    }
    if found.high < FADED:
        text = f"At the cue the {title}'s gradient is {_power(found.typical)} of what it is at the "
        if found.typical == 0:
            text = f"At the cue the {title}'s gradient is too small for a float32, unlike at the "
        return Finding("gradient", key, f"{text}question.", evidence, "gradient", 2.0)
    if found.typical >= ARRIVES and found.low >= FADED:
        share = _share(found.typical)
        text = f"The {title}'s gradient reaches the cue with {share} its size at the question."
        return Finding("gradient", key, text, evidence, "gradient", 1.0)
    return None


def of_loss(key: str, title: str, task: Task, loss: float, accuracy: float) -> Finding | None:
    """Whether the loss on fresh sequences is that of the baseline: nothing was remembered."""
    baseline = task.baselines[0]
    if not np.isfinite(loss) or abs(loss - baseline.loss) > LEFT * baseline.loss:
        return None
    known = None if task.whole_sequences else baseline.accuracy  # which counts sequences then
    if known is not None and accuracy > known + BETTER * (1 - known):
        return None
    knows, _, number = baseline.label.partition(": ")
    level = (
        f"{number.partition(',')[0]} = {baseline.loss:.3g}" if number else f"{baseline.loss:.3g}"
    )
    text = (
        f"The {title}'s loss on fresh sequences is {loss:.3g}. A net that {knows} reaches {level}: "
        "nothing of use was remembered."
    )
    evidence = {"loss": loss, "baseline_loss": baseline.loss, "accuracy": accuracy}
    return Finding("loss", key, text, evidence, "loss", 3.0)


def of_carriers(key: str, title: str, found: Carriers, where: str) -> Finding | None:
    """Which units' swap flips answers, and what other units do; where: in words, the step."""
    carrying = found.set
    if carrying is None or carrying.pairs < SEVERAL or carrying.flips < CARRIED:
        return None
    size, hidden = len(carrying.units), len(found.swap)
    evidence = {
        "units": list(carrying.units),
        "layer": found.layer,
        "step": found.step,
        "flips": carrying.flips,
        "others": carrying.others,
        "tried": carrying.tried,
        "pairs": carrying.pairs,
    }
    few = size <= max(FEW * hidden, 1) and carrying.others is not None
    if few and (carrying.others or 0) <= OTHERS_DO_LITTLE:
        text = (
            f"Swapping {units_in_words(carrying.units)} of the {title}, {where}, flips "
            f"{carrying.flips:.0%} of its answers; {_of_others(carrying)}."
        )
        return Finding("carriers", key, text, evidence, "swap", 3.0)
    if size > SPREAD * hidden and hidden >= SEVERAL:
        text = (
            f"The {title}'s memory of the cue is spread over many units: it takes the {size} "
            f"strongest of {hidden}, swapped together {where}, to flip {carrying.flips:.0%} of its "
            "answers."
        )
        return Finding("carriers", key, text, evidence, "swap", 2.0)
    return None


def of_lesion(key: str, title: str, found: Carriers) -> Finding | None:
    """The unit whose loss costs most."""
    missed = found.missed
    if missed is None:
        return None
    lost = missed.without - missed.whole if found.of_values else missed.whole - missed.without
    name = f"Without unit {missed.unit + 1} the {title}"
    if found.of_values and missed.without >= GROWN * missed.whole:
        text = (
            f"{name}'s loss on fresh sequences is {missed.without:.3g}; with it, "
            f"{missed.whole:.3g}."
        )
    elif not found.of_values and lost >= MISSED:
        text = (
            f"{name} is right {missed.without:.0%} of the time on fresh sequences; with it, "
            f"{missed.whole:.0%}."
        )
    else:
        return None
    evidence = {
        "unit": missed.unit,
        "layer": found.layer,
        "lost": lost,
        "unhurt": missed.whole,
        "sequences": missed.sequences,
    }
    return Finding("lesion", key, text, evidence, "swap", 1.5)


def of_disagreement(key: str, title: str, found: Carriers) -> Finding | None:
    """A unit from which the answer can be told, though no answer depends on it alone."""
    if not found.told_only or found.set is None:
        return None
    tells = found.measure("tells")
    unit = max(found.told_only, key=lambda each: tells[each])
    state, read = max(found.told.items(), key=lambda each: each[1].by_unit[unit])
    share = float(tells[unit])
    if share < (1 + read.chance) / 2:
        return None
    reads = f"gets the answer right {share:.0%} of the time ({read.chance:.0%} by guessing)"
    cost = f"a lesion costs less than {WEAK:.0%} of them"
    if found.of_values:
        reads = f"explains {share:.0%} of how answers differ"
        cost = f"with a lesion the loss grows by less than {WEAK:.0%}"
    text = (
        f"From unit {unit + 1} of the {title} alone a linear readout {reads}. Yet swapping that "
        f"unit moves answers less than {WEAK:.0%} of the way, and {cost}."
    )
    evidence = {
        "units": list(found.told_only),
        "unit": unit,
        "layer": found.layer,
        "state": state,
        "tells": share,
        "chance": read.chance,
        "patch_effect": float(found.measure("swap")[unit]),
        "lesion_effect": float(found.lesion[unit]),
    }
    return Finding("disagreement", key, text, evidence, "swap", 0.5)


def of_keeping(key: str, title: str, found: Kept, carrying: Carriers, per: str) -> Finding | None:
    """How long the strongest carrier keeps what it has; per: what a step is called ("word")."""
    if carrying.set is None:
        return None
    unit = int(carrying.ranked("swap")[0])
    share = float(found.share[unit])
    if share < KEEPS or found.least[unit] < share - UNSTEADY:
        return None
    text = (
        f"Unit {unit + 1} of the {title} keeps {_nines(share)} of its memory at each {per} of "
        f"filler{_left(found, unit, per)}."
    )
    half = found.half_life(unit)
    evidence = {"unit": unit, "gate": found.keeper.gate, "kept": share, "half_life": half}
    return Finding("keeping", key, text, evidence, "cell", 1.5)


class FindingsLog:
    """Shows a finding once it has come up several times in a row; keeps all that were shown.

    A finding is known by its kind and net; its sentence may change with the numbers.  Of a net
    that rests, once is enough.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self._latest: dict[tuple[str, str], Finding] = {}
        self.log: list[tuple[int, Finding]] = []  # (training step, finding)

    def note(
        self, step: int, found: Iterable[Finding], about: Iterable[str], resting: bool = False
    ) -> None:
        """What was found at a training step; about: the nets that were asked."""
        now = {(each.kind, each.key): each for each in found}
        for place in [each for each in self._seen if each[1] in set(about) and each not in now]:
            del self._seen[place], self._latest[place]
        for place, finding in now.items():
            before = self._seen.get(place, 0)
            self._seen[place] = max(before + 1, PATIENCE if resting else 0)
            self._latest[place] = finding
            if before < PATIENCE <= self._seen[place]:
                self.log.append((step, finding))

    def shown(self) -> list[Finding]:
        """At most MOST_SHOWN, those that matter most first."""
        lasting = [self._latest[place] for place, count in self._seen.items() if count >= PATIENCE]
        return sorted(lasting, key=lambda each: -each.weight)[:MOST_SHOWN]


def units_in_words(units: tuple[int, ...]) -> str:
    """Units counted from 1: unit 4; units 4, 9 and 21."""
    names = [f"{unit + 1}" for unit in units]
    if len(names) == 1:
        return f"unit {names[0]}"
    return f"units {', '.join(names[:-1])} and {names[-1]}"


def _number(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[count] if count < len(words) else str(count)


def _power(value: float) -> str:
    digits, _, exponent = f"{value:.0e}".partition("e")
    return f"{digits}e{int(exponent)}"


def _share(value: float) -> str:
    return f"about {value:.0%} of" if value < 2 else f"{value:,.1f} times"


def _of_others(carrying: Carrying) -> str:
    """What other units do: "none of 60 other sets of three flips more than 12%"."""
    size = len(carrying.units)
    what = "units" if size == 1 else f"sets of {_number(size)}"
    most = f"more than {carrying.others:.0%}" if carrying.others else "any"
    return f"none of {carrying.tried} other {what} flips {most}"


def _left(found: Kept, unit: int, per: str) -> str:
    """What is left of a memory: after its half-life, or where that is longer, of the filler."""
    half, share = found.half_life(unit), float(found.share[unit])
    if half <= found.steps:
        return f": half of it is left after {half:,.0f} {per}{'s' if round(half) != 1 else ''}"
    left = share**found.steps
    return f": {left:.0%} of it is left after {found.steps:,} {per}s" if left < 0.995 else ""


def _nines(share: float) -> str:
    """A share with two digits past its nines: 0.98, 0.9985."""
    if share > 0.9999:
        return "more than 0.9999" if share < 1 else "all"
    return f"{share:.{int(-np.log10(1 - share)) + 2}f}".rstrip("0")
