"""An operation that striate has no definition of, carried out by ONNX's own reference implementation.

It can be run and its results looked at; what happens inside is not known here, so a lens that would have to look
inside says that it cannot. Shapes come from ONNX's shape inference, as far as that knows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from striate.dimension import UNKNOWN, Dim, Symbol
from striate.errors import ShapeError, UnsupportedError, UnsupportedOpError
from striate.graph import Array, Op, TensorType, tensor

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto
    from onnx.reference import ReferenceEvaluator

# Operands as small as this (axes, sizes ...) may decide the result's shape: shape inference is told their contents.
_LARGEST_TOLD = 64


@dataclass(frozen=True)
class Opaque(Op):
    """One ONNX node as it stands in the file, run by ``onnx.reference``.

    Args:
        op_type: ONNX's name of the operation.
        domain: Its domain; "" is ONNX's own.
        operands: What the node and its subgraphs call each operand; "" for one that is left out.
        model: The node as a serialised ``ModelProto`` without inputs.
        reason: Why striate does not do it itself, for people to read.
    """

    op_type: str
    domain: str
    operands: tuple[str, ...] = field(repr=False)
    model: bytes = field(repr=False)
    reason: str = ""

    @property
    def kind(self) -> str:
        """ONNX's name of the operation."""
        return self.op_type

    def __str__(self) -> str:
        full = f"{self.domain}.{self.op_type}" if self.domain else self.op_type
        return f"Opaque({full})"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        from onnx import shape_inference

        model, symbols = _typed(self, operands)
        try:
            inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        except (shape_inference.InferenceError, RuntimeError, ValueError) as error:
            raise ShapeError(f"the operands do not fit: {_one_line(error)}") from error
        results = {info.name: info for info in (*inferred.graph.value_info, *inferred.graph.output)}
        return tuple(
            _result(self, results.get(value.name), index, symbols) for index, value in enumerate(model.graph.output)
        )

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        given = {name: value for name, value in zip(self.operands, operands, strict=True) if name and value is not None}
        # Whatever another's implementation raises on data that does not suit it becomes one error of ours.
        try:
            # onnx annotates `run` incompletely.
            results: Iterable[object] = _evaluator(self.model).run(None, given)  # pyright: ignore[reportUnknownMemberType]
        except Exception as error:
            raise UnsupportedOpError(f"{self}: onnx.reference cannot run it: {_one_line(error)}") from error
        return tuple(self._array(result, index) for index, result in enumerate(results))

    def _array(self, result: object, index: int) -> Array:
        if not hasattr(result, "dtype"):  # neither an array nor a number of NumPy's
            raise UnsupportedOpError(f"{self}: result {index} is not a tensor but {type(result).__name__}")
        return np.asarray(result)


@lru_cache(maxsize=64)
def _parsed(model: bytes) -> ModelProto:
    from onnx import ModelProto

    return ModelProto.FromString(model)


@lru_cache(maxsize=64)
def _evaluator(model: bytes) -> ReferenceEvaluator:
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(_parsed(model))


def _typed(op: Opaque, operands: Sequence[TensorType | None]) -> tuple[ModelProto, dict[str, Symbol]]:
    """The node's model with the operands' types as its inputs, and the symbols by the names that it knows them by."""
    from onnx import helper, numpy_helper

    model = _copy(_parsed(op.model))
    symbols: dict[str, Symbol] = {}
    for name, operand in dict(zip(op.operands, operands, strict=True)).items():
        if not name or operand is None:
            continue
        try:
            element = helper.np_dtype_to_tensor_dtype(operand.dtype)
        except (KeyError, ValueError) as error:
            raise UnsupportedError(f'operand "{name}" has type {operand.dtype}, which ONNX does not know') from error
        sizes: list[int | str] | None = None
        if operand.shape is not None:
            sizes = [_size(size, symbols) for size in operand.shape]
        model.graph.input.append(helper.make_tensor_value_info(name, element, sizes))
        if operand.value is not None and operand.value.size <= _LARGEST_TOLD and operand.value.dtype == operand.dtype:
            model.graph.initializer.append(numpy_helper.from_array(operand.value, name))
    return model, symbols


def _copy(model: ModelProto) -> ModelProto:
    copy = type(model)()
    copy.CopyFrom(model)
    return copy


def _size(size: Dim, symbols: dict[str, Symbol]) -> int | str:
    if isinstance(size, Symbol):
        symbols[str(size)] = size
        return str(size)
    return size


def _result(op: Opaque, info: ValueInfoProto | None, index: int, symbols: dict[str, Symbol]) -> TensorType:
    from onnx import helper

    kind = info.type.WhichOneof("value") if info is not None else None
    if info is None or kind is None:
        raise UnsupportedOpError(f"{op}: ONNX's shape inference cannot tell the type of result {index}")
    if kind != "tensor_type":
        raise UnsupportedOpError(f"{op}: result {index} is a {kind.removesuffix('_type')}, only tensors are supported")
    declared = info.type.tensor_type
    try:
        dtype: np.dtype[Any] = np.dtype(helper.tensor_dtype_to_np_dtype(declared.elem_type))
    except (KeyError, ValueError, TypeError) as error:
        raise UnsupportedOpError(f"{op}: ONNX's shape inference cannot tell the type of result {index}") from error
    if dtype.kind in "OUS":
        raise UnsupportedOpError(f"{op}: result {index} holds text; striate computes on numbers only")
    if not declared.HasField("shape"):
        return tensor(dtype, None)
    shape: list[Dim] = []
    for size in declared.shape.dim:
        if size.HasField("dim_value") and size.dim_value >= 0:
            shape.append(size.dim_value)
        else:
            shape.append(symbols.get(size.dim_param, UNKNOWN))
    return tensor(dtype, tuple(shape))


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]} ..."
