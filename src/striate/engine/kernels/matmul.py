"""Products of computed matrices, ``y[q, k] = sum over c of a[q, c] * b[c, k]`` for each sample (plane, row), by tiles.

All three are blocked with their last axis as channels: a vector holds neighbouring k of one c of b, which is the order
in which weights are packed for the direct kernel, so nothing is packed anew. The loops, outermost first: samples,
planes and rows, groups of ``vectors`` blocks of k, ``pixels`` neighbouring q, c.

Cost per c: ``pixels * vectors`` FMAs for ``vectors`` vector loads and ``pixels`` broadcasts.
Error bound: a chain of C fused multiply-adds, as for the direct kernel. Nothing beyond the last c is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.epilogue import Stages, epilogue_name
from striate.engine.kernels.lines import Results, Target
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.kernels.tiles import choose_tile
from striate.engine.value import Value

# Tiles of positions in a chunk.
TILES = 8


@dataclass(frozen=True, slots=True)
class MatMulTile:
    """What the kernel is specialised on.

    Args:
        pixels: Neighbouring q in a tile.
        rest: Those that are left beyond whole tiles.
        vectors: Blocks of k in a tile.
        tail: Blocks in the last group, where it has fewer; else 0.
        stages: What happens to a result before it is stored.
    """

    pixels: int
    rest: int
    vectors: int
    tail: int
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"matmul_{self.pixels}r{self.rest}x{self.vectors}t{self.tail}{epilogue_name(self.stages)}"


def emit_matmul(tile: MatMulTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one matrix, one group of blocks and some tiles of q."""
    k = Emit(tile.name, target)
    a, b = Walker(k, "a"), Walker(k, "b")
    planes, rows, width, depth, groups, spans, span = (
        k.size(name) for name in "planes rows width depth groups spans span".split()
    )
    results = Results(k, tile.stages)
    part, left = k.chunk % spans, k.chunk // spans
    group, left = left % groups, left // groups
    row, left = left % rows, left // rows
    plane, sample = left % planes, left // planes
    first, block = part * span, group * tile.vectors
    last = k.smaller(first + span, width)
    whole = width - tile.rest
    source = a.at(sample, k.integer(0), plane, row)
    weights = b.at(sample, block, plane, row)

    def sums(pixels: int, vectors: int, x: Value) -> list[list[Value]]:
        found = [[k.variable(k.vector(0.0)) for _ in range(vectors)] for _ in range(pixels)]
        with k.loop(0, depth, k.lanes) as start:
            cells = k.at(x, start // k.lanes * a.block)
            with k.loop(0, k.smaller(depth - start, k.integer(k.lanes))) as lane:
                column = k.at(weights, (start + lane) * k.lanes)
                filters = [k.load(column, b.block * v) for v in range(vectors)]
                for p in range(pixels):
                    number = k.broadcast(k.load_scalar(cells, lane + p * k.lanes))
                    for v in range(vectors):
                        found[p][v].set(k.fma(number, filters[v], found[p][v]()))
        return [[total() for total in line] for line in found]

    def lines(vectors: int) -> None:
        with k.loop(first, k.smaller(last, whole), tile.pixels) as column:
            made = sums(tile.pixels, vectors, k.at(source, column * k.lanes))
            results.store(made, sample, block, plane, row, column)
        if tile.rest:
            with k.when(last > whole):
                made = sums(tile.rest, vectors, k.at(source, whole * k.lanes))
                results.store(made, sample, block, plane, row, whole)

    if tile.tail:
        with k.branch(k.equal(group + 1 - groups, 0)) as (then, otherwise):
            with then:
                lines(tile.tail)
            with otherwise:
                lines(tile.vectors)
    else:
        lines(tile.vectors)
    return k


def call_matmul(shape: tuple[int, ...], depth: int, a: Place, b: Place, target: Target, isa: Isa) -> Call:
    """The call.

    Args:
        shape: Of the result, (n, k, *batch, q).
        depth: Terms of a sum.
        a: Where (n, c, *batch, q) lies.
        b: Where (n, k, *batch, c) lies; steps of 0 repeat it.
        target: Where the results go.
        isa: Instruction set.
    """
    planes, rows, width = extents(shape[2:])
    blocks = -(-shape[1] // isa.lanes)
    pixels, vectors = choose_tile(width, shape[1], isa)
    tile = MatMulTile(pixels, width % pixels, vectors, blocks % vectors, target.stages)
    groups, span = -(-blocks // vectors), TILES * pixels
    spans = -(-width // span)
    arguments = {"planes": planes, "rows": rows, "width": width, "depth": depth, "groups": groups}
    arguments |= {"spans": spans, "span": span} | a.arguments("a") | b.arguments("b") | target.arguments(shape[1])
    chunks = shape[0] * planes * rows * groups * spans
    return Call(tile.name, partial(emit_matmul, tile), arguments, (), chunks, f"matmul {pixels}×{vectors}")
