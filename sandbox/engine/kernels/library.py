"""Compiled units: made once for a processor, kept as object code between processes.

A unit is the engine itself, or a cell; for float32 or float64, with lines that can be held or not.
The object code lies in the user's cache folder, in a folder named after the kernels' sources, the
compiler and the processor, so that a changed kernel never meets another one's.  What runs is always
loaded from object code, whether it was just compiled or kept: its bits are the same.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from sandbox.engine.kernels import machine
from sandbox.folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.cells.equations import Equations

FOLDER = "SEQUENCE_SANDBOX_KERNELS"  # where object code is kept instead
_log = logging.getLogger(__name__)
_lock = threading.RLock()
_listeners: list[Callable[[], None]] = []
_loaded: dict[str, dict[str, int]] = {}  # addresses, by the unit's file


@dataclass(frozen=True)
class Unit:
    """What is compiled at once; equations: of a cell, None for the engine."""

    dtype: str
    equations: Equations | None = None
    shown: tuple[str, ...] = ()
    held: bool = False

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that are called by address."""
        return ("run", "assist") if self.equations is None else ("forward", "backward")

    @property
    def file(self) -> str:
        """The name of its object code."""
        if self.equations is None:
            return f"engine-{self.dtype}.o"
        e = self.equations  # of its text only what is computed counts, and not how it was written
        what = f"{e.lines}|{e.gates}|{e.parameters}|{e.states}|{e.fed}|{self.shown}".encode()
        own = hashlib.sha256(what).hexdigest()[:16]
        return f"cell-{own}-{self.dtype}{'-held' if self.held else ''}.o"


def addresses(unit: Unit) -> dict[str, int]:
    """The addresses of a unit's functions; it is compiled if it is not kept, 1 s or so."""
    with _lock:
        if unit.file not in _loaded:
            symbols = [_symbol(unit, name) for name in unit.functions]
            found = load(object_code(unit), *symbols)
            _loaded[unit.file] = dict(zip(unit.functions, found, strict=True))
        return _loaded[unit.file]


def object_code(unit: Unit) -> bytes:
    """A unit's object code, from the folder or compiled and kept there."""
    place = _folder() / unit.file
    made = _read(place)
    if made is None:
        for tell in _listeners:
            tell()
        made = compiled(unit)
        _keep(place, made)
    return made


@contextmanager
def reporting(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` before a unit is compiled rather than loaded."""
    _listeners.append(tell)
    try:
        yield
    finally:
        _listeners.remove(tell)


def is_kept(unit: Unit) -> bool:
    """Whether a unit needs no compiling."""
    return _read(_folder() / unit.file) is not None


def _read(place: Path) -> bytes | None:
    """The object code in a file; None if there is none, or it is not what was kept.

    A process that loads damaged code ends without a word, so a file begins with a digest.
    """
    try:
        whole = place.read_bytes()
    except OSError:
        return None
    size = hashlib.sha256().digest_size
    digest, code = whole[:size], whole[size:]
    return code if digest == hashlib.sha256(code).digest() else None


def _keep(place: Path, made: bytes) -> None:
    """Write object code whole or not at all; without a place it is compiled at every start."""
    new = place.with_name(f"{place.name}-{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(hashlib.sha256(made).digest() + made)
        new.replace(place)
    except OSError as error:
        _log.warning("kernels are compiled anew at every start: %s", error)
        with suppress(OSError):
            new.unlink()


def compiled(unit: Unit) -> bytes:
    """A unit as object code for this processor."""
    module = module_of(unit)
    for function in module.functions:
        if not function.is_declaration:
            if function.name in unit.functions:
                function.name = function._name = _symbol(unit, function.name)
            else:
                function.linkage = "internal"
    return object_of(module)


def module_of(unit: Unit) -> Any:
    """A unit's llvmlite.ir.Module."""
    from llvmlite import ir

    from sandbox.engine.kernels.cell_plan import CellPlan
    from sandbox.engine.kernels.units import emit_cell, emit_engine

    module = ir.Module(name=unit.file)
    if unit.equations is None:
        emit_engine(module, unit.dtype)
    else:
        emit_cell(module, CellPlan(unit.equations, unit.shown), unit.dtype, unit.held)
    return module


def object_of(module: Any) -> bytes:
    """A module's object code for this processor."""
    target = _target_machine()
    module.triple, module.data_layout = target.triple, str(target.target_data)
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = False
    passes = llvm.create_pass_builder(target, options)
    passes.getModulePassManager().run(parsed, passes)
    made: bytes = target.emit_object(parsed)
    return made


def load(code: bytes, *names: str) -> list[int]:
    """The addresses of functions in object code, whose names no other code has."""
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return [engine.get_function_address(name) for name in names]


def _symbol(unit: Unit, name: str) -> str:
    return f"{name}_{hashlib.sha256(unit.file.encode()).hexdigest()[:16]}"


@cache
def _target_machine() -> Any:
    return _new_target_machine()


@cache
def _engine() -> Any:
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), _new_target_machine())


def _new_target_machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=machine.NAME, features=machine.FEATURES, opt=2, jit=True
    )


@cache
def _folder() -> Path:
    root = os.environ.get(FOLDER)
    digest = hashlib.sha256()
    for word in (llvmlite.__version__, np.__version__, machine.NAME, machine.FEATURES):
        digest.update(word.encode() + b"|")
    here = Path(__file__).parent
    for source in [*sorted(here.glob("*.py")), here.parent / "optimizer_constants.py"]:
        digest.update(source.read_bytes())
    return (Path(root) if root else cache_folder() / "kernels") / digest.hexdigest()[:16]
