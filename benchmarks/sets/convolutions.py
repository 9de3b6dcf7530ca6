"""The 23 distinct convolutions of ResNet-50 (stride in the 3x3, as torchvision has it) at 224x224."""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.sets.single_convolution import convolution

# Channels of the input, of the bottleneck and of the output, and size of the input, for each of the four stages.
STAGES = ((64, 64, 256, 56), (256, 128, 512, 56), (512, 256, 1024, 28), (1024, 512, 2048, 14))


def cases() -> list[Case]:
    """The stem; then for each stage the bottleneck that changes the size, its shortcut, and the one that repeats."""
    found = [convolution(3, 64, (224, 224), (7, 7), 2)]
    for before, narrow, wide, size in STAGES:
        stride = 1 if before == narrow else 2
        after = size // stride
        found += [
            convolution(before, narrow, (size, size), (1, 1)),
            convolution(narrow, narrow, (size, size), (3, 3), stride),
            convolution(narrow, wide, (after, after), (1, 1)),
            convolution(before, wide, (size, size), (1, 1), stride),
            convolution(wide, narrow, (after, after), (1, 1)),
            convolution(narrow, narrow, (after, after), (3, 3)),
        ]
    return list({case.name: case for case in found}.values())
