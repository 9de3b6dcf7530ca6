"""Explained totals against independent truths: a real network in ONNX Runtime, random small ones in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate import ops
from striate.graph import GraphBuilder, Model
from striate.lenses.explain import TOLERANCE, explain, explain_value, unit_at

UNITS = 500


def exposed(onnxruntime, path, image):
    """Every value of the network, from ONNX Runtime without optimisation."""
    onnx = pytest.importorskip("onnx")
    proto = onnx.load(path)
    given = {output.name for output in proto.graph.output}
    for name in [name for node in proto.graph.node for name in node.output if name and name not in given]:
        proto.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, ["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: image}), strict=True))


@pytest.mark.parametrize("name", ["mobilenet_v2_imagenet.onnx", "mobilenet_v2_imagenet_bn.onnx"])
def test_500_units_of_mobilenet(onnxruntime, shared, run_model, name):
    from striate.importers.onnx import load_onnx

    image = np.random.default_rng(0).normal(size=(1, 3, 224, 224)).astype(np.float32)
    truth = exposed(onnxruntime, str(shared / "models" / name), image)
    model = load_onnx(str(shared / "models" / name))
    recording = run_model(model, {model.graph.inputs[0]: image})
    made = [node.outputs[0] for node in model.graph.nodes if node.outputs[0] in truth]
    assert len(made) >= 100
    rng = np.random.default_rng(1)
    for number in range(UNITS):
        value = made[number % len(made)]
        index = tuple(int(i) for i in np.unravel_index(rng.integers(truth[value].size), truth[value].shape))
        found = explain_value(recording, value, index)
        scale = float(np.abs(truth[value]).max())
        assert abs(found.total - float(truth[value][index])) <= TOLERANCE * scale, f"{value}{index}"
        assert found.agrees


class Twin:
    """The same random network twice: as a graph in float32, and its values in PyTorch in float64."""

    def __init__(self, torch, draw) -> None:
        self.torch, self.draw = torch, draw
        self.rank = draw(st.integers(1, 3))
        self.random = np.random.default_rng(draw(st.integers(0, 2**20)))
        self.build = GraphBuilder("twin")
        shape = (
            1,
            draw(st.integers(1, 3)),
            *(draw(st.integers(5, 9 if self.rank < 3 else 6)) for _ in range(self.rank)),
        )
        self.image = self.random.normal(size=shape).astype(np.float32)
        self.top = self.build.input("x", np.float32, shape)
        self.truth = {"x": torch.tensor(self.image.astype(np.float64))}

    def array(self, *shape):
        array = self.random.normal(size=shape).astype(np.float32)
        return self.build.constant(array, "w"), self.torch.tensor(array.astype(np.float64))

    def sizes(self, low, high):
        return tuple(self.draw(st.integers(low, high)) for _ in range(self.rank))

    def function(self, name):
        return getattr(self.torch.nn.functional, f"{name}{self.rank}d")

    def push(self, op, inputs, truth):
        self.top = self.build.add(op, inputs)[0]
        self.truth[self.top] = truth

    def step(self, kind):
        getattr(self, f"_{kind}")(self.top, self.truth[self.top])

    def _conv(self, x, t):
        c, kernel, pad = t.shape[1], self.sizes(1, 3), self.sizes(0, 1)
        groups = c if self.draw(st.booleans()) else 1
        (w, tw), (b, tb) = self.array(2 * groups, c // groups, *kernel), self.array(2 * groups)
        stride, dilation = self.sizes(1, 2), (1,) * self.rank
        op = ops.Conv(stride, tuple((p, p) for p in pad), dilation, groups)
        self.push(op, [x, w, b], self.function("conv")(t, tw, tb, stride, pad, dilation, groups))

    def _transposed(self, x, t):
        (w, tw), (b, tb) = self.array(t.shape[1], 2, *self.sizes(2, 3)), self.array(2)
        stride = self.sizes(2, 2)
        more = self.sizes(0, 1)
        op = ops.ConvTranspose(stride, ((1, 1),) * self.rank, (1,) * self.rank, 1, more)
        self.push(op, [x, w, b], self.function("conv_transpose")(t, tw, tb, stride, 1, more))

    def _max_pool(self, x, t):
        op = ops.MaxPool((2,) * self.rank, (2,) * self.rank, ((0, 0),) * self.rank, (1,) * self.rank)
        self.push(op, [x], self.function("max_pool")(t, 2))

    def _average_pool(self, x, t):
        op = ops.AveragePool(
            (3,) * self.rank, (2,) * self.rank, ((1, 1),) * self.rank, (1,) * self.rank, count_include_pad=True
        )
        self.push(op, [x], self.function("avg_pool")(t, 3, 2, 1))

    def _norm(self, x, t):
        c = t.shape[1]
        (s, ts), (b, tb), (m, tm) = self.array(c), self.array(c), self.array(c)
        v = np.abs(self.random.normal(size=c)).astype(np.float32) + np.float32(0.1)
        tv = self.torch.tensor(v.astype(np.float64))
        truth = self.torch.nn.functional.batch_norm(t, tm, tv, ts, tb)
        self.push(ops.BatchNormalization(), [x, s, b, m, self.build.constant(v)], truth)

    def _relu(self, x, t):
        self.push(ops.Relu(), [x], self.torch.nn.functional.relu(t))

    def _silu(self, x, t):
        self.push(ops.Swish(), [x], self.torch.nn.functional.silu(t))

    def _gelu(self, x, t):
        self.push(ops.Gelu(), [x], self.torch.nn.functional.gelu(t))

    def _skip(self, x, t):
        (w, tw), same = self.array(t.shape[1], t.shape[1], *(3,) * self.rank), (1,) * self.rank
        (y,) = self.build.add(ops.Conv(same, ((1, 1),) * self.rank, same), [x, w])
        self.truth[y] = self.function("conv")(t, tw, padding=1)
        self.push(ops.Add(), [x, y], t + self.truth[y])

    def _concat(self, x, t):
        self.push(ops.Concat(1), [x, x], self.torch.cat([t, t], 1))

    def _softmax(self, x, t):
        self.push(ops.Softmax((1,)), [x], t.softmax(1))

    def dense(self):
        t = self.truth[self.top].flatten(1)
        self.push(ops.Flatten(), [self.top], t)
        (w, tw), (b, tb) = self.array(4, t.shape[1]), self.array(4)
        self.push(ops.Gemm(trans_b=True), [self.top, w, b], t @ tw.T + tb)


KINDS = "conv conv transposed max_pool average_pool norm relu silu gelu skip concat softmax".split()


@settings(max_examples=500)
@given(st.data())
def test_500_random_networks(torch, run_model, data):
    twin = Twin(torch, data.draw)
    for _ in range(data.draw(st.integers(1, 4))):
        shape = twin.truth[twin.top].shape
        if min(shape[2:]) >= 3 and np.prod(shape) <= 4000:
            twin.step(data.draw(st.sampled_from(KINDS)))
    if data.draw(st.booleans()):
        twin.dense()
    recording = run_model(Model(twin.build.finish([twin.top]), ()), {"x": twin.image})
    value = data.draw(st.sampled_from(sorted(twin.truth)))
    truth = twin.truth[value].numpy()
    index = tuple(int(i) for i in np.unravel_index(data.draw(st.integers(0, truth.size - 1)), truth.shape))
    found = explain(recording, unit_at(value, index)) if truth.ndim > 2 else explain_value(recording, value, index)
    assert abs(found.total - truth[index]) <= TOLERANCE * np.abs(truth).max()
    assert found.agrees
