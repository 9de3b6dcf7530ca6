"""Large weights are taken out of the file before it is parsed: nothing is lost, and nothing is held twice."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper, numpy_helper

from striate.errors import ModelFileError, StriateError
from striate.importers.onnx import load_onnx
from striate.importers.onnx.split import LARGE, split
from striate.network import Network

RNG = np.random.default_rng(5)
TYPES = [
    TensorProto.FLOAT,
    TensorProto.DOUBLE,
    TensorProto.FLOAT16,
    TensorProto.INT8,
    TensorProto.UINT16,
    TensorProto.INT64,
    TensorProto.BOOL,
    TensorProto.COMPLEX64,
]


def model(*weights: TensorProto) -> ModelProto:
    """A network that adds what it is given to itself, and has weights beside."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in "xy")
    outputs = [helper.make_tensor_value_info(w.name, w.data_type, list(w.dims)) for w in weights]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "g", [x], [y, *outputs], list(weights))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def weight(name: str, shape: tuple[int, ...] = (64, 33)) -> TensorProto:
    return numpy_helper.from_array(RNG.standard_normal(shape).astype(np.float32), name)


def parts(data: bytes) -> tuple[bytes, dict[int, bytes]] | None:
    found = split(io.BytesIO(data), len(data))
    return None if found is None else (found.message, {n: array.tobytes() for n, array in found.weights.items()})


def joined(message: bytes, weights: dict[int, bytes]) -> ModelProto:
    proto = ModelProto.FromString(message)
    for number, raw in weights.items():
        proto.graph.initializer[number].raw_data = raw
    return proto


def test_large_weights_are_taken_out_and_small_ones_stay() -> None:
    proto = model(weight("a"), weight("small", (3,)), weight("b", (LARGE // 4,)), weight("c", (1, 1)))
    data = proto.SerializeToString()
    found = parts(data)
    assert found is not None
    message, weights = found
    assert sorted(weights) == [0, 2]
    assert len(message) < 2000
    assert joined(message, weights) == proto


def test_the_shared_models_are_whole(shared: Path) -> None:
    for path in (shared / "models").glob("*.onnx"):
        data = path.read_bytes()
        found = parts(data)
        assert found is not None
        assert joined(*found) == ModelProto.FromString(data)


@pytest.mark.parametrize("kind", TYPES, ids=TensorProto.DataType.Name)
def test_values_are_those_of_the_file(kind: int) -> None:
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    values = (RNG.standard_normal((2, 3000)) * 50).astype(dtype)
    constants = load_onnx(model(numpy_helper.from_array(values, "w")).SerializeToString()).graph.constants
    assert constants["w"].dtype == dtype
    np.testing.assert_array_equal(constants["w"], values)
    assert not constants["w"].flags.writeable


def test_types_that_numpy_does_not_have() -> None:
    values = np.arange(6000) % 7
    tensor = helper.make_tensor("w", TensorProto.BFLOAT16, [6000], values.astype(np.float32))
    raw = numpy_helper.from_array(numpy_helper.to_array(tensor), "w")
    assert raw.HasField("raw_data")
    constants = load_onnx(model(raw).SerializeToString()).graph.constants
    np.testing.assert_array_equal(constants["w"].astype(np.float32), values)


@pytest.mark.parametrize("bytes_missing", [-4, -1, 1, 4])
def test_a_weight_of_the_wrong_size(bytes_missing: int) -> None:
    wrong = weight("w")
    wrong.raw_data = (wrong.raw_data + b"\0" * 4)[: len(wrong.raw_data) - bytes_missing]
    with pytest.raises(ModelFileError, match=rf'"w" has shape \(64, 33\) .* the file holds {len(wrong.raw_data)}'):
        load_onnx(model(wrong).SerializeToString())


def field(number: int, content: bytes) -> bytes:
    """A field of bytes, its length in five bytes, more than it needs."""
    length = bytes([*((len(content) >> (7 * i) & 127 | 128) for i in range(4)), len(content) >> 28])
    return bytes([number << 3 | 2]) + length + content


def twice(proto: ModelProto) -> bytes:
    """Its first weight's numbers are given twice: the last ones count."""
    tensor = proto.graph.initializer[0]
    other = TensorProto(raw_data=b"\1" * len(tensor.raw_data))
    changed = field(5, other.SerializeToString() + tensor.SerializeToString())
    rest = ModelProto.FromString(proto.SerializeToString())
    del rest.graph.initializer[:]
    return rest.SerializeToString() + field(7, changed)


ODD: dict[str, Callable[[ModelProto], bytes]] = {
    "two graphs, to be merged": lambda p: p.SerializeToString() + field(7, b""),
    "numbers given twice": twice,
    "a weight in a second graph": lambda p: (
        p.SerializeToString() + field(7, field(5, weight("other").SerializeToString()))
    ),
    "a group": lambda p: p.SerializeToString() + bytes([100 << 3 & 127 | 128 | 3, 6, 100 << 3 & 127 | 128 | 4, 6]),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_outline_is_left_to_the_parser(odd: str) -> None:
    proto = model(weight("w"))
    data = ODD[odd](proto)
    assert parts(data) is None
    whole = ModelProto.FromString(data)
    constants = load_onnx(data).graph.constants
    for tensor in whole.graph.initializer:
        if tensor.name in constants:
            np.testing.assert_array_equal(constants[tensor.name], numpy_helper.to_array(tensor))


def test_lengths_written_in_more_bytes_than_they_need() -> None:
    proto = model(weight("w"))
    rest = ModelProto.FromString(proto.SerializeToString())
    rest.ClearField("graph")
    data = rest.SerializeToString() + field(7, proto.graph.SerializeToString())
    found = parts(data)
    assert found is not None
    assert joined(*found) == proto


def test_truncations_are_one_clear_error() -> None:
    data = model(weight("w", (40, 40))).SerializeToString()
    for length in range(1, len(data), 61):
        with pytest.raises(ModelFileError):
            load_onnx(data[:length])


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.data())
def test_whatever_the_bytes_the_parts_are_the_whole(data: st.DataObject) -> None:
    whole = bytearray(model(weight("w", (33, 32)), weight("v", (3,))).SerializeToString())
    places = st.one_of(st.integers(0, 200), st.integers(len(whole) - 120, len(whole) - 1))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(places)] = data.draw(st.integers(0, 255))
    found = parts(bytes(whole))
    if found is None:
        return
    try:
        made = joined(*found)
    except DecodeError:
        return
    assert made == ModelProto.FromString(bytes(whole))


CHANGES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "truncated": lambda path: os.truncate(path, 100),
    "emptied": lambda path: path.write_bytes(b""),
    "overwritten": lambda path: path.write_bytes(b"\xff" * path.stat().st_size),
}


@pytest.mark.parametrize("external", [False, True], ids=["inside", "beside"])
@pytest.mark.parametrize("change", CHANGES)
def test_what_happens_to_the_file_afterwards_changes_nothing(tmp_path: Path, change: str, external: bool) -> None:
    path, beside = tmp_path / "net.onnx", tmp_path / "weights.bin"
    values = RNG.standard_normal((16, 3, 9, 9)).astype(np.float32)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 20, 20])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"])]
    proto = helper.make_model(
        helper.make_graph(nodes, "g", [x], [y], [numpy_helper.from_array(values, "w")]), ir_version=10
    )
    if external:
        onnx.save_model(proto, path, save_as_external_data=True, location=beside.name, size_threshold=0)
    else:
        onnx.save_model(proto, path)
    picture = RNG.standard_normal((1, 3, 20, 20)).astype(np.float32)
    expected = Network(load_onnx(path))(picture)
    net = Network(load_onnx(path))
    for file in tmp_path.iterdir():
        CHANGES[change](file)
    assert isinstance(expected, np.ndarray)
    np.testing.assert_array_equal(net(picture), expected)
    np.testing.assert_array_equal(net.model.graph.constants["w"], values)


@pytest.mark.parametrize("external", [False, True], ids=["inside", "beside"])
def test_weights_are_held_once(tmp_path: Path, external: bool) -> None:
    path = tmp_path / "net.onnx"
    onnx.save_model(model(weight("w", (1000, 2000))), path, save_as_external_data=external)
    load_onnx(path)
    tracemalloc.start()
    try:
        made = load_onnx(path)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made.graph.constants["w"].nbytes == 8_000_000
    assert 8_000_000 <= held <= most < 9_000_000


def test_errors_are_those_of_the_whole() -> None:
    proto = model(weight("w"))
    proto.graph.node[0].op_type = "NoSuch"
    with pytest.raises(StriateError) as split_error:
        load_onnx(proto.SerializeToString())
    with pytest.raises(StriateError) as whole_error:
        load_onnx(proto)
    assert type(split_error.value) is type(whole_error.value)
    assert str(split_error.value) == str(whole_error.value)
