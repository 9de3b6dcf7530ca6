"""ONNX files to networks: :func:`load_onnx`, and the table of converters behind it."""

from striate.importers.onnx.load import load_onnx

__all__ = ["load_onnx"]
