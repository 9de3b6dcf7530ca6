"""Every program runs as it stands and prints what the figure shows."""

import ast
import io
from contextlib import redirect_stdout

import numpy as np
import pytest

import striate as st
from striate.lessons import Convolution, Pooling, programs, sliding_sum

READING = 'st.image(st.bundled.picture_path(), size=64, preprocess="unit")'
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def said(code):
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code, {})
    return out.getvalue()


def test_counting():
    assert "150,529,000" in said(programs.explosion_program((224, 224, 3), 1000, (3, 3), 64))
    assert "25557032" in said(programs.explosion_program((9,), 2, (3,), 1))
    assert "256 weights" in said(programs.dense_program((4, 4), (3, 3), 1, 1))
    assert "1×4×4 -> 1×2×2" in said(programs.dense_program((4, 4), (3, 3), 1, 2))


@pytest.mark.parametrize(("stride", "pool", "moves"), [(1, 0, "(4, 2)"), (2, 2, "(1, 1)")])
def test_shifts(stride, pool, moves):
    text = said(programs.shift_program("sobel", (4, 2), stride, 0, pool))
    assert f"the result moves by {moves}" in text
    assert "the input changes by" in text


def test_merging():
    text = said(programs.merge_program(np.ones((3, 3)), SOBEL))
    assert "one 5×5, equal everywhere" in text
    assert "[-4. -4.  0.  4.  4.]" in text
    assert "with ReLU between" in text
    text = said(programs.merge_layers_program(programs.BUNDLED_MODEL, READING, 0))
    assert "1×1 then 3×3 = one 3×3" in text
    assert "with ReLU between" in text


def test_one_pixel():
    text = said(programs.influence_program("sobel", (40, 50), 1.0))
    assert "6 of 21,904 outputs change, all at 38 to 40 × 48 to 50" in text
    assert "[[ 1.  0. -1.]" in text


def test_the_sum_of_one_number():
    unit = "shapes/Conv:3@10,12"
    lines = said(programs.filter_program(programs.BUNDLED_MODEL, READING, unit)).splitlines()
    assert len(lines) == 13
    sums = [float(line.split(": ")[1]) for line in lines[:-1]]
    bias, total, _ = (float(part.split()[-1]) for part in lines[-1].split(","))
    assert sum(sums) + bias == pytest.approx(total)


def test_the_loop():
    text = said(programs.loop_program(sliding_sum([1, 2, 3, 4, 5], [1, 0, -1])))
    assert text.splitlines() == ["[-2. -2. -2.]", "[-2. -2. -2.]"]
    one, other = said(programs.loop_program(sliding_sum(np.eye(5), np.ones((3, 3)), 2, 1))).split("]]\n", 1)
    assert one.split() == other.replace("]]", "").split()


def test_pooling_and_fields():
    assert said(programs.pool_program([[[1, 5], [2, 3]]], (2, 2), (2, 2), "max")).split() == ["[[[5.]]]", "[5.]"]
    text = said(programs.growth_program([Convolution([1, 2, 3], stride=2, dilation=2), Pooling((2,))]))
    assert text.splitlines()[-1].startswith("5 + 1*(2 - 1)*2 = 7")


def test_the_dense_layers_of_a_network():
    text = said(programs.dense_layers_program(programs.BUNDLED_MODEL, READING))
    assert "edges/Conv" in text
    assert text.splitlines()[-1].startswith("all: ")


def test_the_way_up():
    assert "parts/Relu" in said(programs.hierarchy_program(programs.BUNDLED_MODEL, READING, 3))


@pytest.mark.parametrize("definition", ["correlate", "convolve"])
def test_one_convolution(definition):
    one = Convolution(np.flip(SOBEL) if definition == "convolve" else SOBEL)
    x = np.arange(25.0).reshape(5, 5) ** 2
    code = programs.convolution_program(one, x, definition, relu=True)
    space = {}
    with redirect_stdout(io.StringIO()):
        exec(code, space)
    assert np.allclose(space["y"], np.maximum(one(x), 0))
    assert np.array_equal(np.ravel(space["weight"]), np.ravel(one.weight))
    with redirect_stdout(io.StringIO()):
        exec(programs.convolution_program(one, "picture", definition), space)
    picture = st.image(st.bundled.picture_path(), size=programs.PICTURE_SIZE, preprocess="grey")[0]
    assert np.allclose(space["y"], one(picture), atol=1e-4)


@pytest.mark.parametrize("size", [None, 60, (40, 70)])
def test_another_picture(size):
    line = programs.picture_line(programs.BUNDLED_PICTURE, size)
    space = {}
    with redirect_stdout(io.StringIO()):
        exec(programs.convolution_program(Convolution(SOBEL), "picture", picture=line), space)
    picture = st.image(st.bundled.picture_path(), size=size, preprocess="grey")[0]
    assert np.allclose(space["y"], Convolution(SOBEL)(picture), atol=1e-4)
    seen = st.equivariance_error(SOBEL, picture, (0, 2))
    assert str(seen) in said(programs.shift_program("sobel", (0, 2), 1, 0, 0, line))


def test_weights_of_any_size_stay_themselves():
    first, second = [[1e21, 0.0, 2.0**53 + 2]], [[-1e300, 2.0, 3.0]]
    text = programs.merge_program(first, second)
    assert "-9223372036854775808" not in text
    line = next(line for line in text.splitlines() if "merge_convolutions(" in line)
    given = ast.parse(line).body[0].value.args
    assert [ast.literal_eval(each) for each in given] == [first, second]
    assert "[[1, 0, -1]]" in programs.merge_program([[1.0, 0.0, -1.0]], second)
