"""ResNet-50 as a network that is built, not trained: the scale of a real one.

Source: He et al., "Deep residual learning for image recognition", 2015; the stride is in the 3x3, as in
torchvision.
"""

from __future__ import annotations

import numpy as np

from striate.arguments import shown
from striate.arithmetic import whole_number
from striate.dimension import known_shape
from striate.engine import require_memory
from striate.graph import GraphBuilder, LayerView, Model, Op
from striate.network import Network
from striate.ops import Add, BatchNormalization, Conv, Flatten, Gemm, GlobalAveragePool, MaxPool, Relu

# Channels within the blocks, and blocks, of each stage; a stage gives four times as many channels.
_STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))


def resnet50(classes: int = 1000) -> Network:
    """ResNet-50 with all its layers and weights that are 0, to be counted and laid out.

    Args:
        classes: Outputs of the dense layer at the end.

    Returns:
        The network, for images (1, 3, 224, 224).

    Example:
        >>> resnet50().parameters
        25557032
    """
    classes = whole_number(classes, f"classes (={shown(classes)}) must be a whole number from 1 on", 1)
    require_memory(4 * 2048 * classes, "the weights of the dense layer")
    net = _Builder()
    x = net.pool(net.convolution("conv1", "image", 64, 7, 2))
    for stage, (narrow, blocks) in enumerate(_STAGES):
        for block in range(blocks):
            x = _bottleneck(net, f"layer{stage + 1}.{block}", x, narrow, 2 if stage and not block else 1, block == 0)
    x = net.add("flatten", Flatten(), net.add("avgpool", GlobalAveragePool(), x))
    x = net.add("fc", Gemm(trans_b=True), x, net.zeros("fc.weight", classes, 2048), net.zeros("fc.bias", classes))
    return Network(Model(net.build.finish([x]), tuple(net.views), source="ResNet-50, not trained"))


class _Builder:
    """A graph in which every node is a layer of its own name."""

    def __init__(self) -> None:
        self.build = GraphBuilder("ResNet-50")
        self.views: list[LayerView] = []
        self.build.input("image", np.float32, (1, 3, 224, 224))

    def add(self, name: str, op: Op, *inputs: str) -> str:
        """A node's first result; MaxPool's indices are left out."""
        (value,) = self.build.add(op, inputs, name=name, outputs=[name])
        self.views.append(LayerView(name, op.kind, (name,), value))
        return value

    def zeros(self, name: str, *shape: int) -> str:
        """A weight; untouched zeros take no memory."""
        return self.build.constant(np.zeros(shape, np.float32), name)

    def convolution(self, name: str, x: str, filters: int, kernel: int, stride: int = 1, relu: bool = True) -> str:
        """Convolution, batch norm, and ReLU."""
        channels = known_shape(self.build.types[x].shape or ())[1]
        pad = (kernel - 1) // 2
        op = Conv((stride, stride), ((pad, pad), (pad, pad)), (1, 1))
        y = self.add(name, op, x, self.zeros(f"{name}.weight", filters, channels, kernel, kernel))
        norm = [self.zeros(f"{name}.bn.{part}", filters) for part in ("weight", "bias", "mean", "variance")]
        y = self.add(f"{name}.bn", BatchNormalization(1e-5), y, *norm)
        return self.add(f"{name}.relu", Relu(), y) if relu else y

    def pool(self, x: str) -> str:
        """The pooling behind the first layer."""
        return self.add("maxpool", MaxPool((3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1)), x)


def _bottleneck(net: _Builder, name: str, x: str, narrow: int, stride: int, changes: bool) -> str:
    y = net.convolution(f"{name}.conv1", x, narrow, 1)
    y = net.convolution(f"{name}.conv2", y, narrow, 3, stride)
    y = net.convolution(f"{name}.conv3", y, 4 * narrow, 1, relu=False)
    skip = net.convolution(f"{name}.downsample", x, 4 * narrow, 1, stride, relu=False) if changes else x
    return net.add(f"{name}.relu", Relu(), net.add(f"{name}.add", Add(), y, skip))
