"""Convolutions of volumes and video."""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.sets.single_convolution import convolution


def cases() -> list[Case]:
    """One case for each kind of layer that 3-D networks are made of; sizes are depth, height, width."""
    return [
        convolution(3, 64, (16, 112, 112), (3, 3, 3)),  # C3D
        convolution(64, 128, (16, 56, 56), (3, 3, 3)),
        convolution(256, 256, (8, 28, 28), (3, 3, 3)),
        convolution(512, 512, (4, 14, 14), (3, 3, 3)),
        convolution(3, 64, (16, 112, 112), (7, 7, 7), 2),  # the stem of I3D
        convolution(64, 144, (8, 56, 56), (1, 3, 3)),  # R(2+1)D: space, then time
        convolution(144, 64, (8, 56, 56), (3, 1, 1)),
        convolution(32, 32, (32, 32, 32), (3, 3, 3)),  # 3-D U-Net
        convolution(64, 64, (16, 16, 16), (3, 3, 3), dilation=2),
        convolution(54, 54, (16, 28, 28), (3, 3, 3), groups=54),  # X3D's depthwise
    ]
