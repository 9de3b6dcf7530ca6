"""What becomes of an ONNX graph: versions, branches, functions, constants, names, order."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper, parser

from striate.dimension import Symbol
from striate.engine import make_plan, run_plan
from striate.errors import ShapeError, UnsupportedOpError
from striate.graph import Array, Model, type_of
from striate.importers.onnx import load_onnx
from striate.ops import Conv, Relu, Resize, Softmax
from striate.ops.opaque import Opaque

IMAGE = np.random.default_rng(0).standard_normal((2, 4, 6, 6)).astype(np.float32)


def parsed(body: str, opset: int, ir: int = 8, extra: str = "") -> onnx.ModelProto:
    return parser.parse_model(f'<ir_version: {ir}, opset_import: ["" : {opset}{extra}]> {body}')


def run(model: Model, feeds: Mapping[str, Array]) -> dict[str, Array]:
    return run_plan(make_plan(model.graph, {name: type_of(value) for name, value in feeds.items()}), feeds, keep=True)


def check(onnxruntime: ModuleType, proto: onnx.ModelProto, opaque: int = 0, **feeds: Array) -> Model:
    """Runs a model here and in ONNX Runtime; returns it."""
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    model = load_onnx(proto)
    values = run(model, feeds)
    for name, expected in zip(model.graph.outputs, session.run(None, feeds), strict=True):
        assert values[name].shape == expected.shape
        assert values[name].dtype == expected.dtype
        np.testing.assert_allclose(values[name], expected, rtol=1e-5, atol=1e-6)
    assert sum(isinstance(node.op, Opaque) for node in model.graph.nodes) == opaque
    return model


# What older versions have as attributes are operands here.
OLD_FORMS = [
    (7, "y = Clip <min = -0.5, max = 0.5> (x)"),
    (7, "y = Clip <max = 0.5> (x)"),
    (7, 'y = Pad <mode = "constant", pads = [0, 0, 1, 2, 0, 0, 0, 1], value = 1.5> (x)'),
    (7, 'y = Pad <mode = "reflect", pads = [0, 0, 1, 2, 0, 0, 0, 1]> (x)'),
    (7, "y = Slice <starts = [1, 0], ends = [1000, -1], axes = [1, 3]> (x)"),
    (7, "y = Slice <starts = [1, 0], ends = [2, -1]> (x)"),
    (7, "a = Unsqueeze <axes = [0, 3]> (x) y = Squeeze <axes = [0]> (a)"),
    (7, "a = Unsqueeze <axes = [0]> (x) y = Squeeze (a)"),
    (7, "y = ReduceSum <axes = [1, 2], keepdims = 0> (x)"),
    (7, "y = ReduceMean (x)"),
    (7, "y, z = Split <axis = 1, split = [1, 3]> (x)"),
    (7, "y, z = Split <axis = 1> (x)"),
    (7, "y = Softmax (x)"),
    (7, "y = Softmax <axis = 2> (x)"),
    (7, "y = Softmax <axis = 3> (x)"),
    (7, "y = LogSoftmax <axis = 2> (x)"),
    (7, "y = Hardmax <axis = 3> (x)"),
    (7, 'y = Upsample <mode = "nearest", scales = [1.0, 1.0, 2.0, 3.0]> (x)'),
    (7, 'y = Upsample <mode = "linear", scales = [1.0, 1.0, 2.0, 2.0]> (x)'),
    (7, "y = Dropout <ratio = 0.3> (x)"),
    (7, "y = MaxPool <kernel_shape = [2, 3], strides = [2, 1], pads = [0, 1, 1, 1]> (x)"),
    (7, 'y = AveragePool <kernel_shape = [3, 3], auto_pad = "SAME_UPPER", strides = [2, 2]> (x)'),
    (7, "y = GlobalLpPool <p = 3> (x)"),
    (11, "y = Softmax <axis = -2> (x)"),
    (12, "y = ArgMax <axis = 2, select_last_index = 1> (x)"),
]


@pytest.mark.parametrize(("opset", "nodes"), OLD_FORMS)
def test_old_forms(onnxruntime: ModuleType, opset: int, nodes: str) -> None:
    kind = "int64" if "Arg" in nodes else "float"
    outputs = f"{kind} y" + (", float z" if "z =" in nodes else "")
    proto = parsed(f"old (float[2, 4, 6, 6] x) => ({outputs}) {{ {nodes} }}", opset, ir=3)
    for value in proto.graph.output:
        value.type.tensor_type.ClearField("shape")
    check(onnxruntime, proto, x=IMAGE)


def test_upsample_of_opset_9(onnxruntime: ModuleType) -> None:
    text = "up (float[2, 4, 6, 6] x) => (float[2, 4, 9, 12] y) <float[4] s = {1, 1, 1.5, 2}>"
    for opset, op in ((9, "Upsample"), (10, "Resize")):
        for mode in ("nearest", "linear"):
            model = check(onnxruntime, parsed(f'{text} {{ y = {op} <mode = "{mode}"> (x, s) }}', opset, ir=4), x=IMAGE)
            (node,) = model.graph.nodes
            assert node.op == Resize(mode, "asymmetric", "floor")
            assert model.layers[0].kind == op


def test_softmax_before_opset_13_is_over_all_axes_behind() -> None:
    model = load_onnx(parsed("soft (float[2, 4, 6, 6] x) => (float[2, 4, 6, 6] y) { y = Softmax (x) }", 11))
    assert model.graph.nodes[0].op == Softmax((1, 2, 3))
    y = run(model, {"x": IMAGE})["y"]
    np.testing.assert_allclose(y.reshape(2, -1).sum(1), 1, rtol=1e-5)


def test_group_normalization_of_opset_18(onnxruntime: ModuleType, torch: ModuleType) -> None:
    """Opset 18 has a scale for each group. PyTorch has one for each channel, so they are repeated there."""
    scale, bias = np.float32([2, 3]), np.float32([0.5, -1])
    text = "norm (float[2, 4, 6, 6] x, float[2] s, float[2] b) => (float[2, 4, 6, 6] y)"
    model = load_onnx(parsed(f"{text} {{ [gn] y = GroupNormalization <num_groups = 2> (x, s, b) }}", 18))
    y = run(model, {"x": IMAGE, "s": scale, "b": bias})["y"]
    weights = [torch.from_numpy(np.repeat(array, 2)) for array in (scale, bias)]
    expected = torch.nn.functional.group_norm(torch.from_numpy(IMAGE), 2, *weights).numpy()
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)
    assert [(layer.name, layer.output) for layer in model.layers] == [("gn", "y")]  # with its helpers, one layer


def test_declined_forms_are_opaque(onnxruntime: ModuleType) -> None:
    training = "train (float[2, 4, 6, 6] x, float[4] s, float[4] b, float[4] m, float[4] v) => (float[2, 4, 6, 6] y)"
    nodes = "{ [bn] y, rm, rv = BatchNormalization <training_mode = 1> (x, s, b, m, v) }"
    ones = np.ones(4, np.float32)
    feeds = {"x": IMAGE, "s": ones, "b": ones, "m": ones, "v": ones}
    model = load_onnx(parsed(training + nodes, 15))
    (node,) = model.graph.nodes
    assert isinstance(node.op, Opaque)
    assert node.op.reason == "training mode: statistics of the batch"
    assert str(node.op) == "Opaque(BatchNormalization)"
    y = run(model, feeds)["y"]
    mean, variance = IMAGE.mean((0, 2, 3), keepdims=True), IMAGE.var((0, 2, 3), keepdims=True)
    np.testing.assert_allclose(y, (IMAGE - mean) / np.sqrt(variance + 1e-5) + 1, rtol=1e-4, atol=1e-5)


# ------------------------------------------------------------------------------------------------ control flow


def test_branch_with_a_constant_condition_is_inlined(onnxruntime: ModuleType) -> None:
    proto = parsed(
        """branch (float[2, n] x) => (float[2, n] y) <bool yes = {1}> {
             a = Relu (x)
             [choice] b = If (yes) <then_branch = t () => (float[2, n] p) { [neg] q = Neg (a) p = Exp (q) },
                                    else_branch = e () => (float[2, n] p) { p = Identity (a) }>
             y = Neg (b) }""",
        17,
    )
    model = check(onnxruntime, proto, x=IMAGE[0, :2, 0])
    assert [node.op.kind for node in model.graph.nodes] == ["Relu", "Neg", "Exp", "Neg"]
    assert [node.name for node in model.graph.nodes] == ["a", "choice/neg", "choice/p", "y"]
    assert model.graph.nodes[2].outputs == ("b",)


def test_branch_on_a_shape_is_inlined_once_the_shape_is_known(onnxruntime: ModuleType) -> None:
    """As torch.onnx does for ``x.squeeze(0)``: an If that asks whether the size is 1."""
    body = """squeeze (float[{sizes}] x) => (float y) <int64 axis = {{0}}, int64 one = {{1}}, int64[1] axes = {{0}}> {{
             s = Shape (x) n = Gather <axis = 0> (s, axis) is = Equal (n, one)
             y = If (is) <then_branch = t () => (float p) {{ p = ReduceSum (x, axes) }},
                          else_branch = e () => (float q) {{ q = Neg (x) }}> }}"""
    for sizes, kind in (("1, 3", "ReduceSum"), ("2, 3", "Neg")):
        proto = parsed(body.format(sizes=sizes), 17)
        proto.graph.output[0].type.tensor_type.ClearField("shape")
        for graph in (
            attribute.g for node in proto.graph.node for attribute in node.attribute if attribute.HasField("g")
        ):
            graph.output[0].type.tensor_type.ClearField("shape")
        model = check(onnxruntime, proto, x=np.ones([int(size) for size in sizes.split(",")], np.float32))
        assert [node.op.kind for node in model.graph.nodes] == [kind]


def test_branch_on_arithmetic_of_constants_is_inlined(onnxruntime: ModuleType) -> None:
    """The condition follows from 100 numbers, more than a shape holds: it is computed while the file is read."""
    proto = parsed(
        """branch (float[2] x) => (float[2] y) <float limit = {50}> {
             s = ReduceSum <keepdims = 0> (hundred) t = Sqrt (s) root = Mul (t, t) big = Greater (root, limit)
             y = If (big) <then_branch = t () => (float[2] p) { p = Relu (x) },
                           else_branch = e () => (float[2] q) { q = Neg (x) }> }""",
        12,
    )
    proto.graph.initializer.append(numpy_helper.from_array(np.ones(100, np.float32), "hundred"))
    model = check(onnxruntime, proto, x=np.float32([-1, 2]))
    assert [node.op.kind for node in model.graph.nodes] == ["Relu"]


def test_branch_that_data_decides_is_opaque(onnxruntime: ModuleType) -> None:
    proto = parsed(
        """branch (float[2, n] x) => (float[2, n] y) <float zero = {0}> {
             s = ReduceSum <keepdims = 0> (x) big = Greater (s, zero) twice = Add (x, x)
             [if] y = If (big) <then_branch = t () => (float[2, n] p) { p = Add (twice, x) },
                                else_branch = e () => (float[2, n] q) { q = Neg (x) }> }""",
        17,
    )
    for sign in (1, -1):
        model = check(onnxruntime, proto, opaque=1, x=np.full((2, 3), sign, np.float32))
    node = model.graph.node("if")
    assert node.inputs == ("big", "twice", "x")
    assert str(model.graph.types["y"]) == "float32 (2, n)"


def test_loop_is_opaque(onnxruntime: ModuleType) -> None:
    proto = parsed(
        """loop (float[2] x, int64 n) => (float[2] y, float[k, 2] all) <bool go = {1}, float[2] w = {1, 2}> {
             y, all = Loop (n, go, x) <body = b (int64 i, bool c, float[2] s) => (bool d, float[2] t, float[2] u)
               { d = Identity (c) t = Add (s, w) u = Mul (t, w) }> }""",
        17,
    )
    model = check(onnxruntime, proto, opaque=1, x=np.ones(2, np.float32), n=np.array(4))
    assert model.graph.types["all"].rank == 2


def test_functions_are_inlined(onnxruntime: ModuleType) -> None:
    proto = parsed(
        """net (float[2, n] x) => (float[2, n] y) { [first] a = own.leak <by = 0.5> (x) [second] y = own.leak (a) }
           <domain: "own", opset_import: ["" : 18, "own" : 1]>
           leak <by: float = 0.25> (v) => (w) { [inner] t = own.half (v) w = LeakyRelu <alpha: float = @by> (t) }
           <domain: "own", opset_import: ["" : 18]>
           half (v) => (w) { two = Constant <value_float = 2.0> () w = Div (v, two) }""",
        18,
        ir=9,
        extra=', "own" : 1',
    )
    model = check(onnxruntime, proto, x=IMAGE[0, :2, 0])
    assert [str(node.op) for node in model.graph.nodes][1::2] == ["LeakyRelu(alpha=0.5)", "LeakyRelu(alpha=0.25)"]
    assert [layer.name for layer in model.layers] == ["first/inner/w", "first/w", "second/inner/w", "second/w"]
    assert model.graph.nodes[1].outputs == ("a",)


# ------------------------------------------------------------------------------------------------ constants


def test_forms_of_constant() -> None:
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(np.float32([5, 7]), "v"), numpy_helper.from_array(np.array([1, 4]), "i"), [2, 3]
    )
    forms = {
        "value": numpy_helper.from_array(np.float32([[1, 2]])),
        "sparse_value": sparse,
        "value_float": 1.5,
        "value_floats": [1.5, 2.5],
        "value_int": 3,
        "value_ints": [3, 4],
    }
    nodes = [helper.make_node("Constant", [], [name], **{name: form}) for name, form in forms.items()]
    nodes += [helper.make_node("Cast", [name], [f"{name} out"], to=1) for name in forms]
    outputs = [helper.make_tensor_value_info(f"{name} out", 1, None) for name in forms]
    proto = helper.make_model(helper.make_graph(nodes, "constants", [], outputs), ir_version=8)
    constants = load_onnx(proto).graph.constants
    expected = {
        "value": np.float32([[1, 2]]),
        "sparse_value": np.float32([[0, 5, 0], [0, 7, 0]]),
        "value_float": np.float32(1.5),
        "value_floats": np.float32([1.5, 2.5]),
        "value_int": np.int64(3),
        "value_ints": np.int64([3, 4]),
    }
    for name, array in expected.items():
        np.testing.assert_array_equal(constants[name], array, strict=True)


def test_constants_are_folded_and_keep_their_names(onnxruntime: ModuleType) -> None:
    """The shape arithmetic of an exported ``x.view(x.size(0), -1)``, with free batch."""
    proto = parsed(
        """view (float[n, 4, 6, 6] x) => (float[n, k] y)
           <int64 zero = {0}, int64[1] axes = {0}, int64[1] rest = {-1}, float[144, 2] w> {
             s = Shape (x) n = Gather <axis = 0> (s, zero) m = Unsqueeze (n, axes) t = Concat <axis = 0> (m, rest)
             r = Relu (x) v = Reshape (r, t) wt = Transpose (w2) w2 = Transpose (w) y = MatMul (v, wt) }""",
        17,
    )
    weight = np.random.default_rng(1).standard_normal((144, 2)).astype(np.float32)
    del proto.graph.value_info[:]
    proto.graph.initializer.append(numpy_helper.from_array(weight, "w"))
    model = load_onnx(proto)
    assert [layer.name for layer in model.layers] == ["r", "v", "y"]  # shape arithmetic is no layer
    assert str(model.graph.types["v"]) == "float32 (n, 144)"
    values = run(model, {"x": IMAGE})
    np.testing.assert_array_equal(values["t"], [2, -1])  # ... but runs and can be asked for
    np.testing.assert_array_equal(values["w2"], weight.T)  # folded, and still there
    np.testing.assert_allclose(values["y"], np.maximum(IMAGE, 0).reshape(2, -1) @ weight, rtol=1e-4, atol=1e-4)
    assert model.value_name("t") == "t"


def test_initialisers_that_are_inputs_are_constants() -> None:
    proto = parsed("net (float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }", 8, ir=3)
    if "w" not in [value.name for value in proto.graph.input]:
        proto.graph.input.add().CopyFrom(helper.make_tensor_value_info("w", 1, [2]))
    model = load_onnx(proto)
    assert model.graph.inputs == ("x",)
    np.testing.assert_array_equal(model.graph.constants["w"], np.float32([1, 2]))


# ------------------------------------------------------------------------------------------------ names, order, sizes


def test_names() -> None:
    proto = parsed(
        """net (float[1, 2, 4, 4] x) => (float[1, 2, 2, 2] z) <float[2, 2, 3, 3] w> {
             [same] a = Relu (x) [same] b = Relu (a) c = Relu (b) z = Conv (c, w) }""",
        17,
    )
    del proto.graph.value_info[:]
    proto.graph.initializer.append(numpy_helper.from_array(np.ones((2, 2, 3, 3), np.float32), "w"))
    model = load_onnx(proto)
    assert [layer.name for layer in model.layers] == ["same", "same_1", "c", "z"]
    assert [layer.output for layer in model.layers] == ["a", "b", "c", "z"]
    assert model.graph.nodes[3].op == Conv((1, 1), ((0, 0), (0, 0)), (1, 1))


def test_aliases_need_one_layer() -> None:
    nodes = [
        helper.make_node("Conv", [x, f"{weight}.weight"], [y])
        for x, weight, y in (("x", "one", "a"), ("a", "two", "b"), ("b", "two", "z"))
    ]
    info = [helper.make_tensor_value_info(name, 1, [1, 2, 4, 4]) for name in ("x", "z")]
    weights = [numpy_helper.from_array(np.ones((2, 2, 1, 1), np.float32), f"{name}.weight") for name in ("one", "two")]
    proto = helper.make_model(helper.make_graph(nodes, "net", info[:1], info[1:], weights), ir_version=8)
    assert load_onnx(proto).aliases == {"one": "a"}


def test_names_made_here_never_take_the_files_names() -> None:
    """The constant that an old Clip's attribute becomes is called y.max, but a later node of this file makes that."""
    nodes = [
        helper.make_node("Clip", ["x"], ["y"], max=1.0, name="y"),
        helper.make_node("Relu", ["y"], ["y.max"], name="other"),
    ]
    info = [helper.make_tensor_value_info(name, 1, [2]) for name in ("x", "y.max")]
    graph = helper.make_graph(nodes, "net", info[:1], info[1:])
    model = load_onnx(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 8)], ir_version=4))
    np.testing.assert_array_equal(run(model, {"x": np.float32([-1, 5])})["y.max"], [0, 1])


def test_nodes_out_of_order() -> None:
    proto = parsed("net (float[2] x) => (float[2] c) { c = Relu (b) b = Neg (a) a = Relu (x) }", 17)
    model = load_onnx(proto)
    assert [node.name for node in model.graph.nodes] == ["a", "b", "c"]


def test_free_sizes() -> None:
    proto = parsed("net (float[n, n, 3] x, float y, float[n, 2] z) => (float[n, n, 3] r) { r = Relu (x) }", 17)
    shape = proto.graph.input[1].type.tensor_type.shape
    shape.dim.add()
    shape.dim.add().dim_param = ""
    model = load_onnx(proto)
    assert model.graph.types["x"].shape == (Symbol("n"), Symbol("n"), 3)
    assert model.graph.types["y"].shape == (Symbol("y_0"), Symbol("y_1"))
    proto.graph.input[1].type.tensor_type.ClearField("shape")
    assert load_onnx(proto).graph.types["y"].shape is None
    feeds = {"x": np.ones((2, 3, 3), np.float32), "y": np.ones(1, np.float32), "z": np.ones((2, 2), np.float32)}
    with pytest.raises(ShapeError, match='input "x" expects shape'):
        run(model, feeds)


def test_both_spellings_of_the_own_domain() -> None:
    proto = parsed("net (float[2] x) => (float[2] y) { y = Relu (x) }", 17)
    proto.opset_import[0].domain = "ai.onnx"
    proto.graph.node[0].domain = "ai.onnx"
    assert load_onnx(proto).graph.nodes[0].op == Relu()


def test_the_given_proto_is_not_changed() -> None:
    proto = parsed("net (float[2] x) => (float[2] y) { y = Relu (x) }", 17)
    before = proto.SerializeToString(deterministic=True)
    load_onnx(proto)
    assert proto.SerializeToString(deterministic=True) == before


def test_opaque_that_fails_in_a_run() -> None:
    """The index is outside: onnx.reference raises whatever it does, the message names the node's kind."""
    proto = parsed(
        """net (float[2, 2] x, int64[1, 1] i) => (float[2, 2] y) <int64[1] o = {0}> {
             y = ScatterElements (x, i, u) u = Gather <axis = 1> (v, o) v = Gather (x, o) }""",
        17,
    )
    model = load_onnx(proto)
    with pytest.raises(UnsupportedOpError, match=r"Opaque\(ScatterElements\): onnx\.reference cannot run it"):
        run(model, {"x": np.ones((2, 2), np.float32), "i": np.array([[7]])})
