"""Computes one op on arrays by emitted kernels, with what was prepared for operands of the same shapes before."""

from __future__ import annotations

import ctypes
import threading
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np

from striate.engine.exactness import direct_only
from striate.engine.executor import native_by_default
from striate.engine.fork import hold_over_fork
from striate.engine.immediate.packing import WeightStore, ticks
from striate.engine.immediate.prepared import Memory, Prepared
from striate.engine.immediate.recipe import make_recipe
from striate.engine.isa import isa
from striate.engine.limits import memory_limit
from striate.graph import Array, Op

FLOAT = np.dtype(np.float32)
# Prepared ops, and bytes of the memory they run in, that are kept.
PREPARED_KEPT = 256
PREPARED_BYTES = 256 * 2**20
# Bytes from which the limit is looked at on every call, not only when an op is prepared.
LARGE = 2**22

Kind = TypeVar("Kind", bound=Op, covariant=True)
weights = WeightStore()
_prepared: dict[tuple[object, ...], Prepared] = {}
_lock = threading.Lock()
hold_over_fork(_lock)


class Immediate(Generic[Kind]):
    """An op to be computed at once; equal ops have one and the same (see :func:`immediate`), so it is a quick key.

    Args:
        op: A convolution, a transposed one, or pooling.
    """

    __slots__ = ("op",)

    def __init__(self, op: Kind) -> None:
        self.op = op

    def recall(self, x: object, weight: object = None, bias: object = None) -> Array | None:
        """The result, if it was prepared for such operands before and they are float32 arrays; else None."""
        if type(x) is not np.ndarray or x.dtype is not FLOAT:
            return None
        if weight is None:
            prepared = _prepared.get((self, isa().name, direct_only(), x.shape))
            return None if prepared is None or not native_by_default() else _run(prepared, x, None, None)
        if type(weight) is not np.ndarray or weight.dtype is not FLOAT:
            return None
        if bias is None:
            key = (self, isa().name, direct_only(), x.shape, weight.shape)
        elif type(bias) is np.ndarray and bias.dtype is FLOAT:
            key = (self, isa().name, direct_only(), x.shape, weight.shape, bias.shape)
        else:
            return None
        prepared = _prepared.get(key)
        if prepared is None or not native_by_default():
            return None
        return _run(prepared, x, weight, bias)

    def compute(self, x: Array, weight: Array | None = None, bias: Array | None = None) -> Array | None:
        """The result, prepared if need be; None where kernels do not do it. The operands have been checked."""
        given = [array for array in (x, weight, bias) if array is not None]
        if any(array.dtype != FLOAT or array.size == 0 for array in given) or not native_by_default():
            return None
        target, direct = isa(), direct_only()
        key = (self, target.name, direct, *(array.shape for array in given))
        prepared = _prepared.get(key)
        if prepared is None:
            recipe = make_recipe(self.op, [x] if weight is None else [x, weight, bias], target, direct)
            if recipe is None:
                return None
            prepared = Prepared(recipe)
            if prepared.nbytes + 4 * _size(prepared) > memory_limit():
                return None
            _keep(key, prepared)
        return _run(prepared, x, weight, bias)


@lru_cache(maxsize=1024)
def immediate(op: Kind) -> Immediate[Kind]:
    """The op, to be computed at once."""
    return Immediate(op)


def _size(prepared: Prepared) -> int:
    size = 1
    for length in prepared.shape:
        size *= length
    return size


def _keep(key: tuple[object, ...], prepared: Prepared) -> None:
    if prepared.nbytes > PREPARED_BYTES:
        return
    prepared.used = next(ticks)
    with _lock:
        _prepared[key] = prepared
        total = sum(each.nbytes for each in _prepared.values())
        while len(_prepared) > PREPARED_KEPT or total > PREPARED_BYTES:
            oldest = min(_prepared, key=lambda key: _prepared[key].used)
            total -= _prepared.pop(oldest).nbytes


def _run(prepared: Prepared, x: Array, weight: Array | None, bias: Array | None) -> Array | None:
    prepared.used = next(ticks)
    if prepared.nbytes > LARGE and prepared.nbytes > memory_limit():
        return None
    memory = prepared.take()
    y = np.empty(prepared.shape, FLOAT)
    if memory.padded is not None:
        memory.padded[...] = x
    else:
        x, address = _readable(x)
        prepared.x.put(memory.arguments, address)
    prepared.y.put(memory.arguments, ctypes.addressof(ctypes.c_char.from_buffer(y.data)))
    if weight is None:
        memory.run()
    elif not _run_weighted(prepared, memory, weight, bias):
        prepared.give_back(memory)
        return None
    prepared.give_back(memory)
    # Kernels multiply numbers of other groups with zero, which NaN and infinity do not survive.
    return None if prepared.mixes and np.isnan(y.min()) else y


def _run_weighted(prepared: Prepared, memory: Memory, weight: Array, bias: Array | None) -> bool:
    assert prepared.packing is not None
    weight, address = _readable(weight)
    kept = weights.find(weight, address, bias, prepared.packing)
    for _ in range(2):
        if kept.addresses is None:
            return False
        memory.use(kept)
        if prepared.check is not None:
            prepared.weight.put(memory.arguments, address)
        memory.run()
        if not memory.changed():
            return True
        kept = weights.renew(weight, address, bias, prepared.packing)
    # Somebody writes to the weights while they are used: which of them count cannot be told.
    return False


def _readable(array: Array) -> tuple[Array, int]:
    """The array in one piece, and its address."""
    flags = array.flags
    if flags.carray:
        return array, ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    if not (flags.c_contiguous and flags.aligned):
        array = np.array(array, order="C")
        return array, ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    return array, array.ctypes.data
