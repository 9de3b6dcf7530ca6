"""Signals and a volume to try kernels on, made by stated formulas; none is a measurement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from striate.arithmetic import whole_numbers
from striate.engine import require_memory
from striate.errors import ParameterError
from striate.graph import Array

# One heartbeat: name of the wave, its height, its place and its width in parts of the beat.
_WAVES = (
    ("P", 0.15, 0.20, 0.025),
    ("Q", -0.12, 0.365, 0.010),
    ("R", 1.0, 0.40, 0.012),
    ("S", -0.25, 0.435, 0.012),
    ("T", 0.30, 0.68, 0.045),
)


@dataclass(frozen=True)
class MadeSignal:
    """A signal that can be made.

    Args:
        name: Its name, as in ``striate.lessons.<name>``.
        description: What it is like.
        formula: How it is made, in one line.
        make: Makes it; of another length if one is given.
    """

    name: str
    description: str
    formula: str
    make: Callable[..., Array]


def _length(length: int, name: str) -> int:
    (cells,) = whole_numbers(length, f"{name}: length (={length}) must be a positive whole number")[:1] or (0,)
    if cells < 1:
        raise ParameterError(f"{name}: length (={length}) must be a positive whole number")
    require_memory(8 * 4 * cells, f"{name} of {cells} samples")
    return cells


def ecg(length: int = 480) -> Array:
    """A signal like an electrocardiogram: five Gaussian waves (P, Q, R, S, T) a beat, one beat in 120 samples.

    Args:
        length: Samples.

    Returns:
        float32 (length,).

    Raises:
        ParameterError: The length is not positive.
        LimitError: It would take more than the memory limit.

    Example:
        >>> int(ecg(120).argmax())
        48

    Source: the sum of Gaussian waves follows McSharry et al., "A dynamical model for generating synthetic
    electrocardiogram signals", 2003; heights and widths are our own, and values have
    four decimals.
    """
    phase = np.arange(_length(length, "ecg")) / 120 % 1.0
    waves = sum(height * np.exp(-((phase - place) ** 2) / (2 * width**2)) for _, height, place, width in _WAVES)
    return np.round(np.asarray(waves), 4).astype(np.float32)


def sensor(length: int = 240) -> Array:
    """A signal like a machine's sensor: a slow rise to failure, a vibration, and noise that is always the same.

    Args:
        length: Samples.

    Returns:
        float32 (length,): ``0.3 + 0.6 t**3 + 0.05 sin(2 pi n/16) + 0.04 noise``, t from 0 to 1, with four decimals.

    Raises:
        ParameterError: The length is not positive.
        LimitError: It would take more than the memory limit.

    Example:
        >>> sensor(8).shape
        (8,)
    """
    cells = np.arange(_length(length, "sensor"))
    time = cells / max(1, len(cells) - 1)
    noise = np.random.default_rng(0).normal(size=len(cells))
    made = 0.3 + 0.6 * time**3 + 0.05 * np.sin(2 * np.pi * cells / 16) + 0.04 * noise
    return np.round(made, 4).astype(np.float32)


def steps(length: int = 64) -> Array:
    """A signal of plateaus, 0, 1, 0.4 and 0.8 in turn, each an eighth as long, with one spike.

    Args:
        length: Samples.

    Returns:
        float32 (length,).

    Raises:
        ParameterError: The length is not positive.
        LimitError: It would take more than the memory limit.

    Example:
        >>> steps(8).tolist()[:3]
        [0.0, 1.0, 0.4000000059604645]
    """
    cells = _length(length, "steps")
    made = np.array([0, 1, 0.4, 0.8], np.float32)[(np.arange(cells) * 8 // cells) % 4]
    made[cells * 13 // 16] += 0.7
    return made


def ball(size: int = 24) -> Array:
    """A volume with a hollow ball in it.

    Args:
        size: Cells along each axis.

    Returns:
        float32 (d, h, w): ``exp(-((r - 0.6)/0.12)**2)``, r the distance from the centre, 1 at the faces.

    Raises:
        ParameterError: The size is not positive.
        LimitError: It would take more than the memory limit.

    Example:
        >>> ball(5).shape
        (5, 5, 5)
    """
    cells = _length(size, "ball")
    require_memory(8 * 4 * cells**3, f"ball of {cells} cells")
    place = np.linspace(-1, 1, cells)
    radius = np.sqrt(place[:, None, None] ** 2 + place[:, None] ** 2 + place**2)
    return np.asarray(np.exp(-(((radius - 0.6) / 0.12) ** 2)), np.float32)


SIGNALS: dict[str, MadeSignal] = {
    each.name: each
    for each in (
        MadeSignal(
            "sensor",
            "like a machine's sensor on its way to failure",
            "0.3 + 0.6 t³ + 0.05 sin(2π n/16) + 0.04 noise",
            sensor,
        ),
        MadeSignal(
            "ecg",
            "like an electrocardiogram",
            "five Gaussian waves P, Q, R, S, T a beat, a beat in 120 samples",
            ecg,
        ),
        MadeSignal("steps", "plateaus and one spike", "0, 1, 0.4, 0.8 in turn, and 0.7 more in one place", steps),
    )
}
