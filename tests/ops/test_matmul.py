from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import Symbol
from striate.errors import DtypeError, ShapeError
from striate.graph import Cost, tensor
from striate.ops import Gemm, MatMul
from tests.ops.operands import of_shape

N, H = Symbol("n"), Symbol("h")
PRODUCTS = hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=5)


def noise(shape, seed, dtype=np.float32):
    return np.random.default_rng(seed).uniform(-4, 4, shape).astype(dtype)


@given(PRODUCTS, st.integers(0, 99), st.sampled_from([np.float32, np.float64, np.int32]))
def test_matmul_like_onnxruntime(apply, ort_run, shapes, seed, dtype):
    a, b = (noise(shape, seed + i, dtype) for i, shape in enumerate(shapes.input_shapes))
    (y,) = apply(MatMul(), a, b, free=(0, 1))
    np.testing.assert_allclose(y, ort_run("MatMul", a, b)[0], rtol=1e-5, atol=1e-5)


def test_matmul_with_free_sizes():
    def sizes_of(a, b):
        return MatMul().infer([a, b])[0].shape

    assert sizes_of(of_shape(N, 8, H), of_shape(H, 5)) == (N, 8, 5)
    assert sizes_of(of_shape(N, 8), of_shape(8)) == (N,)
    assert sizes_of(of_shape(8), of_shape(8)) == ()
    assert sizes_of(tensor(np.float32, None), of_shape(8)) is None


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.booleans(), st.booleans(), st.data())
def test_gemm_like_onnxruntime(apply, ort_run, m, k, n, trans_a, trans_b, data):
    seed = data.draw(st.integers(0, 99))
    alpha, beta = data.draw(st.sampled_from([(1.0, 1.0), (0.5, 2.0), (-1.25, 0.0)]))
    a = noise((k, m) if trans_a else (m, k), seed)
    b = noise((n, k) if trans_b else (k, n), seed + 1)
    shape = data.draw(st.sampled_from([None, (), (n,), (1, n), (m, 1), (m, n)]))
    c = None if shape is None else noise(shape, seed + 2)
    (y,) = apply(Gemm(alpha, beta, trans_a, trans_b), a, b, c, free=(0, 1))
    attributes = {"alpha": alpha, "beta": beta, "transA": int(trans_a), "transB": int(trans_b)}
    np.testing.assert_allclose(y, ort_run("Gemm", a, b, c, **attributes)[0], rtol=1e-5, atol=1e-5)


def test_costs():
    assert MatMul().cost([of_shape(2, 3, 4), of_shape(4, 5)], [of_shape(2, 3, 5)]) == Cost(macs=2 * 3 * 5 * 4)
    dense = [of_shape(1, 150528), of_shape(150528, 1000), of_shape(1000)]
    assert Gemm().cost(dense, [of_shape(1, 1000)]) == Cost(macs=150528 * 1000, operations=1000)
    assert Gemm(trans_a=True).cost([of_shape(4, 3), of_shape(4, 5)], [of_shape(3, 5)]) == Cost(macs=60)


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (
            MatMul(),
            [of_shape(2, 3), of_shape(4, 5)],
            ShapeError,
            "first operand (2, 3) has 3 columns, second (4, 5) has 4 rows; they must be the same",
        ),
        (
            MatMul(),
            [of_shape(), of_shape(4, 5)],
            ShapeError,
            "operands have shapes () and (4, 5); a single number is no matrix",
        ),
        (
            MatMul(),
            [of_shape(2, 3, 4), of_shape(3, 4, 5)],
            ShapeError,
            "shapes (2,) and (3,) do not broadcast: 2 and 3 differ and neither is 1",
        ),
        (
            MatMul(),
            [of_shape(2, 3), tensor(np.float64, (3, 2))],
            DtypeError,
            "operands have types float32 and float64; expected the same type",
        ),
        (
            Gemm(trans_b=True),
            [of_shape(1, 512), of_shape(512, 10)],
            ShapeError,
            "first operand (1, 512) has 512 columns, second (512, 10) has 10 rows; they must be the same; "
            "check trans_a (=False) and trans_b (=True)",
        ),
        (
            Gemm(),
            [of_shape(1, 512, 1), of_shape(512, 10)],
            ShapeError,
            "first operand has shape (1, 512, 1), expected a matrix",
        ),
        (
            Gemm(),
            [of_shape(2, 3), of_shape(3, 4), of_shape(3)],
            ShapeError,
            "c has shape (3,), which does not broadcast to the product's (2, 4)",
        ),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message
