"""What of a class is needed where only some of its attributes are ever asked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from collections.abc import Set as AbstractSet

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (ast.FunctionDef, ast.Lambda, *COMPREHENSIONS)
ALWAYS = {"__init__", "__post_init__", "__len__", "forward"}  # called without being named


def needed_nodes(node: ast.stmt, asked: AbstractSet[str]) -> Iterator[ast.AST]:
    """The parts of a top-level statement that are kept; asked: attributes read anywhere."""
    if not isinstance(node, ast.ClassDef):
        yield node
        return
    yield from (*node.bases, *node.decorator_list)
    for member in members(node, asked):
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            body = needed_of_init(member, asked) or [ast.Pass()]
            yield ast.FunctionDef(member.name, member.args, body, member.decorator_list)
        else:
            yield member


def members(node: ast.ClassDef, asked: AbstractSet[str]) -> list[ast.stmt]:
    """The statements of a class's body that are kept."""
    return [member for member in node.body if _is_asked(node, member, asked)]


def needed_of_init(init: ast.FunctionDef, asked: AbstractSet[str]) -> list[ast.stmt]:
    """The statements of __init__ that an attribute asked for depends on, in order."""
    kept: list[ast.stmt] = []
    wanted: set[str] = set()
    for statement in reversed(init.body):
        targets = _targets(statement)
        own = {name for name, of_self in targets if of_self}
        local = {name for name, of_self in targets if not of_self}
        if not targets or own & asked or local & wanted:
            kept.insert(0, statement)
            wanted |= set(names_in([statement]))
    return kept


def names_in(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Every name that is read in the nodes, annotations included."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                yield part.id


def free_names(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Every name that is read in the nodes and means something from outside them.

    Not a function's arguments, and what is assigned to in it.
    """
    for node in nodes:
        yield from _free(node, frozenset())


def attributes_in(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Every attribute that is read in the nodes."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load):
                yield part.attr


def _free(node: ast.AST, local: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if node.id not in local:
            yield node.id
        return
    inside = local | set(_bound(node)) if isinstance(node, SCOPES) else local
    for name, value in ast.iter_fields(node):
        within = inside if name in ("body", "elt", "key", "value", "generators") else local
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from _free(part, within)


def _bound(scope: ast.AST) -> Iterator[str]:
    """Names that a function, a lambda or a comprehension gives a value, but not what is in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.arg):
            yield part.arg
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.FunctionDef):
            yield part.name
        if not isinstance(part, SCOPES):
            waiting += ast.iter_child_nodes(part)


def _is_asked(owner: ast.ClassDef, member: ast.stmt, asked: AbstractSet[str]) -> bool:
    if isinstance(member, ast.FunctionDef):
        return member.name in asked or member.name in ALWAYS
    if isinstance(member, ast.AnnAssign):
        name = member.target.id if isinstance(member.target, ast.Name) else ""
        is_record = bool(owner.decorator_list) or "NamedTuple" in names_in(owner.bases)
        return is_record or (member.value is not None and name in asked)
    if isinstance(member, ast.Assign):
        of_enum = any("Enum" in name for name in names_in(owner.bases))
        return of_enum or any(name in asked for name in names_in(member.targets))
    return True


def _targets(statement: ast.stmt) -> set[tuple[str, bool]]:
    """(name, whether it is self's) of what a plain assignment assigns; none for others."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    else:
        return set()
    return {target for each in targets for target in _named(each)}


def _named(target: ast.expr) -> Iterator[tuple[str, bool]]:
    if isinstance(target, ast.Tuple):
        for part in target.elts:
            yield from _named(part)
    elif isinstance(target, ast.Attribute):
        yield target.attr, True
    elif isinstance(target, ast.Name):
        yield target.id, False
