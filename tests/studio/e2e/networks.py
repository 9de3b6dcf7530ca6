"""Networks to look at: one with every kind of layer, one of a signal, one of a volume; each with its input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import striate as st
from striate.run import Run


@dataclass(frozen=True)
class Opened:
    """A network and an input as the studio has them, and the run of the Python API that it must agree with."""

    model: Path
    given: Path
    run: Run


def opened(model: Path, given: Path, x: np.ndarray) -> Opened:
    return Opened(model, given, st.load(model).run(x))


def kinds(folder: Path) -> Opened:
    """Every kind of explanation: x (1, 4, 12, 12) through convolutions of all sorts, poolings, a norm, a skip."""
    rng = np.random.default_rng(0)
    shapes: Mapping[str, Sequence[int]] = {
        "plain.w": (6, 4, 3, 3), "plain.b": (6,), "strided.w": (6, 6, 3, 3), "dilated.w": (6, 6, 3, 3),
        "grouped.w": (6, 2, 3, 3), "grouped.b": (6,), "up.w": (6, 3, 3, 3), "up.b": (3,), "point.w": (8, 3, 1, 1),
        "norm.s": (6,), "norm.b": (6,), "norm.m": (6,), "dense.w": (5, 8), "dense.b": (5,),
    }  # fmt: skip
    # Weights that keep the numbers near one, so that no curve is at its end.
    arrays = {
        name: (rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
        for name, shape in shapes.items()
    }
    arrays["norm.v"] = rng.uniform(0.5, 2, 6).astype(np.float32)
    node = helper.make_node
    nodes = [
        node("Conv", ["x", "plain.w", "plain.b"], ["plain"], "plain", pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["plain", "norm.s", "norm.b", "norm.m", "norm.v"], ["norm"], "norm"),
        node("Relu", ["norm"], ["relu"], "relu"),
        node("Conv", ["relu", "strided.w"], ["strided"], "strided", pads=[1, 1, 1, 1], strides=[2, 2]),
        node("Conv", ["strided", "dilated.w"], ["dilated"], "dilated", pads=[2, 2, 2, 2], dilations=[2, 2]),
        node("Add", ["strided", "dilated"], ["skip"], "skip"),
        node("Conv", ["skip", "grouped.w", "grouped.b"], ["grouped"], "grouped", pads=[1, 1, 1, 1], group=3),
        node("Sigmoid", ["grouped"], ["gate"], "gate"),
        node(
            "ConvTranspose",
            ["gate", "up.w", "up.b"],
            ["up"],
            "up",
            strides=[2, 2],
            pads=[1, 1, 1, 1],
            output_padding=[1, 1],
        ),
        node("MaxPool", ["up"], ["max"], "max", kernel_shape=[2, 2], strides=[2, 2]),
        node("AveragePool", ["max"], ["mean"], "mean", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1]),
        node("Concat", ["max", "mean"], ["both"], "both", axis=1),
        node("Conv", ["mean", "point.w"], ["point"], "point"),
        node("GlobalAveragePool", ["point"], ["all"], "all"),
        node("Flatten", ["all"], ["flat"], "flat"),
        node("Gemm", ["flat", "dense.w", "dense.b"], ["dense"], "dense", transB=1),
        node("Softmax", ["dense"], ["chance"], "chance", axis=1),
    ]
    outputs = {"chance": ["n", 5], "both": ["n", 6, 6, 6]}
    model = write_onnx(folder / "kinds.onnx", nodes, arrays, {"x": ["n", 4, 12, 12]}, outputs)
    x = rng.normal(size=(1, 4, 12, 12)).astype(np.float32)
    given = folder / "x.npy"
    np.save(given, x)
    return opened(model, given, x)


def sensor(folder: Path) -> Opened:
    """A 1-D network of a sensor's three channels, 64 steps."""
    layers = st.layers
    model = st.Sequential(
        [
            layers.Conv1D(8, 5, padding="same", activation="relu", input_shape=(64, 3), name="c1"),
            layers.MaxPooling1D(2, name="p1"),
            layers.Conv1D(6, 3, dilation_rate=2, activation="tanh", name="c2"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(4, activation="softmax", name="head"),
        ],
        seed=0,
    )
    time = np.linspace(0, 6, 64)
    x = np.stack([np.sin(time), np.cos(2 * time), time / 6], axis=-1)[None].astype(np.float32)
    return exported(folder, "sensor", model, x)


def volume(folder: Path) -> Opened:
    """A 3-D network of a small volume."""
    layers = st.layers
    model = st.Sequential(
        [
            layers.Conv3D(4, 3, padding="same", activation="relu", input_shape=(8, 10, 12, 1), name="c1"),
            layers.MaxPooling3D(2, name="p1"),
            layers.Conv3D(5, 3, padding="same", name="c2"),
            layers.GlobalAveragePooling3D(name="mean"),
            layers.Dense(3, name="head"),
        ],
        seed=0,
    )
    d, h, w = np.meshgrid(*(np.linspace(-1, 1, size) for size in (8, 10, 12)), indexing="ij")
    x = (np.hypot(np.hypot(d, h), w) - 0.6)[None, ..., None].astype(np.float32)
    return exported(folder, "volume", model, x)


def exported(folder: Path, name: str, model: Any, x: np.ndarray) -> Opened:
    path = folder / f"{name}.onnx"
    model.save(path)
    given = folder / f"{name}.npy"
    np.save(given, x)
    return opened(path, given, x)


def opaque(folder: Path) -> Opened:
    """A node of a kind without a rule here, a determinant, between two that are known."""
    nodes = [
        helper.make_node("Relu", ["x"], ["relu"], "relu"),
        helper.make_node("Det", ["relu"], ["det"], "det"),
        helper.make_node("Sigmoid", ["det"], ["gate"], "gate"),
    ]
    model = write_onnx(folder / "opaque.onnx", nodes, {}, {"x": ["n", 4, 5, 5]}, {"gate": ["n", 4]})
    x = np.random.default_rng(1).normal(size=(1, 4, 5, 5)).astype(np.float32)
    np.save(folder / "opaque.npy", x)
    return opened(model, folder / "opaque.npy", x)


def write_onnx(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    arrays: Mapping[str, np.ndarray],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Mapping[str, Sequence[int | str]],
) -> Path:
    def info(shapes: Mapping[str, Sequence[int | str]]) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]

    constants = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(list(nodes), path.stem, info(inputs), info(outputs), constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path
