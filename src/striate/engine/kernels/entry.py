"""One native call from Python's arrays to the result: what a small operation costs beside its arithmetic.

Each value that ctypes converts takes 115 ns. So there is one, a tuple, and all that is known before the call lies in
the first of the tuple's arrays, the *control* (int64 cells, see :data:`CELLS`)::

    enter((control, result, input, weight, bias))

It makes sure that the operands are float32 arrays in one piece; compares weight and bias, bit by bit, with what the
packed weights were made from; puts the arrays' addresses into the kernels' arguments; copies the input into its padding
where there is some; runs the kernels' chunks one after the other; looks for NaN where that matters; and says in a cell
how it ended. It calls nothing of Python and of the C library, so it may run with or without Python's lock.

Cost: two loads a vector for weights and padding, one for NaN.
"""

from __future__ import annotations

import platform
from collections.abc import Generator
from contextlib import contextmanager

import llvmlite.ir as ir

from striate.engine.emit import I32, I64, Emit
from striate.engine.isa import Isa
from striate.engine.objects import DATA, DESCRIPTOR, FLAGS, IN_ONE_PIECE, ITEMS, TYPE, WORD
from striate.engine.scheduler import STEP_CELLS
from striate.engine.value import Value

# The offsets in Python's objects are part of the code, and a cache may serve several Pythons.
NAME = f"enter_{DATA}_{ITEMS}"
# How a call ended. OPERANDS: they are not what kernels can read; WEIGHTS: others than those packed; NAN: NaN may have
# come to where it does not belong.
DONE, OPERANDS, WEIGHTS, NAN = range(4)
# Items of the tuple.
RESULT, INPUT, WEIGHT, BIAS = range(1, 5)
# Cells of the control, the first of which says where the ending is written. Counts are of floats, tables of int64.
CELLS = {
    name: cell
    for cell, name in enumerate(
        "ending array_type descriptor operands "  # what each of so many operands must be
        "weight weight_count bias bias_count "  # copies of what was packed
        "places place_count "  # (address of an argument, item of the tuple, bytes behind the item's data)
        "padded rows row_count row_length "  # (float in the padded copy, float in the input) of each row of the input
        "edges edge_count "  # (column in the padded copy, column in the input) of what a row is continued with
        "steps step_count result_count "
        "finite_count watched".split()  # input numbers that must be finite; a vector that must be zero afterwards
    )
}


def emit_entry(target: Isa) -> Emit:
    """Writes it; a kernel like others, but that its arguments are the tuple."""
    k = Emit(NAME, target)
    operands = _argument(k)
    control = _data(k, operands, k.integer(0))
    cell = {name: k.load_size(control, index) for name, index in CELLS.items()}
    ending = _Ending(k, cell["ending"])
    _fits(k, operands, cell, ending)
    with ending.unless():
        _compare(k, operands, cell, ending)
        _require_finite(k, operands, cell, ending)
    with ending.unless():
        _put(k, operands, cell)
        _pad(k, operands, cell)
        with _flushing(k):
            _run(k, cell)
        _look(k, operands, cell, ending)
        _watch(k, cell, ending)
    return k


class _Ending:
    """How the call ends, as far as is known."""

    def __init__(self, k: Emit, place: Value) -> None:
        self.k, self.place = k, _pointer(k, place)
        self.set(DONE)

    def set(self, how: int) -> None:
        """Writes it."""
        self.k.b.store(ir.Constant(I64, how), self.place.ir, align=WORD)

    @contextmanager
    def unless(self) -> Generator[None]:
        """Runs the block if nothing spoke against it."""
        with self.k.when(self.k.equal(self.k.load_size(self.place), DONE)):
            yield


def _fits(k: Emit, operands: Value, cell: dict[str, Value], ending: _Ending) -> None:
    """Looks whether all operands are float32 arrays in one piece."""
    with k.loop(INPUT, cell["operands"] + INPUT) as item:
        array = _item(k, operands, item)
        strange = (_word(k, array, TYPE) - cell["array_type"]) | (_word(k, array, DESCRIPTOR) - cell["descriptor"])
        flags = _word(k, array, FLAGS) & IN_ONE_PIECE
        for wrong in (_is_not(k, strange, 0), _is_not(k, flags, IN_ONE_PIECE)):
            with k.when(wrong):
                ending.set(OPERANDS)


def _compare(k: Emit, operands: Value, cell: dict[str, Value], ending: _Ending) -> None:
    for item, name in ((WEIGHT, "weight"), (BIAS, "bias")):
        # Where nothing is compared, the tuple need not hold an array.
        with k.when(cell[f"{name}_count"] > 0):
            given, copy = _data(k, operands, k.integer(item)), _pointer(k, cell[name])
            differ = k.variable(k.bits(k.vector(0.0)))
            for at, mask in _vectors(k, cell[f"{name}_count"]):
                a, b = (k.bits(k.load_some(mask, where, at)) for where in (given, copy))
                differ.set(differ() | Value(k.b, k.b.xor(a.ir, b.ir)))
            with k.when(_any(k, differ())):
                ending.set(WEIGHTS)


def _require_finite(k: Emit, operands: Value, cell: dict[str, Value], ending: _Ending) -> None:
    given = _data(k, operands, k.integer(INPUT))
    # x - x is 0 for a finite x, and NaN for the others.
    differences = k.variable(k.bits(k.vector(0.0)))
    for at, mask in _vectors(k, cell["finite_count"]):
        x = k.load_some(mask, given, at)
        differences.set(differences() | k.bits(x - x))
    with k.when(_any(k, differences())):
        ending.set(OPERANDS)


def _put(k: Emit, operands: Value, cell: dict[str, Value]) -> None:
    table = _pointer(k, cell["places"])
    with k.loop(0, cell["place_count"]) as row:
        argument, item, distance = (k.load_size(table, row * 3 + i) for i in range(3))
        address = k.b.ptrtoint(_data(k, operands, item).ir, I64)
        k.b.store((Value(k.b, address) + distance).ir, _pointer(k, argument).ir, align=WORD)


def _pad(k: Emit, operands: Value, cell: dict[str, Value]) -> None:
    rows, edges = _pointer(k, cell["rows"]), _pointer(k, cell["edges"])
    with k.when(cell["row_count"] > 0):
        padded, given = _pointer(k, cell["padded"]), _data(k, operands, k.integer(INPUT))
        with k.loop(0, cell["row_count"]) as row:
            there, here = (k.at(base, k.load_size(rows, row * 2 + i)) for i, base in enumerate((padded, given)))
            for at, mask in _vectors(k, cell["row_length"]):
                k.store_some(mask, k.load_some(mask, here, at), there, at)
            with k.loop(0, cell["edge_count"]) as edge:
                to, source = (k.load_size(edges, edge * 2 + i) for i in range(2))
                k.store(k.load_scalar(here, source), there, to)


def _run(k: Emit, cell: dict[str, Value]) -> None:
    with k.when(_is_not(k, cell["watched"], 0)):
        k.store(k.vector(0.0), _pointer(k, cell["watched"]))
    steps = _pointer(k, cell["steps"])
    signature = ir.FunctionType(ir.VoidType(), [ir.PointerType(), I64])
    with k.loop(0, cell["step_count"]) as step:
        code, arguments, chunks = (k.load_size(steps, step * STEP_CELLS + i) for i in range(3))
        function = k.b.inttoptr(code.ir, signature.as_pointer())
        with k.loop(0, chunks) as chunk:
            k.b.call(function, [_pointer(k, arguments).ir, chunk.ir])


def _look(k: Emit, operands: Value, cell: dict[str, Value], ending: _Ending) -> None:
    """Looks for NaN in the result, if its numbers are counted."""
    result = _data(k, operands, k.integer(RESULT))
    nothing, everything = k.bits(k.vector(0.0)), Value(k.b, ir.Constant(k.bits(k.vector(0.0)).ir.type, [-1] * k.lanes))
    found = k.variable(nothing)
    for at, mask in _vectors(k, cell["result_count"]):
        here = k.select(k.is_nan(k.load_some(mask, result, at)), everything, nothing)
        found.set(found() | here)
    with k.when(_any(k, found())):
        ending.set(NAN)


def _watch(k: Emit, cell: dict[str, Value], ending: _Ending) -> None:
    with k.when(_is_not(k, cell["watched"], 0)), k.when(_any(k, k.bits(k.load(_pointer(k, cell["watched"]))))):
        ending.set(NAN)


def _vectors(k: Emit, count: Value) -> Generator[tuple[Value, Value]]:
    """A loop over vectors of so many floats: where each begins, and which of its lanes there are."""
    with k.loop(0, count, k.lanes) as at:
        yield at, k.lanes_below(count - at)


def _any(k: Emit, bits: Value) -> Value:
    """Whether any bit of a vector is set."""
    together = k.b.bitcast(bits.ir, ir.IntType(32 * k.lanes))
    return Value(k.b, k.b.icmp_unsigned("!=", together, ir.Constant(together.type, 0)))


def _is_not(k: Emit, value: Value, number: int) -> Value:
    return Value(k.b, k.b.icmp_unsigned("!=", value.ir, ir.Constant(I64, number)))


def _argument(k: Emit) -> Value:
    """The tuple: what other kernels have their arguments in."""
    return Value(k.b, k.function.args[0])


def _pointer(k: Emit, address: Value) -> Value:
    return Value(k.b, k.b.inttoptr(address.ir, ir.PointerType()))


def _item(k: Emit, operands: Value, item: Value) -> Value:
    return _pointer(k, k.load_size(operands, item + ITEMS // WORD))


def _word(k: Emit, thing: Value, offset: int) -> Value:
    return k.load_size(thing, offset // WORD)


def _data(k: Emit, operands: Value, item: Value) -> Value:
    return _pointer(k, _word(k, _item(k, operands, item), DATA))


@contextmanager
def _flushing(k: Emit) -> Generator[None]:
    """Takes denormals for zero inside the block, as the scheduler does (bits DAZ and FTZ of x86's MXCSR)."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        yield
        return
    before, inside = k.b.alloca(I32), k.b.alloca(I32)
    kind = ir.FunctionType(ir.VoidType(), [ir.PointerType()])
    store, load = (ir.Function(k.module, kind, f"llvm.x86.sse.{name}mxcsr") for name in ("st", "ld"))
    k.b.call(store, [before])
    k.b.store(k.b.or_(k.b.load(before, typ=I32), ir.Constant(I32, 0x8040)), inside)
    k.b.call(load, [inside])
    yield
    k.b.call(load, [before])
