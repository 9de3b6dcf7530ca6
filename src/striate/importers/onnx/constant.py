"""The node Constant, in all the forms in which it can hold its value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import NodeProto

from striate.errors import GraphError, UnsupportedError
from striate.graph import Array
from striate.importers.onnx.order import node_title
from striate.importers.onnx.tensors import sparse_to_array, to_array


def constant_of(node: NodeProto, folder: Path | None) -> Array:
    """The value of a Constant.

    Raises:
        GraphError: It has none, or more than one.
        UnsupportedError: It holds text.
        ModelFileError: The tensor does not hold what it declares.
    """
    title = node_title(node)
    if len(node.attribute) != 1:
        raise GraphError(f"{title} has {len(node.attribute)} attributes, expected one that holds its value")
    (attribute,) = node.attribute
    match attribute.name:
        case "value":
            return to_array(attribute.t, folder, title)
        case "sparse_value":
            return sparse_to_array(attribute.sparse_tensor, folder, title)
        case "value_int":
            return np.array(attribute.i, np.int64)
        case "value_ints":
            return np.array(attribute.ints, np.int64)
        case "value_float":
            return np.array(attribute.f, np.float32)
        case "value_floats":
            return np.array(attribute.floats, np.float32)
        case _:
            raise UnsupportedError(f"{title} holds text ({attribute.name}); striate computes on numbers only")
