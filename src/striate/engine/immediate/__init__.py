"""One op on arrays, at once, on emitted kernels: what the functional operations run on."""

from striate.engine.immediate.at_once import AtOnce
from striate.engine.immediate.border import bordered
from striate.engine.immediate.calls import Options, recall, remember
from striate.engine.immediate.carry_out import Ready
from striate.engine.immediate.compute import Immediate, immediate

__all__ = ["AtOnce", "Immediate", "Options", "Ready", "bordered", "immediate", "recall", "remember"]
