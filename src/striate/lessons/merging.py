"""Stacked convolutions as one: the merged kernel, where it equals the stack, and what a ReLU between changes.

The first gives ``y[m, p] = b1[m] + sum w1[m, c, t] x[c, s1 p + d1 t - P1]``, the second reads it at
``p = s2 o + d2 u - P2``. Put in, every tap u of the second and t of the first meets the input at
``s1 s2 o + (s1 d2 u + d1 t) - (P1 + s1 P2)``: one convolution of stride ``s1 s2``, whose kernel sums the products
``w2[k, m, u] w1[m, c, t]`` at the tap ``s1 d2 u + d1 t``, and whose bias is ``b2 + sum w2 b1``.

Only where the second looks beyond the first one's map do they differ: there the stack has zeros, and the merged kernel
what the first convolution would have given on the padded input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import gcd, prod

import numpy as np
import numpy.typing as npt

from striate.arguments import shown
from striate.arithmetic import whole_numbers
from striate.engine.limits import require_memory
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.lenses.declared_size import Formula
from striate.lessons.convolution import Convolution, as_convolution, finite_sums
from striate.lessons.told import Told, first_map

# Two ways of adding the same products in float64 differ by less than this part of the largest number.
ROUNDING = 1e-10


@dataclass(frozen=True, eq=False)
class StackMeasurement(Told):
    """A stack of convolutions on one input, beside the kernel that they merge to; arrays are (n, k, *positions).

    Args:
        stack: What the convolutions give one after the other.
        merged: What the merged kernel gives.
        difference: ``stack - merged``.
        inside: (*positions): where the merge holds whatever the numbers are; all True unless padding lies between.
        error: Largest magnitude of the difference inside: rounding.
        error_outside: The same at the border; 0 where everything is inside.
        relu: What the stack gives with a ReLU after each convolution but the last.
        relu_difference: ``relu - merged``.
        relu_differs: Where that is more than rounding, inside.
        clipped: Part of the numbers between the convolutions that a ReLU sets to 0.
    """

    stack: Array
    merged: Array
    difference: Array
    inside: Array
    error: float
    error_outside: float
    relu: Array
    relu_difference: Array
    relu_differs: Array
    clipped: float

    TITLE = "The stack, the merged kernel, and the stack with ReLU between"

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The first map of each way, and what the ReLU changed."""
        arrays = {"stack": self.stack, "merged": self.merged, "with ReLU": self.relu}
        arrays["ReLU's difference"] = self.relu_difference
        return [(label, first_map(array)) for label, array in arrays.items()]

    @property
    def relu_error(self) -> float:
        """Largest magnitude by which the ReLU takes the stack away from the merged kernel, inside."""
        return _largest(self.relu_difference[..., self.inside])

    def __str__(self) -> str:
        changed = int(self.relu_differs.sum())
        lines = [f"stack - merged: at most {self.error:.2g} where the merge holds"]
        if not self.inside.all():
            border = int(self.inside.size - self.inside.sum())
            lines.append(
                f"border: {border:,} of {self.inside.size:,} positions differ by up to {self.error_outside:.4g}"
            )
        lines.append(
            f"with ReLU between: {changed:,} of {self.relu_differs.size:,} numbers differ, by up to "
            f"{self.relu_error:.4g}; {self.clipped:.0%} of the numbers between are set to 0"
        )
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class MergedConvolution(Told):
    """Several convolutions as one.

    Args:
        stack: The convolutions, in order.
        convolution: The one that they merge to.
        exact: Whether it equals the stack everywhere; otherwise in the interior only.
        parameters_stack: Weights and biases of the stack, with the formula.
        parameters: Those of the one.
    """

    stack: tuple[Convolution, ...]
    convolution: Convolution
    exact: bool
    parameters_stack: Formula
    parameters: Formula

    TITLE = "Several convolutions as one"

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The first filter of each convolution on its first channel, and of the one that they merge to."""
        kernels = [(f"convolution {number}", one.weight) for number, one in enumerate(self.stack, 1)]
        return [(label, first_map(weight)) for label, weight in [*kernels, ("merged", self.convolution.weight)]]

    @property
    def receptive_field(self) -> tuple[int, ...]:
        """Cells of the input that one output sees, per axis; the same for both."""
        return self.convolution.span

    def __str__(self) -> str:
        field = "×".join(map(str, self.receptive_field))
        kernels = " then ".join("×".join(map(str, one.kernel)) for one in self.stack)
        where = "everywhere" if self.exact else "in the interior: padding lies between"
        return "\n".join(
            [
                f"{kernels} = one {'×'.join(map(str, self.convolution.kernel))}, equal {where}",
                f"receptive field {field}, stride {self.convolution.stride}",
                f"parameters: stack {self.parameters_stack}, merged {self.parameters}",
            ]
        )

    def inside(self, lengths: Sequence[int]) -> Array:
        """Where the merge holds, (*positions), for an input of these spatial lengths.

        Raises:
            ShapeError: A window is larger than its padded input.
        """
        lengths = whole_numbers(lengths, f"lengths (={shown(lengths)}) must be whole numbers, one for each axis")
        require_memory(sum(lengths) * 8 * max(max(one.kernel) for one in self.stack), "where the merge holds")
        masks = [np.ones(self.stack[0].output_shape(lengths)[1 + axis], bool) for axis in range(len(lengths))]
        blind: tuple[bool, ...] = (True,) * len(lengths)
        for before, after in pairwise(self.stack):
            positions = after.output_shape([len(mask) for mask in masks])[1:]
            blind = _both(blind, _zero_outside(before))
            masks = [_axis_inside(masks[a], after, a, positions[a], blind[a]) for a in range(len(masks))]
        return np.logical_and.reduce(np.meshgrid(*masks, indexing="ij"))

    def measure(self, x: npt.ArrayLike) -> StackMeasurement:
        """Runs both ways on an input, and the stack with ReLU between.

        Args:
            x: (n, c, *spatial), or (c, *spatial); with one channel also (*spatial).

        Returns:
            The results (with a batch axis) and their differences.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit.
            LimitError: It would take more than the memory limit.

        Exactness:
            Worked out in float64.

        Example:
            >>> merged = merge_convolutions([1, 0, -1], [1, 2, 1])
            >>> seen = merged.measure([0, 1, 2, 3, 2, 1, 0, 0])
            >>> seen.error, seen.relu_error
            (0.0, 6.0)
        """
        data, _ = self.stack[0].batch(x)
        linear, relu, zeros, between = data, data, 0, 0
        for index, one in enumerate(self.stack):
            if index:
                zeros, between = zeros + int((relu < 0).sum()), between + relu.size
                relu = np.maximum(relu, 0)
            linear, relu = one(linear), one(relu)
        merged, inside = self.convolution(data), self.inside(data.shape[2:])
        difference, curved = linear - merged, relu - merged
        bound = ROUNDING * max(1.0, _largest(merged), _largest(linear))
        return StackMeasurement(
            linear,
            merged,
            difference,
            inside,
            _largest(difference[..., inside]),
            _largest(difference[..., ~inside]),
            relu,
            curved,
            (np.abs(curved) > bound) & inside,
            zeros / between,
        )


def merge_convolutions(first: object, second: object, *more: object, interior: bool = False) -> MergedConvolution:
    """The one convolution that stacked convolutions without a nonlinearity between them are.

    Args:
        first: A :class:`striate.lessons.Convolution` (of a network's layer: ``Convolution.of(net, "conv1")``), a unit
            of a run for its one filter, weights (k, c/groups, *kernel), or a bare kernel (r,) or (r, s).
        second: What reads the first one's maps; likewise.
        *more: What follows.
        interior: Merge although padding lies between, for the positions whose windows do not reach into it.

    Returns:
        The merged convolution: kernel, bias, stride, padding and dilation, its receptive field, the parameters of both
        ways; ``measure(x)`` runs both on an input.

    Raises:
        ShapeError: The second does not read as many channels as the first makes.
        ParameterError: Padding lies between, so that the border is no convolution of the input; the message says why.
        LimitError: The merged kernel would take more than the memory limit.

    Exactness:
        Equal but for rounding, with any stride, dilation and groups; kernels are merged in float64. The merged kernel
        has the groups that all have in common.

    Example:
        >>> merged = merge_convolutions([1, 2, 1], [1, 0, -1])
        >>> merged.convolution.weight[0, 0], merged.receptive_field
        (array([ 1.,  2.,  0., -2., -1.]), (5,))
        >>> print(merged)
        3 then 3 = one 5, equal everywhere
        receptive field 5, stride (1,)
        parameters: stack 1*1*3 + 1*1*3 = 6, merged 1*1*5 = 5
    """
    stack = tuple(as_convolution(given) for given in (first, second, *more))
    merged, exact = stack[0], True
    zero: tuple[bool, ...] = (True,) * len(merged.kernel)
    for before, after in pairwise(stack):
        _check_fit(before, after)
        zero = _both(zero, _zero_outside(before))
        holds = all(right or pad == (0, 0) for right, pad in zip(zero, after.padding, strict=True))
        if not holds and not interior:
            raise ParameterError(
                f"padding between (={after.padding}): the next convolution reads zeros beyond the map before it, where "
                "one kernel on the input would find border sums and bias, so no single convolution gives the border; "
                "interior=True merges for the positions that do not reach there, padding the first alone is exact"
            )
        exact = exact and holds
        merged = _merged(merged, after)
    text = " + ".join(one.parameters.text for one in stack)
    total = Formula(text, sum(one.parameters.value for one in stack))
    return MergedConvolution(stack, merged, exact, total, merged.parameters)


def _check_fit(before: Convolution, after: Convolution) -> None:
    if len(before.kernel) != len(after.kernel):
        raise ShapeError(
            f"a convolution of {len(before.kernel)} axes cannot be followed by one of {len(after.kernel)}; "
            f"weights {before.weight.shape} and {after.weight.shape}"
        )
    if before.filters != after.channels:
        raise ShapeError(
            f"the next convolution expects {after.channels} channels (weight {after.weight.shape}, groups "
            f"{after.groups}), the one before makes {before.filters} maps"
        )


def _zero_outside(one: Convolution) -> tuple[bool, ...]:
    """Per axis, whether it gives zero at all positions beyond its map, so that padding with zeros is right."""
    silent = one.bias is None or not one.bias.any()
    return tuple(silent and span == 1 for span in one.span)


def _both(one: tuple[bool, ...], other: tuple[bool, ...]) -> tuple[bool, ...]:
    return tuple(a and b for a, b in zip(one, other, strict=True))


def _merged(first: Convolution, second: Convolution) -> Convolution:
    rows = range(len(first.kernel))
    jump = [first.stride[a] * second.dilation[a] for a in rows]  # input cells between two taps of the second
    gap = [
        gcd(jump[a] if second.kernel[a] > 1 else 0, first.dilation[a] if first.kernel[a] > 1 else 0) or 1 for a in rows
    ]
    size = [(jump[a] * (second.kernel[a] - 1) + first.dilation[a] * (first.kernel[a] - 1)) // gap[a] + 1 for a in rows]
    require_memory(16 * second.filters * first.channels * prod(size), "merging convolutions")
    inner, outer = first.whole_weight(), second.whole_weight()
    kernel = np.zeros((second.filters, first.channels, *size))
    with np.errstate(over="ignore", invalid="ignore"):
        for taps in product(*map(range, second.kernel)):
            places = tuple(_places(taps[a] * jump[a], first.dilation[a], first.kernel[a], gap[a]) for a in rows)
            kernel[(slice(None), slice(None), *places)] += np.tensordot(outer[(..., *taps)], inner, axes=(1, 0))
    finite_sums(kernel)
    groups = gcd(first.groups, second.groups)
    pads = [
        (p[0] + first.stride[a] * q[0], p[1] + first.stride[a] * q[1])
        for a, (p, q) in enumerate(zip(first.padding, second.padding, strict=True))
    ]
    stride = [s * t for s, t in zip(first.stride, second.stride, strict=True)]
    return Convolution(_grouped(kernel, groups), _merged_bias(first, second, outer), stride, pads, gap, groups)


def _places(start: int, dilation: int, taps: int, gap: int) -> slice:
    step = max(1, dilation // gap)
    return slice(start // gap, start // gap + (taps - 1) * step + 1, step)


def _merged_bias(first: Convolution, second: Convolution, outer: Array) -> Array | None:
    if first.bias is None:
        return second.bias
    passed_on = outer.reshape(second.filters, second.channels, -1).sum(axis=2) @ first.bias
    return passed_on if second.bias is None else passed_on + second.bias


def _grouped(kernel: Array, groups: int) -> Array:
    filters, channels = kernel.shape[0] // groups, kernel.shape[1] // groups
    parts = [kernel[g * filters : (g + 1) * filters, g * channels : (g + 1) * channels] for g in range(groups)]
    return np.concatenate(parts)


def _axis_inside(holds: Array, after: Convolution, axis: int, positions: int, blind: bool) -> Array:
    """Along one axis, which positions read only cells where the merge held so far, and none of the padding."""
    starts = np.arange(positions) * after.stride[axis] - after.padding[axis][0]
    cells = starts[:, None] + after.dilation[axis] * np.arange(after.kernel[axis])
    outside = (cells < 0) | (cells >= len(holds))
    known = holds[np.clip(cells, 0, len(holds) - 1)]
    right: Array = np.where(outside, blind, known)
    return np.all(right, axis=1, keepdims=True)[:, 0]


def _largest(array: Array) -> float:
    return float(np.abs(array).max(initial=0.0))
