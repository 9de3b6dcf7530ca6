"""What a kernel's weights encode, on kernels whose meaning is known."""

import numpy as np
import pytest

from striate import filters
from striate.errors import DtypeError, NonFiniteError, ShapeError
from striate.filters import describe

KINDS = {
    "identity": "identity",
    "box": "blur",
    "smoothing": "blur",
    "gaussian": "blur",
    "binomial": "blur",
    "sharpen": "sharpener",
    "unsharp": "sharpener",
    "laplacian": "spike detector",
    "spike": "spike detector",
    "laplacian_of_gaussian": "blob detector",
    "difference_of_gaussians": "blob detector",
    "vertical_line": "line detector",
    "horizontal_line": "line detector",
    "diagonal_line": "line detector",
    "gabor": "line detector",
    "sobel": "edge detector",
    "prewitt": "edge detector",
    "scharr": "edge detector",
    "roberts": "edge detector",
    "kirsch": "edge detector",
    "gaussian_derivative": "edge detector",
    "derivative": "edge detector",
    "emboss": "relief",
}


def kernel_of(name, rank):
    found = filters.get(name)
    return found() if found.ranks == (2,) else found(ndim=rank)


def test_every_kernel_of_the_bank_is_recognised():
    assert set(KINDS) == set(filters.names())
    for name, kind in KINDS.items():
        assert describe(kernel_of(name, 2)).kind == kind, name


@pytest.mark.parametrize("rank", [1, 3])
def test_other_ranks(rank):
    for name, kind in KINDS.items():
        if rank in filters.get(name).ranks and name != "gabor":
            expected = "derivative" if rank == 1 and kind == "edge detector" else kind
            assert describe(kernel_of(name, rank)).kind == expected, name


@pytest.mark.parametrize("name", [n for n, k in KINDS.items() if k not in ("identity", "relief")])
def test_scale_and_a_little_noise_change_nothing(name):
    kernel = kernel_of(name, 2)
    noise = np.random.default_rng(1).standard_normal(kernel.shape) * np.abs(kernel).mean() * 0.02
    assert describe(7.5 * kernel).kind == KINDS[name]
    assert describe(kernel + noise).kind == KINDS[name]


@pytest.mark.parametrize(
    ("kernel", "angle", "words"),
    [
        (filters.sobel(), 0, "vertical edges, positive where the right is brighter"),
        (-filters.sobel(), 180, "vertical edges, positive where the left is brighter"),
        (filters.sobel(axis=0), -90, "horizontal edges, positive where the bottom is brighter"),
        (filters.kirsch("northeast"), 45, "falling diagonal edges, positive where the upper right is brighter"),
        (filters.kirsch("southeast"), -45, "rising diagonal edges, positive where the lower right is brighter"),
        (filters.vertical_line(), 90, "bright lines that run vertically"),
        (-filters.horizontal_line(), 0, "dark lines that run horizontally"),
        (filters.diagonal_line(), 135, "diagonally, falling to the right"),
        (filters.diagonal_line(falling=False), 45, "diagonally, rising to the right"),
        (filters.gabor(orientation=90), 0, "bright lines that run horizontally"),
    ],
)
def test_direction(kernel, angle, words):
    found = describe(kernel)
    assert found.angle == pytest.approx(angle, abs=1)
    assert words in found.text


def test_kernels_made_by_hand():
    assert describe([[1, 0, -1], [0, 0, 0], [-1, 0, 1]]).kind == "corner detector"
    assert describe(np.zeros((3, 3))).kind == "zero"
    shift = describe([[0, 0, 0], [0, 0, 0], [0, 0, 2]])
    assert shift.kind == "shift"
    assert "(1, 1) from the centre" in shift.text
    assert "times 2" in shift.text
    assert describe(-filters.box()).text.startswith("with its sign turned")
    assert describe([1, -3, 3, -1]).kind == "mixed"  # odd, and blind to slopes: the third derivative


def test_facts():
    found = describe(filters.sobel())
    assert (found.sum, found.positive, found.negative, found.odd) == (0, 4, -4, 1)
    assert found.symmetry == ("even", "odd")
    assert found.facts == (
        "sum 0 (positive 4, negative −4); the right half is the left half with its sign turned, so constant areas give "
        "0; the lower half mirrors the upper one"
    )
    assert describe([[1, 0], [0, -1]]).halves == (
        "turned half round it is itself with its sign turned, so constant areas give 0",
    )
    assert describe(np.zeros((3, 3))).facts == "sum 0 (positive 0, negative 0)"


@pytest.mark.parametrize(
    ("kernel", "error", "message"),
    [
        (np.ones((2, 2, 2, 2)), ShapeError, "expected one to three axes, none empty; take one channel of one filter"),
        ([], ShapeError, "kernel has shape (0,)"),
        (["x"], DtypeError, "expected real numbers"),
        ([1, np.nan], NonFiniteError, "holds NaN or infinity"),
    ],
)
def test_errors(kernel, error, message):
    with pytest.raises(error) as caught:
        describe(kernel)
    assert message in str(caught.value)
