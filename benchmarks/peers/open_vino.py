"""OpenVINO's CPU plugin in float32."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmarks.case import Entry
from benchmarks.contestant import Contestant
from benchmarks.peers.openvino_settings import settings


@dataclass(frozen=True)
class OpenVino:
    """An inference request; plain arrays in and out, neither of them copied."""

    name: str = "openvino"
    module: str = "openvino"

    def version(self) -> str:
        """The installed version."""
        return str(import_module(self.module).__version__)

    def enter(self, entry: Entry, threads: int) -> Contestant:
        """Compiles the case's ONNX form for exactly this input shape."""
        core = import_module(self.module).Core()
        model = core.read_model(entry.onnx)
        model.reshape(entry.x.shape)
        request = core.compile_model(model, "CPU", settings(threads)).create_infer_request()
        x = entry.x

        def call() -> Any:
            request.infer({0: x}, share_inputs=True, share_outputs=True)
            return request.get_output_tensor().data

        return Contestant(self.name, call, lambda result: result.copy())
