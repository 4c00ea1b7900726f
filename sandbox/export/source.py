"""Parts of this project's own source as text that stands alone: what is needed, nothing else.

From some definitions on, everything that they name is followed through the project's modules;
of classes only the attributes that are read anywhere in what is kept stay.  So an exported
script draws its sequences by the very code that the run drew them by.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.abc import InspectLoader
from importlib.util import find_spec

from sandbox.export.source_slice import attributes_in, free_names, names_in, needed_nodes
from sandbox.export.source_text import emitted

PROJECT = __name__.partition(".")[0]
Edits = Mapping[str, Callable[[str], str]]
External = tuple[str, str, str]  # module, name there or "" for itself, name here


@dataclass
class Module:
    """A module's source, parsed."""

    name: str
    text: str

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)

    @cached_property
    def definitions(self) -> dict[str, ast.stmt]:
        """What the module defines at its top level, by name; not what it only declares."""
        found: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= dict.fromkeys(names_in(node.targets), node)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                found |= dict.fromkeys(names_in([node.target]), node)
        return found

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Name -> (module, its name there, or "" for the module itself), at the top level."""
        found: dict[str, tuple[str, str]] = {}
        for node in (*self.tree.body, *_for_types_only(self.tree)):
            if isinstance(node, ast.Import):
                found |= {each.asname or each.name: (each.name, "") for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {each.asname or each.name: (node.module, each.name) for each in node.names}
        return found


@dataclass
class Extract:
    """Definitions of some modules and all that they need.

    roots: (module, name) pairs.  edits: by module, what is done to its text first.
    """

    roots: Iterable[tuple[str, str]]
    edits: Edits = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._modules: dict[str, Module] = {}
        self._kept = dict.fromkeys(self.roots)
        self._asked: set[str] = set()
        self._external: set[External] = set()
        followed, size = set[tuple[str, str]](), -1
        while size != (size := len(self._kept) + len(self._asked)):
            for at in [at for at in self._kept if at not in followed]:
                if not self._follow(self._module(at[0]), at[1]):
                    followed.add(at)

    @property
    def modules(self) -> list[str]:
        """Modules of which something is kept, those that others are built on first."""
        kept, ordered = {module for module, _ in self._kept}, dict[str, None]()

        def visit(name: str, above: frozenset[str]) -> None:
            for module, _ in self._module(name).imported.values():
                if module in kept and module not in above:
                    visit(module, above | {module})
            ordered.setdefault(name)

        for module in dict.fromkeys(module for module, _ in self._kept):
            visit(module, frozenset({module}))
        return list(ordered)

    def code(self, modules: Iterable[str], without: Iterable[str] = ()) -> str:
        """What is kept of these modules, but for some names, in this order."""
        skipped = set(without)
        parts = (self._of_module(name, skipped) for name in modules)
        return "\n\n\n".join(filter(None, parts))

    def definition(self, module: str, name: str) -> str:
        """One definition that is kept."""
        found = self._module(module)
        return emitted(found.text, found.definitions[name], self._asked)

    def has(self, module: str, name: str) -> bool:
        """Whether this definition is kept."""
        return (module, name) in self._kept

    def imports(self) -> str:
        """The import statements, sorted as ruff sorts them."""
        own = {each for each in self._external if _is_standard(each[0])}
        parts = (_statements(own), _statements(self._external - own))
        return "\n\n".join(filter(None, parts))

    def _module(self, name: str) -> Module:
        if name not in self._modules:
            self._modules[name] = _parsed(name, self.edits.get(name, str)(_on_disk(name)))
        return self._modules[name]

    def _follow(self, module: Module, name: str) -> bool:
        """Keep what the definition of this name reads; whether that may become more."""
        definition = module.definitions[name]
        nodes = list(needed_nodes(definition, self._asked))
        self._asked |= set(attributes_in(nodes))
        for used in free_names(nodes):
            self._keep(module, used)
        return isinstance(definition, ast.ClassDef)

    def _keep(self, module: Module, name: str) -> None:
        """Follow a name to where it is defined; names of the language are nowhere."""
        if name in module.definitions:
            self._kept.setdefault((module.name, name))
        elif name in module.imported:
            source, there = module.imported[name]
            if source in self.edits or source.partition(".")[0] == PROJECT:
                self._keep(self._module(source), there)
            else:
                self._external.add((source, there, name))

    def _of_module(self, name: str, skipped: set[str]) -> str:
        module = self._module(name)
        names = [own for of, own in self._kept if of == name and own not in skipped]
        kept = {id(module.definitions[own]) for own in names}
        text, before = "", None
        for node in module.tree.body:
            if id(node) in kept:
                near = _is_plain(before) and _is_plain(node)
                text += ("\n" if near else "\n\n\n") + emitted(module.text, node, self._asked)
                before = node
        return text.strip("\n")


@lru_cache(maxsize=64)  # the scripts of a run have most of them in common
def _parsed(name: str, text: str) -> Module:
    return Module(name, text)


def _for_types_only(tree: ast.Module) -> Iterator[ast.stmt]:
    """What stands under `if TYPE_CHECKING:`."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in names_in([node.test]):
            yield from node.body


def _on_disk(name: str) -> str:
    spec = find_spec(name)
    text = spec.loader.get_source(name) if spec and isinstance(spec.loader, InspectLoader) else None
    if text is None:
        raise LookupError(f"{name} has no source")
    return text


def _is_plain(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _statements(names: set[External]) -> str:
    """Whole modules first, then names of modules; each sorted."""
    whole = sorted(
        f"import {module}" if module == here else f"import {module} as {here}"
        for module, there, here in names
        if not there
    )
    parts: dict[str, list[str]] = {}
    for module, there, here in sorted(names, key=lambda each: _order(each[1])):
        if there:
            parts.setdefault(module, []).append(there if there == here else f"{there} as {here}")
    return "\n".join(
        [*whole, *(f"from {module} import {', '.join(parts[module])}" for module in sorted(parts))]
    )


def _order(name: str) -> tuple[int, str]:
    """Constants before classes before functions."""
    constant = bool(re.fullmatch(r"[A-Z][A-Z0-9_]+", name))
    return (0 if constant else 1 if name[:1].isupper() else 2), name
