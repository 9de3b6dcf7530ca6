"""A small classifier as an ONNX file, a photo and a signal to run commands on."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from striate.cli import main


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """image (n, 3, 16, 16) -> c1 (4, 3x3) -> r1 -> p1 -> c2 (6, 3x3) -> gap -> flat -> fc (5)."""
    rng = np.random.default_rng(0)
    weights = {
        "c1.w": (4, 3, 3, 3), "c1.b": (4,), "c2.w": (6, 4, 3, 3), "c2.b": (6,), "fc.w": (5, 6), "fc.b": (5,)
    }  # fmt: skip
    constants = [
        numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name) for name, shape in weights.items()
    ]
    nodes = [
        helper.make_node("Conv", ["image", "c1.w", "c1.b"], ["c1"], "c1", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"], "r1"),
        helper.make_node("MaxPool", ["r1"], ["p1"], "p1", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p1", "c2.w", "c2.b"], ["c2"], "c2", pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["c2"], ["gap"], "gap"),
        helper.make_node("Flatten", ["gap"], ["flat"], "flat"),
        helper.make_node("Gemm", ["flat", "fc.w", "fc.b"], ["fc"], "fc", transB=1),
    ]
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 16, 16])]
    outputs = [helper.make_tensor_value_info("fc", TensorProto.FLOAT, ["n", 5])]
    graph = helper.make_graph(nodes, "small", inputs, outputs, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path_factory.mktemp("model") / "small.onnx"
    onnx.save(made, path)
    return str(path)


@pytest.fixture(scope="session")
def signal_model(tmp_path_factory):
    """x (1, 2, l) and gain (1,) -> c1 (3 filters of 5 taps) -> times gain."""
    rng = np.random.default_rng(1)
    weight = numpy_helper.from_array(rng.normal(size=(3, 2, 5)).astype(np.float32), "w")
    nodes = [helper.make_node("Conv", ["x", "w"], ["c1"], "c1"), helper.make_node("Mul", ["c1", "gain"], ["y"], "m")]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, "l"]),
        helper.make_tensor_value_info("gain", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, "m"])]
    graph = helper.make_graph(nodes, "signal", inputs, outputs, [weight])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path_factory.mktemp("model") / "signal.onnx"
    onnx.save(made, path)
    return str(path)


@pytest.fixture(scope="session")
def volume_model(tmp_path_factory):
    """x (1, 1, d, h, w) -> c1 (2 filters of 3x3x3)."""
    weight = numpy_helper.from_array(np.random.default_rng(2).normal(size=(2, 1, 3, 3, 3)).astype(np.float32), "w")
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"], "c1")]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, "d", "h", "w"])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, "e", "g", "v"])]
    graph = helper.make_graph(nodes, "volume", inputs, outputs, [weight])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path_factory.mktemp("model") / "volume.onnx"
    onnx.save(made, path)
    return str(path)


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    row, column = np.mgrid[0:40, 0:50]
    Image.fromarray(np.stack([row * 6, column * 5, row + column], axis=-1).astype(np.uint8)).save(path)
    return str(path)


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("signal") / "signal.csv"
    rows = [f"{np.sin(i / 5):.6f},{i % 7}" for i in range(60)]
    path.write_text("\n".join(["a,b", *rows]) + "\n")
    return str(path)


@pytest.fixture
def striate(capsys):
    """Runs a command line; gives status, stdout and stderr."""

    def command(*arguments):
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return command
