"""A shape that pasted layers fit, where nobody says one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from striate.errors import DeclarationError
from striate.importers.declaration import Declaration
from striate.importers.declared import (
    Convolution,
    Elementwise,
    Normalization,
    Padding,
    Pooling,
    TransposedConvolution,
)
from striate.lenses.declared_stack import DeclaredStack, declared_stack
from striate.lessons.playing import usual_input_shape

_Windowed = Convolution | TransposedConvolution | Pooling
# Cells of an axis that networks are made for, the likeliest first; then any.
_SIDES = {
    1: (100, 128, 64, 256, 187, 500, 512, 1000, 1024),
    2: (32, 28, 64, 224, 227, 96, 128, 299, 256, 48, 160),
    3: (16, 32, 64, 28),
}
_ANY = 160
# Layers that are worked out at most in looking for a shape, all attempts together.
_PATIENCE = 6000


def fitting(lines: Sequence[Declaration], real: tuple[int, ...] | None) -> DeclaredStack:
    """The layers on the first of the likely shapes that all of them fit.

    Args:
        lines: The layers, one or several.
        real: Shape of data at hand, which is tried first.

    Raises:
        DeclarationError: There is none; what is wrong with the likeliest is said.
    """
    wrong: DeclarationError | None = None
    for shape in _candidates(lines, real):
        try:
            return declared_stack(lines, shape)
        except DeclarationError as error:
            if shape is None or len(lines) == 1:
                raise
            taken = "×".join(map(str, shape))
            wrong = wrong or DeclarationError(f"{error}; no shape was given, and it was taken to be {taken}: give it")
    assert wrong is not None
    raise wrong


def first_windowed(lines: Sequence[Declaration]) -> Declaration | None:
    """The first layer with a window, where those before leave the shape as it is and none says it itself."""
    for line in lines:
        if line.input_shape is not None:
            return None
        if isinstance(line.meaning, _Windowed):
            return line
        if not isinstance(line.meaning, Elementwise | Normalization | Padding):
            return None
    return None


def _candidates(lines: Sequence[Declaration], real: tuple[int, ...] | None) -> Iterator[tuple[int, ...] | None]:
    line = first_windowed(lines)
    if line is None:
        yield None
        return
    if real is not None:
        yield real
    usual = usual_input_shape(line)
    if usual is None or len(lines) == 1:
        yield usual
        return
    rank = len(usual) - 1
    channels, room = (usual[-1], usual[:-1]) if line.channels_last else (usual[0], usual[1:])
    sides = [*_SIDES[rank], *range(1, _ANY)]
    if channels == 1 and rank == 2:
        sides = [28, *sides]
    sides = sides[: max(_PATIENCE // len(lines), 1)]
    for number, side in enumerate(sides):
        # The first one has room for the window, whatever it is.
        spatial = [max(side, most) for most in room] if number == 0 else [side] * rank
        yield (*spatial, channels) if line.channels_last else (channels, *spatial)
