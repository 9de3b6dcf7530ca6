"""Declared layers one after the other, against the networks that PyTorch and Keras build of the same text."""

import numpy as np
import pytest

from striate.errors import DeclarationError
from striate.importers.declaration import parse_declarations
from striate.lenses.declared_stack import declared_stack

TORCH = [
    ("nn.Sequential(nn.Conv1d(17, 64, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten())", (17, 30)),
    (
        "nn.Sequential(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Sequential(nn.Flatten(), nn.Linear(2880, 10)))",
        (1, 28, 28),
    ),
    ("nn.Sequential(nn.Conv3d(1, 4, 3), nn.BatchNorm3d(4), nn.ConvTranspose3d(4, 2, 2, stride=2))", (1, 6, 7, 8)),
    ("nn.Sequential(nn.LazyConv2d(8, 3), nn.PixelShuffle(2), nn.LazyBatchNorm2d())", (3, 9, 9)),
    ("nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.LazyLinear(4))", (12,)),
]
KERAS = [
    (
        "keras.Sequential([layers.Conv2D(32, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)])",
        (28, 28, 1),
    ),
    ("keras.Sequential([layers.Conv1D(8, 3, padding='causal'), layers.BatchNormalization(), layers.PReLU()])", (9, 4)),
    ("keras.Sequential([layers.Embedding(50, 8), layers.Conv1D(4, 3), layers.GlobalMaxPooling1D()])", (12,)),
    ("keras.Sequential([layers.Rescaling(1 / 255), layers.SeparableConv2D(8, 3), layers.Cropping2D(1)])", (9, 9, 3)),
    ("keras.Sequential([layers.Dense(48), layers.Reshape((4, 4, -1)), layers.Conv2DTranspose(2, 3, 2, 'same')])", (5,)),
]


@pytest.mark.parametrize(("text", "shape"), TORCH)
def test_against_torch(torch, text, shape):
    net = eval(text, {"nn": torch.nn}).eval()
    x = torch.zeros((2, *shape), dtype=torch.long if "Embedding" in text else torch.float32)
    stack = declared_stack(parse_declarations(text), shape)
    assert stack.output_shape == tuple(net(x).shape[1:])
    assert stack.parameters == sum(p.numel() for p in net.parameters())
    assert stack.macs == sum(layer.macs.value for layer in stack.layers)


@pytest.mark.parametrize(("text", "shape"), KERAS)
def test_against_keras(keras, text, shape):
    net = eval(text, {"keras": keras, "layers": keras.layers})
    result = net(np.zeros((2, *shape), np.float32))
    stack = declared_stack(parse_declarations(text), shape)
    assert stack.output_shape == tuple(result.shape[1:])
    assert stack.parameters == sum(int(np.prod(weight.shape)) for weight in net.trainable_weights)


def test_the_first_layer_may_say_the_input():
    text = "keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Conv2D(32, 3), layers.Dropout(0.5)])"
    stack = declared_stack(parse_declarations(text))
    assert (stack.input_shape, stack.output_shape, stack.parameters) == ((28, 28, 1), (26, 26, 32), 320)
    assert str(stack).splitlines()[-1].split() == ["together", "26×26×32", "320", "194,688"]


def test_without_an_input():
    stack = declared_stack(parse_declarations("Conv2D(32, 3)\nFlatten()"))
    assert (stack.output_shape, stack.parameters, stack.macs) == (None, None, None)
    assert "give the input (input_shape, --input)" in str(stack)
    assert stack._repr_mimebundle_() == {"text/plain": str(stack)}


def test_the_layer_that_does_not_fit_is_named():
    with pytest.raises(DeclarationError) as caught:
        declared_stack(parse_declarations("nn.Conv2d(1, 20, 5)\nnn.Conv2d(1, 20, 5)"), (1, 28, 28))
    assert str(caught.value) == (
        "layer 2 of 2, nn.Conv2d(1, 20, 5): it does not fit behind layer 1, nn.Conv2d(1, 20, 5), which leaves "
        "20×24×24: in_channels (=1) but the input 20x24x24 has 20 channels"
    )
    with pytest.raises(DeclarationError) as caught:
        declared_stack(parse_declarations("nn.Conv2d(1, 20, 5)\nnn.ReLU()"), (3, 28, 28))
    assert str(caught.value) == (
        "layer 1 of 2, nn.Conv2d(1, 20, 5): in_channels (=1) but the input 3x28x28 has 3 channels"
    )


def test_as_text_with_the_receptive_field():
    text = 'nn.Sequential(nn.Conv2d(1, 20, 5, padding="same"), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3920, 10))'
    assert str(declared_stack(parse_declarations(text), (1, 28, 28))).splitlines()[2:] == [
        "layer                                output    parameters     MACs  receptive field",
        "input                                1×28×28",
        'nn.Conv2d(1, 20, 5, padding="same")  20×28×28         520  392,000  5×5',
        "nn.MaxPool2d(2)                      20×14×14           0        0  6×6",
        "nn.Flatten()                         3920               0        0  6×6",
        "nn.Linear(3920, 10)                  10            39,210   39,200  all",
        "together                             10            39,730  431,200",
    ]
