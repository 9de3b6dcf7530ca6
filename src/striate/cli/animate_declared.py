"""``striate animate`` of a layer that is written where the network would stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from striate.cli.animate_numbers import (
    SIGNALS,
    exists,
    load_picture,
    load_signal,
    read_bias,
    read_input,
    read_kernel,
)
from striate.cli.opening import read_shape
from striate.errors import DeclarationError

if TYPE_CHECKING:
    from striate.animation import Animation
    from striate.cli.animate_numbers import Numbers
    from striate.graph import Array
    from striate.importers.declaration import Declaration

_SHAPE = re.compile(r"\(?\s*\d+(\s*[x×]\s*\d+)+\s*\)?")
_MODELS = (".onnx", ".pt", ".pth", ".keras", ".h5")


@dataclass(frozen=True)
class Given:
    """What was given beside the layer.

    Args:
        source: Of ``--input``.
        kernel: Of ``--kernel``.
        bias: Of ``--bias``.
        channel: Which output channel.
        positions: Which positions of a large map.
        steps: The most steps.
    """

    source: str | None
    kernel: str | None
    bias: str | None
    channel: int
    positions: list[tuple[int, int]] | None
    steps: int | None


def is_declaration(text: str) -> bool:
    """Whether a layer is written there, and no file is meant.

    Example:
        >>> is_declaration("nn.Conv2d(1, 1, 3)"), is_declaration("net (1).onnx")
        (True, False)
    """
    is_model = text.lower().endswith(_MODELS) or exists(text)
    return "(" in text and not is_model


def animate_declared(text: str, given: Given) -> Animation:
    """The window of a pasted layer."""
    from striate.lessons import animate_declaration

    source, shape, data = given.source, None, None
    if source is not None and not exists(source) and _SHAPE.fullmatch(source.strip()):
        shape = read_shape(source)
    elif source is not None:
        data = _input(source, text)
    return animate_declaration(
        text,
        data,
        None if given.kernel is None else read_kernel(given.kernel),
        read_bias(given.bias),
        input_shape=shape,
        channel=given.channel,
        positions=given.positions,
        steps=given.steps,
    )


def _input(source: str, text: str) -> Array | Numbers:
    """What the layer slides over, in its framework's order of axes."""
    found = read_input(source, 'a file, numbers such as "0 1 0; 1 2 1", or a shape such as 1x9x9')
    if found is not None:
        return found
    from striate.lessons import play_declaration

    declaration = play_declaration(text).layer.declaration
    first = (
        load_signal(source)
        if Path(source).suffix.lower() in SIGNALS
        else load_picture(source, _reads_one_channel(declaration))
    )
    rank, reads = getattr(declaration.meaning, "rank", 0), {1: "a signal", 2: "a picture", 3: "a volume"}
    if rank != first.ndim - 1:
        raise DeclarationError(
            f'input (="{source}") is {reads[first.ndim - 1]}, {declaration.kind} reads {reads[rank]}; give one, '
            "or a shape for random values"
        )
    return first.transpose(*range(1, first.ndim), 0) if declaration.channels_last else first


def _reads_one_channel(declaration: Declaration) -> bool:
    channels = getattr(declaration.meaning, "in_channels", None)
    return channels == 1 or (declaration.input_shape or (0,))[-1 if declaration.channels_last else 0] == 1
