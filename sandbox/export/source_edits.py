"""Edits of Python source by its syntax tree: comments and layout stay as they were written."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Edit:
    """What stands from character `start` to `stop` becomes `text`."""

    start: int
    stop: int
    text: str


class Places:
    """Where the nodes of a text's syntax tree lie in it, in characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, self._lines))]

    def span(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        """From the node's first character to behind its last."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._at(node.lineno, node.col_offset),
            self._at(node.end_lineno, node.end_col_offset),
        )

    def lines(self, first: int, last: int) -> tuple[int, int]:
        """Whole lines, counted from 1, the last one included."""
        return self._starts[first - 1], self._starts[last]

    def segment(self, node: ast.expr | ast.stmt | ast.arg) -> str:
        """The node's text."""
        start, stop = self.span(node)
        return self.text[start:stop]

    def _at(self, line: int, column: int) -> int:
        """The tree counts columns in bytes of UTF-8."""
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap."""
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.stop :]
    return text


def specialised(text: str, facts: Mapping[str, bool]) -> str:
    """The text with every `if has.x:` and `a if has.x else b` decided; blocks are dedented."""
    return _specialised(text, tuple(facts.items()))


@lru_cache(maxsize=64)  # the scripts of a run have the same facts
def _specialised(text: str, pairs: tuple[tuple[str, bool], ...]) -> str:
    facts = dict(pairs)
    while True:
        tree, places = ast.parse(text), Places(text)
        edit = next(_decisions(tree, places, facts), None)
        if edit is None:
            return text
        text = edited(text, [edit])


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with other names, wherever they stand for themselves."""
    places = Places(text)
    edits = [
        Edit(*places.span(node), names[node.id])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and node.id in names and places.segment(node) == node.id
    ]
    return edited(text, edits)


def _decisions(tree: ast.AST, places: Places, facts: Mapping[str, bool]) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp):
            fact = _fact(node.test, facts)
            if fact is not None:
                if isinstance(node, ast.IfExp):
                    yield _choice(node, fact, places)
                else:
                    yield _block(node, fact, places, tree)


def _fact(test: ast.expr, facts: Mapping[str, bool]) -> bool | None:
    """What `has.x` or `not has.x` is; None for any other test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _fact(test.operand, facts)
        return None if inner is None else not inner
    if isinstance(test, ast.Attribute) and isinstance(test.value, ast.Name):
        return facts[test.attr] if test.value.id == "has" else None
    return None


def _choice(node: ast.IfExp, fact: bool, places: Places) -> Edit:
    return Edit(*places.span(node), places.segment(node.body if fact else node.orelse))


def _is_alone(node: ast.stmt, tree: ast.AST) -> bool:
    """Whether nothing would be left of a block without this statement."""
    return any(getattr(parent, "body", None) == [node] for parent in ast.walk(tree))


def _block(node: ast.If, fact: bool, places: Places, tree: ast.AST) -> Edit:
    """The branch taken, in place of the whole statement; comments in it go along."""
    last = node.body[-1].end_lineno
    assert last is not None
    assert node.end_lineno is not None
    first, last = (node.lineno + 1, last) if fact else (last + 2, node.end_lineno)
    start, stop = places.lines(first, last) if fact or node.orelse else (0, 0)
    indent = node.body[0].col_offset - node.col_offset
    kept = [
        line[indent:] if not line[:indent].strip() else line
        for line in places.text[start:stop].splitlines(keepends=True)
    ]
    kept = [line if line.strip() else "\n" for line in kept]
    if not kept and _is_alone(node, tree):
        kept = [f"{' ' * node.col_offset}pass\n"]
    return Edit(*places.lines(node.lineno, node.end_lineno), "".join(kept))
