"""Normalization of maps in blocked layout: ``y = ((x - r) - d) * factor + bias``, what follows, one pass.

Mean (r + d) and factor (``weight / sqrt(variance + epsilon)``) are a channel's triple of
:mod:`striate.engine.kernels.moments`. So this is instance, group, layer and mean-variance normalization alike.

Cost: bandwidth. Error bound: with T as in moments, ``(2*T + 4) * 2^-24 * (|y - bias| + |weight|) + 2^-24 * |y|``,
whatever the mean is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.moments import TRIPLE
from striate.engine.kernels.place import Place, Walker, extents


@dataclass(frozen=True, slots=True)
class Norm:
    """What the kernel is specialised on.

    Args:
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.
    """

    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"norm{epilogue_name(self.stages)}"


def emit_norm(spec: Norm, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    rows, triples, of_sample, bias = k.size("rows"), k.pointer("triples"), k.size("triples_sample"), k.pointer("bias")
    epilogue = Epilogue(k, spec.stages)
    triple = k.at(triples, chunk.sample * of_sample + chunk.block * (TRIPLE * k.lanes))
    r, d, factor = (k.load(triple, i * k.lanes) for i in range(TRIPLE))
    shift = k.load(bias, chunk.block * k.lanes)
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        source = x.at(chunk.sample, chunk.block, plane, row)
        result = y.at(chunk.sample, chunk.block, plane, row)
        site = epilogue.site(chunk.sample, chunk.block, plane, row)
        with k.loop(chunk.first_column, chunk.last_column) as column:
            cell = column * k.lanes
            value = k.fma((k.load(source, cell) - r) - d, factor, shift)
            k.store(site.apply(value, pixel=column), result, cell)
    return k


def norm_arguments(
    spec: Norm,
    shape: tuple[int, ...],
    lanes: int,
    x: Place,
    y: Place,
    triples: tuple[int, int],
    bias: int,
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        spec: The kernel.
        shape: (n, c, *spatial), not empty.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the result lies; it may be the same place.
        triples: Address of the channels' triples, and floats from one sample's to the next's.
        bias: Address of a number for each channel, zero in spare lanes.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    planes, rows, columns = extents(shape[2:])
    sizes, chunks = chunk_arguments(shape[0], -(-shape[1] // lanes), planes, rows, columns)
    own = {"rows": rows, "triples": triples[0], "triples_sample": triples[1], "bias": bias}
    stages = epilogue_arguments(spec.stages, shape[1], operands, results)
    return {**sizes, **x.arguments("x"), **y.arguments("y"), **own, **stages}, chunks
