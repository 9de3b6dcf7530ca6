"""The declared inputs of an ONNX graph: element type and shape, free sizes as symbols."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np
from onnx import ValueInfoProto

from striate.dimension import Dim, Symbol
from striate.errors import ModelFileError, ShapeError, UnsupportedError
from striate.importers.onnx.tensors import MOST_AXES, numpy_type


def input_type(info: ValueInfoProto, taken: Collection[str]) -> tuple[np.dtype[Any], tuple[Dim, ...] | None]:
    """Element type and shape of an input.

    Args:
        info: Its declaration.
        taken: Names of free sizes in the whole graph; a size without a name gets one that is not among them.

    Returns:
        The type, and the shape, None if not even the rank is declared.

    Raises:
        ModelFileError: It is declared without a type.
        UnsupportedError: It is no tensor of numbers.
        ShapeError: A size is negative.
    """
    title = f'input "{info.name}"'
    kind = info.type.WhichOneof("value")
    if kind is None:
        raise ModelFileError(f"{title} is declared without a type; the file is damaged or incomplete")
    if kind != "tensor_type":
        raise UnsupportedError(f"{title} is a {kind.removesuffix('_type')}; only tensors are supported")
    declared = info.type.tensor_type
    dtype = numpy_type(declared.elem_type, title)
    if not declared.HasField("shape"):
        return dtype, None
    if len(declared.shape.dim) > MOST_AXES:
        raise UnsupportedError(
            f"{title} has {len(declared.shape.dim)} axes, more than the {MOST_AXES} that NumPy allows"
        )
    shape: list[Dim] = []
    for axis, size in enumerate(declared.shape.dim):
        if size.HasField("dim_value"):
            if size.dim_value < 0:
                raise ShapeError(
                    f"{title} has size {size.dim_value} in axis {axis}; a size cannot be negative, leave it free"
                )
            shape.append(size.dim_value)
        else:
            shape.append(Symbol(size.dim_param or _own_name(info.name, axis, taken)))
    return dtype, tuple(shape)


def _own_name(name: str, axis: int, taken: Collection[str]) -> str:
    word = re.sub(r"\W", "_", f"{name}_{axis}")
    word = word if word.isidentifier() else f"_{word}"
    while word in taken:
        word += "_"
    return word
