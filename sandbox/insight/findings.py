"""What a run shows, in sentences that a careful teacher would say, each with its evidence.

A sentence says what was measured and no more; where a measurement says nothing there is none.
Units and steps count from 1 in sentences, and from 0 in evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.insight.carriers import Carriers
    from sandbox.insight.gradient_flow import GradientFlow
    from sandbox.insight.retention import Kept
    from sandbox.tasks.base import Task

FADED, ARRIVES = 1e-3, 0.1  # of the gradient at the question
LEFT = 0.02  # of the baseline: a loss this near it is the baseline's
SEVERAL = 10  # pairs at least, for a claim about swaps
FEW, OTHERS_DO_LITTLE = 0.25, 0.5  # of the units; of the answers
MISSED = 0.2  # of the answers, lost by a lesion
KEEPS = 0.9  # of its memory a step: a unit of which that is worth saying
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


def of_gradient(key: str, title: str, flow: GradientFlow) -> Finding | None:
    """How much of the gradient at the question is left at the cue."""
    if flow.at_cue is None or not np.isfinite(flow.at_cue):
        return None
    evidence = {
        "at_cue": flow.at_cue,
        "decay_per_step": flow.decay_per_step,
        "half_life": flow.half_life,
    }
    if flow.at_cue < FADED:
        size = "too small for a float32" if flow.at_cue == 0 else f"{_power(flow.at_cue)} of what"
        tail = "" if flow.at_cue == 0 else " it is at the question"
        text = f"At the cue the {title}'s gradient is {size}{tail}."
        return Finding("gradient", key, text, evidence, "gradient", 2.0)
    if flow.at_cue >= ARRIVES:
        text = (
            f"The {title}'s gradient reaches the cue with {_share(flow.at_cue)} of its size at "
            "the question."
        )
        return Finding("gradient", key, text, evidence, "gradient", 1.0)
    return None


def of_loss(key: str, title: str, task: Task, loss: float, accuracy: float) -> Finding | None:
    """Whether the loss on fresh sequences is that of the baseline: nothing was remembered."""
    baseline = task.baselines[0]
    if not np.isfinite(loss) or abs(loss - baseline.loss) > LEFT * baseline.loss:
        return None
    knows, _, number = baseline.label.partition(": ")
    level = f"{number} = {baseline.loss:.2f}" if number else f"{baseline.loss:.3g}"
    text = (
        f"The {title}'s loss on fresh sequences is {loss:.2f}. A net that {knows} reaches {level}: "
        "nothing was remembered."
    )
    evidence = {"loss": loss, "baseline_loss": baseline.loss, "accuracy": accuracy}
    return Finding("loss", key, text, evidence, "loss", 3.0)


def of_carriers(key: str, title: str, found: Carriers, where: str) -> Finding | None:
    """Which units' swap flips answers, and what other units do."""
    if found.set is None or found.pairs < SEVERAL:
        return None
    units, size = found.set.units, len(found.set.units)
    evidence = {
        "units": list(units),
        "step": found.step,
        "flips": found.set.flips,
        "others": found.set.others,
        "pairs": found.pairs,
    }
    flips = f"{found.set.flips:.0%}"
    if size <= max(FEW * len(found.swap), 1) and found.set.others <= OTHERS_DO_LITTLE:
        other = "no other unit" if size == 1 else f"no other {_number(size)} that were tried"
        does = "does" if size == 1 else "do"
        text = (
            f"Swapping {units_in_words(units)} {where} flips {flips} of the "
            f"{title}'s answers; {other} {does} more than {found.set.others:.0%}."
        )
        return Finding("carriers", key, text, evidence, "swap", 3.0)
    if size > 0.5 * len(found.swap):
        text = (
            f"The {title}'s memory of the cue is spread: it takes {size} of {len(found.swap)} "
            f"units, swapped {where}, to flip {flips} of its answers."
        )
        return Finding("carriers", key, text, evidence, "swap", 2.0)
    return None


def of_lesion(key: str, title: str, found: Carriers) -> Finding | None:
    """The unit whose loss costs most answers."""
    unit = int(found.lesion.argmax())
    lost = float(found.lesion[unit])
    if lost < MISSED or not 0 < found.unhurt <= 1:
        return None
    text = (
        f"Without unit {unit + 1} the {title} is right in {found.unhurt - lost:.0%} of fresh "
        f"sequences, with it in {found.unhurt:.0%}."
    )
    evidence = {"unit": unit, "lost": lost, "unhurt": found.unhurt}
    return Finding("lesion", key, text, evidence, "swap", 1.5)


def of_disagreement(key: str, title: str, found: Carriers) -> Finding | None:
    """Units from which the cue can be told, though no answer depends on one of them."""
    only = found.told_only
    if not only or found.set is None:
        return None
    best = max(only, key=lambda unit: found.measure("tells")[unit])
    share = float(found.measure("tells")[best])
    text = (
        f"A linear readout tells the cue from unit {best + 1} of the {title} in {share:.0%} of "
        f"cases, but neither swapping nor removing it alone changes answers much."
    )
    evidence = {
        "units": list(only),
        "unit": best,
        "tells": share,
        "patch_effect": float(found.measure("swap")[best]),
        "lesion_effect": float(found.lesion[best]),
    }
    return Finding("disagreement", key, text, evidence, "swap", 0.5)


def of_keeping(key: str, title: str, found: Kept, carrying: Carriers, per: str) -> Finding | None:
    """How long the strongest carrier keeps what it has; per: what a step is called ("word")."""
    if carrying.set is None:
        return None
    unit = int(carrying.ranked("swap")[0])
    share = float(found.share[unit])
    if share < KEEPS or found.least[unit] < share - 0.1:
        return None
    half = found.half_life(unit)
    left = f"half of it is left after {half:,.0f}" if half < 9_999 else "next to nothing is lost"
    text = (
        f"Unit {unit + 1} of the {title} keeps {_nines(share)} of its memory a {per} of filler: "
        f"{left}."
    )
    evidence = {"unit": unit, "gate": found.keeper.gate, "kept": share, "half_life": half}
    return Finding("keeping", key, text, evidence, "cell", 1.5)


class FindingsLog:
    """Shows a finding once it has come up several times in a row; keeps all that were shown.

    A finding is known by its kind and net; its sentence may change with the numbers.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self._latest: dict[tuple[str, str], Finding] = {}
        self.log: list[tuple[int, Finding]] = []  # (training step, finding)

    def note(self, step: int, found: Iterable[Finding], about: Iterable[str]) -> None:
        """What was found at a training step; about: the nets that were asked."""
        now = {(each.kind, each.key): each for each in found}
        for place in [each for each in self._seen if each[1] in set(about) and each not in now]:
            del self._seen[place], self._latest[place]
        for place, finding in now.items():
            self._seen[place] = self._seen.get(place, 0) + 1
            self._latest[place] = finding
            if self._seen[place] == PATIENCE:
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
    return f"{value:.0%}" if value < 10 else f"{value:,.0f} times"


def _nines(share: float) -> str:
    """A share with one digit past its nines: 0.98, 0.9993."""
    if share >= 1:
        return "all"
    digits = max(2, int(np.ceil(-np.log10(1 - share))) + 1) if 1 - share < 0.1 else 2
    return f"{share:.{min(digits, 6)}f}"
