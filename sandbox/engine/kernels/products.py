"""Products, sums and copies of whole vectors in arrays; places are pointers, strides elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.code import Code

if TYPE_CHECKING:
    from sandbox.engine.kernels.values import Value


def emit_product(module: Any, dtype: Any, rows: int, vectors: int) -> Any:
    """A function that adds to C a product over k in 0..K.

    `(C, A, W, c_row, c_vector, a_row, a_k, w_k, w_vector, K)`:
    C[r·c_row + v·c_vector …] += Σ A[r·a_row + k·a_k] · W[k·w_k + v·w_vector …], for r in 0..rows,
    v in 0..vectors, a vector of lanes each.
    """
    code = Code(module, f"product_{rows}_{vectors}", "ppp" + 7 * "w", dtype)
    C, A, W, c_row, c_vector, a_row, a_k, w_k, w_vector, K = code.arguments

    def result(r: int, v: int) -> Value:
        return code.step(C, c_row * r + c_vector * v)

    sums = [[code.variable(code.load(result(r, v))) for v in range(vectors)] for r in range(rows)]
    # multiply's A steps by 1 in k: k is the outer loop here, a row of one each
    code.multiply(
        sums,
        K,
        1,
        lambda o: code.step(A, o * a_k),
        a_row,
        lambda o, v: code.step(W, o * w_k + w_vector * v),
        0,
    )
    for r, line in enumerate(sums):
        for v, total in enumerate(line):
            code.store(total.get(), result(r, v))
    return code.end()


def emit_sum_rows(module: Any, dtype: Any) -> Any:
    """`(C, A, row_step, rows, count)`: C[count vectors] += the sum of `rows` such runs of A.

    The rows are summed by themselves first: a total of thousands of terms that cancel would lose
    more digits with each that is added to it.
    """
    code = Code(module, "sum_rows", "pp" + 3 * "w", dtype)
    C, A, row_step, rows, count = code.arguments
    with code.loop(0, count) as vector:
        place = vector * code.lanes
        total = code.variable(code.vector_of(0.0))
        with code.loop(0, rows) as row:
            total.add(code.load(code.step(A, row * row_step + place)))
        code.add_to(code.step(C, place), total.get())
    return code.end()
