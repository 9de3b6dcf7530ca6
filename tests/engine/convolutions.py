"""Random convolutions for the kernels' tests, and what their results must be within."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from striate.arithmetic import Window, dilated_extent
from striate.engine.isa import Isa
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place
from striate.ops import Conv
from tests.engine.blocked import BlockedValue, layout_of

UNIT = 2.0**-24


@dataclass(frozen=True)
class Case:
    """A convolution's attributes and operands."""

    conv: Conv
    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    margin: int
    """Cells of halo beyond what is needed."""

    @property
    def window(self) -> Window:
        return self.conv.window(self.weight.shape[2:])

    @property
    def pads(self) -> tuple[tuple[int, int], ...]:
        return tuple(self.window.pads(self.x.shape[2:]))

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(int(str(size)) for size in self.window.output(self.x.shape[2:]))

    def expected(self) -> np.ndarray:
        return self.conv.reference(*(a.astype(np.float64) for a in (self.x, self.weight, self.bias)))[0]

    def bound(self, target: Isa, steps: int | None = None) -> np.ndarray:
        """First-order bound of a chain of so many fused multiply-adds; an unfused one rounds twice."""
        size = self.conv.reference(*(np.abs(a).astype(np.float64) for a in (self.x, self.weight, self.bias)))[0]
        chain = steps or int(np.prod(self.weight.shape[1:]))
        return (chain + 2) * UNIT * (2 if target.name == "generic" else 1) * size


@st.composite
def cases(
    draw: st.DrawFn,
    channels: int = 70,
    filters: int = 150,
    size: int = 40,
    grouped: bool = True,
    narrow: tuple[int, ...] = (),
) -> Case:
    rank = draw(st.integers(1, 3))
    groups = draw(st.integers(1, 40)) if grouped and draw(st.booleans()) else 1
    depth = draw(st.integers(1, max(1, channels // groups)))
    per_group = draw(st.integers(1, max(1, filters // groups)))
    if narrow:
        depth = per_group = draw(st.sampled_from(narrow))
        groups = draw(st.integers(2, max(2, channels // depth)))
    n = draw(st.integers(1, 2))
    kernel, stride, dilation, lengths, pads = [], [], [], [], []
    for _ in range(rank):
        k, s, d = draw(st.integers(1, (9, 5, 3)[rank - 1])), draw(st.integers(1, 4)), draw(st.integers(1, 3))
        pad = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
        least = max(1, dilated_extent(k, d) - sum(pad))
        lengths.append(draw(st.integers(least, max(least, (100, size, 10)[rank - 1]))))
        kernel.append(k), stride.append(s), dilation.append(d), pads.append(pad)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    conv = Conv(tuple(stride), tuple(pads), tuple(dilation), groups)
    return Case(
        conv,
        rng.standard_normal((n, groups * depth, *lengths), np.float32),
        rng.standard_normal((groups * per_group, depth, *kernel), np.float32),
        rng.standard_normal(groups * per_group, np.float32),
        draw(st.integers(0, 1)),
    )


class Output:
    """An output in poisoned memory, and the target that a kernel writes to: halo, a residual and a stored stage."""

    def __init__(self, case: Case, target: Isa, stages: tuple[tuple[str | int | float, ...], ...] = ()) -> None:
        shape = (case.x.shape[0], case.weight.shape[0], *case.positions)
        rank = len(case.positions)
        self.y = BlockedValue(layout_of(shape, target.lanes, ((case.margin, 2 * case.margin),) * rank))
        self.before = BlockedValue(layout_of(shape, target.lanes, ((0, case.margin),) * rank))
        rng = np.random.default_rng(1)
        self.residual = rng.standard_normal(shape, np.float32)
        added = BlockedValue(layout_of(shape, target.lanes, ((case.margin, 0),) * rank), self.residual)
        self.kept = (added,)
        places = (Place.of(value.layout, value.address) for value in (self.y, added, self.before))
        y, operand, result = places
        self.target = Target(y, stages, (operand,), (result,))
