"""A thin vector layer over llvmlite, in which a kernel reads like the algorithm it is.

    k = Emit("scale", isa)
    x, y, chunk_length = k.pointer("x"), k.pointer("y"), k.size("chunk_length")
    with k.loop(k.chunk * chunk_length, (k.chunk + 1) * chunk_length, k.lanes) as i:
        k.store(k.load(x, i) * 2.0, y, i)
    text = k.finish()

Every kernel has the same signature, ``void kernel(i64 *arguments, i64 chunk)``: the arguments (pointers and sizes) lie
in one array, in the order in which the kernel asks for them, and the work is cut into chunks that do not depend on one
another. So a step of a run is (kernel, arguments, number of chunks), whatever it computes.

Values are SSA values with operators (:mod:`striate.engine.value`); loops are ``with`` blocks; what changes from one
iteration to the next is a variable, which LLVM's mem2reg turns into registers. Offsets and indices count elements, not
bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

import llvmlite.ir as ir

from striate.engine.isa import Isa
from striate.engine.value import Value, Variable

F32 = ir.FloatType()
I64 = ir.IntType(64)
I32 = ir.IntType(32)
POINTER = ir.PointerType()

Branch = AbstractContextManager[object]
# Numbers between the flags of two slots, so that threads do not fight over a cache line.
FLAG = 16


class Emit:
    """One kernel being written.

    Args:
        name: The symbol by which it is linked.
        target: Instruction set; its lanes are the vector width.

    Attributes:
        chunk: Which chunk of the work this call does.
        parameters: Names of the arguments, in the order in which the caller lays them in the array.
    """

    def __init__(self, name: str, target: Isa) -> None:
        self.name = name
        self.target = target
        self.lanes = target.lanes
        self.module = ir.Module(name)
        self.function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [POINTER, I64]), name)
        self.b = ir.IRBuilder(self.function.append_basic_block("entry"))
        self._array, chunk = self.function.args
        self.chunk = Value(self.b, chunk)
        self.parameters: list[str] = []

    def size(self, name: str) -> Value:
        """The next argument: a whole number."""
        return Value(self.b, self._argument(name, I64))

    def pointer(self, name: str) -> Value:
        """The next argument: where an array of floats (or of offsets) begins."""
        return Value(self.b, self._argument(name, POINTER))

    def _argument(self, name: str, kind: ir.Type) -> ir.Value:
        place = self.b.gep(self._array, [ir.Constant(I64, len(self.parameters))], inbounds=True, source_etype=I64)
        self.parameters.append(name)
        value = self.b.load(place, typ=kind, align=8)
        value.set_metadata("invariant.load", self.module.add_metadata([]))
        value.name = name
        return value

    def vector_type(self, lanes: int | None = None) -> ir.VectorType:
        """Type of a vector of floats."""
        return ir.VectorType(F32, lanes or self.lanes)

    def integer(self, value: int) -> Value:
        """A whole number."""
        return Value(self.b, ir.Constant(I64, value))

    def float(self, value: float) -> Value:
        """A single float."""
        return Value(self.b, ir.Constant(F32, value))

    def vector(self, value: float) -> Value:
        """A vector with the same number in every lane."""
        return Value(self.b, ir.Constant(self.vector_type(), [value] * self.lanes))

    def index(self, value: Value | int) -> Value:
        """A whole number, whether known now or only at run time."""
        return value if isinstance(value, Value) else self.integer(value)

    def at(self, pointer: Value, offset: Value | int) -> Value:
        """The pointer, moved by so many floats."""
        if isinstance(offset, int) and offset == 0:
            return pointer
        return Value(self.b, self.b.gep(pointer.ir, [self.index(offset).ir], inbounds=True, source_etype=F32))

    def load(self, pointer: Value, offset: Value | int = 0, aligned: bool = True) -> Value:
        """A vector from memory; aligned to the vector's size unless said otherwise."""
        place = self.at(pointer, offset).ir
        return Value(self.b, self.b.load(place, typ=self.vector_type(), align=4 * self.lanes if aligned else 4))

    def load_size(self, pointer: Value, offset: Value | int = 0) -> Value:
        """A whole number from a table of them."""
        place = self.b.gep(pointer.ir, [self.index(offset).ir], inbounds=True, source_etype=I64)
        return Value(self.b, self.b.load(place, typ=I64, align=8))

    def load_scalar(self, pointer: Value, offset: Value | int = 0) -> Value:
        """One float from memory."""
        return Value(self.b, self.b.load(self.at(pointer, offset).ir, typ=F32, align=4))

    def broadcast(self, scalar: Value) -> Value:
        """A vector with that float in every lane."""
        return Value(self.b, self._splat(scalar.ir, self.vector_type()))

    def vector_of(self, scalars: Sequence[Value]) -> Value:
        """A vector of these floats, one for each lane."""
        vector: ir.Value = ir.Constant(self.vector_type(), ir.Undefined)
        for lane, scalar in enumerate(scalars):
            vector = self.b.insert_element(vector, scalar.ir, ir.Constant(I32, lane))
        return Value(self.b, vector)

    def _splat(self, scalar: ir.Value, kind: ir.VectorType) -> ir.Value:
        undefined = ir.Constant(kind, ir.Undefined)
        first = self.b.insert_element(undefined, scalar, ir.Constant(I32, 0))
        zeros = ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes)
        return self.b.shuffle_vector(first, undefined, zeros)

    def store(self, value: Value, pointer: Value, offset: Value | int = 0, aligned: bool = True) -> None:
        """Writes a vector (or one float) to memory."""
        wide = isinstance(value.ir.type, ir.VectorType)
        self.b.store(value.ir, self.at(pointer, offset).ir, align=4 * self.lanes if wide and aligned else 4)

    def stream(self, value: Value, pointer: Value, offset: Value | int = 0) -> None:
        """Writes a vector to aligned memory past the caches: for what is not read again soon."""
        store = self.b.store(value.ir, self.at(pointer, offset).ir, align=4 * self.lanes)
        store.set_metadata("nontemporal", self.module.add_metadata([ir.Constant(I32, 1)]))

    def load_some(self, mask: Value, pointer: Value, offset: Value | int = 0) -> Value:
        """The lanes of an unaligned vector in which the mask holds, 0 in the others, whose memory is not touched."""
        kind = self.vector_type()
        operands = [self.at(pointer, offset).ir, ir.Constant(I32, 4), mask.ir, ir.Constant(kind, [0.0] * self.lanes)]
        load = self._declared(f"llvm.masked.load.v{self.lanes}f32.p0", kind, operands)
        return Value(self.b, self.b.call(load, operands))

    def store_some(self, mask: Value, value: Value, pointer: Value, offset: Value | int = 0) -> None:
        """Writes the lanes in which the mask holds; the others' memory is not touched."""
        operands = [value.ir, self.at(pointer, offset).ir, ir.Constant(I32, 4), mask.ir]
        name = f"llvm.masked.store.v{self.lanes}f32.p0"
        self.b.call(self._declared(name, ir.VoidType(), operands), operands)

    def shuffle(self, a: Value, b: Value, lanes: Sequence[int]) -> Value:
        """A vector of chosen lanes: those of a count from 0, those of b go on behind them."""
        mask = ir.Constant(ir.VectorType(I32, self.lanes), list(lanes))
        return Value(self.b, self.b.shuffle_vector(a.ir, b.ir, mask))

    def across(self, vector: Value, combine: Callable[[Value, Value], Value]) -> Value:
        """All lanes combined, by halves; the result is in every lane."""
        distance = self.lanes // 2
        while distance:
            vector = combine(vector, self.shuffle(vector, vector, [i ^ distance for i in range(self.lanes)]))
            distance //= 2
        return vector

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """``a*b + c``, rounded once where the processor can, else the product is rounded too."""
        return self._intrinsic("llvm.fmuladd", a, b, c)

    def maximum(self, a: Value, b: Value) -> Value:
        """The larger; b where they do not compare (NaN in a gives b), as x86's max does."""
        return Value(self.b, self.b.select(self.b.fcmp_ordered(">", a.ir, b.ir), a.ir, b.ir))

    def minimum(self, a: Value, b: Value) -> Value:
        """The smaller; b where they do not compare."""
        return Value(self.b, self.b.select(self.b.fcmp_ordered("<", a.ir, b.ir), a.ir, b.ir))

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """One where the condition holds, the other elsewhere."""
        return Value(self.b, self.b.select(condition.ir, a.ir, b.ir))

    def maximum_or_nan(self, a: Value, b: Value) -> Value:
        """The larger; NaN if either is."""
        return self.select(self.is_nan(a), a, self.maximum(a, b))

    def minimum_or_nan(self, a: Value, b: Value) -> Value:
        """The smaller; NaN if either is."""
        return self.select(self.is_nan(a), a, self.minimum(a, b))

    def is_nan(self, a: Value) -> Value:
        """Where it is not a number."""
        return Value(self.b, self.b.fcmp_unordered("uno", a.ir, a.ir))

    def anywhere(self, condition: Value) -> Value:
        """Whether a condition holds in some lane."""
        bits = ir.IntType(self.lanes)
        return Value(self.b, self.b.icmp_signed("!=", self.b.bitcast(condition.ir, bits), ir.Constant(bits, 0)))

    def absolute(self, a: Value) -> Value:
        """Without its sign."""
        return self._intrinsic("llvm.fabs", a)

    def copy_sign(self, a: Value, b: Value) -> Value:
        """The absolute value of a with the sign of b."""
        return self._intrinsic("llvm.copysign", a, b)

    def square_root(self, a: Value) -> Value:
        """Square root, correctly rounded; of a negative number NaN."""
        return self._intrinsic("llvm.sqrt", a)

    def bits(self, a: Value) -> Value:
        """The bits of a vector of floats, as whole numbers."""
        return Value(self.b, self.b.bitcast(a.ir, ir.VectorType(I32, self.lanes)))

    def from_bits(self, a: Value) -> Value:
        """The floats that these bits are."""
        return Value(self.b, self.b.bitcast(a.ir, self.vector_type()))

    def to_float(self, a: Value) -> Value:
        """A vector of whole numbers as floats."""
        return Value(self.b, self.b.sitofp(a.ir, self.vector_type()))

    def float_of(self, a: Value) -> Value:
        """One whole number as a float."""
        return Value(self.b, self.b.sitofp(a.ir, F32))

    def lanes_below(self, count: Value) -> Value:
        """Condition that holds in the first so many lanes; in none or all where count is beyond them."""
        kind = ir.VectorType(I32, self.lanes)
        numbers = ir.Constant(kind, list(range(self.lanes)))
        limit = self.smaller(self.larger(count, self.integer(0)), self.integer(self.lanes))
        wide = self._splat(self.b.trunc(limit.ir, I32), kind)
        return Value(self.b, self.b.icmp_signed("<", numbers, wide))

    def lanes_between(self, first: Value, last: Value) -> Value:
        """Condition that holds in the lanes from one on to below another; both may lie beyond all lanes."""
        kind = ir.VectorType(I32, self.lanes)
        numbers = ir.Constant(kind, list(range(self.lanes)))
        low, high = (
            self._splat(
                self.b.trunc(self.smaller(self.larger(end, self.integer(0)), self.integer(self.lanes)).ir, I32), kind
            )
            for end in (first, last)
        )
        return Value(
            self.b, self.b.and_(self.b.icmp_signed("<=", low, numbers), self.b.icmp_signed("<", numbers, high))
        )

    def larger(self, a: Value, b: Value) -> Value:
        """The larger of two whole numbers."""
        return Value(self.b, self.b.select(self.b.icmp_signed(">", a.ir, b.ir), a.ir, b.ir))

    def smaller(self, a: Value, b: Value) -> Value:
        """The smaller of two whole numbers."""
        return Value(self.b, self.b.select(self.b.icmp_signed("<", a.ir, b.ir), a.ir, b.ir))

    def equal(self, a: Value, b: int) -> Value:
        """Whether a whole number is that one."""
        return Value(self.b, self.b.icmp_signed("==", a.ir, self.integer(b).ir))

    def variable(self, start: Value) -> Variable:
        """Something that changes, with its first value."""
        return Variable(self.b, start)

    @contextmanager
    def loop(self, start: Value | int, stop: Value | int, step: Value | int = 1) -> Generator[Value]:
        """Runs the block for start, start+step, ... below stop; not at all when start is not below stop."""
        b = self.b
        counter = self.variable(self.index(start))
        head, body, end = (self.function.append_basic_block(part) for part in ("head", "body", "end"))
        b.branch(head)
        b.position_at_end(head)
        b.cbranch((counter() < self.index(stop)).ir, body, end)
        b.position_at_end(body)
        yield counter()
        counter.set(counter() + step)
        b.branch(head)
        b.position_at_end(end)

    @contextmanager
    def slot(self, flags: Value, count: Value) -> Generator[Value]:
        """Runs the block with a number that no other thread has meanwhile: of a place in memory to work in.

        The lowest free one is taken, so a thread that leaves and comes back mostly gets its own again, still in its
        cache. If there are fewer than threads, one waits for another.

        Args:
            flags: One number for each, ``FLAG`` apart; zero before the first use, and zero again afterwards.
            count: How many.
        """
        b, one, zero = self.b, ir.Constant(I64, 1), ir.Constant(I64, 0)
        turn = self.variable(self.integer(0))
        head, end = (self.function.append_basic_block(part) for part in ("look", "mine"))
        b.branch(head)
        b.position_at_end(head)
        mine = turn() % count
        turn.set(turn() + 1)
        flag = b.gep(flags.ir, [(mine * FLAG).ir], inbounds=True, source_etype=I64)
        before = b.atomic_rmw("xchg", flag, one, "acquire")
        b.cbranch(b.icmp_signed("==", before, zero), end, head)
        b.position_at_end(end)
        yield mine
        b.atomic_rmw("xchg", flag, zero, "release")

    @contextmanager
    def when(self, condition: Value) -> Generator[None]:
        """Runs the block if the condition holds."""
        with self.b.if_then(condition.ir):
            yield

    @contextmanager
    def branch(self, condition: Value) -> Generator[tuple[Branch, Branch]]:
        """Two blocks, of which the first runs if the condition holds, and the second if not."""
        with self.b.if_else(condition.ir) as (then, otherwise):
            yield then, otherwise

    def finish(self) -> str:
        """The finished module as LLVM's text."""
        self.b.ret_void()
        return str(self.module)

    def _intrinsic(self, name: str, *operands: Value) -> Value:
        kind = operands[0].ir.type
        suffix = f"v{kind.count}f32" if isinstance(kind, ir.VectorType) else "f32"
        values = [operand.ir for operand in operands]
        return Value(self.b, self.b.call(self._declared(f"{name}.{suffix}", kind, values), values))

    def _declared(self, name: str, result: ir.Type, operands: Sequence[ir.Value]) -> ir.Function:
        function = self.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(result, [operand.type for operand in operands])
            function = ir.Function(self.module, kind, name)
        return function
