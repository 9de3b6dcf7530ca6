"""Damaged models: whatever is changed in a file, it ends in an error of ours or in a network that runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper, parser

from striate.dimension import Symbol
from striate.engine import make_plan, run_plan
from striate.errors import StriateError
from striate.graph import type_of
from striate.importers.onnx import load_onnx

CNN = """
<ir_version: 8, opset_import: ["" : 17]>
cnn (float[n, 2, 6, 6] image) => (float[n, 3] scores)
<float[4, 2, 3, 3] w, float[4] scale, float[4] shift, float[4] mean, float[4] variance,
 float[3, 16] dense, float[3] bias, int64[2] flat = {0, -1}, float low = {0}, float high = {6}>
{
  [conv] a = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [1, 1], group = 1> (image, w)
  [norm] b = BatchNormalization <epsilon = 0.001> (a, scale, shift, mean, variance)
  [relu6] c = Clip (b, low, high)
  [pool] d = MaxPool <kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1> (c)
  [skip] e = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2], auto_pad = "NOTSET"> (c)
  [join] f = Concat <axis = 1> (d, e)
  [mean] g = ReduceMean <axes = [2, 3], keepdims = 0> (f)
  [twice] h = Concat <axis = -1> (g, g)
  [view] i = Reshape (h, flat)
  [dense] j = Gemm <transB = 1> (i, dense, bias)
  [soft] scores = Softmax <axis = -1> (j)
}
"""
SHAPES = """
<ir_version: 8, opset_import: ["" : 15]>
shapes (float[n, c, h, w] x) => (float y)
<int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] four = {4}, int64 first = {0},
 int64[1] minus = {-1}, float[4] scales = {1, 1, 2, 2}, int64[8] pads = {0, 0, 1, 1, 0, 0, 1, 1}>
{
  s = Shape (x)
  n = Gather <axis = 0> (s, first)
  nn = Unsqueeze (n, zero)
  hw = Slice (s, two, four)
  t = Concat <axis = 0> (nn, minus)
  big = Resize <mode = "nearest"> (x, , scales)
  padded = Pad <mode = "reflect"> (big, pads)
  p = Transpose <perm = [0, 2, 3, 1]> (padded)
  flat = Reshape (p, t)
  a, b = Split <axis = 1> (flat)
  c = Mul (a, b)
  d = ArgMax <axis = 1, keepdims = 0> (c)
  e = Cast <to = 1> (d)
  f = Expand (e, one)
  g = Tile (f, one)
  k = Squeeze (g)
  v = Constant <value_floats = [1.0, 2.0]> ()
  m = ReduceMax <keepdims = 0> (v)
  y = Add (k, m)
}
"""
CONTROL = """
<ir_version: 9, opset_import: ["" : 18, "own" : 1]>
control (float[2, n] x) => (float[2, n] y)
<bool yes = {1}, int64[1] zero = {0}>
{
  a = If (yes) <then_branch = then () => (float[2, n] p) { p = Relu (x) },
                else_branch = else () => (float[2, n] q) { q = Neg (x) }>
  b = own.scaled <by = 2.0> (a)
  c = ReduceSum <keepdims = 0> (b)
  big = Greater (c, c)
  d = If (big) <then_branch = then2 () => (float[2, n] p2) { p2 = Relu (b) },
                else_branch = else2 () => (float[2, n] q2) { q2 = Neg (b) }>
  nz = NonZero (d)
  e = ScatterElements <axis = 1> (d, i, d2)
  y = own.scaled <by = 0.5> (e)
  i = Cast <to = 7> (d3)
  d3 = Mul (d, half)
  d2 = Mul (d, half)
  half = Constant <value_float = 0.0> ()
}
<domain: "own", opset_import: ["" : 18]>
scaled <by> (x) => (z) { f = Constant <value_float: float = @by> () z = Mul (x, f) }
"""


def filled(text: str) -> onnx.ModelProto:
    """A parsed model, the weights that it declares without numbers filled with random ones."""
    proto = parser.parse_model(text)
    random_numbers = np.random.default_rng(0)
    for info in proto.graph.value_info:
        shape = [size.dim_value for size in info.type.tensor_type.shape.dim]
        proto.graph.initializer.append(numpy_helper.from_array(random_numbers.random(shape, np.float32), info.name))
    del proto.graph.value_info[:]
    return proto


@pytest.fixture(scope="module", autouse=True)
def little_memory() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIATE_MEMORY_LIMIT", str(64 * 2**20))
        yield


MODELS = [filled(text) for text in (CNN, SHAPES, CONTROL)]


def outcome(source: bytes | onnx.ModelProto) -> str:
    """Loads and runs; "loaded" or the name of the error, which is one of ours or the test fails."""
    try:
        model = load_onnx(source)
        sizes = {}
        feeds = {}
        for name in model.graph.inputs:
            kind = model.graph.types[name]
            shape = [
                sizes.setdefault(str(size), 4 if index else 2) if isinstance(size, Symbol) else size
                for index, size in enumerate(kind.shape or ())
            ]
            if int(np.prod(shape, dtype=object)) > 1_000_000:
                return "large"
            feeds[name] = np.ones(shape, kind.dtype)
        run_plan(make_plan(model.graph, {name: type_of(array) for name, array in feeds.items()}), feeds, keep=True)
    except StriateError as error:
        message = str(error)
        assert message
        assert "Traceback" not in message
        return type(error).__name__
    return "loaded"


def test_the_models_load() -> None:
    assert [outcome(model) for model in MODELS] == ["loaded"] * len(MODELS)


@settings(max_examples=400)
@given(model=st.sampled_from(MODELS), seed=st.integers(0, 2**32))
def test_mutated_bytes(model: onnx.ModelProto, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(model.SerializeToString())
    for _ in range(chance.choice([1, 1, 2, 5])):
        place = chance.randrange(len(data))
        length = chance.choice([1, 1, 2, 8, 30])
        match chance.randrange(5):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place] = chance.randrange(256)
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[place : place + length]
            case _:
                data[place : place + length] = chance.randbytes(min(length, len(data) - place))
        if not data:
            break
    outcome(bytes(data))


@settings(max_examples=100)
@given(model=st.sampled_from(MODELS), part=st.floats(0, 1))
def test_truncated(model: onnx.ModelProto, part: float) -> None:
    data = model.SerializeToString()
    cut = data[: int(part * len(data))]
    assert outcome(cut) != "loaded" or cut == data


NUMBERS = [0, 1, -1, 2, 3, 7, 64, 255, 1 << 20, 1 << 31, 1 << 40, 2**63 - 1, -(2**63)]
WORDS = ["", "x", "a", "b", "image", "w", "n", "Relu", "Conv", "If", "Loop", "own", "ai.onnx", "linear", "é\n", "../w"]


def fields(message: Message) -> Iterator[Callable[[random.Random], None]]:
    """For each field of a message and of those inside of it, what damages it."""
    for field, content in message.ListFields():
        repeated = isinstance(content, (list, tuple)) or hasattr(content, "append") or hasattr(content, "add")
        yield lambda chance, name=field.name: message.ClearField(name)
        if repeated:
            for index in range(len(content)):
                yield from _item(content, index, field)
        elif isinstance(content, Message):
            yield from fields(content)
        else:
            yield lambda chance, field=field: setattr(message, field.name, _other(field, chance))


def _item(content: Any, index: int, field: Any) -> Iterator[Callable[[random.Random], None]]:
    yield lambda chance: content.pop(index % len(content)) if len(content) else None
    if isinstance(content[index], Message):
        yield lambda chance: content.add().CopyFrom(content[index % len(content)]) if len(content) else None
        yield from fields(content[index])
    else:
        yield lambda chance: content.__setitem__(index % len(content), _other(field, chance)) if len(content) else None


def _other(field: Any, chance: random.Random) -> Any:
    match field.cpp_type:
        case field.CPPTYPE_STRING:
            if field.type == field.TYPE_BYTES:
                return chance.choice([b"", b"\xff\xfe", chance.randbytes(chance.choice([1, 4, 8, 100])), b"linear"])
            return chance.choice(WORDS)
        case field.CPPTYPE_FLOAT | field.CPPTYPE_DOUBLE:
            return chance.choice([0.0, -1.0, float("nan"), float("inf"), 1e30])
        case field.CPPTYPE_ENUM:
            return chance.choice([value.number for value in field.enum_type.values])
        case field.CPPTYPE_INT32:
            return chance.choice([number for number in NUMBERS if -(2**31) <= number < 2**31])
        case field.CPPTYPE_UINT64:
            return chance.choice([number for number in NUMBERS if number >= 0])
        case _:
            return chance.choice(NUMBERS)


@settings(max_examples=600)
@given(model=st.sampled_from(MODELS), seed=st.integers(0, 2**32))
def test_mutated_fields(model: onnx.ModelProto, seed: int) -> None:
    chance = random.Random(seed)
    damaged = onnx.ModelProto()
    damaged.CopyFrom(model)
    for _ in range(chance.choice([1, 1, 2])):
        chance.choice(list(fields(damaged)))(chance)
    outcome(damaged)


@pytest.mark.parametrize("depth", [60, 3000])
def test_deep_nesting(depth: int) -> None:
    """Functions that call themselves, and branches in branches beyond what a recursion could follow."""
    call = helper.make_node("f", ["x"], ["y"], domain="own")
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    function = helper.make_function("own", "f", ["x"], ["y"], [call], imports)
    info = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([call], "circle", [info], [result])
    assert outcome(helper.make_model(graph, opset_imports=imports, functions=[function])) == "GraphError"
    chain = [helper.make_node("Relu", [f"v{i}" if i else "x"], [f"v{i + 1}"]) for i in range(depth)]
    graph = helper.make_graph(chain, "chain", [info], [helper.make_tensor_value_info(f"v{depth}", 1, [1])])
    assert outcome(helper.make_model(graph, opset_imports=imports[:1])) == "loaded"


def test_functions_that_double() -> None:
    """Each function calls the next one twice: 2^40 nodes from a file of a few kilobytes."""
    depth = 40
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    functions = []
    for level in range(depth):
        inner = f"f{level + 1}"
        nodes = [
            helper.make_node(inner, ["x"], ["m"], domain="own"),
            helper.make_node(inner, ["m"], ["y"], domain="own"),
        ]
        functions.append(helper.make_function("own", f"f{level}", ["x"], ["y"], nodes, imports))
    last = [helper.make_node("Relu", ["x"], ["y"])]
    functions.append(helper.make_function("own", f"f{depth}", ["x"], ["y"], last, imports))
    info = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("f0", ["x"], ["y"], domain="own")], "double", [info], [result])
    assert outcome(helper.make_model(graph, opset_imports=imports, functions=functions)) == "UnsupportedError"
