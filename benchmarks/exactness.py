"""How far a contestant's result is from the reference."""

from __future__ import annotations

import numpy as np

from striate.graph import Array


def largest_error(result: Array, reference: Array) -> float | None:
    """The largest difference, as a fraction of the reference's largest number; None for another shape or NaN.

    Relative to the largest number and not to each: where terms cancel, no order of summation is exact relatively.
    """
    if result.shape != reference.shape:
        return None
    difference = np.abs(result.astype(np.float64) - reference)
    scale = float(np.abs(reference).max(initial=0.0)) or 1.0
    error = float(difference.max(initial=0.0)) / scale
    return error if np.isfinite(error) else None
