"""The five networks that every view is walked through on: photo, audio, sensors, volume, and the bundled one."""

from __future__ import annotations

import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from onnx import helper

import striate as st
from striate import bundled
from tests.studio.e2e.networks import write_onnx

Given = Literal["picture", "signal", "volume"]


@dataclass(frozen=True)
class Subject:
    """A network, what it is given, and where on it the path goes.

    Args:
        model: Its file; None for what the command opens by itself.
        file: The input as a person has it.
        given: What that is.
        values: The numbers that the network is given, by input; channels first.
        port: The input that is edited.
        layer: The layer that is looked at, a convolution.
        channel: The channel that is opened.
        at: The cell that is gone to.
        down: How many cells the way goes down.
    """

    model: Path | None
    file: Path
    given: Given
    values: Mapping[str, Any]
    port: str
    layer: str
    channel: int
    at: tuple[int, ...]
    down: int

    @property
    def network(self) -> st.Network:
        """As the Python API loads it."""
        return st.load(bundled.model_path() if self.model is None else self.model)

    @property
    def unit(self) -> str:
        """The cell's address."""
        return f"{self.layer}:{self.channel}@{','.join(map(str, self.at))}"


def demo(folder: Path) -> Subject:
    """The bundled network on the bundled picture, as ``striate demo`` opens them."""
    x = st.image(bundled.picture_path(), size=None, preprocess="unit")
    given = bundled.picture_path()
    return Subject(None, given, "picture", {"image": x}, "image", "shapes/Conv", 3, (50, 24), 4)


def photo(shared: Path) -> Subject:
    """MobileNetV2 on a photo; from a depthwise convolution down to the pixels."""
    given = shared / "data" / "imagenet20" / "imagenet_15_99.jpg"
    x = st.image(given, size=224, preprocess="imagenet")
    model = shared / "models" / "mobilenet_v2_imagenet.onnx"
    return Subject(model, given, "picture", {"image": x}, "image", "node_Conv_818", 40, (20, 31), 6)


def audio(shared: Path, folder: Path) -> Subject:
    """A pitch detector on a tone that rises: signals without a channel axis, spectra, settings that nobody gives."""
    time = np.arange(8000) / 16_000
    samples = (0.5 * np.sin(2 * np.pi * (180 + 60 * time) * time) + 0.1 * np.sin(2 * np.pi * 440 * time)) * 32_767
    given = folder / "tone.wav"
    with wave.open(str(given), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.astype("<i2").tobytes())
    x = st.signal(given).reshape(1, -1)
    values = {"audio": x, "fmin": np.float32(50), "fmax": np.float32(2000)}
    model = shared / "models" / "swift_f0_pitch.onnx"
    return Subject(model, given, "signal", values, "audio", "v355", 3, (60, 12), 5)


def sensors(folder: Path) -> Subject:
    """An engine's remaining life from 17 sensors over 50 cycles: a 1-D network like those for C-MAPSS."""
    rng = np.random.default_rng(1)
    arrays = {
        "conv1.w": rng.normal(size=(48, 17, 5)), "conv1.b": rng.normal(size=48) / 4,
        "conv2.w": rng.normal(size=(24, 48, 3)), "conv2.b": rng.normal(size=24) / 4,
        "life.w": rng.normal(size=(1, 24)), "life.b": np.array([80.0]),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Conv", ["sensors", "conv1.w", "conv1.b"], ["conv1"], "conv1", pads=[2, 2]),
        node("Relu", ["conv1"], ["relu1"], "relu1"),
        node("MaxPool", ["relu1"], ["pool1"], "pool1", kernel_shape=[2], strides=[2]),
        node("Conv", ["pool1", "conv2.w", "conv2.b"], ["conv2"], "conv2", pads=[2, 2], dilations=[2]),
        node("Relu", ["conv2"], ["relu2"], "relu2"),
        node("GlobalAveragePool", ["relu2"], ["mean"], "mean"),
        node("Flatten", ["mean"], ["flat"], "flat"),
        node("Gemm", ["flat", "life.w", "life.b"], ["life"], "life", transB=1),
    ]
    model = _written(folder / "engine_life.onnx", nodes, arrays, {"sensors": ["n", 17, 50]}, {"life": ["n", 1]})
    cycles = np.arange(50) / 50
    trends = rng.normal(size=(17, 1)) * cycles**2 + 0.2 * rng.normal(size=(17, 50))
    return _given(folder / "engine.npy", model, "signal", trends, "conv2", 5, (9,), 4)


def volume(folder: Path) -> Subject:
    """A small 3-D network on a hollow ball."""
    rng = np.random.default_rng(2)
    arrays = {
        "conv1.w": rng.normal(size=(6, 1, 3, 3, 3)), "conv1.b": rng.normal(size=6) / 4,
        "conv2.w": rng.normal(size=(10, 6, 3, 3, 3)),
        "head.w": rng.normal(size=(3, 10)), "head.b": rng.normal(size=3),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Conv", ["volume", "conv1.w", "conv1.b"], ["conv1"], "conv1", pads=[1] * 6),
        node("Relu", ["conv1"], ["relu1"], "relu1"),
        node("MaxPool", ["relu1"], ["pool1"], "pool1", kernel_shape=[2] * 3, strides=[2] * 3),
        node("Conv", ["pool1", "conv2.w"], ["conv2"], "conv2", pads=[1] * 6),
        node("GlobalAveragePool", ["conv2"], ["mean"], "mean"),
        node("Flatten", ["mean"], ["flat"], "flat"),
        node("Gemm", ["flat", "head.w", "head.b"], ["head"], "head", transB=1),
    ]
    shape = (12, 16, 14)
    model = _written(folder / "ball.onnx", nodes, arrays, {"volume": ["n", 1, *shape]}, {"head": ["n", 3]})
    axes = np.meshgrid(*(np.linspace(-1, 1, size) for size in shape), indexing="ij")
    radius = np.sqrt(sum(axis**2 for axis in axes))
    return _given(
        folder / "ball.npy", model, "volume", np.exp(-(((radius - 0.6) / 0.2) ** 2))[None], "conv2", 4, (2, 3, 4), 4
    )


def _written(
    path: Path, nodes: list[Any], arrays: Mapping[str, Any], given: Mapping[str, Any], made: Mapping[str, Any]
) -> Path:
    # Weights that keep the numbers near one.
    scaled = {name: (each / np.sqrt(np.prod(each.shape[1:]))).astype(np.float32) for name, each in arrays.items()}
    return write_onnx(path, nodes, scaled, given, made)


def _given(
    file: Path, model: Path, kind: Given, array: Any, layer: str, channel: int, at: tuple[int, ...], down: int
) -> Subject:
    x = array[None].astype(np.float32)
    np.save(file, x)
    port = st.load(model).inputs[0].name
    return Subject(model, file, kind, {port: x}, port, layer, channel, at, down)


def subject(name: str, folder: Path, shared: Callable[[], Path]) -> Subject:
    """One of the five by its name.

    Args:
        name: Of :data:`NAMES`.
        folder: Where files may be written.
        shared: Gives the folder of real models and data, or skips the test with the reason.
    """
    if name == "photo":
        return photo(shared())
    if name == "audio":
        return audio(shared(), folder)
    return {"demo": demo, "sensors": sensors, "volume": volume}[name](folder)


NAMES = ("demo", "photo", "audio", "sensors", "volume")
