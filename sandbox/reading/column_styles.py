"""How the numbers of each column are written, judged by its cells and those of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.reading.cell_columns import groups_of, once
from sandbox.reading.cells import Evidence, Judgement, Style, judged, other_mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.reading.doubts import Mend
    from sandbox.reading.draft import Draft
    from sandbox.reading.recipe import Recipe


def judgements_of(draft: Draft, columns: Mapping[int, Sequence[str]]) -> dict[int, Judgement]:
    """The style of each column: what one column proves is true of all, unless they differ."""
    evidence = {at: evidence_of(cells) for at, cells in columns.items()}
    decimal = set[str]().union(*(each.decimal for each in evidence.values()))
    thousands = set[str]().union(*(each.thousands for each in evidence.values()))
    if not Evidence(decimal, thousands).contradicts and len(thousands) < 2:
        evidence = {
            at: replace(each, decimal=decimal, thousands=thousands) for at, each in evidence.items()
        }
    separator = "," if draft.separator == "comma" else ""
    return {at: _as_wanted(judged(each, separator), draft.recipe) for at, each in evidence.items()}


@once
def evidence_of(cells: Sequence[str]) -> Evidence:
    """What the plain cells (n,) of a column tell about its marks."""
    found = Evidence()
    for group in groups_of(cells):
        found.add_alike(group)
    return found


def _as_wanted(judgement: Judgement, recipe: Recipe) -> Judgement:
    """The judgement, or what the recipe says about decimal mark and thousands."""
    style = judgement.style
    decimal: str = recipe.decimal
    thousands: str = recipe.thousands
    if not decimal and not thousands:
        return judgement
    if not decimal:
        decimal = style.decimal if style.decimal != thousands else other_mark(thousands)
    if thousands:
        return Judgement(Style(decimal, "" if thousands == "none" else thousands))
    in_doubt = {mark for each in (style, *judgement.others) for mark in each}
    if judgement.doubt and other_mark(decimal) in in_doubt:
        return Judgement(Style(decimal, other_mark(decimal)))
    return Judgement(Style(decimal, style.thousands if style.thousands != decimal else ""))


def ask_about_styles(draft: Draft, judgements: dict[int, Judgement]) -> None:
    """Ask where the cells of columns could be read in two ways."""
    doubts: dict[str, list[int]] = {}
    for at, judgement in judgements.items():
        if judgement.doubt:
            doubts.setdefault(judgement.doubt, []).append(at)
    for doubt, places in doubts.items():
        judgement = judgements[places[0]]
        names = [draft.names[at] for at in places]
        where = f" in {names[0]}" if len(names) < len(judgements) else ""
        said = _in_words(judgement.style)
        text = f"{doubt[0].upper()}{doubt[1:]}{where}; it is read with {said}."
        draft.ask("decimal", text, names, *map(_style_mend, (judgement.style, *judgement.others)))


def _style_mend(style: Style) -> Mend:
    choices = ("decimal", style.decimal), ("thousands", style.thousands or "none")
    words = _in_words(style)
    return words[0].upper() + words[1:], choices


def _in_words(style: Style) -> str:
    marks = {".": "points", ",": "commas", " ": "spaces", "'": "apostrophes"}
    if style.thousands:
        return f"{marks[style.thousands]} between thousands"
    return f"decimal {marks[style.decimal]}"
