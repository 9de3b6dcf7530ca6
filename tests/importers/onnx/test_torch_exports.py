"""What PyTorch's exporters write, with free batch and the shape arithmetic of ``view``: outputs and names."""

from __future__ import annotations

import io
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from striate.engine import make_plan, run_plan
from striate.graph import Array, Model, type_of
from striate.importers.onnx import load_onnx
from striate.ops.opaque import Opaque

EXPORTERS = ["dynamo", "torchscript"]


def networks(torch: ModuleType) -> dict[str, tuple[Any, tuple[int, ...]]]:
    nn = torch.nn

    class View(nn.Module):
        """Shape arithmetic: view, flatten, chunk and sizes asked for while it runs."""

        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding=1, stride=2)
            self.act = nn.LeakyReLU(0.2)
            self.fc = nn.Linear(8, 5)

        def forward(self, x):
            y = self.act(self.conv(x))
            n, c, h, w = y.shape
            y = y.view(n, c, h * w).transpose(1, 2)
            first, second = y.chunk(2, dim=-1)
            y = torch.cat([first * 2, second.clamp(min=-0.5)], dim=-1).mean(dim=1)
            return self.fc(y.reshape(y.size(0), -1)).softmax(-1)

    class Residual(nn.Module):
        """Blocks as in ResNet and MobileNet: batch norm, groups, skip, pooling of each kind."""

        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
            self.deep = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8)
            self.norm = nn.GroupNorm(4, 8)
            self.pool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
            self.tail = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(8, 4))

        def forward(self, x):
            y = self.stem(x)
            y = torch.nn.functional.silu(y + self.norm(self.deep(y)))
            return self.tail(self.pool(y))

    class Decoder(nn.Module):
        """Up again: transposed convolution, interpolation, padding, pixel shuffle."""

        def __init__(self) -> None:
            super().__init__()
            self.up = nn.ConvTranspose2d(3, 8, 3, stride=2, padding=1, output_padding=1)
            self.out = nn.Conv2d(2, 1, 1)

        def forward(self, x):
            y = torch.nn.functional.gelu(self.up(x))
            y = torch.nn.functional.pixel_shuffle(y, 2)
            y = torch.nn.functional.pad(y, (1, 2, 0, 1), mode="reflect")
            y = torch.nn.functional.interpolate(y, scale_factor=0.5, mode="bilinear", align_corners=False)
            return torch.sigmoid(self.out(y))

    signal = nn.Sequential(
        nn.Conv1d(17, 8, 3, padding=1), nn.ELU(), nn.InstanceNorm1d(8, affine=True), nn.AvgPool1d(2), nn.Softplus()
    )
    volume = nn.Sequential(nn.Conv3d(1, 4, 3), nn.PReLU(4), nn.MaxPool3d(2), nn.Hardswish())
    return {
        "view": (View(), (2, 3, 12, 10)),
        "residual": (Residual(), (2, 3, 12, 12)),
        "decoder": (Decoder(), (2, 3, 6, 5)),
        "signal": (signal, (2, 17, 8)),
        "volume": (volume, (2, 1, 7, 6, 8)),
    }


def export(torch: ModuleType, module: Any, example: Any, exporter: str) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            batch = {0: torch.export.Dim.DYNAMIC}
            program = torch.onnx.export(module, (example,), dynamo=True, dynamic_shapes=(batch,), verbose=False)
            return program.model_proto.SerializeToString()
        names = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
        torch.onnx.export(module, (example,), buffer, dynamo=False, **names)
    return buffer.getvalue()


def output(model: Model, array: Array) -> Array:
    (name,) = model.graph.inputs
    plan = make_plan(model.graph, {name: type_of(array)})
    return run_plan(plan, {name: array})[model.graph.outputs[0]]


@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", ["view", "residual", "decoder", "signal", "volume"])
def test_exports(torch: ModuleType, name: str, exporter: str) -> None:
    pytest.importorskip("onnxscript")
    torch.manual_seed(0)
    module, shape = networks(torch)[name]
    module.eval()
    model = load_onnx(export(torch, module, torch.randn(shape), exporter))
    assert not any(isinstance(node.op, Opaque) for node in model.graph.nodes)
    for batch in (2, 3):
        example = torch.randn((batch, *shape[1:]))
        with torch.no_grad():
            expected = module(example).numpy()
        got = output(model, example.numpy())
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    modules = {path for path, part in module.named_modules() if getattr(part, "weight", None) is not None}
    missing = {path for path in modules if not model.knows(path)}
    # The older exporter merges a batch norm into the convolution before it and leaves no trace of it.
    assert missing == ({"stem.1"} if (name, exporter) == ("residual", "torchscript") else set())


def test_module_of_several_nodes(torch: ModuleType) -> None:
    """A Linear on three axes is a product and an addition; the module's name stands for its output."""
    pytest.importorskip("onnxscript")
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)).eval()
    example = torch.randn(2, 5, 4)
    model = load_onnx(export(torch, module, example, "dynamo"))
    plan = make_plan(model.graph, {model.graph.inputs[0]: type_of(example.numpy())})
    values = run_plan(plan, {model.graph.inputs[0]: example.numpy()}, keep=True)
    with torch.no_grad():
        for depth in range(3):
            expected = module[: depth + 1](example).numpy()
            np.testing.assert_allclose(values[model.value_name(str(depth))], expected, rtol=1e-5, atol=1e-5)


def test_module_used_twice_has_no_name(torch: ModuleType) -> None:
    pytest.importorskip("onnxscript")

    class Twice(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
            self.relu = torch.nn.ReLU()

        def forward(self, x):
            return self.relu(self.second(self.relu(self.first(x))))

    model = load_onnx(export(torch, Twice().eval(), torch.randn(2, 4), "dynamo"))
    assert len([layer for layer in model.layers if layer.kind == "Relu"]) == 2
    assert set(model.aliases) == {"first", "second"}
