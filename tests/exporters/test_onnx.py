"""Models saved as ONNX: ONNX Runtime, and our own importer, get the same numbers from the file."""

import numpy as np
import onnx
import pytest

import striate as st
from striate import layers
from striate.errors import OutputError, ParameterError, UnsupportedOpError
from striate.exporters.onnx import save_onnx
from striate.graph import GraphBuilder, Model
from striate.ops import Cos

RNG = np.random.default_rng(0)
ACTIVATIONS = sorted(layers.activation._ACTIVATIONS)


def check(stack, shape, tmp_path, onnxruntime, free=None):
    model = layers.Sequential([layers.Input(free or shape), *stack], seed=1)
    path = tmp_path / "model.onnx"
    model.save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    onnx.checker.check_model(onnx.load(path), full_check=True)
    x = RNG.standard_normal((2, *shape)).astype(np.float32)
    ours = model.predict(x)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {"input": x})
    assert theirs.shape == ours.shape
    np.testing.assert_allclose(theirs, ours, atol=1e-5, rtol=1e-4)
    np.testing.assert_allclose(st.load(path)(x), ours, atol=1e-6)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_every_kind_of_window(axes, data_format, tmp_path, onnxruntime):
    def named(kind, *arguments, **options):
        return getattr(layers, f"{kind}{axes}D")(*arguments, data_format=data_format, **options)

    stack = [
        named("ZeroPadding", 1),
        named("Conv", 4, 3, padding="same", strides=2, activation="relu"),
        named("Conv", 4, 2, padding="same", dilation_rate=2, groups=2),
        layers.BatchNormalization(axis=1 if data_format == "channels_first" else -1),
        named("UpSampling", 2),
        named("Cropping", 1),
        named("MaxPooling", 2, padding="same", strides=1),
        layers.Conv1DTranspose(3, 3, strides=2, padding="same", data_format=data_format)
        if axes == 1
        else named("AveragePooling", 2, strides=1, padding="same"),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ]
    shape = (7, 8, 6)[:axes]
    check(stack, (*shape, 2) if data_format == "channels_last" else (2, *shape), tmp_path, onnxruntime)


def test_free_sizes(tmp_path, onnxruntime):
    stack = [
        layers.Conv2D(4, 3, padding="same", dilation_rate=2),
        layers.Conv2D(4, 3, padding="same", strides=2),
        layers.DepthwiseConv2D(3),
        layers.SeparableConv2D(3, 3, padding="same"),
        layers.Conv2DTranspose(3, 4, strides=3),
        layers.GlobalAveragePooling2D(),
    ]
    check(stack, (11, 12, 3), tmp_path, onnxruntime, free=(None, None, 3))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, tmp_path, onnxruntime):
    check([layers.Activation(name)], (3, 5), tmp_path, onnxruntime)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: layers.Dense(3), (4, 5)),
        (lambda: layers.Reshape((6, -1)), (3, 4, 2)),
        (lambda: layers.Permute((3, 1, 2)), (3, 4, 5)),
        (lambda: layers.Rescaling(0.5, 1.0), (3, 4)),
        (lambda: layers.LayerNormalization(), (3, 4, 5)),
        (lambda: layers.GroupNormalization(2), (3, 4, 6)),
        (lambda: layers.ReLU(6.0, 0.1), (3, 4)),
        (lambda: layers.ReLU(threshold=0.5), (3, 4)),
        (lambda: layers.PReLU("ones", [1]), (3, 4)),
        (lambda: layers.Softmax(1), (3, 4)),
        (lambda: layers.UpSampling2D(2, interpolation="bilinear"), (3, 4, 2)),
        (lambda: layers.GlobalMaxPooling2D(keepdims=True), (3, 4, 2)),
        (lambda: layers.Conv3DTranspose(2, 2, strides=2, padding="same"), (2, 3, 2, 2)),
    ],
)
def test_other_layers(layer, shape, tmp_path, onnxruntime):
    check([layer()], shape, tmp_path, onnxruntime)


def test_names_of_layers_survive(tmp_path):
    model = layers.Sequential([layers.Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1))])
    model.save(tmp_path / "a.onnx")
    graph = onnx.load(tmp_path / "a.onnx").graph
    assert [node.name for node in graph.node][1:3] == ["conv2d/Conv", "conv2d/Relu"]
    assert [tensor.name for tensor in graph.initializer] == ["conv2d/kernel", "conv2d/bias"]


def test_nothing_is_written_when_it_fails(tmp_path):
    build = GraphBuilder("cosine")
    (y,) = build.add(Cos(), [build.input("x", np.float32, (2, 3))])
    with pytest.raises(UnsupportedOpError, match='Cos "cos" cannot be written to ONNX'):
        save_onnx(Model(build.finish([y]), ()), tmp_path / "a.onnx")
    model = layers.Sequential([layers.Dense(2, input_shape=(3,))])
    with pytest.raises(OutputError, match="cannot be written: No such file or directory"):
        model.save(tmp_path / "nowhere" / "a.onnx")
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(OutputError, match="cannot be written: Is a directory"):
        model.save(tmp_path / "folder.onnx")
    with pytest.raises(ParameterError, match=r"must end in \.onnx"):
        model.save(tmp_path / "a.h5")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.onnx"]
