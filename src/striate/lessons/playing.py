"""From a pasted PyTorch or Keras layer to one that a workbench plays, or to the reason why none does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy.typing as npt

from striate.animation import Animation
from striate.arithmetic import AutoPad, Pads, dilated_extent
from striate.errors import DeclarationError, UnsupportedError
from striate.importers.declaration import Declaration, parse_declarations
from striate.importers.declared import Convolution, FixedSizePooling, Pooling, TransposedConvolution
from striate.lenses.animation import Positions
from striate.lenses.declared_facts import channels_first
from striate.lenses.declared_layer import DeclaredLayer, declared_layer
from striate.lenses.declared_stack import declared_stack
from striate.lessons.played import PlayedLayer
from striate.lessons.played_numbers import array_of
from striate.lessons.window_sizes import Operation

# Cells of an axis where nobody says how many.
_USUAL = {1: 30, 2: 16, 3: 8}
_WITH_A_WINDOW = "convolutions, transposed and depthwise ones, max and average poolings"


def play_declaration(layer: str | DeclaredLayer, input_shape: Sequence[int] | None = None) -> PlayedLayer:
    """A pasted PyTorch or Keras layer, ready to be played: in a workbench, or as an animation.

    Args:
        layer: A line such as ``nn.Conv2d(3, 8, 3)``, or what :func:`striate.explain_declaration` made of one.
        input_shape: With a line the shape of one sample (no batch axis), channels first for PyTorch, last for Keras. If
            None what the line says itself, else :func:`usual_input_shape`.

    Returns:
        The layer; its ``workbench()`` computes, its ``animate()`` shows the window.

    Raises:
        DeclarationError: It is no layer line, there are several, or it does not fit the input.
        UnsupportedError: No window slides in it, or it does what a workbench does not; the message says what.

    Example:
        >>> played = play_declaration('Conv1D(8, 3, padding="same", input_shape=(30, 17))')
        >>> played.input_shape, played.weight_shape
        ((17, 30), (8, 17, 3))
    """
    if not isinstance(layer, DeclaredLayer):
        declaration = _one(layer, input_shape)
        _require_played(declaration)
        layer = declared_layer(declaration, usual_input_shape(declaration) if input_shape is None else input_shape)
    return _played(layer)


def animate_declaration(
    text: str,
    input: npt.ArrayLike | None = None,
    kernel: npt.ArrayLike | str | None = None,
    bias: npt.ArrayLike | None = None,
    *,
    input_shape: Sequence[int] | None = None,
    channel: int = 0,
    positions: Positions | None = None,
    steps: int | None = None,
) -> Animation:
    """The window of a pasted PyTorch or Keras layer on its way, every product written out; the line is never run.

    Args:
        text: A line such as ``nn.Conv2d(1, 8, 3, padding=1)`` or ``MaxPooling2D()``.
        input: One sample in the framework's order of axes: channels first for PyTorch, last for Keras; without channels
            where there is one. If None random values, always the same.
        kernel: The layer's weights in the framework's order, as ``conv.weight`` or ``layer.get_weights()[0]`` have
            them; or one kernel for every filter and channel, or its name in :func:`striate.filters.names`. If None
            random weights, as before any learning, always the same.
        bias: A number for each filter, or one for all, of a layer that has a bias; 0 if None.
        input_shape: Instead of ``input`` the shape of one sample; a usual one if both are None.
        channel: Which output channel.
        positions: (first, end) along each axis; all of a small output and a part of a large one if None.
        steps: The most steps; all positions if None.

    Returns:
        The animation; each frame says where its numbers come from.

    Raises:
        DeclarationError: It is no layer line, there are several, or it does not fit the input.
        UnsupportedError: No window slides in it; the message says what can be animated.
        ShapeError, ParameterError, NonFiniteError, UnknownNameError: The numbers do not fit the layer.

    Exactness:
        As of :class:`striate.lessons.Workbench`.

    Example:
        >>> import striate as st
        >>> shown = st.animate_declaration("nn.Conv2d(1, 1, 3, stride=2, padding=1)", input_shape=(1, 9, 9))
        >>> len(shown), shown.walk.origin
        (25, 'weights and input random, always the same; bias 0')
        >>> step = st.animate_declaration("nn.Conv1d(1, 1, 3, bias=False)", [1, 2, 3, 5], [1, 0, -1]).steps[1]
        >>> step.formula
        '1.0×2.0 + 0.0×3.0 + -1.0×5.0 = -3.0'
    """
    if input is not None and input_shape is None:
        input = array_of(input, "input")
        input_shape = _shape_of(input.shape, _one(text))
    return play_declaration(text, input_shape).animate(
        input, kernel, bias, channel=channel, positions=positions, steps=steps
    )


def usual_input_shape(declaration: Declaration) -> tuple[int, ...] | None:
    """A shape of one sample that a layer fits, where nobody says one.

    Args:
        declaration: From :func:`striate.importers.declaration.parse_declaration`.

    Returns:
        The shape in the framework's order of axes; None where the line says it itself, or nothing can be said.

    Example:
        >>> from striate.importers.declaration import parse_declaration
        >>> usual_input_shape(parse_declaration("nn.Conv2d(3, 64, 3)"))
        (3, 16, 16)
    """
    meaning = declaration.meaning
    if declaration.input_shape is not None or not isinstance(meaning, Convolution | TransposedConvolution | Pooling):
        return None
    channels = None if isinstance(meaning, Pooling) else meaning.in_channels
    if channels is None:
        channels = {1: 1, 2: 3, 3: 1}[meaning.rank]
        parts = 1 if isinstance(meaning, Pooling) else meaning.groups or 1
        channels = channels if channels % parts == 0 else parts
    spatial = [max(_USUAL[meaning.rank], 2 * d * k) for k, d in zip(meaning.kernel, meaning.dilation, strict=True)]
    return (*spatial, channels) if declaration.channels_last else (channels, *spatial)


def _one(text: str, input_shape: Sequence[int] | None = None) -> Declaration:
    """The layer; of several those that have a window are named, with the shapes that reach them where one was given."""
    first, *more = found = parse_declarations(text)
    if not more:
        return first
    layers = declared_stack(found, input_shape).layers if input_shape is not None else ()
    shapes = [f" on {'x'.join(map(str, layer.input_shape or ()))}" for layer in layers] or [""] * len(found)
    lines = [f"{each.text}{shape}" for each, shape in zip(found, shapes, strict=True) if not _no_window(each)]
    lines = list(dict.fromkeys(lines))
    listed = "; ".join(lines[:4]) + (f" and {len(lines) - 4} more" if len(lines) > 4 else "")
    way = f"take one with a window: {listed}" if lines else f"none has a window that slides; {_WITH_A_WINDOW} have"
    raise DeclarationError(f"{len(found)} layers were given, only one can be played; {way}")


def _shape_of(shape: tuple[int, ...], declaration: Declaration) -> tuple[int, ...]:
    """Of an input as it was given: the axis of one channel may be left out."""
    if len(shape) != getattr(declaration.meaning, "rank", -1):
        return shape
    return (*shape, 1) if declaration.channels_last else (1, *shape)


def _played(layer: DeclaredLayer) -> PlayedLayer:
    declaration = layer.declaration
    _require_played(declaration)
    if layer.input_shape is None:
        raise UnsupportedError(f"the input of {declaration.kind} is not known; give a shape")
    first = channels_first(layer.input_shape, declaration.channels_last)
    meaning = declaration.meaning
    if isinstance(meaning, FixedSizePooling):
        meaning = _of_fixed_size(meaning, first, declaration)
    if isinstance(meaning, Pooling):
        return _pooling(layer, meaning, first)
    assert isinstance(meaning, Convolution | TransposedConvolution)
    return _convolution(layer, meaning, first)


def _convolution(
    layer: DeclaredLayer, meaning: Convolution | TransposedConvolution, first: tuple[int, ...]
) -> PlayedLayer:
    filters = meaning.filters
    if filters is None:
        filters = first[0] * (meaning.multiplier if isinstance(meaning, Convolution) else 1)
    transposed = isinstance(meaning, TransposedConvolution)
    padding, extra = _cut(meaning) if transposed else (_padding(meaning.padding), ())
    relu, left_out = _activation(layer.declaration)
    return PlayedLayer(
        layer=layer,
        operation="transposed" if transposed else "convolution",
        input_shape=first,
        kernel=meaning.kernel,
        stride=meaning.stride,
        padding=padding,
        dilation=meaning.dilation,
        groups=meaning.groups or first[0],
        filters=filters,
        biased=meaning.bias,
        relu=relu,
        output_padding=extra,
        left_out=left_out,
    )


def _pooling(layer: DeclaredLayer, meaning: Pooling, first: tuple[int, ...]) -> PlayedLayer:
    declaration = layer.declaration
    operation: Operation = "max_pool" if "max" in declaration.kind.lower() else "average_pool"
    count = next((each.value for each in declaration.arguments if each.name == "count_include_pad"), False)
    return PlayedLayer(
        layer=layer,
        operation=operation,
        input_shape=first,
        kernel=meaning.kernel,
        stride=meaning.stride,
        padding=_padding(meaning.padding),
        dilation=meaning.dilation,
        ceil_mode=meaning.ceil_mode,
        count_padding=bool(count),
    )


def _of_fixed_size(meaning: FixedSizePooling, first: tuple[int, ...], declaration: Declaration) -> Pooling:
    """Where the wanted size divides the input's, all windows are alike: a pooling as any other."""
    wanted = [size or length for size, length in zip(meaning.size or (1,) * meaning.rank, first[1:], strict=True)]
    if any(length % size for size, length in zip(wanted, first[1:], strict=True)):
        lengths, sizes = "×".join(map(str, first[1:])), "×".join(map(str, wanted))
        raise UnsupportedError(
            f"{declaration.kind} from {lengths} to {sizes} cells has windows of several sizes, which are not played; "
            "they are of one size where the output's divides the input's"
        )
    window = tuple(length // size for size, length in zip(wanted, first[1:], strict=True))
    return Pooling(meaning.rank, window, window, "valid", (1,) * meaning.rank)


def _padding(padding: Pads | AutoPad) -> Pads | Literal["same", "valid"]:
    if not isinstance(padding, str):
        return padding
    return "valid" if padding == "valid" else "same"


def _cut(meaning: TransposedConvolution) -> tuple[Pads | Literal["same", "valid"], tuple[int, ...]]:
    """What is cut from a transposed convolution's result, and how many cells are added at its end."""
    given, stride = meaning.output_padding, meaning.stride
    if not isinstance(meaning.padding, str):
        return meaning.padding, given or (0,) * meaning.rank
    spans = [dilated_extent(k, d) for k, d in zip(meaning.kernel, meaning.dilation, strict=True)]
    if given is None and all(step <= span for step, span in zip(stride, spans, strict=True)):
        return meaning.padding, (0,) * meaning.rank
    # Keras's rule as its documentation and TensorFlow have it: zeros before and after the inputs that lie a stride
    # apart, over which the turned kernel slides with stride 1; span - 1 of them at each end cut nothing.
    pads: list[tuple[int, int]] = []
    more: list[int] = []
    for axis, (step, span) in enumerate(zip(stride, spans, strict=True)):
        if meaning.padding == "valid":
            cut, extra = 0, max(step - span, 0) if given is None else given[axis]
            pads.append((cut, 0))
            more.append(extra)
            continue
        total = step + span - 2 if given is None else span + span % 2 - 2 + given[axis]
        before = min(-(-total // 2), span - 1)
        behind = total - before
        pads.append((span - 1 - before, max(span - 1 - behind, 0)))
        more.append(max(behind - (span - 1), 0))
    return tuple(pads), tuple(more)


def _require_played(declaration: Declaration) -> None:
    why_not = _no_window(declaration) or _something_else(declaration)
    if why_not:
        raise UnsupportedError(why_not)


def _no_window(declaration: Declaration) -> str:
    """Why nothing slides in the layer; "" where something does."""
    if isinstance(declaration.meaning, Convolution | TransposedConvolution | Pooling | FixedSizePooling):
        return ""
    return f"{declaration.kind} has no window that slides; {_WITH_A_WINDOW} have one, such as nn.Conv2d(3, 8, 3)"


def _something_else(declaration: Declaration) -> str:
    """What the layer does and a workbench does not; "" where there is nothing of the kind."""
    meaning, kind = declaration.meaning, declaration.kind
    if isinstance(meaning, Convolution) and meaning.padding_mode != "zeros":
        return f'padding_mode "{meaning.padding_mode}" is not played, only zeros are'
    if isinstance(meaning, Convolution) and meaning.pointwise is not None:
        return f"{kind} is two layers: one for each channel, and one of {'×'.join('1' * meaning.rank)}"
    if kind.startswith("LPPool"):
        return f"{kind} is neither a maximum nor an average"
    if any(each.name == "divisor_override" and each.value is not None for each in declaration.arguments):
        return "an average with a divisor of its own is not played"
    return ""


def _activation(declaration: Declaration) -> tuple[bool, str]:
    """Whether a ReLU follows, and what else does that is not played."""
    named = next((each.value for each in declaration.arguments if each.name == "activation"), None)
    if named in (None, "linear", "relu"):
        return named == "relu", ""
    return False, f"shown before its activation {named}"
