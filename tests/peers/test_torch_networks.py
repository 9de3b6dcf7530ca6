"""Whole networks as PyTorch exports them: every value against ONNX Runtime, units explained, fields seen."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import striate as st
from striate.errors import UnsupportedOpError

from .torch_networks import networks

NAMES = ["residual", "unet", "inception", "mobile", "shuffle", "wave", "volume", "next"]
NAMES += ["convnext", "attention", "efficient", "se_residual"]
TOLERANCE = 1e-4  # relative to the tensor's largest magnitude


@pytest.fixture(
    scope="module", params=[(name, exporter) for name in NAMES for exporter in ("dynamo", "script")], ids="-".join
)
def exported(request: pytest.FixtureRequest, torch: ModuleType) -> Iterator[tuple[bytes, Any, Any]]:
    """The ONNX file, an input of two samples, and what PyTorch makes of it."""
    name, exporter = request.param
    module, shape = networks(torch)[name]()
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporters warn about themselves
        data = export(torch, exporter, module, x)
    with torch.no_grad():
        yield data, x.numpy(), module(x).numpy()


def export(torch: ModuleType, exporter: str, module: Any, x: Any) -> bytes:
    """The module as an ONNX file with a free batch, by PyTorch's present or its former exporter."""
    buffer = io.BytesIO()
    if exporter == "dynamo":
        pytest.importorskip("onnxscript")
        batch = torch.export.Dim("batch")
        program = torch.onnx.export(module, (x,), dynamo=True, dynamic_shapes=({0: batch},), verbose=False)
        program.save(buffer)
    else:
        torch.onnx.export(module, (x,), buffer, dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "batch"}})
    return buffer.getvalue()


def every_value(onnxruntime: ModuleType, data: bytes, x: Any) -> dict[str, Any]:
    """Every node's output as ONNX Runtime computes it, graph optimisation off."""
    import onnx

    model = onnx.load_from_string(data)
    shown = {output.name for output in model.graph.output}
    for node in model.graph.node:
        for value in node.output:
            if value and value not in shown:
                model.graph.output.append(onnx.ValueInfoProto(name=value))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: x}), strict=True))


def test_every_value_agrees(exported: tuple[bytes, Any, Any], onnxruntime: ModuleType) -> None:
    data, x, expected = exported
    net = st.load(data)
    run = net.run(x)
    for made in (run.output, net(x)):
        np.testing.assert_allclose(made, expected, rtol=0, atol=TOLERANCE * np.abs(expected).max())
    compared = 0
    for name, truth in every_value(onnxruntime, data, x).items():
        if name in run.recording.values and truth.dtype.kind == "f" and truth.size:
            np.testing.assert_allclose(
                run.recording.values[name],
                truth,
                rtol=0,
                atol=TOLERANCE * max(np.abs(truth).max(), 1e-30),
                err_msg=name,
            )
            compared += 1
    assert compared >= len(run.model.layers) > 3


def test_no_step_is_on_the_reference(exported: tuple[bytes, Any, Any]) -> None:
    data, x, _ = exported
    net = st.load(data)
    for keep in (False, True):
        steps = net.plan(x.shape, keep=keep).steps
        assert [step for step in steps if step.kind == "reference"] == []


def test_random_units_are_explained(exported: tuple[bytes, Any, Any]) -> None:
    data, x, _ = exported
    run = st.load(data).run(x)
    rng = np.random.default_rng(11)
    for layer in run.model.layers:
        array = run.recording.values[layer.output]
        if array.ndim < 2:
            continue
        index = [int(rng.integers(size)) for size in array.shape]
        unit = run.unit(layer.name, channel=index[1], at=tuple(index[2:]), sample=index[0])
        explanation = unit.explain()
        scale = max(float(np.abs(array).max()), 1e-30)
        assert abs(explanation.total - unit.value) <= TOLERANCE * scale, (layer.name, layer.kind)
        assert explanation.value == unit.value


def test_fields_and_traces_reach_the_input(exported: tuple[bytes, Any, Any]) -> None:
    data, x, _ = exported
    run = st.load(data).run(x)
    for layer in run.model.layers:
        array = run.recording.values[layer.output]
        if array.ndim < 2:
            continue
        unit = run.unit(layer.name, channel=array.shape[1] // 2, at=tuple(size // 2 for size in array.shape[2:]))
        assert str(unit.receptive_field())
        try:
            assert str(unit.trace(width=2))
        except UnsupportedOpError as error:
            pytest.fail(f"{layer.name}: {error}")
