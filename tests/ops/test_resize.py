from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Cost, tensor, type_of
from striate.ops import Resize
from tests.ops.operands import ints, of_shape

N, H = Symbol("n"), Symbol("h")
COORDINATES = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"]
NEAREST = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]
LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=3)
SCALES = st.sampled_from([0.3, 1 / 3, 0.5, 0.6, 0.7, 1.0, 1.25, 1.5, 2.0, 2.3, 3.0])


def noise(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def floats(*numbers):
    return np.array(numbers, np.float32)


def close(y, wanted):
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-5)


IN_TORCH = [
    ("nearest", ("nearest", "asymmetric", "floor"), {}),
    ("nearest-exact", ("nearest", "half_pixel", "round_prefer_ceil"), {}),
    ("linear", ("linear", "half_pixel"), {"align_corners": False}),
    ("linear", ("linear", "align_corners"), {"align_corners": True}),
    ("cubic", ("cubic", "half_pixel"), {"align_corners": False}),
    ("cubic", ("cubic", "align_corners"), {"align_corners": True}),
]
IN_TORCH_NAMES = {"linear": ("linear", "bilinear", "trilinear"), "cubic": ("", "bicubic", "")}


@pytest.mark.parametrize(("mode", "arguments", "options"), IN_TORCH)
@given(LENGTHS, st.integers(0, 99), st.data())
@settings(max_examples=60)
def test_sizes_like_torch(apply, torch, mode, arguments, options, lengths, seed, data):
    if mode == "cubic":
        lengths = (lengths * 2)[:2]
    sizes = [data.draw(st.integers(1, 20)) for _ in lengths]
    x = noise((2, 2, *lengths), seed)
    op = Resize(*arguments, axes=tuple(range(2, x.ndim)))
    (y,) = apply(op, x, None, None, ints(*sizes))
    name = IN_TORCH_NAMES.get(mode, (mode,) * 3)[len(lengths) - 1]
    close(y, torch.nn.functional.interpolate(torch.tensor(x), tuple(sizes), mode=name, **options).numpy())


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@given(st.integers(2, 12), st.integers(2, 12), st.integers(2, 12), st.integers(2, 12), st.integers(0, 99))
@settings(max_examples=60)
def test_antialias_like_torch(apply, torch, mode, h, w, to_h, to_w, seed):
    # From 2 cells on: of an image that is, or gets, one cell wide, PyTorch 2.13 repeats the first row.
    x = noise((1, 2, h, w), seed)
    op = Resize(mode, antialias=True, exclude_outside=True, axes=(2, 3), cubic_coeff_a=-0.5)
    (y,) = apply(op, x, None, None, ints(to_h, to_w))
    wanted = torch.nn.functional.interpolate(torch.tensor(x), (to_h, to_w), mode=f"bi{mode}", antialias=True)
    close(y, wanted.numpy())


@given(LENGTHS, st.integers(0, 99), st.data())
def test_nearest_by_scales_like_torch(apply, torch, lengths, seed, data):
    scales = [data.draw(SCALES) for _ in lengths]
    assume(all(math.floor(size * scale) for size, scale in zip(lengths, scales, strict=True)))
    x = noise((1, 1, *lengths), seed)
    (y,) = apply(Resize("nearest", "asymmetric", "floor"), x, None, floats(1, 1, *scales))
    close(y, torch.nn.functional.interpolate(torch.tensor(x), scale_factor=tuple(scales), mode="nearest").numpy())


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("coordinates", COORDINATES)
@given(LENGTHS, st.integers(0, 99), st.booleans(), st.sampled_from([-0.75, -0.5]), st.booleans(), st.data())
@settings(max_examples=40)
def test_weighted_modes_like_onnx(apply, onnx_run, mode, coordinates, lengths, seed, exclude, a, antialias, data):
    x = noise(lengths, seed)
    by_scale = coordinates != "align_corners" and data.draw(st.booleans())
    scales = sizes = None
    if by_scale:
        factors = [data.draw(SCALES) for _ in lengths]
        assume(all(math.floor(size * scale) for size, scale in zip(lengths, factors, strict=True)))
        scales = floats(*factors)
    else:
        sizes = ints(*(data.draw(st.integers(1, 16)) for _ in lengths))
    if coordinates == "pytorch_half_pixel":
        # Of a single cell ONNX's text says 0, its reference -0.5.
        assume(all(n > 1 for n in (np.floor(np.float32(lengths) * scales) if sizes is None else sizes)))
    op = Resize(mode, coordinates, cubic_coeff_a=a, exclude_outside=exclude, antialias=antialias)
    if coordinates == "half_pixel_symmetric" and by_scale:
        # ONNX's reference rounds these places, and then takes the wrong cells around a whole one.
        placed = [sampling.places() for _, sampling in op.samplings(x.shape, None, scales, sizes)]
        assume(not any((above % below == 0).any() for above, below in placed))
    attributes = {
        "mode": mode,
        "coordinate_transformation_mode": coordinates,
        "cubic_coeff_a": a,
        "exclude_outside": int(exclude),
        "antialias": int(antialias),
    }
    (y,) = apply(op, x, None, scales, sizes)
    close(y, onnx_run("Resize", x, None, scales, sizes, **attributes)[0])


@pytest.mark.parametrize("nearest", NEAREST)
@pytest.mark.parametrize("coordinates", COORDINATES)
@given(LENGTHS, st.integers(0, 99), st.data())
@settings(max_examples=25)
def test_nearest_modes_like_onnxruntime(apply, ort_run, nearest, coordinates, lengths, seed, data):
    x = noise(lengths, seed)
    # Halves and doubles: their places are exact in single precision too, so that ties are ties in both.
    factors = [data.draw(st.sampled_from([0.5, 1.0, 2.0, 4.0])) for _ in lengths]
    assume(all(math.floor(size * scale) for size, scale in zip(lengths, factors, strict=True)))
    (y,) = apply(Resize("nearest", coordinates, nearest), x, None, floats(*factors))
    attributes = {"mode": "nearest", "coordinate_transformation_mode": coordinates, "nearest_mode": nearest}
    close(y, ort_run("Resize", x, None, floats(*factors), **attributes)[0])


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@given(st.integers(2, 8), st.integers(2, 8), st.integers(0, 99), st.data())
@settings(max_examples=40)
def test_crop_and_resize_like_onnx(apply, onnx_run, mode, h, w, seed, data):
    x = noise((h, w), seed)
    edges = st.sampled_from([-0.25, 0.0, 0.125, 0.5])
    starts = [data.draw(edges) for _ in range(2)]
    ends = [start + data.draw(st.sampled_from([0.25, 0.5, 1.0])) for start in starts]
    roi, sizes = floats(*starts, *ends), ints(data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9)))
    op = Resize(mode, "tf_crop_and_resize", extrapolation_value=7.5)
    (y,) = apply(op, x, roi, None, sizes)
    attributes = {"mode": mode, "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 7.5}
    close(y, onnx_run("Resize", x, roi, None, sizes, **attributes)[0])


def test_tf_half_pixel_for_nn(apply, ort_run):
    x = noise((1, 1, 5, 7), 3)
    scales = floats(1, 1, 2, 0.5)
    (y,) = apply(Resize("nearest", "tf_half_pixel_for_nn", "floor"), x, None, scales)
    attributes = {"mode": "nearest", "coordinate_transformation_mode": "tf_half_pixel_for_nn", "nearest_mode": "floor"}
    close(y, ort_run("Resize", x, floats(), scales, opset=11, **attributes)[0])


@pytest.mark.parametrize("policy", ["not_larger", "not_smaller"])
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 15), st.integers(1, 15), st.integers(0, 99))
@settings(max_examples=40)
def test_aspect_ratio_kept_like_onnx(apply, onnx_run, policy, h, w, to_h, to_w, seed):
    x = noise((1, h, w), seed)
    scale = (min if policy == "not_larger" else max)(to_h / h, to_w / w)
    assume(min(h, w) * scale >= 0.5)
    (y,) = apply(
        Resize("linear", axes=(1, 2), keep_aspect_ratio_policy=policy), x, None, None, ints(to_h, to_w), free=()
    )
    attributes = {"mode": "linear", "axes": [1, 2], "keep_aspect_ratio_policy": policy}
    close(y, onnx_run("Resize", x, None, None, ints(to_h, to_w), **attributes)[0])


def test_a_scale_means_the_fraction_that_it_was_rounded_from(apply):
    # 0.7 and 1/3 are a little less and more in single precision; neither may lose or shift a cell.
    x = np.arange(10, dtype=np.float32)
    assert apply(Resize("nearest", "asymmetric", "floor"), x, None, floats(0.7))[0].shape == (7,)
    (y,) = apply(Resize("nearest", "asymmetric", "floor"), x, None, floats(1 / 3))
    np.testing.assert_array_equal(y, [0, 3, 6])


def test_aligned_corners_are_those_of_the_whole_cells(apply, torch, ort_run):
    # 4 cells * 0.6 are 2.4: PyTorch and ONNX Runtime put the second of 2 cells on the last one, ONNX's reference before
    # it, at 3/1.4 (its node tests resize_downsample_scales_linear_align_corners and ..._cubic_align_corners).
    x = np.arange(1, 9, dtype=np.float32).reshape(1, 1, 2, 4)
    scales = floats(1, 1, 0.6, 0.6)
    (y,) = apply(Resize("linear", "align_corners"), x, None, scales)
    assert y.tolist() == [[[[1, 4]]]]
    options = {"mode": "linear", "coordinate_transformation_mode": "align_corners"}
    close(y, ort_run("Resize", x, None, scales, **options)[0])
    wanted = torch.nn.functional.interpolate(torch.tensor(x), scale_factor=0.6, mode="bilinear", align_corners=True)
    close(y, wanted.numpy())


def test_whole_numbers_and_half_precision(apply):
    np.testing.assert_array_equal(apply(Resize(), np.uint8([200, 3]), None, floats(2))[0], [200, 200, 3, 3])
    (y,) = apply(Resize("linear", "align_corners"), np.float16([0, 1]), None, None, ints(3))
    assert y.tolist() == [0, 0.5, 1]
    assert apply(Resize("linear"), noise((2, 3), 1), None, None, ints(0, 3))[0].shape == (0, 3)


@given(LENGTHS, st.sampled_from(["nearest", "linear", "cubic"]), st.booleans(), st.integers(0, 99), st.data())
def test_axis_weights_are_what_the_reference_does(mode_lengths, mode, antialias, seed, data):
    lengths = mode_lengths
    sizes = ints(*(data.draw(st.integers(1, 9)) for _ in lengths))
    x = noise(lengths, seed)
    op = Resize(mode, antialias=antialias)
    y = x.astype(np.float64)
    for step in op.axis_weights(x.shape, None, None, sizes):
        table = step.matrix(x.shape[step.axis])
        np.testing.assert_allclose(table.sum(axis=1), 1)
        y = np.moveaxis(np.tensordot(table, y, (1, step.axis)), 0, step.axis)
        for place, row in enumerate(table):
            assert dict(step.row(place)) == {i: w for i, w in enumerate(row.tolist()) if w}
    close(op.reference(x, None, None, sizes)[0], y)


def test_places_outside_have_no_weights():
    op = Resize("linear", "tf_crop_and_resize")
    (step,) = op.axis_weights((4,), floats(-0.5, 1), None, ints(4))
    assert step.outside.tolist() == [True, False, False, False]
    assert step.row(0) == ()
    assert step.matrix(4)[0].tolist() == [0, 0, 0, 0]


def test_free_sizes():
    def sizes_of(op, *operands):
        return op.infer(operands)[0].shape

    assert sizes_of(Resize(), of_shape(N, 3, H), None, type_of(floats(1, 1, 2))) == (N, 3, H * 2)
    assert sizes_of(Resize(), of_shape(N, 3, H), None, type_of(floats(1, 1, 0.5))) == (N, 3, H // 2)
    assert sizes_of(Resize(axes=(2,)), of_shape(N, 3, H), None, None, type_of(ints(9))) == (N, 3, 9)
    assert sizes_of(Resize(axes=(2,)), of_shape(N, 3, H), None, None, tensor(np.int64, (1,))) == (N, 3, UNKNOWN)
    policy = Resize(axes=(2,), keep_aspect_ratio_policy="not_larger")
    assert sizes_of(policy, of_shape(N, 3, H), None, None, type_of(ints(9))) == (N, 3, UNKNOWN)
    assert sizes_of(Resize(), tensor(np.float32, None), None, type_of(floats(1))) is None
    # An empty operand counts as left out.
    assert sizes_of(Resize(), of_shape(N, 4), type_of(floats()), type_of(floats()), type_of(ints(2, 2))) == (2, 2)


def test_costs():
    x, y = of_shape(1, 2, 4, 4), of_shape(1, 2, 8, 8)
    assert Resize().cost([x, None], [y]) == Cost()
    assert Resize("linear").cost([x, None], [y]) == Cost(macs=2 * (1 * 2 * 8 * 4) + 2 * (1 * 2 * 8 * 8))
    assert Resize("cubic").cost([x, None], [of_shape(1, 2, 4, 8)]) == Cost(macs=4 * (1 * 2 * 4 * 8))


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (Resize(), [of_shape(4)], ParameterError, "exactly one of scales and sizes must be given"),
        (
            Resize(),
            [of_shape(4), None, type_of(floats(2)), type_of(ints(2))],
            ParameterError,
            "exactly one of scales and sizes must be given",
        ),
        (
            Resize("bilinear"),
            [of_shape(4), None, type_of(floats(2))],
            ParameterError,
            'mode (="bilinear") must be one of nearest, linear, cubic',
        ),
        (
            Resize(nearest_mode="round"),
            [of_shape(4), None, type_of(floats(2))],
            ParameterError,
            'nearest_mode (="round") must be one of round_prefer_floor, round_prefer_ceil, floor, ceil',
        ),
        (
            Resize(),
            [of_shape(4, 4), None, type_of(floats(2))],
            ShapeError,
            "scales has 1 entries, expected 2, one for each axis",
        ),
        (
            Resize(axes=(1,)),
            [of_shape(4, 4), None, None, type_of(ints(2, 2))],
            ShapeError,
            "sizes has 2 entries, expected 1, one for each axis",
        ),
        (
            Resize(),
            [of_shape(4), None, type_of(floats(-2))],
            ParameterError,
            "scales (=(-2.0,)) must be positive",
        ),
        (
            Resize(),
            [of_shape(4), None, type_of(floats(np.nan))],
            ParameterError,
            "scales (=(nan,)) must be positive",
        ),
        (
            Resize(),
            [of_shape(4), None, None, type_of(ints(-2))],
            ParameterError,
            "sizes (=(-2,)) must not be negative",
        ),
        (
            Resize(),
            [of_shape(0), None, None, type_of(ints(3))],
            ShapeError,
            "axis 0 of the input's (0,) is empty; nothing can be sampled from it",
        ),
        (
            Resize(),
            [tensor(np.bool_, (3,)), None, None, type_of(ints(3))],
            DtypeError,
            "input has type bool, expected numbers",
        ),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message


def test_a_crop_needs_its_region():
    op = Resize("linear", "tf_crop_and_resize")
    with pytest.raises(ShapeError, match="roi must hold 2 numbers, starts and ends of 1 axes, got none"):
        op.reference(floats(1, 2, 3), None, None, ints(2))
