"""Whole networks: MobileNetV2 with ImageNet's weights where its file is at hand, and three that are built."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.case import Case
from benchmarks.sets.architectures import SHAPE, resnet18, resnet50, vgg16
from striate.importers.onnx import load_onnx

VARIABLE = "STRIATE_SHARED"
MOBILENET = "mobilenet_v2_imagenet.onnx"
# Rounding adds up over fifty layers; bfloat16 or a wrong layer is off by 1e-2 and more.
TOLERANCE = 1e-4


def mobilenet_file() -> Path | None:
    """MobileNetV2's file in the folder of real models, beside the repository or where STRIATE_SHARED says; or None."""
    root = Path(os.environ.get(VARIABLE) or Path(__file__).resolve().parents[2].parent / "shared")
    path = root / "models" / MOBILENET
    return path if path.is_file() else None


def cases() -> list[Case]:
    """The networks, smallest first."""
    file = mobilenet_file()
    found = [Case("MobileNetV2", SHAPE, lambda: load_onnx(file), TOLERANCE, file)] if file else []
    built = (("ResNet-18", resnet18), ("ResNet-50", resnet50), ("VGG-16", vgg16))
    return found + [Case(name, SHAPE, build, TOLERANCE) for name, build in built]
