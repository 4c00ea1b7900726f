"""What looks wrong in a table's values, as questions with a mend each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.recipe import MOST_LETTERS, with_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

TOTALS = re.compile(
    r"(?i)[*\s]*(?:(?:[^\W\d]+ |sub)?totals?\b.*|sum(?:me)?\b.*|gesamt\b.*|insgesamt\b.*|somme\b.*|"
    r"totale?s?\b.*|totaal\b.*|totalt\b.*|summa\b.*|suma|somma\b.*|soma|yhteensä\b.*|"
    r"łącznie\b.*|razem\b.*|ogółem\b.*|celkem\b.*|celkom\b.*|összesen\b.*|ukupno\b.*|skupaj\b.*|"
    r"toplam\b.*|i alt\b.*|сумма\b.*|итого\b.*|всего\b.*|разом\b.*|σύνολο\b.*|"
    r"average\b.*|avg\.?\b.*|mean\b.*|mittel(?:wert)?\b.*|durchschnitt\b.*|moyenne\b.*|media\b.*|"
    r"promedio\b.*|median\b.*|max(?:imum)?\b.*|min(?:imum)?\b.*|std\.?(?: ?dev\.?)?\b.*|"
    r"standard deviation\b.*|count\b.*|∑.*|Σ.*)"
)
FAR = 3.0  # times the spread of all others
LEAST_USUAL, CLOSE = 20, 0.1  # values that show what is usual, and the share of their spread
NARROW = 0.2  # of a usual value: as far as others may lie apart
HARDLY = 1.1  # how often values come that hardly ever come twice
FULL_SCALE = frozenset(f"{2**bits - 1}" for bits in (12, 14, 15, 16, 31, 32)) | {"32768"}
HUGE = 1e19  # files of climate models fill with 9.97e36 or 1e20
_NINES = re.compile(r"9{2,6}(?:\.[09]+)?|9{3,}(?:\.0+)?")


Mend = tuple[str, tuple[tuple[str, object], ...]]  # words for a button, and fields of the recipe


@dataclass(frozen=True)
class Question:
    """Something that a person should decide.

    about: a field of the recipe, or else what it is about.  text: one sentence.  mends: what
    settles it.  columns: names of those that are not sure until then; none where a column was left
    out, which makes no other one doubtful.
    """

    about: str
    text: str
    mends: tuple[Mend, ...] = ()
    columns: tuple[str, ...] = ()


def missing_mends(known: str, words: Iterable[str]) -> tuple[Mend, ...]:
    """The mend that takes these words for missing besides those known; none if they are many."""
    text = with_words(known, *words)
    return (("They are missing", (("missing", text),)),) if len(text) <= MOST_LETTERS else ()


@dataclass(frozen=True)
class Filling:
    """A number that stands where a value is missing.

    sure: whether it cannot be a value.  inside: whether it lies among the others.
    """

    value: float
    times: int
    sure: bool
    inside: bool = False


def fillings(values: NDArray[np.float64], keep: Sequence[float] = ()) -> list[Filling]:
    """Numbers in a column (n,) that are far from all others and look like fillings."""
    found: list[Filling] = []
    told = values[~np.isnan(values)]
    for _ in range(3):
        if len(told) < 4:
            break
        extreme = _extreme(told, keep)
        if extreme is None:
            break
        found.append(extreme)
        told = told[told != extreme.value]
    return found


def _extreme(told: NDArray[np.float64], keep: Sequence[float]) -> Filling | None:
    endless = told[~np.isfinite(told)]
    if len(endless):
        return Filling(float(endless[0]), int((told == endless[0]).sum()), sure=True)
    for value in (float(told.min()), float(told.max())):
        others = told[told != value]
        if value in keep:
            continue
        if _are_two(others):
            if len(others) and value < 0 <= others.min() and _looks_filled(value):
                return Filling(value, len(told) - len(others), sure=False)
            continue
        times = len(told) - len(others)
        nearest = float(np.abs(others - value).min())
        low, high = np.quantile(others, [0.02, 0.98])
        spread = max(float(high - low), 1e-9 * abs(value))
        looks = _looks_filled(value)
        if looks and nearest > spread and (nearest > FAR * spread or value < 0 <= others.min()):
            return Filling(value, times, sure=True)
        if times >= 2 and ((value == 0 and nearest > spread) or (value < 0 < others.min())):
            return Filling(value, times, sure=False)
        round_one = value == np.floor(value) and (value < 0 or abs(value) >= 100)
        if times >= 2 and round_one and nearest > FAR * spread:
            return Filling(value, times, sure=False)
        if looks and (nearest > spread or value < 0 <= others.min()):
            return Filling(value, times, sure=False)
    return _among_others(told, keep)


def _are_two(values: NDArray[np.float64]) -> bool:
    """Whether no more than two different numbers are among the values (n,)."""
    return not len(values) or bool(((values == values.min()) | (values == values.max())).all())


def _among_others(told: NDArray[np.float64], keep: Sequence[float]) -> Filling | None:
    """Nines among values that have decimals, or codes among values that hardly ever come twice."""
    values, counts = np.unique(told, return_counts=True)
    far = (values <= -99) | (values >= 999)
    for value, times in zip(values[far].tolist(), counts[far].tolist(), strict=True):
        nines = _looks_filled(value)
        if value in keep or not (nines or _is_code(value)):
            continue
        others, repeats = values[values != value], counts[values != value]
        if not len(others):
            continue
        whole = float(np.mean(others == np.floor(others)))
        usual = times == 1 and _is_usual(value, others)
        among_decimals = nines and not usual and whole <= 0.5 and value == int(value)
        if among_decimals or _comes_often(times, repeats):
            return Filling(value, times, sure=False, inside=True)
    return None


def _is_usual(value: float, others: NDArray[np.float64]) -> bool:
    """Whether all others (n,), rising, are near a value, and some close, as of an air pressure."""
    low, high = np.quantile(others, [0.02, 0.98])
    at = int(np.searchsorted(others, value))
    if len(others) < LEAST_USUAL or not low < value < high or high - low > NARROW * abs(value):
        return False
    return bool(others[at] - others[at - 1] <= CLOSE * (high - low))


def _comes_often(times: int, repeats: NDArray[np.int64]) -> bool:
    """Whether a value comes several times where others come so often."""
    most = int(repeats.max())
    hardly_twice = most <= 2 and float(repeats.mean()) <= HARDLY
    return times >= 3 and (hardly_twice or times >= 3 * most)


def _is_code(value: float) -> bool:
    """Whether a number is one digit written several times, or the largest that a register holds."""
    digits = f"{abs(value):.10g}"
    return digits in FULL_SCALE or (len(digits) > 3 and set(digits) == {digits[0]})


def _looks_filled(value: float) -> bool:
    """Whether a number is written as fillings are: nines, or larger than anything measured."""
    if abs(value) >= HUGE:
        return True
    text = f"{abs(value):.10g}"
    return _NINES.fullmatch(text) is not None and (abs(value) >= 99 or value < 0)


def is_total(label: str) -> bool:
    """Whether a label says that its row sums the others up."""
    return TOTALS.fullmatch(label.strip()) is not None


def sums_up(values: NDArray[np.float64]) -> str:
    """What the last of the values (n,) is of the others: "sum", "mean" or ""."""
    told = values[~np.isnan(values)]
    if len(told) < 4 or np.isnan(values[-1]):
        return ""
    others, last = told[:-1], told[-1]
    if np.ptp(others) == 0 or last in others:
        return ""
    size = max(float(np.abs(others).sum()), 1e-300)
    if abs(others.sum() - last) <= 1e-9 * size and last != 0:
        return "sum"
    if abs(others.mean() - last) <= 1e-9 * size and len(told) > 5:
        return "mean"
    return ""
