"""Where a Python object holds what native code asks of it: an array's data, type and flags, a tuple's items.

``array.ctypes.data`` takes 900 ns and ``addressof(c_char.from_buffer(array))`` 220 ns, for each array of a call; native
code reads the same number in one. The offsets are those of NumPy's public C structure ``PyArrayObject_fields``::

    PyObject_HEAD; char *data; int nd; npy_intp *dimensions, *strides; PyObject *base; PyArray_Descr *descr; int flags;

and of CPython's ``PyTupleObject``. They are tried out on a few objects before anybody relies on them; where they are
not as expected (another Python), calls go the long way.
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

import numpy as np

FLOAT = np.dtype(np.float32)
# Bytes of a pointer, which the fields below are counted in.
WORD = 8
_HEAD = object.__basicsize__
TYPE = _HEAD - WORD
DATA = _HEAD
DESCRIPTOR = _HEAD + 5 * WORD
FLAGS = _HEAD + 6 * WORD
ITEMS = tuple.__basicsize__
# Flags of an array in one piece (NPY_ARRAY_C_CONTIGUOUS), its numbers where the processor wants them (..._ALIGNED).
IN_ONE_PIECE = 0x0001 | 0x0100


@lru_cache(maxsize=1)
def readable() -> bool:
    """Whether objects are laid out so."""
    if sys.implementation.name != "cpython" or ctypes.sizeof(ctypes.c_void_p) != WORD:
        return False
    whole = np.zeros((2, 3, 4), np.float32)
    odd = np.zeros(9, np.uint8)[1:].view(np.float32)
    arrays = (whole, whole[1:, ::2], np.zeros(7, np.float32)[1:], whole.T, odd)
    return all(_word(id(arrays) + ITEMS + WORD * i) == id(array) for i, array in enumerate(arrays)) and all(
        _word(id(array) + DATA) == array.ctypes.data
        and _word(id(array) + TYPE) == id(np.ndarray)
        and _word(id(array) + DESCRIPTOR) == id(array.dtype)
        and (_word(id(array) + FLAGS) & IN_ONE_PIECE == IN_ONE_PIECE)
        == (array.flags.c_contiguous and array.flags.aligned)
        for array in arrays
    )


def _word(address: int) -> int:
    return ctypes.c_int64.from_address(address).value
