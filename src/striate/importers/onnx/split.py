"""Takes large weights out of an ONNX file before its protocol buffer is parsed, each straight into an array of its own.

Parsed as a whole, a file is in memory three times for a moment: bytes, message and arrays. So the message's
outline is followed here: where the initialisers of the main graph lie, and where in each its numbers (raw_data) begin.
Those go into arrays; everything else is left to the protocol buffers' own parser, in a message without them.

Weights are read, not mapped: a file that is truncated or written to later on would otherwise change the network, or end
the process with a bus error.

Source: Protocol Buffers, "Encoding"; the numbers of fields are those of onnx.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import NamedTuple

import numpy as np

from striate.graph import Array

# Fewer bytes are not worth the trouble.
LARGE = 4096
_GRAPH, _INITIALIZER, _RAW_DATA = 7, 5, 9  # of ModelProto, GraphProto and TensorProto
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Split:
    """A model in two parts.

    Args:
        message: The protocol buffer, large weights left out.
        weights: Number of an initialiser of the main graph -> its raw_data, uint8.
    """

    message: bytes
    weights: dict[int, Array] = field(default_factory=dict[int, Array])


class _OddError(Exception):
    """The outline is not the usual one: the parser shall see the whole, and say what is wrong if anything is."""


class _Field(NamedTuple):
    """One field of a message.

    Args:
        number: Which.
        kind: How it is encoded.
        begin: Where it begins in the file, tag included.
        content: Where its content begins.
        end: Where it ends.
    """

    number: int
    kind: int
    begin: int
    content: int
    end: int


def split(file: BufferedIOBase, size: int) -> Split | None:
    """Reads a model.

    Args:
        file: The file, which can be sought in.
        size: Its bytes.

    Returns:
        Its two parts; None if its outline is not what an ONNX file's should be.
    """
    weights: dict[int, Array] = {}
    try:
        return Split(_model(file, size, weights), weights)
    except _OddError:
        return None


def _model(file: BufferedIOBase, size: int, weights: dict[int, Array]) -> bytes:
    message = bytearray()
    found = False
    for one in _fields(file, 0, size):
        if (one.number, one.kind) == (_GRAPH, _LENGTH):
            if found:  # the parser would merge the two
                raise _OddError
            found = True
            message += _prefixed(_GRAPH, _graph(file, one, weights))
        else:
            message += _copied(file, one)
    return bytes(message)


def _graph(file: BufferedIOBase, graph: _Field, weights: dict[int, Array]) -> bytes:
    message = bytearray()
    count = 0
    for one in _fields(file, graph.content, graph.end):
        if (one.number, one.kind) != (_INITIALIZER, _LENGTH):
            message += _copied(file, one)
            continue
        if one.end - one.content < LARGE:
            message += _copied(file, one)
        else:
            message += _prefixed(_INITIALIZER, _tensor(file, one, count, weights))
        count += 1
    return bytes(message)


def _tensor(file: BufferedIOBase, tensor: _Field, number: int, weights: dict[int, Array]) -> bytes:
    message = bytearray()
    for one in _fields(file, tensor.content, tensor.end):
        if (one.number, one.kind) != (_RAW_DATA, _LENGTH):
            message += _copied(file, one)
            continue
        if number in weights:  # given twice: the last one counts
            raise _OddError
        weights[number] = _read(file, one.content, one.end - one.content)
    return bytes(message)


def _fields(file: BufferedIOBase, begin: int, end: int) -> Iterator[_Field]:
    """The fields of a message, in order."""
    while begin < end:
        file.seek(begin)
        tag, content = _varint(file, begin)
        kind = tag & 7
        if kind == _VARINT:
            after = _varint(file, content)[1]
        elif kind == _LENGTH:
            length, content = _varint(file, content)
            after = content + length
        elif kind in (_FIXED32, _FIXED64):
            after = content + (4 if kind == _FIXED32 else 8)
        else:
            raise _OddError
        if tag >> 3 == 0 or after > end:
            raise _OddError
        yield _Field(tag >> 3, kind, begin, content, after)
        begin = after


def _varint(file: BufferedIOBase, position: int) -> tuple[int, int]:
    """A whole number of up to ten bytes, seven bits in each, and where it ends."""
    number = 0
    for index in range(10):
        (byte,) = file.read(1) or (None,)
        if byte is None:
            break
        number |= (byte & 127) << (7 * index)
        if byte < 128:
            return number, position + index + 1
    raise _OddError


def _prefixed(number: int, message: bytes) -> bytes:
    """A message as a field of another one."""
    head = bytearray([number << 3 | _LENGTH])
    length = len(message)
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    head.append(length)
    return bytes(head) + message


def _copied(file: BufferedIOBase, one: _Field) -> bytes:
    file.seek(one.begin)
    found = file.read(one.end - one.begin)
    if len(found) != one.end - one.begin:
        raise _OddError
    return found


def _read(file: BufferedIOBase, begin: int, size: int) -> Array:
    file.seek(begin)
    array = np.empty(size, np.uint8)
    view = array.data
    done = 0
    while done < size:
        count = file.readinto(view[done:])
        if not count:
            raise _OddError
        done += count
    return array
