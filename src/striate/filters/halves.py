"""How the two halves of a kernel belong together, and what that means, in words."""

from __future__ import annotations

import numpy as np

from striate.graph import Array

# A sum, or a side's weights, up to this part of the sum of magnitudes counts as nothing.
NEGLIGIBLE = 0.05
# Up to this part it is nothing: what is left over by decimals such as 0.1.
EXACT = 1e-6
# For the axes of a kernel, counted from the last: one half, and the other.
_HALVES = (("right", "left"), ("lower", "upper"), ("back", "front"))


def signs(number: float) -> str:
    """A number for people, with a minus sign that is one.

    Example:
        >>> signs(-0.5)
        '−0.5'
    """
    return f"{number + 0.0:g}".replace("-", "−")


def odd_part(weights: Array) -> float:
    """Part of the energy, 0 to 1, that turns its sign when the kernel is turned half round."""
    whole = scaled(weights)
    odd = (whole - np.flip(whole)) / 2
    return float((odd**2).sum() / (whole**2).sum())


def scaled(weights: Array) -> Array:
    """Weights whose largest is ±1: their squares neither vanish nor overflow."""
    return weights / np.abs(weights).max()


def mirrored(weights: Array, axis: int) -> str:
    """Whether a kernel is "even" or "odd" when it is mirrored about the centre of an axis, or "none" of both."""
    even, odd = (_apart(weights, sign * np.flip(weights, axis)) for sign in (1, -1))
    return "even" if even <= NEGLIGIBLE else "odd" if odd <= NEGLIGIBLE else "none"


def halves_in_words(weights: Array) -> tuple[str, ...]:
    """What one half of a kernel is of the other, along each axis or, where that says nothing, turned half round.

    Args:
        weights: The kernel, one to three axes, not all of them 0.

    Example:
        >>> halves_in_words(np.array([[0.0, 1], [-1, 0]]))
        ('turned half round it is itself with its sign turned, so constant areas give 0',)
    """
    found: list[str] = []
    for axis in reversed(range(weights.ndim)):
        what = mirrored(weights, axis)
        if weights.shape[axis] == 1 or what == "none":
            continue
        one, other = _HALVES[weights.ndim - 1 - axis]
        turned = -np.flip(weights, axis) if what == "odd" else np.flip(weights, axis)
        nearly = "" if _apart(weights, turned) <= EXACT else "nearly "
        if what == "odd":
            found.append(
                f"the {one} half is {nearly}the {other} half with its sign turned, so constant areas give {nearly}0"
            )
        else:
            found.append(f"the {one} half {nearly}mirrors the {other} one")
    if found or weights.size == 1:
        return tuple(found)
    return (_turned(weights),)


def _turned(weights: Array) -> str:
    """The same of the kernel turned half round."""
    same, turned = (_apart(weights, sign * np.flip(weights)) for sign in (1, -1))
    nearly = "nearly " if min(same, turned) > EXACT else ""
    if same <= NEGLIGIBLE:
        return f"turned half round it is {nearly}the same"
    if turned <= NEGLIGIBLE:
        return f"turned half round it is {nearly}itself with its sign turned, so constant areas give {nearly}0"
    return "neither half is the other one mirrored or with its sign turned"


def _apart(weights: Array, other: Array) -> float:
    """How far two kernels of the same magnitudes are apart, 0 to 2; those of nothing but zeros are the same."""
    size = np.abs(weights).sum()
    return float(np.abs(weights - other).sum() / size) if size else 0.0
