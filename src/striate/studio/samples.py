"""Something to look at for every network: the bundled picture, and numbers made for the network's sizes."""

from __future__ import annotations

from math import prod
from typing import Literal

import numpy as np

from striate.engine import require_memory
from striate.errors import unknown_name
from striate.given import ValueInfo
from striate.graph import Array
from striate.studio.protocol.library import Sample

Takes = Literal["picture", "signal", "volume", "numbers"]
NETWORK = Sample(id="edges", name="edges.onnx", kind="network", note="edge, line and corner detectors, made by hand")
HOUSE = Sample(id="house", name="house.png", kind="picture", note="a house with a fence, 320 × 256")
CHIRP = Sample(id="chirp", name="chirp", kind="signal", note="a tone that rises")
BALL = Sample(id="ball", name="ball", kind="volume", note="a hollow ball")
NOISE = Sample(id="noise", name="noise", kind="numbers", note="normally distributed numbers, always the same")
USUAL = Sample(
    id="usual", name="usual", kind="numbers", note="a number guessed by the input's name, 1 where it tells nothing"
)
ZEROS = Sample(id="zeros", name="zeros", kind="numbers", note="nothing but zeros")
# Numbers that audio networks ask for beside the signal: the pitches between which to look, in Hz, and the rate.
_USUAL = {
    "fmin": 50,
    "f_min": 50,
    "fmax": 2000,
    "f_max": 2000,
    "sr": 16_000,
    "sample_rate": 16_000,
    "sampling_rate": 16_000,
}
# Sizes where the network leaves them free.
_FREE = {1: 16_000, 2: 224, 3: 32}


def takes(info: ValueInfo) -> Takes:
    """What fits an input best, by its rank and channels (channels first)."""
    shape = info.shape
    if shape is None or info.dtype.kind != "f":
        return "numbers"
    if len(shape) == 4 and shape[1] in (None, 1, 3):
        return "picture"
    if len(shape) == 5 and shape[1] in (None, 1):
        return "volume"
    if len(shape) == 3 or (len(shape) in (1, 2) and (shape[-1] is None or shape[-1] >= 64)):
        return "signal"
    return "numbers"


def samples_for(info: ValueInfo) -> tuple[Sample, ...]:
    """What can be made for an input, the most telling first."""
    if one_number(info):
        return (USUAL, NOISE, ZEROS)
    by_kind = {"picture": (HOUSE,), "signal": (CHIRP,), "volume": (BALL,), "numbers": ()}
    return (*by_kind[takes(info)], NOISE, ZEROS)


def one_number(info: ValueInfo) -> bool:
    """Whether an input is a setting: a single number without axes, or with nothing but axes of one."""
    return info.shape is not None and len(info.shape) <= 1 and all(size == 1 for size in info.shape)


def usual(name: str) -> float:
    """The number that a setting of this name usually has; 1 where the name tells nothing."""
    return _USUAL.get(name.lower(), 1)


def sample_array(sample: str, info: ValueInfo) -> Array:
    """The numbers of a sample for an input, channels first; not for the bundled picture, which is read as a file.

    Args:
        sample: Its id.
        info: The input, channels first.

    Raises:
        UnknownNameError: There is no such sample.
        LimitError: It would take more than the memory limit.
    """
    shape = filled(info)
    require_memory(prod(shape) * 8, f'input "{info.name}"')
    if sample == ZEROS.id:
        return np.zeros(shape, info.dtype)
    if sample == USUAL.id and one_number(info):
        return np.full(shape, usual(info.name)).astype(info.dtype)
    if sample == NOISE.id:
        noise = np.random.default_rng(0).normal(size=shape)
        return (noise if info.dtype.kind == "f" else np.abs(noise)).astype(info.dtype)
    if sample == CHIRP.id and shape:
        return _spread(_chirp(shape[-1]), shape, info)
    if sample == BALL.id and len(shape) > 2:
        return _spread(_ball(shape[2:]), shape, info)
    raise unknown_name("sample", sample, [each.id for each in samples_for(info)])


def filled(info: ValueInfo) -> tuple[int, ...]:
    """An input's shape with a number in place of every free size: one sample, few channels, maps of a usual size."""
    shape = info.shape if info.shape is not None else (1, 1)
    spatial = max(1, len(shape) - 2)
    free = _FREE.get(spatial, 8)
    if len(shape) > 2:
        defaults = (1, 3 if len(shape) == 4 else 1, *[free] * spatial)
    else:
        defaults = (1,) * (len(shape) - 1) + (free,) * min(1, len(shape))
    return tuple(default if size is None else size for size, default in zip(shape, defaults, strict=True))


def _spread(array: Array, shape: tuple[int, ...], info: ValueInfo) -> Array:
    return np.ascontiguousarray(np.broadcast_to(array, shape)).astype(info.dtype)


def _chirp(length: int) -> Array:
    """A sine from 1/200 to 1/20 of a period a sample, swelling and dying away."""
    time = np.arange(length) / max(1, length - 1)
    phase = 2 * np.pi * length * (time / 200 + (1 / 20 - 1 / 200) * time**2 / 2)
    return 0.8 * np.sin(phase) * np.sin(np.pi * time)


def _ball(shape: tuple[int, ...]) -> Array:
    axes = np.meshgrid(*[np.linspace(-1, 1, size) for size in shape], indexing="ij")
    radius = np.sqrt(sum(axis**2 for axis in axes))
    return np.exp(-(((radius - 0.6) / 0.12) ** 2))
