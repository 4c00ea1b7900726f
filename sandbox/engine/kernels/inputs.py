"""The input projection: x_t W_x, by gathering rows for tokens, by a product for channels."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.kernels.pointwise import JIT_OPTIONS
from sandbox.engine.kernels.products import accumulate, accumulate_transposed


@compiled
def _project_tokens(pre: Any, x: Any, W_x: Any, b: Any) -> None:
    for row in range(x.shape[0]):
        token = x[row]
        for n in range(b.shape[0]):
            pre[row, n] = b[n] + W_x[token, n]


@compiled
def _project_channels(pre: Any, x: Any, W_x: Any, b: Any) -> None:
    for row in range(x.shape[0]):
        for n in range(b.shape[0]):
            pre[row, n] = b[n]
    accumulate(pre, x, W_x)


@compiled
def _collect_tokens(dW_x: Any, db: Any, x: Any, da: Any) -> None:
    for row in range(x.shape[0]):
        token = x[row]
        for n in range(db.shape[0]):
            dW_x[token, n] += da[row, n]
            db[n] += da[row, n]


@compiled
def _collect_channels(dW_x: Any, db: Any, x: Any, da: Any) -> None:
    for row in range(x.shape[0]):
        for n in range(db.shape[0]):
            db[n] += da[row, n]
    accumulate_transposed(dW_x, x, da)


def project(pre: Any, x: Any, W_x: Any, b: Any) -> None:
    """Pre (B, N) = b + x W_x; x is tokens (B,) or channels (B, I)."""
    raise NotImplementedError


def collect(dW_x: Any, db: Any, x: Any, da: Any) -> None:
    """dW_x += x.T da and db += sum of da's rows; x is tokens (B,) or channels (B, I)."""
    raise NotImplementedError


@overload(project, jit_options=JIT_OPTIONS, strict=False)
def _overload_project(pre: Any, x: Any, W_x: Any, b: Any) -> Any:
    if isinstance(x.dtype, types.Integer):
        return lambda pre, x, W_x, b: _project_tokens(pre, x, W_x, b)
    return lambda pre, x, W_x, b: _project_channels(pre, x, W_x, b)


@overload(collect, jit_options=JIT_OPTIONS, strict=False)
def _overload_collect(dW_x: Any, db: Any, x: Any, da: Any) -> Any:
    if isinstance(x.dtype, types.Integer):
        return lambda dW_x, db, x, da: _collect_tokens(dW_x, db, x, da)
    return lambda dW_x, db, x, da: _collect_channels(dW_x, db, x, da)
