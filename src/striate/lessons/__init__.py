"""What lessons about convolution compute: stacks merged, equivariance measured, dense twins, the loop line by line.

Every number that a lesson shows comes from here, so that readers can have it in Python as well.

Example:
    >>> import striate as st
    >>> merged = st.merge_convolutions([1, 2], [1, -1])
    >>> merged.convolution.weight[0, 0]
    array([ 1.,  1., -2.])
"""

from striate.lessons.convolution import Convolution
from striate.lessons.merging import MergedConvolution, StackMeasurement, merge_convolutions

__all__ = [
    "Convolution",
    "MergedConvolution",
    "StackMeasurement",
    "merge_convolutions",
]
