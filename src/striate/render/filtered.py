"""A filtered image or signal as a picture: in its own colours while the numbers stay colours, else on a scale."""

from __future__ import annotations

import numpy as np
from PIL import Image

from striate.graph import Array
from striate.render.colour import scale_of
from striate.render.sheet import compose
from striate.render.tiles import Tile, line, range_note

LARGEST_LINES = 64


def filtered_picture(result: Array, name: str, seen: str, own_colours: bool) -> Image.Image:
    """The picture of a filter's result.

    Args:
        result: Signal (l,) or (l, c), image (h, w) or (h, w, c).
        name: The filter's name.
        seen: What it was applied to: "image", "signal" or "array".
        own_colours: Whether the numbers are still colours: then what lies outside 0 to 255 is clipped.

    Returns:
        The image in its own colours, one cell a pixel; or its channels on one scale with a legend. A signal as lines.
    """
    if seen == "signal" or result.ndim == 1:
        channels = result.reshape(len(result), -1).T[:LARGEST_LINES]
        shared = scale_of([channels])
        tiles = [
            Tile(line(row, shared, width=960, height=160), str(i), range_note(row), True)
            for i, row in enumerate(channels)
        ]
        return compose(tiles, name, f"signal of {len(result)} samples", shared, "one scale for all channels")
    if own_colours:
        return Image.fromarray(np.clip(np.rint(result), 0, 255).astype(np.uint8))
    channels = result[None] if result.ndim == 2 else np.moveaxis(result, -1, 0)
    shared = scale_of([channels])
    labels = (
        ("red", "green", "blue") if len(channels) == 3 and seen == "image" else tuple(map(str, range(len(channels))))
    )
    images = [Image.fromarray(shared.pixels(channel)) for channel in channels]
    tiles = [
        Tile(image, label, range_note(channel)) for image, label, channel in zip(images, labels, channels, strict=True)
    ]
    return compose(tiles, name, f"{'×'.join(map(str, result.shape))}", shared, "one scale for all channels")
