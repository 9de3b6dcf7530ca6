"""ONNX Runtime on its CPU provider, with every optimisation that it has (its default)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from benchmarks.case import Entry
from benchmarks.contestant import Contestant


@dataclass(frozen=True)
class OnnxRuntime:
    """An inference session; plain arrays in and out."""

    name: str = "onnxruntime"
    module: str = "onnxruntime"

    def version(self) -> str:
        """The installed version."""
        return str(import_module(self.module).__version__)

    def enter(self, entry: Entry, threads: int) -> Contestant:
        """Opens a session on the case's ONNX form."""
        runtime = import_module(self.module)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = runtime.InferenceSession(entry.onnx, options, providers=["CPUExecutionProvider"])
        inputs = {session.get_inputs()[0].name: entry.x}
        return Contestant(self.name, lambda: session.run(None, inputs), lambda results: results[0])
