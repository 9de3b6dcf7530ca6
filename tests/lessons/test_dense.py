"""Dense twins against the convolution itself, and the documents' numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError, ShapeError
from striate.lessons import Convolution, parameter_explosion, resnet50


@settings(max_examples=30)
@given(
    axes=draws.integers(1, 3),
    groups=draws.integers(1, 2),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 2),
    padding=draws.integers(0, 2),
    dilation=draws.integers(1, 2),
    bias=draws.booleans(),
)
def test_the_matrix_does_what_pytorch_s_convolution_does(torch, axes, groups, kernel, stride, padding, dilation, bias):
    rng = np.random.default_rng(kernel)
    weight = rng.normal(size=(2 * groups, 2, *[kernel] * axes))
    one = Convolution(weight, rng.normal(size=2 * groups) if bias else None, stride, padding, dilation, groups)
    x = rng.normal(size=(2 * groups, *range(5, 5 + axes)))
    twin = st.dense_equivalent(one, x.shape)
    conv = getattr(torch.nn.functional, f"conv{axes}d")
    shift = torch.tensor(one.bias) if bias else None
    truth = conv(torch.tensor(x), torch.tensor(weight), shift, stride, padding, dilation, groups).numpy()
    made = twin.matrix @ x.ravel() + (twin.bias if bias else 0)
    assert np.allclose(made.reshape(twin.output_shape), truth, atol=1e-12)
    assert twin.matrix.size == twin.weights.value == eval(twin.weights.text)
    assert twin.parameters.value == eval(twin.parameters.text) == twin.matrix.size + (truth.size if bias else 0)
    assert twin.connections == (twin.shared >= 0).sum()
    joined = twin.shared >= 0
    assert np.array_equal(twin.matrix[joined], one.weight.ravel()[twin.shared[joined]])
    assert not twin.matrix[~joined].any()


def test_mission_d2_connectivity():
    twin = st.dense_equivalent(Convolution(np.ones((3, 3)), padding=1), (4, 4))
    assert (twin.weights.value, twin.convolution.weight.size) == (256, 9)
    assert sorted(set(twin.shared.ravel())) == list(range(-1, 9))
    assert "9 weights, used again at every position" in str(twin)
    assert "28 times as many" in str(twin)


def test_mission_d1_parameter_explosion():
    large = parameter_explosion((224, 224, 3), 1000)
    assert large.parameters.value == 150_529_000
    assert large.convolution.value == 1_792
    assert 84_000 <= large.ratio < 84_001
    assert parameter_explosion((32, 32, 3), 512).weights.value == 1_572_864


def test_mission_d1_resnet50_is_built():
    net = resnet50()
    assert net.parameters == 25_557_032  # torchvision's count
    assert len([layer for layer in net.layers.values() if layer.kind == "Conv"]) == 53
    assert net.outputs[0].shape == (1, 1000)


def test_a_large_matrix_is_counted_and_not_made():
    twin = st.dense_equivalent(np.ones((64, 3, 3, 3)), (3, 224, 224))
    assert twin.matrix is None
    assert twin.shared is None
    assert twin.weights.value == 3 * 224 * 224 * 64 * 222 * 222
    assert twin.connections == 64 * 222 * 222 * 27


def test_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"must be \(3, h, w\), one sample, for weights \(4, 3, 3, 3\)"):
        st.dense_equivalent(np.ones((4, 3, 3, 3)), (9, 9))
    with pytest.raises(ParameterError, match="positive whole numbers"):
        st.dense_equivalent(np.ones(3), (0,))
    with pytest.raises(ShapeError, match="spans 3 cells"):
        st.dense_equivalent(np.ones(3), (2,))
    with pytest.raises(ParameterError, match=r"units .=0. must be positive"):
        parameter_explosion((3, 3), 0)
