"""Inlines this project's definitions into a script, so that the script is self-contained.

A part of a script is Python text with imports at its top.  Imports from the sandbox are replaced by
the text of those definitions and of everything they use in turn; other imports are collected.  The
text is copied, never edited.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

PROJECT = __name__.partition(".")[0]
STAND_INS = f"{PROJECT}.export.stand_ins"
SCRIPT = "the script"
DEFINITIONS = ast.FunctionDef, ast.ClassDef
DEFINES = re.compile(r"(#.*\n)*(class |def |@)")
Import = tuple[str, str, str]  # module, name in it or "" for the module itself, name here


class Module:
    """The text of a module, or of a script's part: imports, statements, and definitions by name.

    Imports for type checkers count; docstrings are no statements.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.imports: dict[str, Import] = {}
        self.statements: list[ast.stmt] = []
        nodes = ast.parse(text).body
        while nodes:
            match node := nodes.pop(0):
                case ast.Import() | ast.ImportFrom():
                    module = getattr(node, "module", "")
                    for each in node.names:
                        here, there = each.asname or each.name, each.name if module else ""
                        self.imports[here] = (module or each.name, there, here)
                case ast.If(ast.Name("TYPE_CHECKING"), body):
                    nodes += [
                        each for each in body if isinstance(each, ast.Import | ast.ImportFrom)
                    ]
                case ast.Expr(ast.Constant()):
                    pass
                case _:
                    self.statements.append(node)
        self.definitions = {name: node for node in self.statements for name in _defined(node)}

    def text_of(self, node: ast.stmt) -> str:
        """A statement's lines, with its decorators and the comments directly above it."""
        lines = self.text.splitlines()
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines[first - 1 : node.end_lineno]))


@cache
def module_of(name: str) -> Module:
    """A module of the project by its name."""
    return Module(name, inspect.getsource(import_module(name)))


class Inliner:
    """The definitions that the parts of one script have inlined so far.

    What is in the module STAND_INS is taken from there.  LookupError if two modules define the
    same name.
    """

    def __init__(self) -> None:
        self._taken: dict[ast.stmt, Module] = {}
        self._meant: dict[str, str] = {}  # by name, the module that defines it
        self._external: set[Import] = set()

    def part(self, text: str, names: Collection[str] | None = None) -> str:
        """The part's statements, after the definitions that no earlier part needed; LookupError.

        names: the part's own definitions to keep; None for all.
        """
        part, before = Module(SCRIPT, text), len(self._taken)
        for node in part.statements:
            own = set(_defined(node))
            if names is None or not own or own & set(names):
                self._inline(part, node)
        new = list(self._taken.items())[before:]  # constants first, the part's own last
        new.sort(key=lambda each: 2 if each[1] is part else isinstance(each[0], DEFINITIONS))
        return joined([module.text_of(node) for node, module in new])

    def imports(self) -> str:
        """The import statements for all parts, in ruff's order."""
        own = {each for each in self._external if each[0].split(".")[0] in sys.stdlib_module_names}
        return "\n\n".join(filter(None, map(_written, (own, self._external - own))))

    def _inline(self, module: Module, node: ast.stmt) -> None:
        """Take a statement, after what it uses."""
        for name in _defined(node):
            before = self._meant.setdefault(name, module.name)
            if before != module.name:
                raise LookupError(f"{name} is defined in {before} and in {module.name}")
        if node not in self._taken:
            self._taken[node] = module
            for name in sorted(_free_names(node)):
                if name in module.imports or (name in module.definitions and module.name != SCRIPT):
                    self._take(module, name)
            del self._taken[node]  # to come after what it needs
            self._taken[node] = module

    def _take(self, module: Module, name: str) -> None:
        """Inline what a name in a module stands for."""
        if name not in module.imports:
            self._inline(module, module.definitions[name])
            return
        source, there, here = module.imports[name]
        known = source.partition(".")[0] in (PROJECT, "pydantic")
        if known and there in module_of(STAND_INS).definitions:
            source = STAND_INS
        if source.partition(".")[0] != PROJECT:
            self._external.add((source, there, here))
        elif there != here:
            raise LookupError(f"{there or source} is imported under another name")
        else:
            self._take(module_of(source), there)


def needed(parts: Iterable[str], names: Collection[str]) -> set[str]:
    """The parts' definitions that these names and the parts' other statements need, by name."""
    modules = [Module(SCRIPT, text) for text in parts]
    nodes = {name: node for module in modules for name, node in module.definitions.items()}
    others = (node for module in modules for node in module.statements if not [*_defined(node)])
    waiting, found = set(names).union(*map(_free_names, others)), set[str]()
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in found:
            found.add(name)
            waiting |= _free_names(nodes[name])
    return found


def joined(texts: list[str]) -> str:
    """Statements with the blank lines between them that ruff expects."""
    found = ""
    for before, text in zip(["", *texts], texts, strict=False):
        apart = any(DEFINES.match(each) for each in (before, text))
        found += ("" if not before else "\n\n\n" if apart else "\n") + text
    return found


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _free_names(node: ast.AST) -> set[str]:
    """The names that a statement uses, without its own arguments and variables."""
    if isinstance(node, ast.ClassDef):
        return set().union(*map(_free_names, ast.iter_child_nodes(node)))
    parts = list(ast.walk(node))
    names = [each for each in parts if isinstance(each, ast.Name)]
    own = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    own |= {each.arg for each in parts if isinstance(each, ast.arg)}
    return {each.id for each in names} - own


def _written(imports: set[Import]) -> str:
    """`import` lines, then `from` lines with constants, classes, functions."""
    lines = dict[str, list[str]]()
    for module, there, here in sorted(imports, key=lambda each: (not each[1].isupper(), each)):
        renamed = f" as {here}" if here != (there or module) else ""
        start = f"from {module} import " if there else f"import {module}{renamed}"
        lines.setdefault(start, []).append(there and there + renamed)
    ordered = sorted(lines, key=lambda line: (line.startswith("from "), line))
    return "\n".join(start + ", ".join(lines[start]) for start in ordered)
