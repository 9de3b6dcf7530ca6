"""How large a region of the input each place sees behind declared layers: one rule a meaning, as for networks.

With field size r and jump j (input cells between two neighbouring units), a window of K taps with dilation D and
stride S gives ``r' = r + D(K-1) j`` and ``j' = S j`` (see :mod:`striate.lenses.field_size`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

from striate.arithmetic import dilated_extent
from striate.importers import declared
from striate.lenses.declared_facts import channels_first
from striate.lenses.declared_layer import DeclaredLayer
from striate.lenses.field_size import WHOLE, FieldSize

# Numbers without neighbours: each sees itself.
_ALONE = FieldSize()
_Rule = Callable[[DeclaredLayer, FieldSize], FieldSize | None]


def input_field(layer: DeclaredLayer) -> FieldSize | None:
    """What a number of the input sees of it: itself; None where the first layer's input is not known."""
    if layer.input_shape is None:
        return None
    one = (Fraction(1),) * (len(layer.input_shape) - 1)
    return FieldSize(one, one)


def field_behind(layer: DeclaredLayer, seen: FieldSize | None) -> FieldSize | None:
    """What a place behind a layer sees of the first layer's input.

    Args:
        layer: A declared layer with known shapes.
        seen: What a number of its input sees.

    Returns:
        Size and jump for a unit far from the edges, or everything; None where no such box can be said. Exact, but for
        further layers behind one that enlarges: there it is an upper bound, as units differ in what they see.

    Example:
        >>> from striate.importers.declaration import parse_declaration
        >>> from striate.lenses.declared_layer import declared_layer
        >>> layer = declared_layer(parse_declaration("nn.Conv2d(3, 8, 3, dilation=2)"), (3, 32, 32))
        >>> field_behind(layer, input_field(layer)).cells()
        (5, 5)
    """
    if seen is None or layer.output_shape is None:
        return None
    if seen == WHOLE:
        return WHOLE
    rule = _RULES.get(type(layer.declaration.meaning))
    return None if rule is None else rule(layer, seen)


def _window(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    window = layer.declaration.meaning
    assert isinstance(window, declared.Convolution | declared.Pooling)
    spans = [dilated_extent(k, d) - 1 for k, d in zip(window.kernel, window.dilation, strict=True)]
    return seen.grown(spans, window.stride)


def _transposed(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """An output meets at most every S-th tap: ``ceil(span/S)`` inputs."""
    window = layer.declaration.meaning
    assert isinstance(window, declared.TransposedConvolution)
    sizes = zip(window.kernel, window.dilation, window.stride, strict=True)
    reach = [-(-dilated_extent(k, d) // s) - 1 for k, d, s in sizes]
    return seen.grown(reach, [Fraction(1, s) for s in window.stride])


def _fixed_size(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Pooling to one cell sees everything; to a size that divides the input's, or is a multiple, windows are equal."""
    before, after = _spatial(layer)
    if prod(after) == 1:
        return WHOLE
    reach: list[int] = []
    factor: list[Fraction] = []
    for old, new in zip(before, after, strict=True):
        if old % new and new % old:
            return None
        reach.append(max(old // new, 1) - 1)
        factor.append(Fraction(old, new))
    return seen.grown(reach, factor)


def _dense(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Of a vector it reads everything; of maps with channels last all channels at one place."""
    if layer.input_shape is not None and len(layer.input_shape) == 1:
        return WHOLE
    return seen if layer.declaration.channels_last else None


def _same(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    return seen


def _normalization(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Kept statistics are numbers of the network's; others are taken of what is normalised, places and all."""
    norm = layer.declaration.meaning
    assert isinstance(norm, declared.Normalization)
    if norm.statistics or "BatchNorm" in layer.declaration.kind:
        return seen
    channels = layer.declaration.channels_last and norm.axes in ((-1,), (len(layer.input_shape or ()),))
    return seen if channels and layer.declaration.kind != "GroupNormalization" else WHOLE


def _flatten(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Numbers in a line keep their fields; where only some axes become one, places have no box any more."""
    return seen if len(layer.output_shape or ()) == 1 or layer.output_shape == layer.input_shape else None


def _elementwise(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """A softmax over places sees all of them."""
    function, last = layer.declaration.meaning, layer.declaration.channels_last
    assert isinstance(function, declared.Elementwise)
    if function.axis is None:
        return seen
    axes = len(layer.input_shape or ()) + 1
    channels = (axes - 1 if last else 1) if axes > 2 else None
    return seen if function.axis % axes == channels else WHOLE


def _embedding(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Each word becomes a vector; PyTorch's order leaves them where channels are not."""
    return FieldSize((Fraction(1),), (Fraction(1),)) if seen == _ALONE and layer.declaration.channels_last else None


def _upsampling(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Each new cell is made of 1 (nearest), 2 (linear) or 4 (cubic) old ones."""
    given = {each.name: each.value for each in layer.declaration.arguments}
    way = str(given.get("mode") or given.get("interpolation") or _usual_way(layer.declaration.kind))
    taps = {"nearest": 1, "nearest-exact": 1, "linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}.get(way)
    if taps is None:
        return None
    before, after = _spatial(layer)
    reach = [0 if old == new else taps - 1 for old, new in zip(before, after, strict=True)]
    # With corners aligned, the first and last cells lie on each other: there is one gap less than cells.
    less = 1 if given.get("align_corners") or layer.declaration.kind == "UpsamplingBilinear2d" else 0
    jumps = [Fraction(old - less, max(new - less, 1)) for old, new in zip(before, after, strict=True)]
    return seen.grown(reach, jumps)


def _usual_way(kind: str) -> str:
    return "bilinear" if kind in ("UpsamplingBilinear2d", "Resizing") else "nearest"


def _pixel_shuffle(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Cells move between channels and space: all channels at a place see what its cells saw."""
    shuffle = layer.declaration.meaning
    assert isinstance(shuffle, declared.PixelShuffle)
    if shuffle.back:
        return seen.grown((shuffle.factor - 1,) * 2, (shuffle.factor,) * 2)
    return seen.grown((0, 0), (Fraction(1, shuffle.factor),) * 2)


def _reshape(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Which axis is which stays clear only where nothing moves."""
    return seen if layer.output_shape == layer.input_shape else None


def _permute(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Which axis of the input an axis lies along is told by its place."""
    swap = layer.declaration.meaning
    assert isinstance(swap, declared.Permute)
    return seen if swap.order == tuple(sorted(swap.order)) else None


def _gate(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """Two halves of the channels meet at one place; two halves of an axis of places are far apart."""
    gate = layer.declaration.meaning
    assert isinstance(gate, declared.Gate)
    axes = len(layer.input_shape or ()) + 1
    return seen if axes > 2 and gate.axis % axes == 1 else None


def _crop(layer: DeclaredLayer, seen: FieldSize) -> FieldSize | None:
    """A part of the input; a smaller one is enlarged, by other rules."""
    before, after = _spatial(layer)
    return seen if all(new <= old for old, new in zip(before, after, strict=True)) else None


def _spatial(layer: DeclaredLayer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lengths before and behind a layer; of axes that are dropped, 1."""
    last = layer.declaration.channels_last
    before, after = (channels_first(shape or (), last)[1:] for shape in (layer.input_shape, layer.output_shape))
    return before, after or (1,) * len(before)


_RULES: Mapping[type, _Rule] = {
    declared.Convolution: _window,
    declared.TransposedConvolution: _transposed,
    declared.Pooling: _window,
    declared.FixedSizePooling: _fixed_size,
    declared.Padding: _same,
    declared.Upsampling: _upsampling,
    declared.PixelShuffle: _pixel_shuffle,
    declared.Dense: _dense,
    declared.Normalization: _normalization,
    declared.Flatten: _flatten,
    declared.Elementwise: _elementwise,
    declared.Slopes: _same,
    declared.Embedding: _embedding,
    declared.Reshape: _reshape,
    declared.Permute: _permute,
    declared.Gate: _gate,
    declared.Crop: _crop,
}
