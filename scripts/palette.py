"""Pictures with few colours, so that the repository stays small: what is flat keeps its very colour."""

from __future__ import annotations

import numpy as np
from PIL import Image

COLOURS = 256
# Grounds, lines and marks: each covers many pixels in one colour.
FLAT = 96


def few_colours(picture: Image.Image) -> Image.Image:
    """A picture with a palette: its most frequent colours as they are, the others chosen to be near all that is left.

    A palette of means alone takes white and what is nearly white together, and a page's ground gets a tint.

    Args:
        picture: The picture; transparency is dropped.
    """
    pixels = np.asarray(picture.convert("RGB"))
    colours, places, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    palette = colours
    if len(colours) > COLOURS:
        order = np.argsort(-counts, kind="stable")
        rest = Image.fromarray(colours[order[FLAT:]][None])
        # Coverage, not frequency: a rare colour of a map must not turn into another one.
        means = rest.quantize(COLOURS - FLAT, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        found = np.array(means.getpalette(), np.uint8).reshape(-1, 3)
        palette = np.concatenate([colours[order[:FLAT]], found])
    nearest = np.concatenate([_nearest(part, palette) for part in np.array_split(colours, 1 + len(colours) // 4096)])
    small = Image.fromarray(nearest[places].reshape(pixels.shape[:2]).astype(np.uint8))
    small.putpalette(palette.astype(np.uint8).tobytes())
    return small


def _nearest(colours: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Which colour of the palette is nearest to each."""
    return ((colours[:, None].astype(int) - palette[None].astype(int)) ** 2).sum(axis=2).argmin(axis=1)
