"""No word about a kernel contradicts its weights: each sentence is taken at its word, on kernels drawn at random."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as draws
from hypothesis.extra.numpy import arrays

from striate import filters
from striate.filters import describe

SHAPES = draws.one_of(
    draws.tuples(draws.integers(1, 7)),
    draws.tuples(*[draws.integers(1, 5)] * 2),
    draws.tuples(*[draws.integers(1, 3)] * 3),
)
WHOLE = SHAPES.flatmap(lambda shape: arrays(np.float64, shape, elements=draws.integers(-3, 3).map(float)))
SMALL = SHAPES.flatmap(
    lambda shape: arrays(np.float64, shape, elements=draws.floats(-1, 1).map(lambda weight: round(weight, 3)))
)


@draws.composite
def symmetric(draw):
    """A kernel that is even or odd along its axes, with a little noise or none: as learned ones are."""
    kernel = draw(WHOLE)
    for axis in range(kernel.ndim):
        sign = draw(draws.sampled_from([-1, 0, 1]))
        kernel = kernel + sign * np.flip(kernel, axis)
    noise = np.random.default_rng(draw(draws.integers(0, 9))).normal(size=kernel.shape)
    return kernel + draw(draws.sampled_from([0, 0, 0.01])) * noise


KERNELS = draws.one_of(WHOLE, SMALL, symmetric())
NUMBER = r"(−?[\d.]+(?:e[+−]?\d+)?)"


def number(text):
    return float(text.replace("−", "-"))


def places(kernel):
    """Each cell's place from the middle, along every axis."""
    return [index - (size - 1) / 2 for index, size in zip(np.indices(kernel.shape), kernel.shape, strict=True)]


def check_halves(kernel, words):
    """One half of the kernel, and the other."""
    size = np.abs(kernel).sum()
    axes = dict(zip(("right", "lower", "back"), range(-1, -kernel.ndim - 1, -1), strict=False))
    found = re.match(r"the (right|lower|back) half (is )?(nearly )?(mirrors|the \w+ half with its sign turned)", words)
    if found:
        axis = axes[found[1]]
        half = kernel.shape[axis] // 2
        first, last = (np.take(kernel, range(half), axis), np.take(kernel, range(-half, 0), axis))
        sign = 1 if found[4] == "mirrors" else -1
        apart = 2 * np.abs(last - sign * np.flip(first, axis)).sum()
    else:
        found = re.match(r"turned half round it is ()()(nearly )?(the same|itself with its sign turned)", words)
        if not found:
            assert words == "neither half is the other one mirrored or with its sign turned"
            return
        sign = 1 if found[4] == "the same" else -1
        apart = np.abs(kernel - sign * np.flip(kernel)).sum()
    assert apart <= (0.05 if found[3] else 1e-6) * size * (1 + 1e-9)
    assert ("constant areas give" in words) == (sign == -1)


def check_constant(kernel, text):
    """What constant areas give."""
    total, size = kernel.sum(), np.abs(kernel).sum()
    if "so constant areas give 0" in text:
        assert abs(total) <= 1e-5 * size
    if "so constant areas give nearly 0" in text:
        assert 0 < abs(total) <= 0.06 * size
    if found := re.search(rf"constant areas (?:are multiplied by {NUMBER}|give {NUMBER} times)", text):
        assert number(found[1] or found[2]) == float(f"{total:.3g}")
    if "brightness is kept" in text or "areas keep their brightness" in text:
        assert abs(total - 1) < 1e-5
    if "brightness is nearly kept" in text or "areas nearly keep" in text:
        assert 0 < abs(total - 1) < 0.02


def check_mean(kernel, text):
    """What is said of the weights of a mean."""
    weights = -kernel if text.startswith("with its sign turned") else kernel
    if "all weights are" in text and "positive" in text:
        assert weights.min() > 0
    if "all weights are equal" in text:
        assert np.ptp(weights) <= 1e-5 * weights.max()
    if "that are not 0 are equal and positive" in text:
        used = weights[weights != 0]
        assert used.min() > 0
        assert np.ptp(used) <= 1e-5 * used.max()
    if "positive or 0:" in text:
        assert weights.min() == 0
    if "nearly all positive" in text:
        assert weights.min() < 0
        assert -weights[weights < 0].sum() <= 0.05 * np.abs(weights).sum()


DIRECTIONS = {"right": (0, 1), "left": (0, -1), "top": (-1, 0), "bottom": (1, 0)}


def slope_answer(kernel, way):
    """What a slope and a step in a direction add to what a constant area gives."""
    along = sum(part * x for part, x in zip(way, places(kernel), strict=True))
    return (kernel * along).sum(), (kernel * np.sign(np.round(along, 9))).sum()


def check_direction(kernel, text):
    """Where an edge detector's answer is positive, or larger."""
    found = re.search(
        r"where the (signal|values|upper|lower|right|left|top|bottom)(?: (right|left|rise|fall|is))?", text
    )
    assert found, text
    if found[1] == "signal":
        way = (1,) if "where the signal rises" in text else (-1,)
    elif found[1] == "values":
        axis = int(re.search(r"along axis (\d)", text)[1])
        way = tuple((1 if found[2] == "rise" else -1) if at == axis else 0 for at in range(3))
    elif found[1] in ("upper", "lower"):
        way = (-1 if found[1] == "upper" else 1, 1 if found[2] == "right" else -1)
    else:
        way = DIRECTIONS[found[1]]
    slope, step = slope_answer(kernel, way)
    assert slope > 0
    if kernel.ndim == 1:
        assert step > 0
    if "positive where" in text:
        assert abs(kernel.sum()) <= 0.05 * np.abs(kernel).sum() * (1 + 1e-9)


def best_line(kernel, way):
    """The largest sum of weights on one line of cells."""
    rows, columns = kernel.shape
    of_cell = {
        "horizontally": lambda i, j: i,
        "vertically": lambda i, j: j,
        "rising": lambda i, j: i + j,
        "falling": lambda i, j: i - j,
    }[way]
    lines = {}
    for i in range(rows):
        for j in range(columns):
            lines[of_cell(i, j)] = lines.get(of_cell(i, j), 0) + kernel[i, j]
    return max(lines.values())


ACROSS = {"horizontally": "vertically", "vertically": "horizontally", "rising": "falling", "falling": "rising"}


def check_line(kernel, text):
    """A line the way it is said to run is answered more than one across."""
    if kernel.ndim == 2 and "roughly" not in text:
        (way,) = [word for word in ACROSS if word in text]
        line, crossing = best_line(kernel, way), best_line(kernel, ACROSS[way])
        assert line > 0
        assert line >= crossing - 1e-9


@given(KERNELS)
@example(np.array([1.0, -2, 5]))
@example(np.array([-2.0, 3, 0, -3, 2]))
@example(np.ones((1, 3, 3)))
@example(np.array([[[1.0]], [[0.0]], [[1.0]]]))
@example(np.array([[-1.0, 1, -1], [1, 0, 1], [-1, 1, -1]]))
@example(np.array([[1.0, 0, 1]]) / 2)
@example(np.eye(3).reshape(3, 3, 1).repeat(3, 2))
def test_no_word_contradicts_the_weights(kernel):
    found = describe(kernel)
    numbers = re.match(rf"sum {NUMBER} \(positive {NUMBER}, negative {NUMBER}\)", found.facts)
    told = [number(each) for each in numbers.groups()]
    # What rounding has left over of decimals is nothing.
    total = 0.0 if abs(found.sum) <= 1e-6 * np.abs(kernel).sum() else found.sum
    assert told == [float(f"{each:g}") for each in (total, found.positive, found.negative)]
    assert "-" not in found.facts + found.text
    for words in found.halves:
        check_halves(kernel, words)
        check_constant(kernel, words)
    check_constant(kernel, found.text)
    text, size = found.text, np.abs(kernel).sum()
    if found.kind == "zero":
        assert size == 0
    elif found.kind == "blur" or "weights on a line" in text:
        check_mean(kernel, text)
        if found.kind == "line detector":
            check_line(-kernel if text.startswith("with its sign turned") else kernel, text)
    elif found.kind in ("derivative", "edge detector", "relief"):
        check_direction(kernel, text)
    elif found.kind == "line detector":
        detail = kernel - (0 if abs(kernel.sum()) <= 0.05 * size else kernel.mean())
        check_line(-detail if "dark lines" in text else detail, text)
    elif found.kind in ("spike detector", "blob detector"):
        middle = tuple(slice((length - 1) // 2, length // 2 + 1) for length in kernel.shape)
        centred = kernel - (0 if abs(kernel.sum()) <= 0.05 * size else kernel.mean())
        assert (re.search("bright (points|blobs)", text) is not None) == (centred[middle].mean() > 0)
    elif found.kind == "sharpener":
        centre = tuple(length // 2 for length in kernel.shape)
        assert kernel[centre] == kernel.max() > 0
        assert kernel.sum() - kernel[centre] < 0
    elif found.kind in ("identity", "shift"):
        place = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
        assert abs(kernel).sum() - abs(kernel[place]) <= 1e-4 * abs(kernel[place])
        told = re.search(rf"times {NUMBER}$", text)
        assert (number(told[1]) if told else 1.0) == float(f"{kernel[place]:.3g}")


def test_every_kernel_of_the_bank_is_told_as_it_is():
    for name in filters.names():
        found = filters.get(name)
        for rank in found.ranks:
            kernel = np.asarray(found() if found.ranks == (2,) else found(ndim=rank), np.float64)
            test_no_word_contradicts_the_weights.hypothesis.inner_test(kernel)
            if len(found.ranks) == 1 and found.directional:
                assert describe(kernel).angle is not None
