"""Builds the bundled network: no training, every weight put in by hand, so that each map's meaning is known.

Run it from the repository's root: ``python scripts/make_bundled_network.py``. It writes ``edges.onnx`` and the names of
its outputs into ``src/striate/bundled``. The README there says what each map shows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from striate import filters
from striate.graph import Array
from striate.layers import Conv2D, Dense, GlobalAveragePooling2D, Input, MaxPooling2D, Sequential

FOLDER = Path(__file__).resolve().parent.parent / "src" / "striate" / "bundled"

DIAGONAL = np.array([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]], np.float32)
EDGES: dict[str, Array] = {
    "brighter on the right": filters.sobel() / 4,
    "brighter on the left": -filters.sobel() / 4,
    "brighter below": filters.sobel(axis=0) / 4,
    "brighter above": -filters.sobel(axis=0) / 4,
    "brighter at the upper right": DIAGONAL / 4,
    "brighter at the lower left": -DIAGONAL / 4,
    "brighter at the lower right": DIAGONAL[::-1] / 4,
    "brighter at the upper left": -DIAGONAL[::-1] / 4,
    "vertical line": filters.vertical_line() / 6,
    "horizontal line": filters.horizontal_line() / 6,
    "falling line": filters.diagonal_line() / 6,
    "rising line": filters.diagonal_line(falling=False) / 6,
}
NAMES = list(EDGES)
# Maps that answer to each direction of an edge, whichever side is the bright one.
VERTICAL = [NAMES.index("brighter on the right"), NAMES.index("brighter on the left")]
HORIZONTAL = [NAMES.index("brighter below"), NAMES.index("brighter above")]
FALLING = [NAMES.index("brighter at the upper right"), NAMES.index("brighter at the lower left")]
RISING = [NAMES.index("brighter at the lower right"), NAMES.index("brighter at the upper left")]
LINES = slice(NAMES.index("vertical line"), len(NAMES))

SHAPES = (
    "corner, upper left",
    "corner, upper right",
    "corner, lower left",
    "corner, lower right",
    "crossing",
    "long vertical edge",
    "long horizontal edge",
    "long falling edge",
    "long rising edge",
    "fine texture",
)
PARTS = ("box", "vertical stripes", "horizontal stripes", "slanted roof", "grid", "texture")
OUTPUTS = ("upright", "level", "slanted", "boxes")


def grey() -> Array:
    """Luma of the three colours (ITU-R BT.601), a 1x1 filter."""
    return np.array([0.299, 0.587, 0.114], np.float32).reshape(1, 1, 3, 1)


def edges() -> Array:
    """One 3x3 detector for each map."""
    return np.stack([*EDGES.values()], axis=-1)[:, :, None, :]


def shapes() -> tuple[Array, Array]:
    """Combinations of edges: two arms that meet, and edges that go on."""
    kernel = np.zeros((3, 3, len(NAMES), len(SHAPES)), np.float32)
    bias = np.zeros(len(SHAPES), np.float32)
    for index, (down, right) in enumerate(((1, 1), (1, -1), (-1, 1), (-1, -1))):
        # A corner has a vertical arm on one side of the centre and a horizontal arm on one side, and none beyond it.
        kernel[1, 1, VERTICAL + HORIZONTAL, index] = 0.25
        kernel[1 + down, 1, VERTICAL, index] = kernel[1, 1 + right, HORIZONTAL, index] = 0.5
        kernel[1 - down, 1, VERTICAL, index] = kernel[1, 1 - right, HORIZONTAL, index] = -0.6
        # A slanted edge has both arms all along: it goes on through the two cells beside the corner.
        kernel[1 - down, 1 + right, VERTICAL + HORIZONTAL, index] = -0.25
        kernel[1 + down, 1 - right, VERTICAL + HORIZONTAL, index] = -0.25
        bias[index] = -0.1
    crossing = SHAPES.index("crossing")
    for line, arms in (("vertical line", ((0, 1), (2, 1))), ("horizontal line", ((1, 0), (1, 2)))):
        for row, column in arms:
            kernel[row, column, NAMES.index(line), crossing] = 1.0
    bias[crossing] = -0.3
    long = (
        ("long vertical edge", VERTICAL, ((0, 1), (1, 1), (2, 1))),
        ("long horizontal edge", HORIZONTAL, ((1, 0), (1, 1), (1, 2))),
        ("long falling edge", FALLING, ((0, 0), (1, 1), (2, 2))),
        ("long rising edge", RISING, ((2, 0), (1, 1), (0, 2))),
    )
    for name, maps, cells in long:
        for row, column in cells:
            kernel[row, column, maps, SHAPES.index(name)] = 1 / 3
    # An upright or level edge excites both slanted detectors alike, a slanted one only its own: their difference tells.
    for name, other in (("long falling edge", RISING), ("long rising edge", FALLING)):
        kernel[:, :, other, SHAPES.index(name)] -= 1.1 / 9
    for name in ("long vertical edge", "long horizontal edge"):
        bias[SHAPES.index(name)] = -0.12
    kernel[:, :, LINES, SHAPES.index("fine texture")] = 1 / 9
    bias[SHAPES.index("fine texture")] = -0.04
    return kernel, bias


def parts() -> tuple[Array, Array]:
    """Combinations of shapes: larger things."""
    kernel = np.zeros((3, 3, len(SHAPES), len(PARTS)), np.float32)
    bias = np.zeros(len(PARTS), np.float32)
    corners = zip(((0, 0), (0, 2), (2, 0), (2, 2)), range(4), strict=True)
    for (row, column), corner in corners:
        kernel[row, column, corner, PARTS.index("box")] = 1.0
        kernel[1, 1, corner, PARTS.index("box")] = 0.25
    bias[PARTS.index("box")] = -0.15
    upright, level = SHAPES.index("long vertical edge"), SHAPES.index("long horizontal edge")
    kernel[:, :, upright, PARTS.index("vertical stripes")] = 1 / 9
    kernel[:, :, level, PARTS.index("vertical stripes")] = -1 / 18
    kernel[:, :, level, PARTS.index("horizontal stripes")] = 1 / 9
    kernel[:, :, upright, PARTS.index("horizontal stripes")] = -1 / 18
    for name in ("long falling edge", "long rising edge"):
        kernel[:, :, SHAPES.index(name), PARTS.index("slanted roof")] = 1 / 9
    kernel[:, :, [upright, level, SHAPES.index("crossing")], PARTS.index("grid")] = 1 / 18
    bias[PARTS.index("grid")] = -0.05
    kernel[:, :, SHAPES.index("fine texture"), PARTS.index("texture")] = 1 / 9
    return kernel, bias


def verdict() -> Array:
    """How much of each part speaks for each output."""
    kernel = np.zeros((len(PARTS), len(OUTPUTS)), np.float32)
    kernel[PARTS.index("vertical stripes"), OUTPUTS.index("upright")] = 60
    kernel[PARTS.index("horizontal stripes"), OUTPUTS.index("level")] = 60
    kernel[PARTS.index("slanted roof"), OUTPUTS.index("slanted")] = 60
    kernel[PARTS.index("box"), OUTPUTS.index("boxes")] = 40
    return kernel


def build() -> Sequential:
    """The network with its weights."""
    first = "channels_first"
    model = Sequential(
        [
            Input((3, None, None), name="image"),
            Conv2D(1, 1, data_format=first, use_bias=False, name="grey"),
            Conv2D(len(EDGES), 3, data_format=first, activation="relu", use_bias=False, name="edges"),
            MaxPooling2D(2, data_format=first, name="pool1"),
            Conv2D(len(SHAPES), 3, data_format=first, activation="relu", name="shapes"),
            MaxPooling2D(2, data_format=first, name="pool2"),
            Conv2D(len(PARTS), 3, data_format=first, activation="relu", name="parts"),
            GlobalAveragePooling2D(data_format=first, name="average"),
            Dense(len(OUTPUTS), activation="softmax", name="verdict"),
        ],
        name="edges",
    )
    model.set_weights([grey(), edges(), *shapes(), *parts(), verdict(), np.zeros(len(OUTPUTS))])
    return model


def main() -> None:
    build().save(FOLDER / "edges.onnx")
    (FOLDER / "edges_labels.txt").write_text("\n".join(OUTPUTS) + "\n", encoding="utf-8")
    print(f"{FOLDER / 'edges.onnx'}: {(FOLDER / 'edges.onnx').stat().st_size} bytes")


if __name__ == "__main__":
    main()
