"""A corpus of pasted lines against the layers that PyTorch and Keras build from them, or against their refusal."""

import warnings

import numpy as np
import pytest

from striate.errors import DeclarationError
from striate.importers.declaration import parse_declaration
from striate.lenses.declared_layer import declared_layer
from tests.importers.declarations import AROUND, KERAS, REFUSED, REFUSED_HERE, TORCH


def ours(text, shape):
    layer = declared_layer(parse_declaration(text), shape)
    assert str(layer)
    return layer


def theirs_in_torch(torch, text, shape):
    """Output shape of one sample and number of parameters."""
    module = eval(text, {"torch": torch, "nn": torch.nn}).eval()
    example = torch.zeros((2, *shape), dtype=next((p.dtype for p in module.parameters()), torch.float32))
    if isinstance(module, torch.nn.Embedding):
        example = example.long()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a softmax without dim
        result = module(example)
    result = result[0] if isinstance(result, tuple) else result
    return tuple(result.shape[1:]), sum(p.numel() for p in module.parameters())


def theirs_in_keras(keras, text, shape):
    layers = {name: getattr(keras.layers, name) for name in dir(keras.layers) if name[0].isupper()}
    tf = type("tf", (), {"keras": keras, "nn": keras.activations})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # input_shape outside of a Sequential
        layer = eval(text, {"keras": keras, "layers": keras.layers, "tf": tf, **layers})
        result = layer(np.zeros((2, *shape), np.float32))
    return tuple(result.shape[1:]), sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)


@pytest.mark.parametrize(("text", "shape"), TORCH)
def test_torch(torch, text, shape):
    layer = ours(text, shape)
    assert (layer.output_shape, layer.parameters.value) == theirs_in_torch(torch, text, shape)


@pytest.mark.parametrize(("text", "shape"), KERAS)
def test_keras(keras, text, shape):
    layer = ours(text, shape)
    assert (layer.output_shape, layer.parameters.value) == theirs_in_keras(keras, text, shape or layer.input_shape)


@pytest.mark.parametrize(("text", "framework", "shape", "message"), REFUSED)
def test_refused_by_both(torch, keras, text, framework, shape, message):
    with pytest.raises(DeclarationError) as caught:
        ours(text, shape)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(Exception):  # noqa: B017, PT011 (theirs are of many kinds)
        theirs_in_torch(torch, text, shape) if framework == "torch" else theirs_in_keras(keras, text, shape)


@pytest.mark.parametrize(("text", "message"), REFUSED_HERE)
def test_refused_here(text, message):
    with pytest.raises(DeclarationError) as caught:
        ours(text, (32, 5, 5))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "layer"), AROUND)
def test_what_stands_around_a_layer(text, layer):
    found, expected = parse_declaration(text), parse_declaration(layer)
    assert (found.framework, found.kind, found.arguments) == (expected.framework, expected.kind, expected.arguments)
    assert found.text == text.strip()
