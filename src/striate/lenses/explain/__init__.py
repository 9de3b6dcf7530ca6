"""Explains any number of a network: one family of operations a file, in a table keyed by the op's class."""

from striate.lenses.explain import convolution as convolution
from striate.lenses.explain.explanation import TOLERANCE, Explanation, Finding, Operand, Stage, Term
from striate.lenses.explain.lens import explain, explain_value, unit_at
from striate.lenses.explain.table import EXPLAINERS

__all__ = [
    "EXPLAINERS",
    "TOLERANCE",
    "Explanation",
    "Finding",
    "Operand",
    "Stage",
    "Term",
    "explain",
    "explain_value",
    "unit_at",
]
