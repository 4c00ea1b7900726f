"""Columns that begin and end at the same places in every line."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.cells import plain
from sandbox.reading.kinds import is_figure, kind_of
from sandbox.reading.missing_words import is_missing
from sandbox.reading.time_formats import looks_like_time

if TYPE_CHECKING:
    from collections.abc import Sequence

Edges = tuple[tuple[int, int], ...]  # where each column begins, and one past its end


def rows_at(edges: Edges, lines: Sequence[str]) -> list[list[str]]:
    """The rows, where lines before the names and after the values stay whole."""
    gaps = [(left[1], right[0]) for left, right in pairwise(edges)]
    fits = [not any(line[first:last].strip() for first, last in gaps) for line in lines]
    fits = [fit and not _crosses(edges, line) for fit, line in zip(fits, lines, strict=True)]
    told = [at for at, line in enumerate(lines) if line.strip()]
    fitting = [order for order, at in enumerate(told) if fits[at]] or [0]
    rich = [order for order in fitting if 2 * len(lines[told[order]].split()) > len(edges)]
    first = rich[0] if rich else 0
    words = lines[told[first]].split() if told else []
    names_cross = any(is_figure(kind_of(plain(word))) for word in words)
    inside = set(told[max(first - names_cross, 0) : fitting[-1] + 1])
    return [
        [] if not line.strip() else _cells_at(edges, line) if at in inside else [plain(line)]
        for at, line in enumerate(lines)
    ]


def _crosses(edges: Edges, line: str) -> bool:
    """Whether a word stands in two columns."""
    words = re.finditer(r"\S+", line)
    return any(len(_columns_of(edges, word.start(), word.end())) > 1 for word in words)


def _cells_at(edges: Edges, line: str) -> list[str]:
    """The cells of a line: words that reach over an edge belong where they begin."""
    cells = [""] * len(edges)
    for words in re.finditer(r"\S+(?: \S+)*", line.rstrip()):
        crossed = _columns_of(edges, words.start(), words.end())
        inside = any(first <= words.start() and words.end() <= last for first, last in edges)
        if inside or len(crossed) == 1:
            parts = {crossed[0]: words.group()}
        elif crossed:
            parts = {
                at: line[max(edges[at][0], words.start()) : min(edges[at][1], words.end())]
                for at in crossed
            }
        else:
            parts = {_nearest(edges, words.start(), words.end()): words.group()}
        for at, part in parts.items():
            cells[at] = plain(f"{cells[at]} {part}")
    return cells


def _columns_of(edges: Edges, start: int, end: int) -> list[int]:
    """The columns in which something from `start` to `end` stands."""
    return [at for at, (first, last) in enumerate(edges) if first < end and start < last]


def _nearest(edges: Edges, start: int, end: int) -> int:
    return min(range(len(edges)), key=lambda at: abs(sum(edges[at]) - start - end))


def edges_of(lines: list[str]) -> Edges:
    """Where columns stand if blanks separate them at the same places of all lines."""
    lines = [line.rstrip() for line in lines if any(letter.isdigit() for letter in line)][:300]
    lines = _without_odd_ends(lines)
    if len(lines) < 3 or any("\t" in line for line in lines):
        return ()
    longest = max(map(len, lines))
    blank = [all(at >= len(line) or line[at] == " " for line in lines) for at in range(longest)]
    edges, first = [], None
    for at in range(longest + 1):
        if at < longest and not blank[at]:
            first = at if first is None else first
        elif first is not None:
            edges.append((first, at))
            first = None
    edges = _with_whole_times(edges, lines)
    return tuple(edges) if len(edges) > 1 else ()


def _without_odd_ends(lines: list[str]) -> list[str]:
    """The lines without those at both ends whose words are not as in most lines."""
    shapes = [
        tuple(word.rstrip("),%.")[-1:].isdigit() or is_missing(word) for word in line.split())
        for line in lines
    ]
    usual = Counter(shapes).most_common(1)[0][0] if shapes else ()
    wordy = [sum(map(str.isalpha, line)) > sum(map(str.isdigit, line)) for line in lines]
    usually = 2 * sum(wordy) > len(wordy)
    told = [
        at
        for at, shape in enumerate(shapes)
        if shape[:2] == usual[:2] and 2 * len(shape) > len(usual) and wordy[at] == usually
    ]
    return lines[told[0] : told[-1] + 1] if told else lines


def _with_whole_times(edges: list[tuple[int, int]], lines: list[str]) -> list[tuple[int, int]]:
    """The edges with those as one between which dates and times of day have their blanks."""
    found: list[tuple[int, int]] = []
    while edges:
        close = 1
        while close < min(len(edges), 5) and edges[close][0] - edges[close - 1][1] == 1:
            close += 1
        whole = next(
            (
                many
                for many in range(close, 1, -1)
                if _are_times(edges[0][0], edges[many - 1][1], lines)
            ),
            1,
        )
        found.append((edges[0][0], edges[whole - 1][1]))
        edges = edges[whole:]
    return found


def _are_times(first: int, last: int, lines: list[str]) -> bool:
    told = [plain(line[first:last]) for line in lines]
    return sum(map(looks_like_time, told)) > 0.8 * len(told)
