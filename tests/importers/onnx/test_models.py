"""Whole networks: every value that they compute agrees with ONNX Runtime, all its optimisations off."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from PIL import Image

from striate.engine import make_plan, run_plan
from striate.graph import Array, Model, type_of
from striate.importers.onnx import load_onnx
from striate.ops.opaque import Opaque


def every_value(model: Model, feeds: Mapping[str, Array]) -> dict[str, Array]:
    plan = make_plan(model.graph, {name: type_of(value) for name, value in feeds.items()})
    return run_plan(plan, feeds, keep=True)


def session_with_all_values(onnxruntime: ModuleType, proto: onnx.ModelProto):
    """A session of ONNX Runtime that gives the result of every node."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(proto)
    known = {value.name for value in exposed.graph.output}
    for node in exposed.graph.node:
        for name in node.output:
            if name and name not in known:
                exposed.graph.output.add().name = name
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(exposed.SerializeToString(), options, providers=["CPUExecutionProvider"])


def compare(values: Mapping[str, Array], session, feeds: Mapping[str, Array], tolerance: float) -> int:
    """Compares every value that the session gives; relative to the tensor's largest magnitude."""
    names = [value.name for value in session.get_outputs()]
    for name, expected in zip(names, session.run(names, dict(feeds)), strict=True):
        got = values[name]
        assert (got.shape, got.dtype) == (expected.shape, expected.dtype), name
        if expected.dtype.kind != "f":
            np.testing.assert_array_equal(got, expected, err_msg=name)
        elif expected.size:
            finite = np.isfinite(expected)
            np.testing.assert_array_equal(got[~finite], expected[~finite], err_msg=name)
            error = np.abs(got[finite].astype(np.float64) - expected[finite]).max(initial=0)
            assert error <= tolerance * np.abs(expected[finite]).max(initial=np.finfo(np.float32).tiny), name
    return len(names)


def photo(path: Path) -> Array:
    """Shorter side 256, centre 224, normalised as ImageNet's networks expect it: (1, 3, 224, 224)."""
    image = Image.open(path).convert("RGB")
    scale = 256 / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32) / 255
    normal = (pixels - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32)


@pytest.mark.parametrize("name", ["mobilenet_v2_imagenet", "mobilenet_v2_imagenet_bn"])
def test_mobilenet_agrees_with_onnxruntime(shared: Path, onnxruntime: ModuleType, name: str) -> None:
    path = shared / "models" / f"{name}.onnx"
    model = load_onnx(path)
    session = session_with_all_values(onnxruntime, onnx.load(path))
    photos = sorted((shared / "data" / "imagenet20").glob("*.jpg"))
    assert len(photos) == 20
    for file in photos:
        feeds = {"image": photo(file)}
        assert compare(every_value(model, feeds), session, feeds, 1e-4) >= 100


def test_mobilenet_names(shared: Path) -> None:
    folded = load_onnx(shared / "models" / "mobilenet_v2_imagenet.onnx")
    assert len(folded.layers) == 100
    assert str(folded.graph.types["image"]) == "float32 (batch, 3, 224, 224)"
    assert str(folded.graph.types["logits"]) == "float32 (batch, 1000)"
    # The weight says features.0.0; what the exporter noted says features.0.2, the ReLU6, for the Clip.
    assert folded.aliases["features.0.0"] == "node_Conv_810"
    assert folded.aliases["features.0.2"] == "n4"
    assert folded.value_name("features.0.0") == folded.value_name("node_Conv_810") == "getitem"
    unfolded = load_onnx(shared / "models" / "mobilenet_v2_imagenet_bn.onnx")
    assert unfolded.aliases["features.0.0"] == "/features/features.0/features.0.0/Conv"
    assert unfolded.aliases["features.0.1"] == "/features/features.0/features.0.1/BatchNormalization"
    assert unfolded.layer_of["/features/features.0/features.0.2/Clip"].kind == "Clip"
    assert unfolded.aliases["classifier.1"] == unfolded.layers[-1].name


def test_swift_f0_agrees_with_onnxruntime(shared: Path, onnxruntime: ModuleType) -> None:
    """A pitch detector: transforms by matrix product, scatter and gather by position, sizes computed from the length.

    The signal has noise in it: where a pure tone's spectrum is empty, its logarithm is that of rounding errors.
    """
    path = shared / "models" / "swift_f0_pitch.onnx"
    model = load_onnx(path)
    # Its ScatterElements only lay out constants: onnx.reference computed them when the file was opened.
    assert not any(isinstance(node.op, Opaque) for node in model.graph.nodes)
    session = session_with_all_values(onnxruntime, onnx.load(path))
    random = np.random.default_rng(0)
    for samples in (16_000, 9_000):
        time = np.arange(samples) / 16_000
        audio = 0.5 * np.sin(2 * np.pi * 220 * time) + 0.05 * random.standard_normal(samples)
        bounds = {"fmin": np.array(46.875, np.float32), "fmax": np.array(2093.75, np.float32)}
        feeds = {"audio": audio[None].astype(np.float32), **bounds}
        values = every_value(model, feeds)
        assert compare(values, session, feeds, 1e-4) > 300
        assert abs(float(np.median(values["pitch"])) - 220) < 2


def test_swift_f0_sizes_are_followed(shared: Path) -> None:
    model = load_onnx(shared / "models" / "swift_f0_pitch.onnx")
    plumbing = {node.name for node in model.graph.nodes} - {name for layer in model.layers for name in layer.nodes}
    assert plumbing  # it pads by the length of the signal, which is no layer
    kinds = {model.graph.node(name).op.kind for name in plumbing}
    assert kinds <= set("Shape Gather Div Max Unsqueeze Sub Concat Add Mul Slice Cast ConstantOfShape".split())
