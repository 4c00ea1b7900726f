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
    from collections.abc import Collection, Iterator, Mapping

PROJECT = __name__.partition(".")[0]
STAND_INS = f"{PROJECT}.export.stand_ins"
SCRIPT = "the script"
MAIN = "__main__"  # what `if __name__ == "__main__":` counts as defining
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
        for node in nodes:
            match node:
                case ast.Import() | ast.ImportFrom():
                    module = getattr(node, "module", "")
                    for each in node.names:
                        here, there = each.asname or each.name, each.name if module else ""
                        self.imports[here] = (module or each.name, there, here)
                case ast.If(ast.Name("TYPE_CHECKING"), body):
                    nodes += [each for each in body if hasattr(each, "names")]  # imports
                case ast.Expr(ast.Constant()):
                    pass
                case _:
                    self.statements.append(node)
        self.definitions = {name: node for node in self.statements for name in _defined(node)}

    def text_of(self, node: ast.stmt) -> str:
        """A statement's lines, with its decorators and the comments directly above it."""
        lines = self.text.split("\n")  # nothing else ends a line of Python
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines[first - 1 : node.end_lineno]))


@cache
def module_of(name: str) -> Module:
    """A module of the project by its name."""
    return Module(name, inspect.getsource(import_module(name)))


class Inliner:
    """The parts of one script by their titles, and what they use of the sandbox.

    Parts called SCRIPT may use what other parts define or import.  What is in the module STAND_INS
    is taken from there.
    """

    def __init__(self, parts: Mapping[str, Module]) -> None:
        self._parts = parts
        homes = sorted(parts.values(), key=lambda part: part.name == SCRIPT)
        self._homes = {name: part for part in homes for name in part.imports | part.definitions}
        self._meant: dict[str, str] = {}  # by name, the module that defines it
        self._external: set[Import] = set()

    def sections(self, roots: Collection[str]) -> dict[str, str]:
        """The code of each part by its title, with what it is the first to use of the sandbox.

        Of parts called SCRIPT only what the roots need is kept, and what defines nothing; of others
        everything but MAIN.  LookupError if two modules define the same name.
        """
        kept, found, texts = dict[ast.stmt, Module](), dict[ast.stmt, Module](), {}
        for part in self._parts.values():
            for node in part.statements:
                own = set(_defined(node))
                if not own or own & {*roots} or (part.name != SCRIPT and MAIN not in own):
                    self._take(part, node, kept)
        for title, part in self._parts.items():
            before, own_nodes = len(found), [node for node in part.statements if node in kept]
            for node in own_nodes:
                self._take(part, node, found)
            new = [each for each in [*found][before:] if found[each] not in self._parts.values()]
            new.sort(key=lambda each: isinstance(each, DEFINITIONS))  # constants first
            texts[title] = joined([found[each].text_of(each) for each in new + own_nodes])
        return texts

    def imports(self) -> str:
        """The import statements for all parts, in ruff's order."""
        own = {each for each in self._external if each[0].split(".")[0] in sys.stdlib_module_names}
        return "\n\n".join(filter(None, map(_written, (own, self._external - own))))

    def _take(self, module: Module, node: ast.stmt, found: dict[ast.stmt, Module]) -> None:
        """Add a statement to those that were found, after what it uses."""
        if node in found:
            return
        for name in _defined(node):
            before = self._meant.setdefault(name, module.name)
            if before != module.name:
                raise LookupError(f"{name} is defined in {before} and in {module.name}")
        found[node] = module
        for name in sorted(_free_names(node)):
            self._use(module, name, found)
        del found[node]  # to come after what it needs
        found[node] = module

    def _use(self, module: Module, name: str, found: dict[ast.stmt, Module]) -> None:
        """Take what a name in a module stands for."""
        home = self._homes.get(name, module) if module.name == SCRIPT else module
        if name in home.definitions:
            self._take(home, home.definitions[name], found)
        if name not in home.imports:
            return
        source, there, here = home.imports[name]
        known = source.partition(".")[0] in (PROJECT, "pydantic")
        if known and there in module_of(STAND_INS).definitions:
            source = STAND_INS
        if source.partition(".")[0] != PROJECT:
            self._external.add((source, there, here))
        elif there != here:
            raise LookupError(f"{there or source} is imported under another name")
        else:
            self._use(module_of(source), there, found)


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
    elif isinstance(node, ast.If) and _free_names(node.test) == {"__name__"}:
        yield MAIN


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
