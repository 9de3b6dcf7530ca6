"""A convolution on arrays as they are: nothing is packed, and the weights are read where the caller has them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from striate.dimension import known_shape
from striate.engine.emit import FLAG
from striate.engine.immediate.choice import prefers_implicit
from striate.engine.immediate.prepared import SHARED_WORK, Recipe
from striate.engine.isa import Isa
from striate.engine.kernels.implicit_gemm import call_implicit, plan_implicit
from striate.engine.layout import aligned
from striate.engine.limits import memory_limit
from striate.engine.placement import usable_cores
from striate.engine.regions import Region, Regions
from striate.engine.threads import thread_count
from striate.graph import Array
from striate.ops import Conv

# Multiplications that a core could do while it reads and writes a number.
NUMBER_WORK = 8


def implicit_recipe(op: Conv, operands: Sequence[Array | None], target: Isa) -> Recipe | None:
    """How it is computed for operands of these shapes; None where blocks of channels are the better way.

    Args:
        op: The convolution.
        operands: Input, weight and bias, float32.
        target: Instruction set.
    """
    x, weight, bias = operands
    assert x is not None and weight is not None
    window = op.window(weight.shape[2:])
    pads = window.pads(x.shape[2:])
    plan = plan_implicit(window, pads, op.groups, x.shape, weight.shape, target)
    if not prefers_implicit(plan, window, pads, op.groups, x.shape, weight.shape, target):
        return None
    shape = (x.shape[0], weight.shape[0], *known_shape(window.output(x.shape[2:])))
    work = prod(shape) * (prod(weight.shape[1:]) + NUMBER_WORK)
    slots = min(plan.chunks, max(thread_count(), len(usable_cores()))) if work > SHARED_WORK else 1
    if 4 * slots * plan.slot > memory_limit():
        return None
    regions = Regions()

    def outside() -> Region:
        return regions.new(0, 0)

    here, there, given = outside(), outside(), outside()
    shift = None if bias is None else outside()
    none = aligned(weight.shape[0])
    panels, flags = regions.new(4 * slots * plan.slot, 0), regions.new(8 * slots * FLAG, 0)
    places = {"x": here.address, "y": there.address, "w": given.address, "panels": panels.address}
    places |= {"flags": flags.address, "bias": none.ctypes.data if shift is None else shift.address}
    return Recipe(
        calls=[call_implicit(plan, places, slots)],
        kept=[none],
        regions=regions,
        x=here,
        y=there,
        shape=shape,
        packing=None,
        tables=(),
        check=None,
        mixes=False,
        work=work,
        weight=given,
        bias=shift,
    )
