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
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = __name__.partition(".")[0]
DEFINES = re.compile(r"(#.*\n)*(class |def |@)")
Import = tuple[str, str, str]  # module, name in it or "" for the module itself, name here


@dataclass
class Module:
    """The text of a module, or of a script's part."""

    name: str
    text: str

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Its statements without imports, docstrings and code for type checkers."""
        return [
            node
            for node in ast.parse(self.text).body
            if not isinstance(node, ast.Import | ast.ImportFrom)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            and not _is_for_types(node)
        ]

    @cached_property
    def definitions(self) -> dict[str, ast.stmt]:
        """The statements that define a name, by name."""
        return {name: node for node in self.statements for name in _defined(node)}

    @cached_property
    def imports(self) -> dict[str, Import]:
        """Top-level imports, those for type checkers included, by their name here."""
        found: dict[str, Import] = {}
        body = ast.parse(self.text).body
        for node in [*body, *(each for if_ in body if _is_for_types(if_) for each in if_.body)]:  # type: ignore[attr-defined]
            for each in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
                here = each.asname or each.name
                whole = isinstance(node, ast.Import)
                found[here] = (each.name, "", here) if whole else (node.module, each.name, here)
        return found

    def text_of(self, node: ast.stmt) -> str:
        """A statement's lines, with its decorators and the comments directly above it."""
        lines = self.text.splitlines()
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines[first - 1 : node.end_lineno]))


@lru_cache(maxsize=64)
def module_of(name: str) -> Module:
    """A module of the project by its name."""
    return Module(name, inspect.getsource(import_module(name)))


@dataclass
class Inliner:
    """The definitions that the parts of one script have inlined so far.

    replaced: by name, the module to take a definition from instead.
    LookupError if two modules define the same name.
    """

    replaced: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._texts: dict[tuple[str, int], str] = {}  # by module and line
        self._meant: dict[str, str] = {}  # by name, the module that defines it
        self._external: set[Import] = set()

    def part(self, text: str) -> str:
        """The part's statements, after the definitions that no earlier part needed; LookupError."""
        part, before = Module("the script", text), len(self._texts)
        for name in part.definitions:
            self._mean(name, part)
        for node in part.statements:
            self._follow(part, node)
        taken = list(self._texts.values())[before:]
        taken.sort(key=lambda each: bool(DEFINES.match(each)))  # constants first
        return joined([*taken, *map(part.text_of, part.statements)])

    def imports(self) -> str:
        """The import statements for all parts, in ruff's order."""
        own = {each for each in self._external if each[0].split(".")[0] in sys.stdlib_module_names}
        return "\n\n".join(filter(None, map(_written, (own, self._external - own))))

    def _follow(self, module: Module, node: ast.stmt) -> None:
        """Inline what a statement uses."""
        for name in sorted(_free_names(node)):
            if name in module.imports:
                self._import(*module.imports[name])
            elif name in module.definitions and module.name != "the script":
                self._take(module, name)

    def _import(self, source: str, there: str, here: str) -> None:
        if there in self.replaced and source.partition(".")[0] in (PROJECT, "pydantic"):
            source = self.replaced[there]
        if source.partition(".")[0] != PROJECT:
            self._external.add((source, there, here))
        elif there != here:
            raise LookupError(f"{there or source} is imported under another name")
        else:
            self._take(module_of(source), there)

    def _take(self, module: Module, name: str) -> None:
        if name in module.imports:  # which that module imports itself
            return self._import(*module.imports[name])
        node = module.definitions[name]
        self._mean(name, module)
        place = (module.name, node.lineno)
        if place not in self._texts:
            self._texts[place] = ""
            self._follow(module, node)
            del self._texts[place]  # to come after what it needs
            self._texts[place] = module.text_of(node)
        return None

    def _mean(self, name: str, module: Module) -> None:
        before = self._meant.setdefault(name, module.name)
        if before != module.name:
            raise LookupError(f"{name} is defined in {before} and in {module.name}")


def joined(texts: list[str]) -> str:
    """Statements with the blank lines between them that ruff expects."""
    found = ""
    for before, text in zip(["", *texts], texts, strict=False):
        apart = any(DEFINES.match(each) for each in (before, text))
        found += ("" if not before else "\n\n\n" if apart else "\n") + text
    return found


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _free_names(node: ast.AST) -> set[str]:
    """The names in a statement, without a function's arguments and local variables."""
    if isinstance(node, ast.ClassDef):
        return set().union(*map(_free_names, ast.iter_child_nodes(node)))
    parts = list(ast.walk(node))
    names = {each.id for each in parts if isinstance(each, ast.Name)}
    if isinstance(node, ast.FunctionDef):
        names -= {each.arg for each in parts if isinstance(each, ast.arg)}
        stored = (each for each in parts if isinstance(each, ast.Name))
        names -= {each.id for each in stored if isinstance(each.ctx, ast.Store)}
    return names


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _written(imports: set[Import]) -> str:
    """`import` lines first, then `from` lines; constants, then classes, then functions."""

    def order(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name

    whole = [
        f"import {name}" + (f" as {here}" if here != name else "")
        for name, there, here in imports
        if not there
    ]
    parts: dict[str, list[str]] = {}
    for module, there, here in sorted(imports, key=lambda each: order(each[1])):
        if there:
            parts.setdefault(module, []).append(there if there == here else f"{there} as {here}")
    return "\n".join(
        [
            *sorted(whole),
            *(f"from {name} import {', '.join(parts[name])}" for name in sorted(parts)),
        ]
    )
