"""What should be asked about where a table lies, and how its lines are split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.reading.comma_pairs import PAIRS, has_padded_decimals, width_in_pairs
from sandbox.reading.header import counting_cells
from sandbox.reading.kinds import kind_of
from sandbox.reading.outside_rows import UNCLEAR, WIDE
from sandbox.reading.splitting import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.doubts import Mend
    from sandbox.reading.draft import Draft

SPLIT = {
    "none": "one value a line",
    "comma": "values with commas between",
    "semicolon": "values with semicolons between",
    "space": "values with blanks between",
    "tab": "values with tabs between",
    "bar": "values with bars between",
    "ampersand": "values with & between, as in LaTeX",
    "fixed": "values at fixed places",
    "pairs": "values with commas between and decimal commas",
}  # ways of splitting a line, in words
LONGEST = 40  # letters of a row in a question


def ask_about_layout(draft: Draft, names: Sequence[str]) -> None:
    """Ask what the columns of these names depend on."""
    for ask in (_separator, _header, _tables, _width, _last_row, _rows_outside, _rows_inside):
        ask(draft, names)


def _separator(draft: Draft, names: Sequence[str]) -> None:
    layout, chosen = draft.layout, draft.separator
    if layout.rival is not None:
        rival = layout.rival.splitting.separator
        row = next(iter(layout.body.rows[layout.first :]), [])
        line = (SEPARATORS.get(chosen) or " ").join(row)[:LONGEST]
        draft.ask(
            "separator",
            f"{line} could be one value or several; it is read as {SPLIT[chosen]}.",
            names,
            (SPLIT[rival].capitalize(), (("separator", rival),)),
            (SPLIT[chosen].capitalize(), (("separator", chosen),)),
        )
    inside = layout.body.inside
    if chosen == "space" and any(len(layout.body.rows[at]) < layout.body.width for at in inside):
        draft.ask(
            "separator",
            "Some rows have fewer values than others, and blanks do not tell which is missing.",
            names,
            ("Columns begin at fixed places", (("separator", "fixed"),)),
        )


def _header(draft: Draft, names: Sequence[str]) -> None:
    doubt = draft.layout.header_doubt
    if doubt and draft.recipe.header is None:
        draft.ask(
            "header",
            f"{doubt[0].upper()}{doubt[1:]}.",
            names,
            ("It names the columns", (("header", 1),)),
            ("It holds values", (("header", 0),)),
        )
    layout = draft.layout
    above = layout.body.rows[layout.first - 1] if layout.first else []
    if not layout.header and draft.recipe.header is None and _may_be_row(above, draft):
        said = " ".join(above).strip()[:LONGEST]
        draft.ask(
            "header",
            f"{said!r} above the values could be a title or a row without values; it is left out.",
            names,
            ("Leave it out", (("header", 0),)),
        )


def _may_be_row(row: Sequence[str], draft: Draft) -> bool:
    """Whether a row has a label where the rows of the table have theirs, and nothing else."""
    told = [at for at, cell in enumerate(row) if cell]
    kinds = draft.layout.body.kinds
    return len(row) == len(kinds) > len(told) > 0 and all(
        kinds[at] == kind_of(row[at]) == "text" for at in told
    )


def _tables(draft: Draft, names: Sequence[str]) -> None:
    layout = draft.layout
    _periods(draft, names)
    if draft.recipe.table is not None:
        return
    if layout.blocks > 1:
        draft.ask(
            "table",
            f"Empty lines part the table into {layout.blocks}; they are read as one.",
            names,
            ("Only the first", (("table", 1),)),
            ("Only the second", (("table", 2),)),
        )
    if layout.tables > 1:
        draft.ask(
            "table",
            "The file holds more than one table; the largest is read.",
            names,
            ("The first", (("table", 1),)),
            ("The second", (("table", 2),)),
        )


def _periods(draft: Draft, names: Sequence[str]) -> None:
    """Ask which of several kinds of periods is meant."""
    kinds = draft.layout.periods
    if len(kinds) < 2 or draft.recipe.table is not None:
        return
    listed = f"{', '.join(kinds[:-1])} and {kinds[-1]}"
    draft.ask(
        "table",
        f"{listed.capitalize()} stand below one another, and not every row is as long as the next.",
        names,
        *((f"Only the {kind}", (("table", at),)) for at, kind in enumerate(kinds, 1)),
    )


def _width(draft: Draft, names: Sequence[str]) -> None:
    """Ask where commas may be decimal marks, too, so that there are more cells than names."""
    layout, body = draft.layout, draft.layout.body
    if draft.separator != "comma" or draft.recipe.separator:
        return
    above = body.rows[layout.header[-1] if layout.header else layout.first - 1]
    named = _named(above) if layout.first else 0
    rows = [body.rows[at] for at in layout.kept]
    joined = width_in_pairs(rows)
    fits = joined and (joined == named or (not named and has_padded_decimals(rows)))
    mends: list[Mend] = [("Commas only separate", (("separator", "comma"),))]
    if fits and not _counts(rows):
        mends.insert(0, ("Join cells in pairs", (("separator", PAIRS), ("decimal", ","))))
    elif not (1 < named == len(above) < body.width - 1):
        return
    first = ",".join(rows[0])[:LONGEST]
    some = f"The header names {named} columns and rows have {body.width} cells" if named else first
    draft.ask("separator", f"{some}: commas could be decimal marks, too.", names, *mends)


def _named(row: Sequence[str]) -> int:
    """How many columns a row of words names, one without a name before others among them."""
    told = [at for at, cell in enumerate(row) if cell]
    words = told and all(kind_of(row[at]) == "text" for at in told)
    return told[-1] + 1 if words else 0


def _counts(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first cells count the rows, as R's names of rows do."""
    first = [row[0] for row in rows]
    return first[0] in ("0", "1") and counting_cells(first[:5]) == len(first[:5])


def _last_row(draft: Draft, names: Sequence[str]) -> None:
    """Ask where the last row is shorter than all others."""
    layout, rows = draft.layout, draft.layout.body.rows
    inside = layout.body.inside
    if draft.separator == "none" or len(inside) < 4 or draft.recipe.skip_after is not None:
        return
    last, others = rows[inside[-1]], [rows[at] for at in inside[:-1]]
    ends = [len(row[-1]) for row in others if row[-1]]
    cut = layout.open_end and last[-1] and ends and len(last[-1]) < min(ends)
    if inside[-1] == layout.last - 1 and (len(last) < min(map(len, others)) or cut):
        text = "The last row is shorter than all others, as if the file were cut off."
        draft.ask_about_last_row(text, names)


def _rows_outside(draft: Draft, names: Sequence[str]) -> None:
    layout, recipe = draft.layout, draft.recipe
    lost = layout.lost
    if lost is None or recipe.skip_after is not None or recipe.table is not None:
        return
    text = f"Rows outside the table that look like its own are left out: {lost.row[:LONGEST]!r}."
    if lost.after is None:
        spaces = "Blanks stand between the values", (("separator", "space"),)
        draft.ask("skip_after", text, names, spaces)
        return
    kept = (("odd_rows", "kept"),) if lost.short else ()
    draft.ask(
        "skip_after",
        text,
        names,
        ("They belong to it", (("skip_after", lost.after), *kept)),
        ("Leave them out", (("skip_after", len(layout.after)),)),
    )


def _rows_inside(draft: Draft, names: Sequence[str]) -> None:
    """Ask about rows among the values that look unlike the others."""
    left_out, recipe = draft.layout.left_out, draft.recipe
    if recipe.odd_rows == "left out":
        return
    unclear = [at for at, why in left_out.items() if why == UNCLEAR]
    wide = [at for at, why in left_out.items() if why == WIDE]
    leave = "Leave out", (("odd_rows", "left out"),)
    if unclear:
        keep = "Keep, as missing", (("odd_rows", "kept"),)
        draft.ask("missing", _odd(draft, unclear, "look unlike the others"), names, leave, keep)
    if wide:
        draft.ask("missing", _odd(draft, wide, "have too many cells"), names, leave)


def _odd(draft: Draft, rows: Sequence[int], what: str) -> str:
    """A sentence about odd rows and how the first of them reads."""
    first = " ".join(draft.layout.body.rows[rows[0]])[:LONGEST]
    if len(rows) == 1:
        one = what.replace("look", "looks").replace("have", "has")
        return f"One row {one} and is left out: {first!r}."
    return f"{len(rows):,} rows {what} and are left out, such as the first: {first!r}."
