"""Matrix products that add to their result, blocked so that the inner loop vectorises.

Four rows of A times four rows of W at once: sixteen scalars stay in registers, and the
inner loop runs over contiguous columns.
"""

from __future__ import annotations

from typing import Any

from sandbox.engine.kernels.compiled import compiled


@compiled
def accumulate(C: Any, A: Any, W: Any) -> None:
    """C (M, N) += A (M, K) @ W (K, N)."""
    M, K = A.shape
    N = W.shape[1]
    K4, M4 = K - K % 4, M - M % 4
    for m in range(0, M4, 4):
        for k in range(0, K4, 4):
            a00, a01, a02, a03 = A[m, k], A[m, k + 1], A[m, k + 2], A[m, k + 3]
            a10, a11, a12, a13 = A[m + 1, k], A[m + 1, k + 1], A[m + 1, k + 2], A[m + 1, k + 3]
            a20, a21, a22, a23 = A[m + 2, k], A[m + 2, k + 1], A[m + 2, k + 2], A[m + 2, k + 3]
            a30, a31, a32, a33 = A[m + 3, k], A[m + 3, k + 1], A[m + 3, k + 2], A[m + 3, k + 3]
            for n in range(N):
                w0, w1, w2, w3 = W[k, n], W[k + 1, n], W[k + 2, n], W[k + 3, n]
                C[m, n] += a00 * w0 + a01 * w1 + a02 * w2 + a03 * w3
                C[m + 1, n] += a10 * w0 + a11 * w1 + a12 * w2 + a13 * w3
                C[m + 2, n] += a20 * w0 + a21 * w1 + a22 * w2 + a23 * w3
                C[m + 3, n] += a30 * w0 + a31 * w1 + a32 * w2 + a33 * w3
        for k in range(K4, K):
            b0, b1, b2, b3 = A[m, k], A[m + 1, k], A[m + 2, k], A[m + 3, k]
            for n in range(N):
                w = W[k, n]
                C[m, n] += b0 * w
                C[m + 1, n] += b1 * w
                C[m + 2, n] += b2 * w
                C[m + 3, n] += b3 * w
    for m in range(M4, M):
        for k in range(K):
            a = A[m, k]
            for n in range(N):
                C[m, n] += a * W[k, n]


@compiled
def accumulate_transposed(C: Any, A: Any, D: Any) -> None:
    """C (K, N) += A (M, K).T @ D (M, N)."""
    M, K = A.shape
    N = D.shape[1]
    K4, M4 = K - K % 4, M - M % 4
    for k in range(0, K4, 4):
        for m in range(0, M4, 4):
            a00, a01, a02, a03 = A[m, k], A[m, k + 1], A[m, k + 2], A[m, k + 3]
            a10, a11, a12, a13 = A[m + 1, k], A[m + 1, k + 1], A[m + 1, k + 2], A[m + 1, k + 3]
            a20, a21, a22, a23 = A[m + 2, k], A[m + 2, k + 1], A[m + 2, k + 2], A[m + 2, k + 3]
            a30, a31, a32, a33 = A[m + 3, k], A[m + 3, k + 1], A[m + 3, k + 2], A[m + 3, k + 3]
            for n in range(N):
                d0, d1, d2, d3 = D[m, n], D[m + 1, n], D[m + 2, n], D[m + 3, n]
                C[k, n] += a00 * d0 + a10 * d1 + a20 * d2 + a30 * d3
                C[k + 1, n] += a01 * d0 + a11 * d1 + a21 * d2 + a31 * d3
                C[k + 2, n] += a02 * d0 + a12 * d1 + a22 * d2 + a32 * d3
                C[k + 3, n] += a03 * d0 + a13 * d1 + a23 * d2 + a33 * d3
        for m in range(M4, M):
            b0, b1, b2, b3 = A[m, k], A[m, k + 1], A[m, k + 2], A[m, k + 3]
            for n in range(N):
                d = D[m, n]
                C[k, n] += b0 * d
                C[k + 1, n] += b1 * d
                C[k + 2, n] += b2 * d
                C[k + 3, n] += b3 * d
    for k in range(K4, K):
        for m in range(M):
            a = A[m, k]
            for n in range(N):
                C[k, n] += a * D[m, n]


@compiled
def transpose(out: Any, W: Any) -> None:
    """Out (N, K) = W (K, N).T"""
    K, N = W.shape
    for k in range(K):
        for n in range(N):
            out[n, k] = W[k, n]
