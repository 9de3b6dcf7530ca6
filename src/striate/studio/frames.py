"""One message with its arrays as bytes, the same form both ways.

    u32 little-endian  length of the head in bytes
    head               JSON, UTF-8: a message; beside its fields "arrays": [{"name", "dtype", "shape", "offset"}, ...]
    zeros              up to the next multiple of 8 bytes from the frame's beginning: there the data begins
    data               the arrays' bytes, little-endian, C order; each at its "offset" from the beginning of the data,
                       a multiple of 8

dtypes are written as in NumPy; those of DTYPES occur.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from typing import Any, cast

import numpy as np

from striate.errors import MessageError
from striate.graph import Array

DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "float32", "float64", "bool")
# The most that a head from the page may have: what it says is short, arrays come behind it.
LARGEST_HEAD = 1 << 20
_ALIGNMENT = 8


def write_frame(head: str, arrays: Mapping[str, Array]) -> bytes:
    """A frame.

    Args:
        head: A message as a JSON object, without "arrays".
        arrays: Arrays by name; float16 becomes float32, other types not in DTYPES are refused.

    Raises:
        MessageError: An array has a type that no frame carries.

    Example:
        >>> frame = write_frame('{"id": 1}', {"maps": np.zeros((2, 3), np.float32)})
        >>> len(frame) % 8, read_frame(frame)[1]["maps"].shape
        (0, (2, 3))
    """
    entries: list[dict[str, object]] = []
    blocks: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        plain = _plain(name, array)
        data = plain.tobytes()
        data += bytes(-len(data) % _ALIGNMENT)
        entries.append({"name": name, "dtype": plain.dtype.name, "shape": list(plain.shape), "offset": offset})
        blocks.append(data)
        offset += len(data)
    text = json.dumps(entries, separators=(",", ":"))
    body = head.rstrip()
    comma = "" if body == "{}" else ","
    encoded = f'{body[:-1]}{comma}"arrays":{text}}}'.encode()
    start = len(encoded).to_bytes(4, "little") + encoded
    return b"".join([start, bytes(-len(start) % _ALIGNMENT), *blocks])


def _plain(name: str, array: Array) -> Array:
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    if array.dtype.name not in DTYPES:
        raise MessageError(
            f'array "{name}" has type {array.dtype}, which no frame carries; expected {", ".join(DTYPES)}'
        )
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


def read_frame(frame: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """The head and the arrays of a frame.

    Args:
        frame: The bytes. Arrays are views of them, read-only.

    Returns:
        The head as a dict without "arrays", and the arrays by name.

    Raises:
        MessageError: It is no frame: too short, no JSON object, or an array does not lie within it.
    """
    if len(frame) < 4:
        raise MessageError(f"frame of {len(frame)} bytes is too short")
    length = int.from_bytes(frame[:4], "little")
    if length > LARGEST_HEAD or 4 + length > len(frame):
        raise MessageError(f"frame of {len(frame)} bytes says that its head has {length}")
    try:
        head: object = json.loads(frame[4 : 4 + length])
    except (ValueError, RecursionError) as error:
        raise MessageError(f"the head of a frame is not JSON: {error}") from error
    if not isinstance(head, dict):
        raise MessageError("the head of a frame is not a JSON object")
    fields = cast("dict[str, Any]", head)
    entries = fields.pop("arrays", [])
    if not isinstance(entries, list):
        raise MessageError('"arrays" of a frame is not a list')
    start = 4 + length + (-(4 + length) % _ALIGNMENT)
    data = memoryview(frame)[start:]
    arrays: dict[str, Array] = {}
    for entry in cast("list[object]", entries):
        name, array = _array(entry, data)
        if name in arrays:
            raise MessageError(f'array "{name}" is in a frame twice')
        arrays[name] = array
    return fields, arrays


def _array(entry: object, data: memoryview) -> tuple[str, Array]:
    if not isinstance(entry, dict):
        raise MessageError("an array of a frame is not described by a JSON object")
    fields = cast("dict[str, Any]", entry)
    name, dtype, shape, offset = (fields.get(key) for key in ("name", "dtype", "shape", "offset"))
    if not isinstance(name, str) or dtype not in DTYPES or not _naturals(shape) or not _naturals([offset]):
        raise MessageError(f"an array of a frame is described wrongly: {json.dumps(fields)[:200]}")
    sizes = cast("list[int]", shape)
    first = cast("int", offset)
    kind = np.dtype(cast("str", dtype)).newbyteorder("<")
    if len(sizes) > 16 or first % _ALIGNMENT or first + prod(sizes) * kind.itemsize > len(data):
        raise MessageError(f'array "{name}" of shape {tuple(sizes)} at {first} does not lie within its frame')
    return name, np.frombuffer(data, kind, prod(sizes), first).reshape(sizes)


def _naturals(given: object) -> bool:
    if not isinstance(given, list):
        return False
    return all(
        isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**40
        for size in cast("list[object]", given)
    )
