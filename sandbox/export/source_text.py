"""The text of a definition without the parts that are not needed; comments stay with their code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sandbox.export.source_slice import members, needed_of_init

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def emitted(text: str, node: ast.stmt, asked: AbstractSet[str]) -> str:
    """A top-level statement of the text; of a class what `source_slice` keeps of it."""
    lines = text.splitlines()
    if isinstance(node, ast.ClassDef):
        return "\n".join(_class(lines, node, asked))
    return "\n".join(_block(lines, node))


def _class(lines: list[str], node: ast.ClassDef, asked: AbstractSet[str]) -> list[str]:
    out = lines[_first(node) - 1 : _top(lines, node.body[0]) - 1]
    head, before = len(out), None
    for member in members(node, asked):
        block = _block(lines, member)
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            block = _init(lines, member, asked)
        if before and (isinstance(before, ast.Expr) or _stands_apart(lines, member)):
            out.append("")
        out += block
        before = member
    return out if len(out) > head else [*out, "    pass"]


def _init(lines: list[str], init: ast.FunctionDef, asked: AbstractSet[str]) -> list[str]:
    """The signature and the statements of __init__ that are needed."""
    out = lines[_top(lines, init) - 1 : _top(lines, init.body[0]) - 1]
    for statement in needed_of_init(init, asked):
        out += _block(lines, statement)
    return out


def _block(lines: list[str], node: ast.stmt) -> list[str]:
    """The statement's lines, and the comments right above it; no two empty ones in a row."""
    own = lines[_top(lines, node) - 1 : node.end_lineno]
    return [line for before, line in zip([".", *own], own, strict=False) if before or line]


def _stands_apart(lines: list[str], node: ast.stmt) -> bool:
    above = _top(lines, node) - 2
    return isinstance(node, ast.FunctionDef) or not lines[above].strip()


def _first(node: ast.stmt) -> int:
    """The first line, decorators included, counted from 1."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _top(lines: list[str], node: ast.stmt) -> int:
    """The first line of the comments right above."""
    top: int = _first(node)
    while top > 1 and lines[top - 2].lstrip().startswith("#"):
        top -= 1
    return top
