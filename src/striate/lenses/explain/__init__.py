"""Explains any number of a network: one family of operations a file, in a table keyed by the op's class."""

from striate.lenses.explain import activation as activation
from striate.lenses.explain import convolution as convolution
from striate.lenses.explain import dense as dense
from striate.lenses.explain import elementwise as elementwise
from striate.lenses.explain import movement as movement
from striate.lenses.explain import normalization as normalization
from striate.lenses.explain import pooling as pooling
from striate.lenses.explain import reduction as reduction
from striate.lenses.explain import resize as resize
from striate.lenses.explain import softmax as softmax
from striate.lenses.explain.curve import Curve, curve
from striate.lenses.explain.explanation import TOLERANCE, Explanation, Finding, Operand, Stage, Term
from striate.lenses.explain.lens import explain, explain_value, unit_at
from striate.lenses.explain.table import EXPLAINERS

__all__ = [
    "EXPLAINERS",
    "TOLERANCE",
    "Curve",
    "Explanation",
    "Finding",
    "Operand",
    "Stage",
    "Term",
    "curve",
    "explain",
    "explain_value",
    "unit_at",
]
