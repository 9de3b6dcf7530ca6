"""Packed weights that are kept from one call to the next, and how it is told that they are still right.

Weights belong to the caller, who may change them in place, free them, or have other ones at the same address. So
nothing is taken from an array's identity alone:

- Few weights are found by their contents; equal weights in another array are as good.
- Many weights are found by address and shape, together with a copy of what was packed, which is compared bit by bit
  with those that the caller gave. If there are very many, the kernels run at once and the comparison is one of them; if
  it tells a difference, the run was for nothing and is repeated with the weights packed anew.

Weights that hold NaN or infinity have no packed form: kernels multiply them with cells that are not there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

import numpy as np

from striate.engine.isa import Isa
from striate.engine.kernels.convolution import PackedConvolution, pack_convolution
from striate.engine.kernels.direct import DirectWeights
from striate.engine.kernels.first_layer import FirstLayerWeights, pack_first_layer
from striate.engine.kernels.planar import PlanarWeights, pack_planar
from striate.engine.kernels.transposed import PhaseWeights, TransposedConvolution, pack_transposed
from striate.fork import hold_over_fork
from striate.graph import Array

# Bytes up to which weights are found by their contents.
FEW_BYTES = 4096
# Bytes up to which weights are compared before a run: 2 microseconds; more are compared during it, by all threads.
COMPARED_FIRST = 65536
# Bytes of packed weights and copies that are kept.
KEPT_BYTES = 256 * 2**20
# Every use of anything kept has a number; what was used longest ago goes first.
ticks = count()

Packed = FirstLayerWeights | PlanarWeights | PackedConvolution | list[PhaseWeights]


@dataclass(frozen=True, eq=False)
class Packing:
    """The order in which a kernel wants weights; made by :func:`packing_for`, so that equal ones are one and the same.

    Args:
        target: Instruction set.
        groups: Groups of the convolution.
        kind: Type of the packed weights.
        detail: What else it depends on: positions in a line, vectors in a tile, or the transposed convolution; else 0.
    """

    target: Isa
    groups: int
    kind: type
    detail: int | TransposedConvolution

    def pack(self, weight: Array, bias: Array | None) -> Packed:
        """Packs weights."""
        if isinstance(self.detail, TransposedConvolution):
            return pack_transposed(weight, bias, self.groups, self.detail, self.target)
        if self.kind is PlanarWeights:
            return pack_planar(weight, bias)
        if self.kind is FirstLayerWeights:
            return pack_first_layer(weight, bias, self.detail, self.target.lanes)
        return pack_convolution(weight, bias, self.groups, self.detail, self.target)


@lru_cache(maxsize=4096)
def packing_for(target: Isa, groups: int, kind: type, detail: int | TransposedConvolution) -> Packing:
    """The order of weights for a kernel; the arguments are those of :class:`Packing`."""
    return Packing(target, groups, kind, detail)


def tables(packed: Packed) -> list[Array]:
    """The arrays that kernels read, in order."""
    match packed:
        case FirstLayerWeights() | PlanarWeights():
            return [packed.values, packed.bias]
        case PackedConvolution():
            return [packed.weights.values, packed.weights.bias]
        case _:
            return [table for phase in packed for table in (phase.weights.values, phase.weights.bias)]


def mixes_groups(packed: Packed) -> bool:
    """Whether the kernel multiplies inputs of other groups with zero, which NaN and infinity do not survive."""
    return isinstance(packed, list) or (
        isinstance(packed, PackedConvolution) and isinstance(packed.weights, DirectWeights)
    )


@dataclass(eq=False)
class KeptWeights:
    """Weights packed once.

    Args:
        addresses: Of the packed arrays, in order; None for weights that must not be packed.
        kept: The arrays.
        copy: Of the weights that were packed, to be compared.
        bias: A copy of the bias, if there was one.
        nbytes: Bytes of all that.
        used: Number of the last use.
    """

    addresses: tuple[int, ...] | None
    kept: Sequence[Array]
    copy: Array
    bias: Array | None
    nbytes: int
    used: int = 0


class WeightStore:
    """Packed weights of all calls; safe to use from any thread.

    Args:
        limit: Bytes kept.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self.limit = limit
        self._kept: dict[tuple[object, ...], KeptWeights] = {}
        self._lock = threading.Lock()
        hold_over_fork(self._lock)

    def find(self, weight: Array, bias: Array | None, packing: Packing) -> KeptWeights:
        """Packed weights, as they were when they were packed.

        Args:
            weight: The weights, in one piece.
            bias: One number a filter, or None.
            packing: The order wanted.
        """
        key = _key(weight, bias, packing)
        found = self._kept.get(key)
        if found is None:
            return self._keep(key, weight, packing)
        found.used = next(ticks)
        return found

    def renew(self, weight: Array, bias: Array | None, packing: Packing) -> KeptWeights:
        """Packs weights anew, because those that were kept are not the present ones."""
        return self._keep(_key(weight, bias, packing), weight, packing)

    def _keep(self, key: tuple[object, ...], weight: Array, packing: Packing) -> KeptWeights:
        made = _packed(key, weight, packing)
        made.used = next(ticks)
        if made.addresses is not None and made.nbytes <= self.limit:
            with self._lock:
                self._kept[key] = made
                self._drop()
        return made

    def _drop(self) -> None:
        total = sum(entry.nbytes for entry in self._kept.values())
        while total > self.limit:
            oldest = min(self._kept, key=lambda key: self._kept[key].used)
            total -= self._kept.pop(oldest).nbytes


def _key(weight: Array, bias: Array | None, packing: Packing) -> tuple[object, ...]:
    shift = None if bias is None else bias.tobytes()
    if weight.nbytes <= FEW_BYTES:
        return (weight.tobytes(), weight.shape, shift, packing)
    return (weight.ctypes.data, weight.shape, shift, packing)


def _packed(key: tuple[object, ...], weight: Array, packing: Packing) -> KeptWeights:
    # What is packed are copies, and where there is one the key's: another thread may write to the weights meanwhile.
    contents, _, shift, _ = key
    copy = np.frombuffer(contents, np.float32).reshape(weight.shape) if isinstance(contents, bytes) else weight.copy()
    bias = np.frombuffer(shift, np.float32) if isinstance(shift, bytes) else None
    if not np.isfinite(copy).all():
        return KeptWeights(None, (), copy, bias, copy.nbytes)
    kept = tables(packing.pack(copy, bias))
    addresses = tuple(table.ctypes.data for table in kept)
    return KeptWeights(addresses, kept, copy, bias, copy.nbytes + sum(table.nbytes for table in kept))
