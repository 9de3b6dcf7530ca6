"""What declared layers see of the input, against gradients of the networks that PyTorch builds of the same text."""

from itertools import product

import numpy as np
import pytest

import striate as st
from striate.importers.declaration import parse_declarations
from striate.lenses.declared_stack import declared_stack

# Averages in place of maxima, whose gradient knows only the winner.
TORCH = [
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 3, padding=1), nn.AvgPool2d(2))", (1, 40, 44)),
    ("nn.Sequential(nn.Conv2d(1, 2, 7, stride=2, padding=3), nn.AvgPool2d(3, 2, 1), nn.Conv2d(2, 2, 3))", (1, 90, 90)),
    ("nn.Sequential(nn.Conv2d(1, 2, (3, 5), dilation=(2, 1)), nn.Conv2d(2, 2, 3, stride=(1, 2)))", (1, 40, 40)),
    (
        "nn.Sequential(nn.Conv1d(2, 2, 9, padding='same'), nn.AvgPool1d(4), nn.BatchNorm1d(2), nn.Conv1d(2, 2, 3))",
        (2, 99),
    ),
    ("nn.Sequential(nn.Conv3d(1, 2, 3), nn.AvgPool3d(2), nn.Conv3d(2, 1, (1, 3, 2)))", (1, 20, 22, 24)),
    (
        "nn.Sequential(nn.AvgPool2d(2), nn.ConvTranspose2d(1, 2, 4, stride=2, padding=1), nn.Conv2d(2, 1, 3))",
        (1, 32, 32),
    ),
    ("nn.Sequential(nn.AvgPool2d(4), nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 3))", (1, 48, 48)),
    ("nn.Sequential(nn.AvgPool2d(2), nn.Upsample(scale_factor=2, mode='bilinear'))", (1, 40, 40)),
    ("nn.Sequential(nn.AvgPool2d(2), nn.Upsample(scale_factor=2, mode='bicubic'))", (1, 40, 40)),
    ("nn.Sequential(nn.Conv2d(1, 8, 3), nn.PixelShuffle(2), nn.Conv2d(2, 1, 3))", (1, 20, 20)),
    ("nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4, 1, 3), nn.ZeroPad2d(2))", (1, 24, 24)),
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d((6, 19)), nn.PReLU(2))", (1, 38, 40)),
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.Softmax(dim=1), nn.Softmax2d(), nn.LogSoftmax(1))", (1, 12, 12)),
    ("nn.Sequential(nn.Conv2d(1, 2, 5), nn.Flatten())", (1, 12, 12)),
    ("nn.Sequential(nn.Conv2d(1, 4, 5), nn.GLU(1), nn.GLU(dim=-3))", (1, 16, 16)),
]
ENLARGING = [
    ("nn.Sequential(nn.ConvTranspose1d(1, 1, 3, stride=2), nn.ConvTranspose1d(1, 1, 5, stride=3))", (1, 20)),
    ("nn.Sequential(nn.Upsample(scale_factor=3, mode='linear'), nn.Conv1d(1, 1, 4), nn.Upsample(size=60))", (1, 20)),
]
SEE_ALL = [
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1))", (1, 9, 9)),
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(98, 3), nn.ReLU())", (1, 9, 9)),
    ("nn.Sequential(nn.Conv2d(1, 4, 3), nn.GroupNorm(1, 4))", (1, 9, 9)),
    ("nn.Sequential(nn.Conv2d(1, 4, 3), nn.InstanceNorm2d(4), nn.AdaptiveAvgPool2d(1))", (1, 9, 9)),
]


def box(torch, text, shape):
    """Least box of all cells that a unit in the middle depends on; of several neighbours the largest."""
    net = eval(text, {"nn": torch.nn}).double().eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.rand(weight.shape) + 0.5)
    x = torch.rand((1, *shape), dtype=torch.float64, requires_grad=True)
    y = net(x)[0]
    sizes = []
    lengths = y.shape[1:] if y.dim() > 1 else ()
    for off in product(range(-3, 4), repeat=len(lengths)):
        place = tuple(min(max(n // 2 + o, 0), n - 1) for n, o in zip(lengths, off, strict=True))
        unit = y[(0, *place)] if lengths else y[y.shape[0] // 4]
        (grad,) = torch.autograd.grad(unit, x, retain_graph=True)
        met = np.argwhere(grad[0].numpy() != 0)[:, 1:]
        sizes.append(met.max(0) - met.min(0) + 1)
    return tuple(int(size) for size in np.max(sizes, 0))


@pytest.mark.parametrize(("text", "shape"), TORCH)
def test_against_gradients(torch, text, shape):
    assert declared_stack(parse_declarations(text), shape).receptive_fields[-1] == box(torch, text, shape)


@pytest.mark.parametrize(("text", "shape"), ENLARGING)
def test_behind_layers_that_enlarge_it_is_a_bound(torch, text, shape):
    (size,), (met,) = declared_stack(parse_declarations(text), shape).receptive_fields[-1], box(torch, text, shape)
    assert met <= size <= met + 1


@pytest.mark.parametrize(("text", "shape"), SEE_ALL)
def test_what_sees_everything(torch, text, shape):
    stack = declared_stack(parse_declarations(text), shape)
    assert stack.receptive_fields[-1] == "all"
    assert len(stack.receptive_fields) == len(stack.layers)


def test_as_the_summary_of_the_built_network():
    """A network's own summary goes over its graph, by other rules."""
    layers = [
        st.layers.Conv2D(4, 3, padding="same", input_shape=(32, 32, 3)), st.layers.Conv2D(8, 3, strides=2),
        st.layers.BatchNormalization(), st.layers.MaxPooling2D(3, strides=2), st.layers.Conv2D(8, (1, 5)),
        st.layers.GlobalAveragePooling2D(), st.layers.Dense(5),
    ]  # fmt: skip
    text = (
        "Sequential([Conv2D(4, 3, padding='same', input_shape=(32, 32, 3)), Conv2D(8, 3, strides=2), "
        "BatchNormalization(), MaxPooling2D(3, strides=2), Conv2D(8, (1, 5)), GlobalAveragePooling2D(), Dense(5)])"
    )
    found = [row.receptive_field for row in st.load(st.Sequential(layers)).summary().rows]
    assert list(declared_stack(parse_declarations(text)).receptive_fields) == found
    assert found == [(3, 3), (5, 5), (5, 5), (9, 9), (9, 25), "all", "all"]


LAYERS = [
    ("Sequential([Conv2D(4, 3), MaxPooling2D(), Conv2D(4, 3), GlobalAveragePooling2D()])", (20, 20, 1),
     [(3, 3), (4, 4), (8, 8), "all"]),
    ("Sequential([Input((9, 9, 3)), Dense(4), Conv2D(4, 3), LayerNormalization(), GroupNormalization(2)])", None,
     [(1, 1), (1, 1), (3, 3), (3, 3), "all"]),
    ("Sequential([Permute((1, 2, 3)), Conv2D(2, (3, 5)), Permute((2, 1, 3))])", (12, 14, 2), [(1, 1), (3, 5), None]),
    ("Sequential([CenterCrop(8, 8), Conv2D(2, 3), CenterCrop(9, 9)])", (12, 14, 2), [(1, 1), (3, 3), None]),
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.GLU(2), nn.Unfold(2))", (1, 10, 10), [(3, 3), None, None]),
    ("nn.Sequential(nn.Linear(9, 16), nn.Unflatten(1, (1, 4, 4)), nn.Conv2d(1, 2, 3))", (9,), ["all"] * 3),
    ("Sequential([Embedding(50, 8), Conv1D(4, 3)])", (12,), [(1,), (3,)]),
    ("Sequential([Dropout(0.1), Dense(48), Reshape((4, 4, 3)), Conv2DTranspose(2, 3, 2)])", (5,),
     [(), "all", "all", "all"]),
    ("Sequential([Reshape((4, 4, 3)), Conv2D(2, 3)])", (48,), [None, None]),
    ("Sequential([SeparableConv1D(2, 3), UpSampling1D(2), Cropping1D(1), Conv1D(2, 3)])", (12, 2),
     [(3,), (3,), (3,), (4,)]),
    ("Sequential([UpSampling2D(2, interpolation='bilinear'), LeakyReLU()])", (6, 6, 2), [(2, 2), (2, 2)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "fields"), LAYERS)
def test_of_layers_that_change_axes(text, shape, fields):
    assert list(declared_stack(parse_declarations(text), shape).receptive_fields) == fields


def test_unknown_without_an_input():
    stack = declared_stack(parse_declarations("Conv2D(32, 3)\nFlatten()"))
    assert stack.receptive_fields == (None, None)
    assert str(stack).splitlines()[4].split() == ["Conv2D(32,", "3)", "?", "?", "?", "?"]
