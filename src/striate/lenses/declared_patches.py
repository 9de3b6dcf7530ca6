"""Rules of declared layers that take patches apart, put them together, undo a pooling or cut a part out."""

from __future__ import annotations

from math import prod

from striate.arithmetic import Window
from striate.errors import DeclarationError
from striate.importers import declared
from striate.importers.declaration import Declaration
from striate.lenses.declared_facts import Facts, check_rank
from striate.lenses.declared_size import Formula, Size, filled_in, window_sizes


def patches(layer: declared.Patches, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """``(c, h, w)`` to ``(c·taps, positions)``, or back."""
    if shape is None:
        return Facts(None)
    window = Window(layer.kernel, layer.stride, layer.padding, layer.dilation)
    if not layer.size:
        check_rank(shape, layer.rank, d)
    elif len(shape) != 2:
        given = "x".join(map(str, shape))
        raise DeclarationError(
            f"{d.kind}: input {given} has {len(shape)} axes, expected 2: channels times taps, places"
        )
    along = window_sizes(window, layer.size or shape[1:])
    count, taps = prod(size.value for size in along), prod(layer.kernel)
    formula = Formula("*".join(f"({size.formula.text})" for size in along), count)
    if not layer.size:
        return Facts((shape[0] * taps, count), (Size("length", formula),))
    if shape[0] % taps or shape[1] != count:
        raise DeclarationError(
            f"{d.kind}: input {shape[0]}x{shape[1]} must have a multiple of {taps} channels, the taps of kernel_size "
            f"(={layer.kernel}), and {count} places, as many as windows of output_size (={layer.size})"
        )
    return Facts((shape[0] // taps, *layer.size))


def unpooling(layer: declared.Unpooling, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """``S(I - 1) - 2P + K`` cells along each axis."""
    if shape is None:
        return Facts(None)
    check_rank(shape, layer.rank, d)
    rows = list(zip(shape[1:], layer.kernel, layer.stride, layer.padding, strict=True))
    lengths = [(size - 1) * s - 2 * p + k for size, k, s, p in rows]
    if min(lengths) < 1:
        raise DeclarationError(f"{d.kind}: padding (={layer.padding}) leaves nothing of the input {shape}")
    texts = [f"({{}} - 1)*{s} - 2*{p} + {k}" for _, k, s, p in rows]
    return Facts((shape[0], *lengths), filled_in(shape[1:], texts, lengths))


def fractional(layer: declared.FractionalPooling, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """As many windows as are wanted, at random places."""
    if shape is None:
        return Facts(None)
    check_rank(shape, layer.rank, d)
    ratio = layer.ratio * layer.rank if len(layer.ratio) == 1 else layer.ratio
    sizes = layer.size or tuple(int(size * share) for size, share in zip(shape[1:], ratio, strict=True))
    if min(sizes) < 1:
        raise DeclarationError(f"{d.kind}: output_ratio (={layer.ratio}) leaves nothing of the input {shape}")
    for length, size, kernel in zip(shape[1:], sizes, layer.kernel, strict=True):
        if size + kernel - 1 > length:
            raise DeclarationError(
                f"{d.kind}: {size} windows of kernel_size (={layer.kernel}) need {size + kernel - 1} cells, the "
                f"input {shape} has {length}"
            )
    if layer.size:
        return Facts((shape[0], *sizes))
    return Facts((shape[0], *sizes), filled_in(shape[1:], [f"floor({{}}*{share:g})" for share in ratio], sizes))


def crop(layer: declared.Crop, shape: tuple[int, ...] | None, d: Declaration) -> Facts:
    """A part of so many cells."""
    if shape is None:
        return Facts(None)
    check_rank(shape, layer.rank, d)
    return Facts((shape[0], *layer.size))
