"""Names of what is open: short, stable, the same for the same file."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePosixPath

from striate.errors import UnsupportedError

LONGEST = 120
# Formats whose files are (or may hold) pickled Python objects or code, which opening them would run.
_REFUSED = {
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".ckpt": "checkpoint",
    ".bin": "checkpoint",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "joblib",
    ".keras": "Keras",
    ".h5": "Keras",
    ".hdf5": "Keras",
    ".pb": "TensorFlow",
    ".tflite": "TensorFlow Lite",
    ".safetensors": "weights",
}
_WAY_OUT = {
    "PyTorch": "in Python, torch.onnx.export(module.eval(), (example,), 'net.onnx') writes one",
    "Keras": "in Python, model.export('net.onnx', format='onnx') writes one",
    "weights": "it holds weights and no network",
}


def refuse_unsafe(name: str) -> None:
    """Refuses files whose format may run code when it is read; they are never opened to look inside.

    Args:
        name: The file's name.

    Raises:
        UnsupportedError: The name ends like one; the message says what to do.

    Example:
        >>> refuse_unsafe("net.onnx")
    """
    kind = _REFUSED.get(PurePosixPath(name.lower()).suffix)
    if kind is not None:
        way_out = _WAY_OUT.get(kind, "export the network with the framework that made it")
        raise UnsupportedError(
            f'"{shown_name(name)}" is a {kind} file, which can run code when it is opened, so it is not; '
            f"give an .onnx file: {way_out}"
        )


def shown_name(name: str) -> str:
    r"""A file's name as it can be shown: the last part of the path, printable, not too long.

    Example:
        >>> shown_name("C:\\photos\\cat.jpg"), shown_name("../../etc/passwd")
        ('cat.jpg', 'passwd')
    """
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(sign for sign in last if sign.isprintable()).strip()
    return printable[-LONGEST:] or "unnamed"


def identity(name: str, taken: Container[str]) -> str:
    """A short id for a file: its stem in letters that need no escape in an address, with a number if it is taken.

    Example:
        >>> identity("My cat (2).jpg", {"My-cat-2"})
        'My-cat-2.2'
    """
    stem = shown_name(name)
    stem = stem.rsplit(".", 1)[0] or stem
    short = re.sub(r"[^A-Za-z0-9_.]+", "-", stem).strip("-.")[:60] or "unnamed"
    found, number = short, 2
    while found in taken:
        found, number = f"{short}.{number}", number + 1
    return found
