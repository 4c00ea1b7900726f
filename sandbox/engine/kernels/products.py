"""Matrix products that add to their result, in register tiles; what is left over, plainly."""

from __future__ import annotations

from typing import Any

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.kernels.tile import ROWS, VECTOR_BYTES, make_tile

_LARGE, _WIDE = make_tile(ROWS, 2), make_tile(ROWS, 1)
_ROW, _SHORT = make_tile(1, 2), make_tile(1, 1)
_BYTES, _ROWS = VECTOR_BYTES, ROWS


@compiled
def _strided(C: Any, A: Any, row_stride: int, k_stride: int, W: Any) -> None:
    """C (M, N) += A' (M, K) @ W (K, N), where A'[m, k] is A.flat[m·row_stride + k·k_stride]."""
    M, N = C.shape
    K = W.shape[0]
    lanes = _BYTES // C.itemsize
    pairs, whole = N - N % (2 * lanes), N - N % lanes
    tiled = M - M % _ROWS
    for n in range(0, pairs, 2 * lanes):
        for m in range(0, tiled, _ROWS):
            _LARGE(C, m, n, A, row_stride, k_stride, W, K)
        for m in range(tiled, M):
            _ROW(C, m, n, A, row_stride, k_stride, W, K)
    for n in range(pairs, whole, lanes):
        for m in range(0, tiled, _ROWS):
            _WIDE(C, m, n, A, row_stride, k_stride, W, K)
        for m in range(tiled, M):
            _SHORT(C, m, n, A, row_stride, k_stride, W, K)
    if whole < N:
        flat = A.reshape(-1)
        for m in range(M):
            for k in range(K):
                a = flat[m * row_stride + k * k_stride]
                for n in range(whole, N):
                    C[m, n] += a * W[k, n]


@compiled
def accumulate(C: Any, A: Any, W: Any) -> None:
    """C (M, N) += A (M, K) @ W (K, N); all C-contiguous."""
    _strided(C, A, A.shape[1], 1, W)


@compiled
def accumulate_transposed(C: Any, A: Any, D: Any) -> None:
    """C (K, N) += A (M, K).T @ D (M, N); all C-contiguous."""
    _strided(C, A, 1, A.shape[1], D)


@compiled
def transpose(out: Any, W: Any) -> None:
    """Write W (K, N).T to out (N, K)."""
    K, N = W.shape
    for k in range(K):
        for n in range(N):
            out[n, k] = W[k, n]
