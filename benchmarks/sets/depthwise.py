"""The distinct depthwise convolutions of MobileNetV2 at 224x224."""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.sets.single_convolution import convolution

# Channels, size of the input, stride.
LAYERS = (
    (32, 112, 1),
    (96, 112, 2),
    (144, 56, 1),
    (144, 56, 2),
    (192, 28, 1),
    (192, 28, 2),
    (384, 14, 1),
    (576, 14, 1),
    (576, 14, 2),
    (960, 7, 1),
)


def cases() -> list[Case]:
    """One case for each."""
    return [convolution(c, c, (size, size), (3, 3), stride, groups=c) for c, size, stride in LAYERS]
