"""Shapes, parameters, costs and field sizes of small networks whose numbers are known."""

import numpy as np
import pytest

from striate import ops
from striate.dimension import Symbol
from striate.errors import ShapeError
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.summary import shape_text, summary

N, H = Symbol("n"), Symbol("h")


def conv(build, x, filters, size, stride=1, dilation=1, name="conv", kind=ops.Conv):
    channels = build.types[x].shape[1]
    shape = (filters, channels, size, size) if kind is ops.Conv else (channels, filters, size, size)
    weight = build.constant(np.zeros(shape, np.float32), f"{name}.w")
    bias = build.constant(np.zeros(filters, np.float32), f"{name}.b")
    pad = dilation * (size // 2)
    op = kind((stride,) * 2, ((pad, pad),) * 2, (dilation,) * 2)
    return build.add(op, [x, weight, bias], name=name)[0]


def pool(build, x, name="pool"):
    return build.add(ops.MaxPool((2, 2), (2, 2), ((0, 0),) * 2, (1, 1)), [x], name=name)[0]


def finished(build, output):
    graph = build.finish([output])
    views = tuple(LayerView(node.name, node.op.kind, (node.name,), node.outputs[0]) for node in graph.nodes)
    return Model(graph, views, source="made here")


def fields(model):
    return {row.name: row.receptive_field for row in summary(model).rows}


def vgg(height=32):
    build = GraphBuilder("vgg")
    x = build.input("image", np.float32, (N, 3, height, height))
    x = conv(build, x, 8, 3, name="a")
    (x,) = build.add(ops.Relu(), [x], name="relu")
    x = conv(build, x, 8, 3, name="b")
    x = pool(build, x)
    x = conv(build, x, 16, 3, name="c")
    (x,) = build.add(ops.GlobalAveragePool(), [x], name="gap")
    return finished(build, x)


def test_a_stack_of_convolutions_and_pooling():
    table = summary(vgg())
    assert [row.name for row in table.rows] == ["a", "relu", "b", "pool", "c", "gap"]
    assert [row.receptive_field for row in table.rows] == [(3, 3), (3, 3), (5, 5), (6, 6), (10, 10), "all"]
    assert [row.parameters for row in table.rows] == [8 * 27 + 8, 0, 8 * 72 + 8, 0, 16 * 72 + 16, 0]
    assert [row.macs for row in table.rows] == [32 * 32 * 8 * 27, 0, 32 * 32 * 8 * 72, 0, 16 * 16 * 16 * 72, 0]
    assert table.rows[4].output_shape == (None, 16, 16, 16)
    assert table.parameters == 224 + 584 + 1168
    assert table.macs == 32 * 32 * 8 * 27 + 32 * 32 * 8 * 72 + 16 * 16 * 16 * 72


def test_printed_it_is_a_table():
    lines = str(summary(vgg())).splitlines()
    assert lines[0].split() == ["layer", "kind", "output", "parameters", "MACs", "sees"]
    assert lines[1].split() == ["a", "Conv", "?×8×32×32", "224", "221,184", "3×3"]
    assert lines[-1] == "6 layers, 1,976 parameters, 1,105,920 multiply-accumulates for one sample"
    assert len({len(line) for line in lines[:5]}) == 1


def test_free_sizes_are_said_and_can_be_given():
    model = vgg(H)
    assert summary(model).macs is None
    assert "unknown (a size is free)" in str(summary(model))
    bound = summary(model, {"image": (1, 3, 32, 32)})
    assert bound.macs == summary(vgg()).macs
    assert bound.rows[0].output_shape == (1, 8, 32, 32)
    with pytest.raises(ShapeError, match='input "image" expects shape'):
        summary(model, {"image": (1, 4, 32, 32)})


def test_skips_see_as_much_as_their_longest_way():
    build = GraphBuilder("skip")
    x = build.input("x", np.float32, (N, 4, 16, 16))
    left = conv(build, conv(build, x, 4, 3, name="l1"), 4, 3, dilation=2, name="l2")
    (joined,) = build.add(ops.Add(), [left, conv(build, x, 4, 1, name="r")], name="add")
    (both,) = build.add(ops.Concat(1), [joined, x], name="cat")
    assert fields(finished(build, both)) == {"l1": (3, 3), "l2": (7, 7), "r": (1, 1), "add": (7, 7), "cat": (7, 7)}


def test_down_and_up_again():
    build = GraphBuilder("hourglass")
    x = build.input("x", np.float32, (N, 4, 16, 16))
    down = pool(build, x)
    up = conv(build, down, 4, 2, stride=2, name="up", kind=ops.ConvTranspose)
    seen = fields(finished(build, conv(build, conv(build, up, 4, 3, name="after"), 4, 3, name="last")))
    assert seen["pool"] == (2, 2)
    assert seen["up"] == (2, 2)
    assert seen["after"] == (4, 4)


def test_channels_that_were_a_block_meet_in_the_next_layer(torch):
    build = GraphBuilder("blocks")
    x = build.input("x", np.float32, (1, 1, 24, 24))
    (blocks,) = build.add(ops.SpaceToDepth(2), [x], name="s2d")
    seen = fields(finished(build, conv(build, blocks, 1, 3, name="after")))
    assert seen["s2d"] == (2, 2)
    follower = torch.nn.Conv2d(4, 1, 3)
    torch.nn.init.constant_(follower.weight, 1.0)
    image = torch.zeros(1, 1, 24, 24, requires_grad=True)
    follower(torch.nn.functional.pixel_unshuffle(image, 2))[0, 0, 5, 5].backward()
    rows, columns = (np.flatnonzero(image.grad[0, 0].numpy().any(axis=axis)) for axis in (1, 0))
    assert seen["after"] == (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)


@pytest.mark.parametrize(("shape", "text"), [((None, 3, 4), "?×3×4"), (None, "?"), ((), "number"), ((7,), "7")])
def test_shape_text(shape, text):
    assert shape_text(shape) == text


@pytest.mark.parametrize("seed", range(6))
def test_field_sizes_agree_with_gradients(torch, seed):
    """A network of positive weights: the input cells with a gradient are the field of a unit far from the edges."""
    rng = np.random.default_rng(seed)
    build = GraphBuilder("random")
    x = build.input("x", np.float32, (1, 1, 97, 97))
    value, modules = x, []
    for i in range(3):
        size, stride, dilation = (int(n) for n in (rng.choice([1, 2, 3]), rng.choice([1, 2]), rng.choice([1, 2])))
        value = conv(build, value, 1, size, stride, dilation, f"c{i}")
        modules.append(torch.nn.Conv2d(1, 1, size, stride, dilation * (size // 2), dilation))
        torch.nn.init.constant_(modules[-1].weight, 1.0)
    image = torch.zeros(1, 1, 97, 97, requires_grad=True)
    y = torch.nn.Sequential(*modules)(image)
    y[0, 0, y.shape[2] // 2, y.shape[3] // 2].backward()
    rows = np.flatnonzero(image.grad[0, 0].numpy().any(axis=1))
    assert fields(finished(build, value))["c2"] == (rows[-1] - rows[0] + 1,) * 2
