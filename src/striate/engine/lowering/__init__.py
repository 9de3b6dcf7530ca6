"""From a graph with known shapes to a program: which kernel computes what, in which memory."""

from striate.engine.lowering.context import Weights
from striate.engine.lowering.lower import lower

__all__ = ["Weights", "lower"]
