"""Every function against torch.nn.functional, with drawn shapes and arguments."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate import functional

RNG = np.random.default_rng(0)
# PyTorch remarks that it makes a copy for some paddings.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


def agree(torch, name, given_arrays, *arguments, tolerance=1e-10, **options):
    theirs = getattr(torch.nn.functional, name)(
        *(torch.from_numpy(a.copy()) for a in given_arrays), *arguments, **options
    )
    ours = getattr(functional, name)(*given_arrays, *arguments, **options)
    assert ours.dtype == given_arrays[0].dtype
    assert ours.shape == tuple(theirs.shape)
    np.testing.assert_allclose(ours, theirs.numpy(), atol=tolerance, rtol=tolerance)


def random(*shape):
    return RNG.standard_normal(shape)


@st.composite
def samples(draw, axes, channels, lengths):
    shape = (channels, *lengths)
    return random(*shape) if draw(st.booleans()) else random(2, *shape)


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_conv(axes, data, torch):
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    dilation = [data.draw(st.integers(1, 2)) for _ in range(axes)]
    padding = data.draw(st.sampled_from([0, 1, "same", "valid", tuple(range(axes))]))
    stride = 1 if padding == "same" else data.draw(st.integers(1, 3))
    groups = data.draw(st.integers(1, 2))
    lengths = [d * (k - 1) + 1 + data.draw(st.integers(0, 4)) for k, d in zip(kernel, dilation, strict=True)]
    x = data.draw(samples(axes, 2 * groups, lengths))
    arrays = [x, random(3 * groups, 2, *kernel)]
    if data.draw(st.booleans()):
        arrays.append(random(3 * groups))
    options = {"stride": stride, "padding": padding, "dilation": tuple(dilation), "groups": groups}
    agree(torch, f"conv{axes}d", arrays, **options)


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_conv_transpose(axes, data, torch):
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    stride, dilation = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    more = data.draw(st.integers(0, max(stride, dilation) - 1))
    padding = data.draw(st.integers(0, 1))
    groups = data.draw(st.integers(1, 2))
    lengths = [data.draw(st.integers(1, 4)) for _ in range(axes)]
    sizes = [
        (n - 1) * stride - 2 * padding + dilation * (k - 1) + more + 1 for n, k in zip(lengths, kernel, strict=True)
    ]
    assume(min(sizes) > 0)
    x = data.draw(samples(axes, 2 * groups, lengths))
    arrays = [x, random(2 * groups, 3, *kernel), random(3 * groups)]
    agree(torch, f"conv_transpose{axes}d", arrays, stride, padding, more, groups, dilation)


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_max_pool(axes, data, torch):
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    dilation = data.draw(st.integers(1, 2))
    padding = data.draw(st.integers(0, min(kernel) // 2))
    lengths = [dilation * (k - 1) + 1 + data.draw(st.integers(0, 4)) for k in kernel]
    x = data.draw(samples(axes, 2, lengths))
    options = {
        "stride": data.draw(st.sampled_from([None, 1, 2])),
        "padding": padding,
        "dilation": dilation,
        "ceil_mode": data.draw(st.booleans()),
    }
    agree(torch, f"max_pool{axes}d", [x], tuple(kernel), **options)
    function = getattr(torch.nn.functional, f"max_pool{axes}d")
    truth, places = function(torch.from_numpy(x), tuple(kernel), **options, return_indices=True)
    ours = getattr(functional, f"max_pool{axes}d")(x, kernel, **options, return_indices=True)
    np.testing.assert_array_equal(ours[0], truth.numpy())
    np.testing.assert_array_equal(ours[1], places.numpy())


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_avg_pool(axes, data, torch):
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    lengths = [k + data.draw(st.integers(0, 4)) for k in kernel]
    x = data.draw(samples(axes, 2, lengths))
    options = {
        "stride": data.draw(st.sampled_from([None, 1, 2])),
        "padding": data.draw(st.integers(0, min(kernel) // 2)),
        "ceil_mode": data.draw(st.booleans()),
        "count_include_pad": data.draw(st.booleans()),
    }
    if axes > 1:
        options["divisor_override"] = data.draw(st.sampled_from([None, 3]))
    agree(torch, f"avg_pool{axes}d", [x], tuple(kernel), **options)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("norm", [1, 2, 3.0])
def test_lp_pool(axes, norm, torch):
    x = np.abs(random(2, 3, *[7, 6, 5][:axes]))
    agree(torch, f"lp_pool{axes}d", [x], norm, 2)
    agree(torch, f"lp_pool{axes}d", [x], norm, 3, 2)
    agree(torch, f"lp_pool{axes}d", [x], norm, 3, 3, True)  # windows that reach past the end of some axes


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("kind", ["adaptive_avg_pool", "adaptive_max_pool"])
@settings(max_examples=20)
@given(data=st.data())
def test_adaptive_pool(kind, axes, data, torch):
    lengths = [data.draw(st.integers(1, 7)) for _ in range(axes)]
    size = tuple(data.draw(st.sampled_from([None, 1, 2, 3, 8])) for _ in range(axes))
    if axes == 1:
        size = size[0] or 4
    agree(torch, f"{kind}{axes}d", [data.draw(samples(axes, 2, lengths))], size)


VALUES = np.concatenate([np.linspace(-30, 30, 61), [0.5, -0.5, 1e-3]]).reshape(2, 4, 8)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("relu", ()),
        ("relu6", ()),
        ("leaky_relu", ()),
        ("leaky_relu", (0.3,)),
        ("elu", (0.7,)),
        ("selu", ()),
        ("celu", (1.3,)),
        ("gelu", ()),
        ("silu", ()),
        ("mish", ()),
        ("sigmoid", ()),
        ("logsigmoid", ()),
        ("tanh", ()),
        ("hardtanh", (-2.0, 3.0)),
        ("hardsigmoid", ()),
        ("hardswish", ()),
        ("softplus", ()),
        ("softplus", (2.0, 5.0)),
        ("softsign", ()),
        ("softshrink", (0.7,)),
        ("hardshrink", (0.7,)),
        ("tanhshrink", ()),
        ("threshold", (0.3, -7.0)),
        ("softmax", (1,)),
        ("softmin", (0,)),
        ("log_softmax", (-1,)),
        ("glu", (2,)),
        ("normalize", (3.0, 1)),
    ],
)
def test_activations(name, arguments, torch):
    agree(torch, name, [VALUES], *arguments, tolerance=1e-7)


def test_gelu_by_tanh_and_prelu(torch):
    agree(torch, "gelu", [VALUES], approximate="tanh", tolerance=1e-9)
    agree(torch, "prelu", [VALUES, random(4)])
    agree(torch, "prelu", [VALUES, random(1)])
    agree(torch, "prelu", [VALUES[0, 0], random(1)])


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (2, 4, 3, 5), (2, 4, 2, 3, 2)])
def test_normalizations(shape, torch):
    x, mean, variance = random(*shape), random(4), np.abs(random(4)) + 0.1
    weight, bias = random(4), random(4)
    agree(torch, "batch_norm", [x, mean, variance])
    agree(torch, "batch_norm", [x, mean, variance, weight, bias], eps=0.1)
    agree(torch, "group_norm", [x], 2)
    theirs = torch.nn.functional.group_norm(
        *(torch.from_numpy(x),), 2, torch.from_numpy(weight), torch.from_numpy(bias)
    )
    np.testing.assert_allclose(functional.group_norm(x, 2, weight, bias), theirs.numpy(), atol=1e-10)
    last = shape[-2:]
    agree(torch, "layer_norm", [x], last)
    agree(torch, "rms_norm", [x], last)
    scale, shift = random(*last), random(*last)
    theirs = torch.nn.functional.layer_norm(torch.from_numpy(x), last, torch.from_numpy(scale), torch.from_numpy(shift))
    np.testing.assert_allclose(functional.layer_norm(x, last, scale, shift), theirs.numpy(), atol=1e-10)
    if len(shape) > 2:
        agree(torch, "instance_norm", [x])
        agree(torch, "instance_norm", [x, mean, variance, weight, bias], False)
        agree(torch, "instance_norm", [x, mean, variance, weight, bias])
        for size in (1, 2, 3, 4, 5):
            agree(torch, "local_response_norm", [x], size, 0.3, 0.6, 1.2)


@settings(max_examples=60)
@given(data=st.data())
def test_pad(data, torch):
    axes = data.draw(st.integers(1, 3))
    x = random(2, 2, *[data.draw(st.integers(3, 5)) for _ in range(axes)])
    mode = data.draw(st.sampled_from(["constant", "reflect", "replicate", "circular"]))
    low = -1 if mode == "constant" else 0
    counts = [data.draw(st.integers(low, 2)) for _ in range(2 * axes)]
    agree(torch, "pad", [x], counts, mode)
    if mode == "constant":
        agree(torch, "pad", [x], counts[:2], mode, 1.5)


@settings(max_examples=120)
@given(data=st.data())
def test_interpolate(data, torch):
    axes = data.draw(st.integers(1, 3))
    x = random(2, 2, *[data.draw(st.integers(2, 6)) for _ in range(axes)])
    smooth = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[axes]
    mode = data.draw(st.sampled_from(["nearest", "nearest-exact", "area", *smooth]))
    options = {"mode": mode}
    if mode in smooth:
        options["align_corners"] = data.draw(st.booleans())
    if data.draw(st.booleans()):
        options["size"] = [data.draw(st.integers(1, 9)) for _ in range(axes)]
    else:
        options["scale_factor"] = data.draw(st.sampled_from([0.5, 1.5, 2.0, 3.0]))
    agree(torch, "interpolate", [x], **options, tolerance=1e-6)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(3, 4), (9, 5), (20, 20)])
def test_interpolate_with_antialias(mode, size, torch):
    agree(torch, "interpolate", [random(1, 2, 11, 13)], size=size, mode=mode, antialias=True, tolerance=1e-6)


def test_linear_and_pixel_shuffle(torch):
    agree(torch, "linear", [random(2, 3, 4), random(5, 4), random(5)])
    agree(torch, "linear", [random(4), random(5, 4)])
    agree(torch, "pixel_shuffle", [random(2, 12, 3, 4)], 2)
    agree(torch, "pixel_unshuffle", [random(2, 3, 4, 6)], 2)


def test_float32(torch):
    agree(torch, "conv2d", [a.astype(np.float32) for a in (random(1, 3, 9, 9), random(4, 3, 3, 3))], tolerance=1e-5)
