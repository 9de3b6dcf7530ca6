"""ResNet-18, ResNet-50 and VGG-16 with random weights.

Batch normalisation is folded into the convolutions, as exporters do; so nobody wins by folding it.
"""

from __future__ import annotations

from math import prod

import numpy as np

from benchmarks.case import SEED, as_model
from striate.dimension import known_shape
from striate.graph import Array, GraphBuilder, Model
from striate.ops import Add, Conv, Flatten, Gemm, GlobalAveragePool, MaxPool, Relu

SHAPE = (1, 3, 224, 224)
CLASSES = 1000


class _Layers:
    """A graph being built, in a network's words; every method takes a value and gives the next."""

    def __init__(self, name: str) -> None:
        self.build = GraphBuilder(name)
        self.draw = np.random.default_rng(SEED)
        self.start = self.build.input("image", np.float32, SHAPE)

    def conv(self, x: str, filters: int, kernel: int, stride: int = 1, relu: bool = True, gain: float = 2.0) -> str:
        channels = self._channels(x)
        weight = self._weights((filters, channels, kernel, kernel), gain)
        pad = (kernel - 1) // 2
        op = Conv((stride, stride), ((pad, pad), (pad, pad)), (1, 1))
        (y,) = self.build.add(op, [x, weight, self._bias(filters)])
        return self.relu(y) if relu else y

    def relu(self, x: str) -> str:
        return self.build.add(Relu(), [x])[0]

    def add(self, x: str, y: str) -> str:
        return self.relu(self.build.add(Add(), [x, y])[0])

    def max_pool(self, x: str, kernel: int, pad: int) -> str:
        op = MaxPool((kernel, kernel), (2, 2), ((pad, pad), (pad, pad)), (1, 1))
        return self.build.add(op, [x], outputs=[self.build.unused_value("pooled"), ""])[0]

    def dense(self, x: str, units: int, gain: float = 2.0) -> str:
        weight = self._weights((units, self._channels(x)), gain)
        return self.build.add(Gemm(trans_b=True), [x, weight, self._bias(units)])[0]

    def mean(self, x: str) -> str:
        return self.flat(self.build.add(GlobalAveragePool(), [x])[0])

    def flat(self, x: str) -> str:
        return self.build.add(Flatten(), [x])[0]

    def finish(self, x: str) -> Model:
        return as_model(self.build.finish([x]))

    def _channels(self, x: str) -> int:
        return known_shape(self.build.types[x].shape or ())[1]

    def _weights(self, shape: tuple[int, ...], gain: float) -> str:
        """Random weights that keep the size of what passes: variance gain / inputs (2 makes up for a ReLU)."""
        scale = np.float32(np.sqrt(gain / prod(shape[1:])))
        return self.build.constant(self.draw.standard_normal(shape, np.float32) * scale, "weight")

    def _bias(self, count: int) -> str:
        bias: Array = self.draw.standard_normal(count, np.float32) * np.float32(0.1)
        return self.build.constant(bias, "bias")


def resnet18() -> Model:
    """ResNet-18: two basic blocks a stage."""
    net = _Layers("ResNet-18")
    x = net.max_pool(net.conv(net.start, 64, 7, 2), 3, 1)
    for stage, filters in enumerate((64, 128, 256, 512)):
        for block in range(2):
            stride = 2 if stage and not block else 1
            y = net.conv(net.conv(x, filters, 3, stride), filters, 3, relu=False, gain=0.5)
            shortcut = net.conv(x, filters, 1, stride, relu=False, gain=1.0) if stride == 2 else x
            x = net.add(y, shortcut)
    return net.finish(net.dense(net.mean(x), CLASSES, 1.0))


def resnet50() -> Model:
    """ResNet-50, version 1.5: bottlenecks with the stride in the 3x3."""
    net = _Layers("ResNet-50")
    x = net.max_pool(net.conv(net.start, 64, 7, 2), 3, 1)
    for stage, (narrow, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            y = net.conv(net.conv(x, narrow, 1), narrow, 3, stride)
            y = net.conv(y, 4 * narrow, 1, relu=False, gain=0.5)
            shortcut = x if block else net.conv(x, 4 * narrow, 1, stride, relu=False, gain=1.0)
            x = net.add(y, shortcut)
    return net.finish(net.dense(net.mean(x), CLASSES, 1.0))


def vgg16() -> Model:
    """VGG-16 without batch normalisation, as it was published."""
    net = _Layers("VGG-16")
    x = net.start
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            x = net.conv(x, filters, 3)
        x = net.max_pool(x, 2, 0)
    x = net.relu(net.dense(net.flat(x), 4096))
    return net.finish(net.dense(net.relu(net.dense(x, 4096)), CLASSES, 1.0))
