"""Carries out a prepared op on arrays: in one native call if it is small, else step by step."""

from __future__ import annotations

import numpy as np

from striate.engine.immediate.packing import WeightStore
from striate.engine.immediate.prepared import Memory, Prepared
from striate.engine.kernels.entry import DONE, NAN, OPERANDS, WEIGHTS
from striate.engine.objects import FLOAT
from striate.graph import Array

weights = WeightStore()
# Weights that somebody changes while they are used are packed anew so many times.
TRIES = 3


class Ready:
    """A prepared op, and the shape that its result shall have: what a call is looked up as.

    Args:
        prepared: What to do.
        shape: The prepared op's shape, or another one of as many numbers.
    """

    __slots__ = ("enter", "idle", "prepared", "shape")

    def __init__(self, prepared: Prepared, shape: tuple[int, ...]) -> None:
        self.prepared, self.shape = prepared, shape
        self.idle, self.enter = prepared.idle, prepared.enter

    def run(self, x: Array, weight: Array | None, bias: Array | None) -> Array | None:
        """The result; None where it has to be computed by the reference.

        Args:
            x: The input: float32, in the shape prepared for but for axes of length 1. If it is something else after
                all, that is noticed.
            weight: The weights, if the op has some.
            bias: The bias, or None.
        """
        # Everything above the last lines is the whole of a small call: each line costs tens of nanoseconds.
        memory = self.idle.pop(id(weight), None)
        if memory is None or self.enter is None:
            return self._run_with_care(x, weight, bias, memory)
        y = np.empty(self.shape, FLOAT)
        self.enter((memory.control, y, x, weight, bias))
        if memory.ending.value == DONE:
            self.idle[id(weight)] = memory
            self.prepared.touched = True
            return y
        return self._run_with_care(x, weight, bias, memory)

    def _run_with_care(self, x: Array, weight: Array | None, bias: Array | None, memory: Memory | None) -> Array | None:
        if any(
            type(given) is not np.ndarray or given.dtype != FLOAT for given in (x, weight, bias) if given is not None
        ):
            return None
        x, whole = _in_one_piece(x), None if weight is None else _in_one_piece(weight)
        bias = None if bias is None else _in_one_piece(bias)
        memory = memory or self.prepared.take(weight)
        y = np.empty(self.shape, FLOAT)
        done = _computed(self.prepared, memory, y, x, whole, bias)
        self.prepared.give_back(memory, weight)
        return y if done else None


def _computed(prepared: Prepared, memory: Memory, y: Array, x: Array, weight: Array | None, bias: Array | None) -> bool:
    """Computes the result, with weights packed anew as often as they turn out to be others."""
    ending = OPERANDS
    for attempt in range(TRIES):
        if weight is not None and prepared.packing is not None:
            weight = weight.reshape(prepared.recipe.weight_shape or weight.shape)
            kept = (weights.renew if attempt else weights.find)(weight, bias, prepared.packing)
            if kept.addresses is None:
                return False
            memory.use(kept)
        ending = _entered(prepared, memory, y, x, weight, bias)
        if ending in (DONE, NAN):
            break
    # Kernels multiply numbers of other groups with zero, which NaN and infinity do not survive. And if somebody
    # writes to the weights all the time, it cannot be told which of them count.
    return ending == DONE


def _entered(prepared: Prepared, memory: Memory, y: Array, x: Array, weight: Array | None, bias: Array | None) -> int:
    """One run with the weights that are packed; tells how it ended."""
    if prepared.enter is not None:
        prepared.enter((memory.control, y, x, weight, bias))
        return memory.ending.value
    if memory.padded is not None:
        memory.padded[...] = x
    else:
        prepared.x.put(memory.arguments, x.ctypes.data)
    prepared.y.put(memory.arguments, y.ctypes.data)
    for slot, array in zip(prepared.given, (weight, bias), strict=True):
        if array is not None:
            slot.put(memory.arguments, array.ctypes.data)
    if weight is not None and prepared.packing is not None:
        if memory.differences is not None:
            prepared.weight.put(memory.arguments, weight.ctypes.data)
        elif not memory.holds(weight, bias):
            return WEIGHTS
    memory.run()
    if memory.differences is not None and memory.differences.any():
        return WEIGHTS
    return NAN if prepared.mixes and np.isnan(y.min()) else DONE


def _in_one_piece(array: Array) -> Array:
    flags = array.flags
    if array.dtype is FLOAT and flags.c_contiguous and flags.aligned:
        return array
    return np.array(array, FLOAT, order="C")
