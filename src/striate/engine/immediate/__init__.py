"""One op on arrays, at once, on emitted kernels: what the functional operations run on."""

from striate.engine.immediate.compute import Immediate, immediate

__all__ = ["Immediate", "immediate"]
