"""A made network of a thousand layers, to be scrolled."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.case import SEED, as_model
from striate.exporters.onnx import to_proto
from striate.graph import GraphBuilder
from striate.ops import Add, Conv, Relu

LAYERS = 1000
CHANNELS, SIZE = 12, 24
# Convolution, ReLU, convolution, sum, ReLU.
BLOCK = 5


def write_tall(path: Path, layers: int = LAYERS) -> Path:
    """Writes a residual network of so many layers as an ONNX file.

    Args:
        path: The file.
        layers: How many; of a sum's block five.
    """
    draw = np.random.default_rng(SEED)
    build = GraphBuilder("tall")
    x = build.input("image", np.float32, (1, CHANNELS, SIZE, SIZE))
    conv = Conv((1, 1), ((1, 1), (1, 1)), (1, 1))

    def convolved(y: str, gain: float) -> str:
        shape = (CHANNELS, CHANNELS, 3, 3)
        weight = draw.standard_normal(shape, np.float32) * np.float32(np.sqrt(gain / np.prod(shape[1:])))
        return build.add(conv, [y, build.constant(weight, "weight")])[0]

    for _ in range(layers // BLOCK):
        (y,) = build.add(Relu(), [convolved(x, 2.0)])
        # A small share of each block, so that the sums do not grow over hundreds of them.
        (z,) = build.add(Add(), [x, convolved(y, 0.01)])
        (x,) = build.add(Relu(), [z])
    path.write_bytes(to_proto(as_model(build.finish([x]))).SerializeToString())
    return path
