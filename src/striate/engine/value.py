"""Values of a kernel that is being written, with Python's operators, and variables that change from step to step."""

from __future__ import annotations

import llvmlite.ir as ir


class Value:
    """An SSA value with Python's operators: whole numbers, floats, vectors of them, truth values, pointers.

    Comparisons of floats are false where one is NaN. Whole numbers in vectors are 32 bits wide and wrap around.
    """

    __slots__ = ("b", "ir")

    def __init__(self, b: ir.IRBuilder, value: ir.Value) -> None:
        self.b = b
        self.ir = value

    @property
    def is_float(self) -> bool:
        """Whether it is a float or a vector of floats."""
        kind = self.ir.type
        return isinstance(kind.element if isinstance(kind, ir.VectorType) else kind, ir.FloatType)

    @property
    def _wrap(self) -> tuple[str, ...]:
        return () if isinstance(self.ir.type, ir.VectorType) else ("nsw",)

    def __add__(self, other: Value | int | float) -> Value:
        b, right = self.b, self._like(other)
        return Value(self.b, b.fadd(self.ir, right) if self.is_float else b.add(self.ir, right, flags=self._wrap))

    __radd__ = __add__

    def __sub__(self, other: Value | int | float) -> Value:
        b, right = self.b, self._like(other)
        return Value(self.b, b.fsub(self.ir, right) if self.is_float else b.sub(self.ir, right, flags=self._wrap))

    def __mul__(self, other: Value | int | float) -> Value:
        b, right = self.b, self._like(other)
        return Value(self.b, b.fmul(self.ir, right) if self.is_float else b.mul(self.ir, right, flags=self._wrap))

    __rmul__ = __mul__

    def __neg__(self) -> Value:
        return Value(self.b, self.b.fneg(self.ir))

    def __lshift__(self, bits: int) -> Value:
        return Value(self.b, self.b.shl(self.ir, self._like(bits)))

    def __rshift__(self, bits: int) -> Value:
        return Value(self.b, self.b.ashr(self.ir, self._like(bits)))

    def __and__(self, other: Value | int) -> Value:
        return Value(self.b, self.b.and_(self.ir, self._like(other)))

    def __or__(self, other: Value | int) -> Value:
        return Value(self.b, self.b.or_(self.ir, self._like(other)))

    def __truediv__(self, other: Value | float) -> Value:
        return Value(self.b, self.b.fdiv(self.ir, self._like(other)))

    def __floordiv__(self, other: Value | int) -> Value:
        """Division of non-negative whole numbers."""
        return Value(self.b, self.b.udiv(self.ir, self._like(other)))

    def __mod__(self, other: Value | int) -> Value:
        """Remainder of non-negative whole numbers."""
        return Value(self.b, self.b.urem(self.ir, self._like(other)))

    def __lt__(self, other: Value | int | float) -> Value:
        return self._compare("<", other)

    def __le__(self, other: Value | int | float) -> Value:
        return self._compare("<=", other)

    def __ge__(self, other: Value | int | float) -> Value:
        return self._compare(">=", other)

    def __gt__(self, other: Value | int | float) -> Value:
        return self._compare(">", other)

    def _compare(self, sign: str, other: Value | int | float) -> Value:
        b, right = self.b, self._like(other)
        return Value(
            self.b, b.fcmp_ordered(sign, self.ir, right) if self.is_float else b.icmp_signed(sign, self.ir, right)
        )

    def _like(self, other: Value | int | float) -> ir.Value:
        if isinstance(other, Value):
            return other.ir
        kind = self.ir.type
        if isinstance(kind, ir.VectorType):
            whole = not isinstance(kind.element, ir.FloatType)
            return ir.Constant(kind, [int(other) if whole else float(other)] * kind.count)
        return ir.Constant(kind, float(other) if isinstance(kind, ir.FloatType) else int(other))


class Variable:
    """What changes from one iteration to the next: read with ``()``, written with ``set``."""

    __slots__ = ("_slot", "_type", "b")

    def __init__(self, b: ir.IRBuilder, start: Value) -> None:
        self.b = b
        self._type = start.ir.type
        with b.goto_entry_block():
            self._slot = b.alloca(self._type)
        self.set(start)

    def __call__(self) -> Value:
        """What it is now."""
        return Value(self.b, self.b.load(self._slot, typ=self._type))

    def set(self, value: Value) -> None:
        """Gives it a new value."""
        self.b.store(value.ir, self._slot)
