"""Computes one op on arrays by emitted kernels, with what was prepared for operands of the same shapes before."""

from __future__ import annotations

import threading
from functools import lru_cache
from math import prod
from typing import Generic, TypeVar

import numpy as np

from striate.engine.exactness import direct_only
from striate.engine.executor import native_by_default
from striate.engine.immediate.calls import forget
from striate.engine.immediate.carry_out import Ready
from striate.engine.immediate.prepared import Prepared
from striate.engine.immediate.recipe import make_recipe
from striate.engine.isa import isa
from striate.engine.limits import memory_limit
from striate.engine.objects import FLOAT
from striate.fork import hold_over_fork
from striate.graph import Array, Op

# Prepared ops, and bytes of the memory they run in, that are kept.
PREPARED_KEPT = 256
PREPARED_BYTES = 256 * 2**20

Kind = TypeVar("Kind", bound=Op, covariant=True)
_prepared: dict[tuple[object, ...], Prepared] = {}
_lock = threading.Lock()
hold_over_fork(_lock)


class Immediate(Generic[Kind]):
    """An op to be computed at once; equal ops have one and the same (see :func:`immediate`), so it is a quick key.

    Args:
        op: A convolution, a transposed one, pooling, or a function of each number.
        constants: Its further operands, if they are numbers known beforehand.
    """

    __slots__ = ("constants", "op")

    def __init__(self, op: Kind, constants: tuple[float, ...] = ()) -> None:
        self.op = op
        self.constants = tuple(np.array(number, np.float32) for number in constants)

    def prepare(self, x: Array, weight: Array | None = None, bias: Array | None = None) -> Prepared | None:
        """What computes it on such operands, which have been checked; None where kernels do not."""
        given = [array for array in (x, weight, bias) if array is not None]
        if any(array.dtype != FLOAT or array.size == 0 for array in given) or not native_by_default():
            return None
        target, direct = isa(), direct_only()
        key = (self, target.name, direct, *(array.shape for array in given))
        prepared = _prepared.get(key)
        if prepared is None:
            operands = [x, *self.constants] if weight is None else [x, weight, bias]
            recipe = make_recipe(self.op, operands, target, direct)
            if recipe is None:
                return None
            prepared = Prepared(recipe)
            if prepared.nbytes + 4 * prod(prepared.shape) <= memory_limit():
                _keep(key, prepared)
        return prepared if prepared.nbytes + 4 * prod(prepared.shape) <= memory_limit() else None

    def compute(self, x: Array, weight: Array | None = None, bias: Array | None = None) -> Array | None:
        """The result, prepared if need be; None where kernels do not do it. The operands have been checked."""
        prepared = self.prepare(x, weight, bias)
        return None if prepared is None else Ready(prepared, prepared.shape).run(x, weight, bias)


@lru_cache(maxsize=1024)
def immediate(op: Kind, *constants: float) -> Immediate[Kind]:
    """The op, to be computed at once; the arguments are those of :class:`Immediate`."""
    return Immediate(op, constants)


def _keep(key: tuple[object, ...], prepared: Prepared) -> None:
    """Keeps what was prepared; what was not used for a round goes when there is too much (the clock algorithm)."""
    if prepared.nbytes > PREPARED_BYTES:
        return
    with _lock:
        _prepared[key] = prepared
        total = sum(each.nbytes for each in _prepared.values())
        crowded = len(_prepared) > PREPARED_KEPT or total > PREPARED_BYTES
        while len(_prepared) > PREPARED_KEPT or total > PREPARED_BYTES:
            oldest = next(iter(_prepared))
            each = _prepared.pop(oldest)
            if each is prepared or each.touched:
                each.touched = each is prepared
                _prepared[oldest] = each
            else:
                total -= each.nbytes
    if crowded:
        forget()
