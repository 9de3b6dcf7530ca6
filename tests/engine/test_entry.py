"""The native entry by itself: what it takes, what it refuses, and what memory it touches."""

from __future__ import annotations

import ctypes
import platform

import numpy as np
import pytest

from striate.engine import objects
from striate.engine.emit import Emit
from striate.engine.kernel import kernel
from striate.engine.kernels import entry

pytestmark = pytest.mark.skipif(not objects.readable(), reason="this Python's objects look otherwise")


def emit_sums(target):
    """Chunk i: y[i] += x[i] + 1."""
    k = Emit("test_entry_sums", target)
    x, y = k.pointer("x"), k.pointer("y")
    k.store(k.load_scalar(x, k.chunk) + k.load_scalar(y, k.chunk) + 1.0, y, k.chunk)
    return k


class Control:
    """A control for one step with so many chunks, and what it points to."""

    def __init__(self, chunks, **cells):
        self.ending = ctypes.c_int64(-1)
        self.arguments = np.zeros(2, np.int64)
        self.steps = np.array([[kernel("test_entry_sums", emit_sums).address, self.arguments.ctypes.data, chunks]])
        self.places = np.array([[self.arguments.ctypes.data + 8 * i, 2 - i, 0] for i in range(2)])
        known = {
            "ending": ctypes.addressof(self.ending),
            "array_type": id(np.ndarray),
            "descriptor": id(objects.FLOAT),
            "operands": 1,
            "steps": self.steps.ctypes.data,
            "step_count": 1,
            "places": self.places.ctypes.data,
            "place_count": 2,
        }
        self.cells = np.zeros(len(entry.CELLS), np.int64)
        for name, value in (known | cells).items():
            self.cells[entry.CELLS[name]] = value

    def enter(self, *operands, held=True):
        kind = ctypes.PYFUNCTYPE if held else ctypes.CFUNCTYPE
        kind(None, ctypes.py_object)(kernel(entry.NAME, entry.emit_entry).address)((self.cells, *operands))
        return self.ending.value


@pytest.fixture(params=["avx512", "avx2", "generic"])
def target(request, monkeypatch):
    from striate.engine.isa import isa
    from striate.errors import ParameterError

    monkeypatch.setenv("STRIATE_ISA", request.param)
    try:
        return isa()
    except ParameterError:
        pytest.skip(f"this processor has no {request.param}")


@pytest.mark.parametrize("held", [True, False])
def test_every_chunk_runs_once(target, held):
    x, y = np.arange(7, dtype=np.float32), np.zeros(7, np.float32)
    assert Control(5).enter(y, x, held=held) == entry.DONE
    np.testing.assert_array_equal(y, [1, 2, 3, 4, 5, 0, 0])


def test_what_is_no_float32_array_in_one_piece_is_refused(target):
    x, y = np.zeros(8, np.float32), np.zeros(8, np.float32)

    class Other(np.ndarray):
        pass

    odd = np.zeros(33, np.uint8)[1:].view(np.float32)
    for bad in (x[::2], x.astype(np.int32), x.astype(">f4"), x.view(Other), odd, [0.0], None, np.zeros((4, 4)).T):
        assert Control(4).enter(y, bad) == entry.OPERANDS
        assert Control(4, operands=3).enter(y, x, x, bad) == entry.OPERANDS
    assert not y.any()
    frozen = x.copy()
    frozen.flags.writeable = False
    assert Control(4).enter(y, frozen) == entry.DONE


@pytest.mark.parametrize("size", [1, 3, 4, 5, 15, 16, 17, 40])
def test_each_bit_of_the_weights_is_compared(target, size):
    x, y = np.zeros(4, np.float32), np.zeros(4, np.float32)
    weight = np.random.default_rng(size).standard_normal(size + 1).astype(np.float32)
    weight[size // 2] = np.nan
    copy = weight[:size].copy()
    for name, operands in (("weight", (weight, x)), ("bias", (x, weight))):
        count = 2 if name == "weight" else 3
        cells = {name: copy.ctypes.data, f"{name}_count": size, "operands": count}
        weight[size] += 1  # one beyond the last: none of our business
        assert Control(4, **cells).enter(y, x, *operands) == entry.DONE
        for place in range(size):
            bits = weight.view(np.uint32)
            bits[place] ^= 1 << (place % 32)
            y[...] = 0
            assert Control(4, **cells).enter(y, x, *operands) == entry.WEIGHTS
            assert not y.any()
            bits[place] ^= 1 << (place % 32)
    zero, minus = np.zeros(size, np.float32), -np.zeros(size, np.float32)
    assert Control(4, weight=zero.ctypes.data, weight_count=size).enter(y, x, minus) == entry.WEIGHTS


@pytest.mark.parametrize("size", [1, 4, 15, 16, 17, 33])
def test_nan_is_found_wherever_it_is(target, size):
    x = np.zeros(size, np.float32)
    for place in range(size):
        x[...] = np.inf
        y = np.zeros(size + 1, np.float32)
        y[size] = np.nan
        assert Control(size, result_count=size).enter(y, x) == entry.DONE
        x[place] = np.nan
        assert Control(size, result_count=size).enter(y, x) == entry.NAN


def test_padding_is_left_alone_and_edges_are_copied(target):
    """Rows of 5 into rows of 9, the last two cells of each once more in front of it."""
    x, y = np.arange(15, dtype=np.float32).reshape(3, 5), np.zeros(1, np.float32)
    padded = np.full((5, 9), np.nan, np.float32)
    rows = np.array([[9 * (r + 1) + 2, 5 * r] for r in (0, 2)])
    edges = np.array([[-2, 3], [-1, 4]])
    cells = {
        "padded": padded.ctypes.data,
        "rows": rows.ctypes.data,
        "row_count": 2,
        "row_length": 5,
        "edges": edges.ctypes.data,
        "edge_count": 2,
    }
    assert Control(0, **cells).enter(y, x) == entry.DONE
    expected = np.full((5, 9), np.nan, np.float32)
    expected[1, :7], expected[3, :7] = [3, 4, 0, 1, 2, 3, 4], [13, 14, 10, 11, 12, 13, 14]
    np.testing.assert_array_equal(padded, expected)


def test_denormals_are_flushed_inside_and_the_mode_is_restored():
    """Half of the smallest normal number is a denormal."""

    def emit(target):
        k = Emit("test_entry_halves", target)
        x, y = k.pointer("x"), k.pointer("y")
        k.store(k.load_scalar(x, k.chunk) * 0.5, y, k.chunk)
        return k

    x, y = np.full(1, 2.0**-126, np.float32), np.ones(1, np.float32)
    control = Control(1)
    control.steps[0, 0] = kernel("test_entry_halves", emit).address
    assert control.enter(y, x) == entry.DONE
    if platform.machine().lower() in ("x86_64", "amd64"):
        assert y[0] == 0
    assert x[0] * np.float32(0.5) != 0


def test_the_offsets_are_those_of_this_python():
    array = np.zeros((2, 3), np.float32)
    assert ctypes.c_int64.from_address(id(array) + objects.DATA).value == array.ctypes.data
    assert ctypes.c_int64.from_address(id(array) + objects.TYPE).value == id(np.ndarray)
    assert ctypes.c_int64.from_address(id(array) + objects.DESCRIPTOR).value == id(array.dtype)
    assert ctypes.c_int64.from_address(id((array,)) + objects.ITEMS).value == id(array)
