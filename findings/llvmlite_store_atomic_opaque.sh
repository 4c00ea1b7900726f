#!/usr/bin/env bash
# llvmlite's IR builder writes an atomic load through an opaque pointer, but no atomic store.
#
# Version:  llvmlite 0.50.0 (LLVM 22)
# Guess:    LLVM has only opaque pointers now, and ir.PointerType() makes one; load, store,
#           load_atomic, atomic_rmw and cmpxchg take it, so store_atomic takes it too.
# Seen:     store_atomic reads the type that the pointer points to, which an opaque one does not
#           have, and raises AttributeError: 'PointerType' object has no attribute 'pointee'. The
#           other five work. An exchange whose result is dropped (atomic_rmw "xchg") is a store with
#           the same ordering, and is accepted.
# Matters:  a flag between threads in code that is emitted, such as "the work is done", needs a
#           release store.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet llvmlite==0.50.0
"$folder/env/bin/python" - <<'PYTHON'
import llvmlite
import llvmlite.binding as llvm
from llvmlite import ir

WORD, POINTER = ir.IntType(64), ir.PointerType()


def written_by(emit):
    """The module in which a function of a pointer does what `emit` says; LLVM accepts it."""
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), "f")
    builder = ir.IRBuilder(function.append_basic_block())
    emit(builder, function.args[0], ir.Constant(WORD, 1))
    builder.ret_void()
    llvm.parse_assembly(str(module)).verify()
    return str(module)


ways = {
    "load": lambda b, p, one: b.load(p, typ=WORD),
    "store": lambda b, p, one: b.store(one, p),
    "load_atomic": lambda b, p, one: b.load_atomic(p, "acquire", 8, typ=WORD),
    "atomic_rmw": lambda b, p, one: b.atomic_rmw("xchg", p, one, "release"),
    "cmpxchg": lambda b, p, one: b.cmpxchg(p, one, one, "acq_rel", "acquire"),
    "store_atomic": lambda b, p, one: b.store_atomic(one, p, "release", 8),
}
seen = {}
for name, emit in ways.items():
    try:
        written_by(emit)
        seen[name] = "accepted"
    except AttributeError as error:
        seen[name] = f"AttributeError: {error}"
print("llvmlite", llvmlite.__version__)
for name, what in seen.items():
    print(f"  {name:<13}{what}")
refused = [name for name, what in seen.items() if what != "accepted"]
assert refused == ["store_atomic"], refused
assert "pointee" in seen["store_atomic"]
assert "atomicrmw xchg ptr" in written_by(ways["atomic_rmw"])
PYTHON
