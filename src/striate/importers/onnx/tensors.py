"""ONNX tensors as NumPy arrays: sizes are checked against what the file holds before anything is allocated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import SparseTensorProto, TensorProto, helper, numpy_helper

from striate.engine import require_memory
from striate.errors import ModelFileError, UnsupportedError
from striate.graph import Array
from striate.importers.onnx.external import read_external

MOST_AXES = 64  # NumPy's own limit
# Kinds of element types that lie in the file as NumPy has them, but for the order of bytes.
_PLAIN = "biufc"
# Element types smaller than a byte, packed in the file.
_BITS = {
    number: bits
    for name, bits in (("UINT4", 4), ("INT4", 4), ("FLOAT4E2M1", 4), ("UINT2", 2), ("INT2", 2))
    if (number := dict(TensorProto.DataType.items()).get(name)) is not None
}


def numpy_type(element: int, title: str) -> np.dtype[Any]:
    """NumPy's type for an ONNX element type.

    Raises:
        UnsupportedError: It holds text.
        ModelFileError: ONNX knows no such type.
    """
    if element == TensorProto.STRING:
        raise UnsupportedError(f"{title} holds text (tensor(string)); striate computes on numbers only")
    if element == TensorProto.UNDEFINED:
        raise ModelFileError(f"{title} has no element type; the file is damaged or incomplete")
    try:
        return np.dtype(helper.tensor_dtype_to_np_dtype(element))
    except (KeyError, ValueError, TypeError) as error:
        raise ModelFileError(
            f"{title} has an element type (={element}) that the installed onnx does not know"
        ) from error


def checked_dims(dims: Sequence[int], title: str) -> tuple[int, ...]:
    """The sizes of a tensor.

    Raises:
        ModelFileError: A size is negative.
    """
    sizes = tuple(int(size) for size in dims)
    if any(size < 0 for size in sizes):
        raise ModelFileError(f"{title} has shape {sizes}; a size cannot be negative")
    if len(sizes) > MOST_AXES:
        raise UnsupportedError(f"{title} has {len(sizes)} axes, more than the {MOST_AXES} that NumPy allows")
    return sizes


def to_array(tensor: TensorProto, folder: Path | None, title: str, raw: Array | None = None) -> Array:
    """The contents of a tensor, read-only.

    Args:
        tensor: The tensor.
        folder: Folder of the model, for external data.
        title: How messages call it.
        raw: Its raw_data, uint8, if that is not in the tensor; the result is a view of it where the type allows.

    Raises:
        ModelFileError: It does not hold what its shape and type need.
        UnsupportedError: It holds text.
        LimitError: External data would take more than the memory limit.
    """
    dtype = numpy_type(tensor.data_type, title)
    dims = checked_dims(tensor.dims, title)
    count = math.prod(dims)
    nbytes = -(-count * _BITS.get(tensor.data_type, dtype.itemsize * 8) // 8)
    if tensor.data_location == TensorProto.EXTERNAL:
        require_memory(nbytes, title)
        raw = read_external(tensor, nbytes, folder, title)
    held = len(tensor.raw_data) if raw is None else raw.size
    if held != nbytes and (raw is not None or tensor.HasField("raw_data")):
        raise ModelFileError(f"{title} has shape {dims} of {dtype}, which takes {nbytes} bytes; the file holds {held}")
    if count == 0 and not held:
        return np.zeros(dims, dtype)
    if raw is not None and dtype.kind in _PLAIN and not tensor.HasField("segment"):
        return raw.view(dtype.newbyteorder("<")).reshape(dims).astype(dtype, copy=False)
    if raw is not None:
        tensor = TensorProto(data_type=tensor.data_type, dims=dims, raw_data=raw.tobytes())
    try:
        array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(f"{title} has shape {dims} of {dtype}; the file does not hold as many numbers") from error
    if array.shape != dims or array.dtype != dtype:
        raise ModelFileError(f"{title} has shape {dims} of {dtype}; the file holds {array.shape} of {array.dtype}")
    return array


def sparse_to_array(tensor: SparseTensorProto, folder: Path | None, title: str) -> Array:
    """The contents of a sparse tensor, written out.

    Raises:
        ModelFileError: Its indices do not fit its shape or values.
        LimitError: Written out, it would take more than the memory limit.
    """
    values = to_array(tensor.values, folder, f"{title} (values)").reshape(-1)
    indices = to_array(tensor.indices, folder, f"{title} (indices)")
    dims = checked_dims(tensor.dims, title)
    count = math.prod(dims)
    require_memory(count * values.dtype.itemsize, title)
    if indices.dtype != np.int64 or indices.shape not in ((values.size,), (values.size, len(dims))):
        raise ModelFileError(
            f"{title} has {values.size} values but indices of shape {indices.shape} and type {indices.dtype}; expected "
            f"int64 ({values.size},) or ({values.size}, {len(dims)})"
        )
    limits = np.array([count] if indices.ndim == 1 else dims, np.int64)
    if indices.size and ((indices < 0).any() or (indices.reshape(values.size, -1) >= limits).any()):
        raise ModelFileError(f"{title} has shape {dims}; one of its indices lies outside")
    dense = np.zeros(count, values.dtype)
    flat = indices if indices.ndim == 1 else np.ravel_multi_index(tuple(indices.T), dims)
    dense[flat] = values
    return dense.reshape(dims)
