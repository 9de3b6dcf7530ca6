"""From a path or bytes to an ONNX ``ModelProto``, or one clear error about what the file is instead."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from google.protobuf.message import DecodeError, EncodeError
from onnx import ModelProto

from striate.engine import require_memory
from striate.errors import LimitError, ModelFileError, ParameterError
from striate.graph import Array
from striate.importers.onnx.split import split

# Protocol buffers cannot hold more: larger networks keep their weights in files beside the model (external data).
LARGEST_FILE = 2**31
Source = str | PathLike[str] | bytes | bytearray | memoryview | ModelProto


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A model as it was read.

    Args:
        proto: Its contents.
        title: How messages call it.
        folder: Where it lies: external data must lie below; None when it came as bytes.
        weights: Number of an initialiser -> its raw_data, uint8, for those that were taken out of the contents.
    """

    proto: ModelProto
    title: str
    folder: Path | None
    weights: Mapping[int, Array] = field(default_factory=dict[int, Array])


def open_model(source: Source) -> OpenedFile:
    """Reads a model.

    Raises:
        ModelFileError: There is no such file, or it is not an ONNX model.
        LimitError: It is larger than protocol buffers or the memory limit allow.
    """
    if isinstance(source, ModelProto):
        return OpenedFile(source, _title(source, "the given ModelProto"), None)
    if isinstance(source, bytes | bytearray | memoryview):
        return _open(io.BytesIO(source), len(source), "the given bytes", None)
    try:
        path = Path(source)
    except TypeError as error:
        raise ParameterError(
            f"an ONNX model is given as a path, bytes or an onnx.ModelProto, got {type(source).__name__}"
        ) from error
    title = f'"{path}"'
    return _open_path(path, title)


def _title(proto: ModelProto, otherwise: str) -> str:
    return f'"{proto.graph.name}"' if proto.graph.name else otherwise


def _open_path(path: Path, title: str) -> OpenedFile:
    try:
        if path.is_dir():
            raise ModelFileError(f"{title} is a folder, expected an ONNX file{_onnx_files(path)}")
        if not path.exists():
            raise ModelFileError(f"{title} does not exist; check the path (searched from {Path.cwd()})")
        if not path.is_file():
            raise ModelFileError(f"{title} is not a regular file, expected an ONNX file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise LimitError(
                f"{title} has {size / 2**30:.2f} GiB; an ONNX file is at most {LARGEST_FILE / 2**30:.0f} GiB "
                "(a limit of "
                "protocol buffers); save the model with external data"
            )
        require_memory(size, f"reading {title}")
        with path.open("rb") as file:
            return _open(file, size, title, path.absolute().parent)
    except (OSError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ModelFileError(f"{title} cannot be read: {reason}") from error


def _onnx_files(folder: Path) -> str:
    found = sorted(path.name for path in folder.glob("*.onnx"))[:3]
    return f"; did you mean {' or '.join(found)} in it?" if found else ""


def _open(file: io.BufferedIOBase, size: int, title: str, folder: Path | None) -> OpenedFile:
    if not size:
        raise ModelFileError(f"{title} is empty (0 bytes), expected an ONNX model")
    other = _recognise(file, size)
    if other is not None:
        raise ModelFileError(f"{title} is not an ONNX model but {other}")
    parts = split(file, size)
    if parts is not None:
        try:
            return OpenedFile(ModelProto.FromString(parts.message), title, folder, parts.weights)
        except (DecodeError, EncodeError, ValueError):
            parts = None  # the whole is parsed, for the sake of the message
    file.seek(0)
    return OpenedFile(_parse(file.read(size), title), title, folder)


def _parse(data: bytes, title: str) -> ModelProto:
    try:
        return ModelProto.FromString(data)
    except (DecodeError, EncodeError, ValueError) as error:
        raise ModelFileError(
            f"{title} is not an ONNX model, or is damaged or truncated: its {len(data)} bytes are not a valid protocol "
            "buffer; save or download it again"
        ) from error


_EXPORT_TORCH = "export the network with torch.onnx.export(model, example, 'x.onnx')"
_EXPORT_KERAS = "export the network with model.export('x.onnx', format='onnx')"


def _recognise(file: io.BufferedIOBase, size: int) -> str | None:
    """What a file that is not ONNX is, with the way out; None when nothing speaks against ONNX."""
    file.seek(0)
    head = file.read(64)
    for test, what in _OTHER_FORMATS:
        if test(head, size):
            return what
    return _recognise_zip(file) if head.startswith(b"PK\x03\x04") else None


# Whether the first bytes of a file, and its size, are those of another format.
_Test = Callable[[bytes, int], bool]


def _begins(*starts: bytes) -> _Test:
    return lambda head, size: head.startswith(starts)


def _holds(mark: bytes, at: int) -> _Test:
    return lambda head, size: head[at : at + len(mark)] == mark


def _is_safetensors(head: bytes, size: int) -> bool:
    return size > 9 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") + 8 <= size


_OTHER_FORMATS: tuple[tuple[_Test, str], ...] = (
    (
        _begins(b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
        f"a Python pickle (an old PyTorch checkpoint?); {_EXPORT_TORCH}",
    ),
    (_begins(b"\x89HDF\r\n\x1a\n"), f"an HDF5 file (Keras weights or model?); {_EXPORT_KERAS}"),
    (_holds(b"TFL3", 4), "a TensorFlow Lite model; convert it with tf2onnx"),
    (_holds(b"ORTM", 4), "a model in ONNX Runtime's own ORT format; use the .onnx file that it was made from"),
    (
        _begins(b"version https://git-lfs"),
        "a Git LFS pointer, which stands for a file that was not fetched; run git lfs pull",
    ),
    (_begins(b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML"), "a web page; the download went wrong"),
    (_begins(b"<?xml"), "an XML file (OpenVINO?); use the .onnx file that it was made from"),
    (_begins(b"\x1f\x8b"), "a gzip archive; unpack it first"),
    (_begins(b"\x93NUMPY"), "a NumPy array"),
    (_is_safetensors, f"a safetensors file, which holds weights but no network; {_EXPORT_TORCH}"),
)


def _recognise_zip(file: io.BufferedIOBase) -> str:
    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return "a ZIP archive (a PyTorch or Keras model?), truncated or damaged; download it again"
    if any(name.endswith(("data.pkl", "constants.pkl")) or name.endswith("models/model.json") for name in names):
        return f"a PyTorch file (ZIP with pickles); {_EXPORT_TORCH}"
    if any(name.endswith((".weights.h5", "metadata.json")) for name in names):
        return f"a Keras file (ZIP); {_EXPORT_KERAS}"
    inside = [name for name in names if name.endswith(".onnx")][:1]
    return "a ZIP archive" + (f" with {inside[0]} in it; unpack it first" if inside else "; unpack it first")
