"""What comes with striate: a small network made by hand, and a picture to look at with it."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def model_path() -> Path:
    """The bundled network: edge, line and corner detectors, an ONNX file that takes images (n, 3, h, w) from 0 to 1.

    Example:
        >>> model_path().name
        'edges.onnx'
    """
    return _FOLDER / "edges.onnx"


def labels_path() -> Path:
    """Names of the bundled network's outputs, one a line.

    Example:
        >>> labels_path().read_text().split()
        ['upright', 'level', 'slanted', 'boxes']
    """
    return _FOLDER / "edges_labels.txt"


def picture_path() -> Path:
    """The bundled picture: a house with a fence, 320 by 256 pixels, in the public domain.

    Example:
        >>> picture_path().name
        'house.png'
    """
    return _FOLDER / "house.png"
