"""How far stacked windows see: the receptive field layer by layer, with the sum that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.errors import ParameterError, ShapeError
from striate.lenses.declared_size import Formula
from striate.lenses.shown import Printed
from striate.lessons.convolution import Convolution
from striate.lessons.parts import Pooling


@dataclass(frozen=True)
class Growth(Printed):
    """What a unit behind one more layer sees of the input.

    Args:
        sizes: Cells of the input, per axis, each with its sum: what was seen before, and what the taps add.
        jump: Cells of the input between two neighbouring units, per axis.
    """

    sizes: tuple[Formula, ...]
    jump: tuple[int, ...]

    @property
    def field(self) -> tuple[int, ...]:
        """Cells per axis."""
        return tuple(size.value for size in self.sizes)

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.sizes))}; neighbours {', '.join(map(str, self.jump))} apart"


def field_growth(layers: Sequence[Convolution | Pooling]) -> tuple[Growth, ...]:
    """The receptive field behind each of several layers, one upon the other.

    With a field of r cells and neighbours j cells apart, K taps with dilation D and stride S make
    ``r' = r + D (K - 1) j`` and ``j' = S j``. Padding changes neither.

    Args:
        layers: In order, each a :class:`striate.lessons.Convolution` or a :class:`striate.lessons.Pooling`.

    Returns:
        One for each layer. Exact.

    Raises:
        ParameterError: There is no layer.
        ShapeError: They do not all have as many axes.

    Example:
        >>> import numpy as np
        >>> three = Convolution(np.ones(3))
        >>> for seen in field_growth([three, Pooling((2,)), three]):
        ...     print(seen)
        1 + 1*(3 - 1)*1 = 3; neighbours 1 apart
        3 + 1*(2 - 1)*1 = 4; neighbours 2 apart
        4 + 1*(3 - 1)*2 = 8; neighbours 2 apart

    Source:
        Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019.
    """
    if not isinstance(layers, Sequence) or not layers:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(f"layers (={layers!r}) must hold at least one convolution or pooling")
    for layer in layers:
        if not isinstance(layer, Convolution | Pooling):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ParameterError(f"layers hold {type(layer).__name__}, expected st.lessons.Convolution or Pooling")
    axes = len(layers[0].kernel)
    seen, jump = [1] * axes, [1] * axes
    found: list[Growth] = []
    for layer in layers:
        if len(layer.kernel) != axes:
            raise ShapeError(f"a layer has {len(layer.kernel)} axes, expected {axes} as the first one has")
        stride, dilation = _steps(layer)
        sizes: list[Formula] = []
        for axis, taps in enumerate(layer.kernel):
            more = dilation[axis] * (taps - 1) * jump[axis]
            sizes.append(Formula(f"{seen[axis]} + {dilation[axis]}*({taps} - 1)*{jump[axis]}", seen[axis] + more))
            seen[axis] += more
            jump[axis] *= stride[axis]
        found.append(Growth(tuple(sizes), tuple(jump)))
    return tuple(found)


def _steps(layer: Convolution | Pooling) -> tuple[Sequence[int], Sequence[int]]:
    if isinstance(layer, Pooling):
        return layer.stride or layer.kernel, (1,) * len(layer.kernel)
    return layer.stride, layer.dilation
