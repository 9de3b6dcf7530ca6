"""Draws the pictures of the documentation with striate's own commands.

Run it from anywhere: ``python scripts/make_doc_pictures.py``.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from palette import few_colours
from PIL import Image

from striate import bundled
from striate.cli import main

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
MODEL, PICTURE = str(bundled.model_path()), str(bundled.picture_path())
UNIT = ("--preprocess", "unit")
ROWS = "1 2 0 1 2; 0 1 2 1 0; 2 0 1 0 1; 1 2 0 2 1; 0 1 2 1 0"
SIGNAL = "0 0.31 0.82 0.91 0.66 0.4 0.35 0.1 0 0.12"
PICTURES = ("explained", "field", "edges", "window-signal", "window-transposed", "window-declared")
SMALL = ("--size", "960x540")
# Of 255, in any pixel.
MOST_ERROR = 8


def draw(folder: Path) -> dict[str, Path]:
    """Each picture's name and where a command has put it."""
    commands = (
        ("maps", MODEL, PICTURE, *UNIT, "--layer", "edges/Relu", "--layer", "parts/Relu", "--out", str(folder)),
        ("explain", MODEL, PICTURE, "edges/Conv:0@105,44", *UNIT, "--out", str(folder / "explained.png")),
        ("field", MODEL, "parts/Relu:0@23,10", "--input", PICTURE, *UNIT, "--out", str(folder / "field.png")),
        ("filter", "sobel", PICTURE, "--grey", "--out", str(folder / "edges.png")),
        ("animate", "--kernel", "sobel", "--input", ROWS, *SMALL, "--fps", "1", "--out", str(folder / "window.gif")),
        ("animate", "--kernel", "0.33 0.34 0.33", "--input", SIGNAL, "--padding", "1", *SMALL, "--step", "4",
         "--out", str(folder / "window-signal.png")),
        ("animate", "--kernel", "sobel", "--transposed", "--input", "1 2 0; 0 1 2; 2 0 1", "--stride", "2",
         "--padding", "1", *SMALL, "--step", "8", "--out", str(folder / "window-transposed.png")),
        ("animate", "nn.Conv2d(1, 1, 3, stride=2, padding=1)", "--input", "1x9x9", *SMALL, "--step", "8",
         "--out", str(folder / "window-declared.png")),
    )  # fmt: skip
    for command in commands:
        if main(list(command)):
            raise SystemExit(f"striate {' '.join(command)} failed")
    found = {name: folder / f"{name}.png" for name in PICTURES}
    (found["maps"],) = folder.glob("*edges.Relu.png")
    (found["parts"],) = folder.glob("*parts.Relu.png")
    return found | {"house": Path(PICTURE)}


def keep(source: Path, name: str) -> None:
    """Saves a picture with a palette, which makes it small, unless that changes its colours visibly."""
    image = Image.open(source).convert("RGB")
    small = few_colours(image)
    error = np.abs(np.asarray(small.convert("RGB"), int) - np.asarray(image, int)).max()
    (small if error <= MOST_ERROR else image).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        for name, source in draw(Path(made)).items():
            keep(source, name)
        shutil.copyfile(Path(made) / "window.gif", IMAGES / "window.gif")
