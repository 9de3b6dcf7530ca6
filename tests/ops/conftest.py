"""How an op is tried out alone, and how ONNX Runtime and ONNX's own reference are asked the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from striate.dimension import Symbol
from striate.graph import Array, Op, TensorType, tensor

Apply = Callable[..., tuple[Array, ...]]


@pytest.fixture(scope="session")
def apply() -> Apply:
    return run_op


def run_op(op: Op, *arrays: Array | None, free: Sequence[int] = (0,)) -> tuple[Array, ...]:
    """Runs an op's reference, and holds every shape rule to it: with known sizes and with free ones.

    Args:
        op: The op.
        arrays: Its operands. The rules are told what is in them, as of constants, but for the free ones.
        free: Operands whose sizes are made symbols, to see that the rule's formulas give the real sizes.
    """
    kinds = [
        None if a is None else tensor(a.dtype, a.shape, None if index in free else a) for index, a in enumerate(arrays)
    ]
    locked = [None if a is None else np.asarray(a).view() for a in arrays]
    for a in locked:
        if a is not None:
            a.flags.writeable = False
    with np.errstate(all="ignore"):  # as the engine runs it
        results = op.reference(*locked)
    for kind, result in zip(op.infer(kinds), results, strict=True):
        assert isinstance(result, np.ndarray)
        assert (kind.dtype, kind.shape) == (result.dtype, result.shape)
    check_symbols(op, kinds, results, free)
    cost = op.cost(kinds, op.infer(kinds))
    assert cost.macs >= 0
    assert cost.operations >= 0
    return results


def check_symbols(op: Op, kinds: Sequence[TensorType | None], results: Sequence[Array], free: Sequence[int]) -> None:
    sizes: dict[str, int] = {}
    symbolic = list(kinds)
    for index in free:
        kind = kinds[index]
        assert kind is not None
        assert kind.shape is not None
        names = [f"s{index}_{axis}" for axis in range(len(kind.shape))]
        sizes.update(zip(names, (int(str(size)) for size in kind.shape), strict=True))
        symbolic[index] = tensor(kind.dtype, tuple(Symbol(name) for name in names))
    for kind, result in zip(op.infer(symbolic), results, strict=True):
        assert kind.dtype == result.dtype
        assert kind.shape is not None
        assert tuple(eval(str(size), {"max": max, "min": min}, dict(sizes)) for size in kind.shape) == result.shape


def single_node(
    kind: str, arrays: Sequence[Array | None], attributes: Mapping[str, Any], results: int, opset: int
) -> tuple[onnx.ModelProto, dict[str, Array]]:
    feeds = {f"x{index}": array for index, array in enumerate(arrays) if array is not None}
    names = [f"x{index}" if array is not None else "" for index, array in enumerate(arrays)]
    outputs = [f"y{index}" for index in range(results)]
    node = onnx.helper.make_node(kind, names, outputs, **attributes)
    graph = onnx.helper.make_graph(
        [node],
        "single",
        [
            onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
            for name, a in feeds.items()
        ],
        [onnx.helper.make_empty_tensor_value_info(name) for name in outputs],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=10)
    return onnx.shape_inference.infer_shapes(model), feeds


@pytest.fixture(scope="session")
def ort_run(onnxruntime: ModuleType) -> Callable[..., list[Array]]:
    """Runs one node in ONNX Runtime, nothing optimised."""

    def run(kind: str, *arrays: Array | None, results: int = 1, opset: int = 22, **attributes: Any) -> list[Array]:
        model, feeds = single_node(kind, arrays, attributes, results, opset)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(None, feeds)

    return run


@pytest.fixture(scope="session")
def onnx_run() -> Callable[..., list[Array]]:
    """Runs one node in ONNX's own reference implementation."""

    def run(kind: str, *arrays: Array | None, results: int = 1, opset: int = 22, **attributes: Any) -> list[Array]:
        model, feeds = single_node(kind, arrays, attributes, results, opset)
        with np.errstate(all="ignore"):
            return ReferenceEvaluator(model).run(None, feeds)

    return run
