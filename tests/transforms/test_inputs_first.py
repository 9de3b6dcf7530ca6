"""Inputs with channels last, as from TensorFlow: against ONNX Runtime, and against the network channels first."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import striate as st
from striate.errors import ParameterError, ShapeError

RNG = np.random.default_rng(3)
WEIGHTS = RNG.normal(size=(5, 3, 3, 3)).astype(np.float32)


def port(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def model(last=True, extra=()):
    """A convolution of a picture (1, 12, 16, 3), behind a transpose, or of the same picture channels first."""
    weights = numpy_helper.from_array(WEIGHTS, "w")
    turned = [helper.make_node("Transpose", ["image"], ["t"], "transpose", perm=[0, 3, 1, 2])] if last else []
    nodes = [
        *turned,
        helper.make_node("Conv", ["t" if last else "image", "w"], ["c"], "conv", strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Transpose", ["c"], ["y"], "back", perm=[0, 2, 3, 1]),
        *extra,
    ]
    image = port("image", "n", 12, 16, 3) if last else port("image", "n", 3, 12, 16)
    outputs = [port("y", "n", 6, 8, 5), *(port(name) for node in extra for name in node.output)]
    graph = helper.make_graph(nodes, "turned", [image], outputs, [weights])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return made.SerializeToString()


PICTURE = RNG.normal(size=(2, 12, 16, 3)).astype(np.float32)


def test_arrays_are_given_and_taken_as_the_file_has_them(onnxruntime):
    net = st.load(model())
    assert net.inputs[0].shape == (None, 12, 16, 3)
    session = onnxruntime.InferenceSession(model(), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"image": PICTURE})
    run = net.run(PICTURE)
    for _ in range(3):  # the same way, and the one for what was met before
        np.testing.assert_allclose(net(PICTURE), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(run.output, expected, rtol=1e-5, atol=1e-6)
    assert np.array_equal(run["image"], PICTURE)
    assert np.array_equal(run["transpose"], PICTURE.transpose(0, 3, 1, 2))
    with pytest.raises(ShapeError, match=r"\(free, 12, 16, 3\)"):
        net(PICTURE.transpose(0, 3, 1, 2))


def test_its_maps_and_fields_are_those_of_the_picture():
    run, plain = st.load(model()).run(PICTURE), st.load(model(last=False)).run(PICTURE.transpose(0, 3, 1, 2))
    assert np.array_equal(run.maps("image").maps, plain.maps("image").maps)
    assert run.maps("image").maps.shape == (3, 12, 16)
    fields = [each.unit("conv:2@3,4").receptive_field() for each in (run, plain)]
    assert fields[0].clipped == fields[1].clipped == ((5, 8), (7, 10))
    assert np.array_equal(fields[0].mask, fields[1].mask)
    trace = run.unit("conv:2@3,4").trace(width=2)
    assert trace.levels[-1].value_name == "image"
    unit = run.unit("image:1@5,7")
    assert unit.value == PICTURE[0, 5, 7, 1]


def test_it_explains_down_to_the_picture():
    found = st.load(model()).run(PICTURE).unit("conv:2@3,4").explain()
    window = PICTURE[0, 5:8, 7:10].transpose(2, 0, 1)
    np.testing.assert_array_equal(found.window, window)
    assert found.total == pytest.approx(float((window.astype(np.float64) * WEIGHTS[2]).sum()), rel=1e-6)


def test_a_difference_has_the_file_s_order_too():
    net = st.load(model())
    moved = PICTURE + np.float32(1)
    assert np.array_equal(net.run(moved).difference(net.run(PICTURE))["image"], moved - PICTURE)


def test_what_something_else_reads_stays_as_it_is(onnxruntime):
    extra = (helper.make_node("ReduceMax", ["image"], ["peak"], "peak", keepdims=1),)
    net = st.load(model(extra=extra))
    assert net.model.last == frozenset()
    session = onnxruntime.InferenceSession(model(extra=extra), providers=["CPUExecutionProvider"])
    for mine, theirs in zip(net(PICTURE).values(), session.run(None, {"image": PICTURE}), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_rows_that_no_convolution_reads_are_left_alone():
    nodes = [helper.make_node("Transpose", ["x"], ["y"], "t", perm=[0, 2, 1])]
    graph = helper.make_graph(nodes, "rows", [port("x", 1, 4, 6)], [port("y", 1, 6, 4)])
    net = st.load(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    )
    assert net.model.last == frozenset()


def test_a_picture_is_read_and_painted_by_its_rows_and_columns(tmp_path):
    from PIL import Image

    from striate.reading import read_inputs

    path = tmp_path / "p.png"
    Image.fromarray(RNG.integers(0, 256, (12, 16, 3), np.uint8)).save(path)
    net = st.load(model())
    found = read_inputs(net.inputs, net.model.layout_of, [str(path)], "unit").inputs["image"]
    assert found.array.shape == (1, 12, 16, 3)
    assert np.array_equal(np.rint(found.array[0] * 255), found.picture)


def test_errors_name_the_shape_that_the_file_has():
    with pytest.raises(ParameterError, match=r'layer "image" has shape \(2, 12, 16, 3\)'):
        st.load(model()).run(PICTURE).unit("image:3@0,0")
