"""Local response normalization in blocked layout: each number divided by a power of its neighbour channels' squares.

``y[c] = x[c] / (bias + alpha/size * sum over j of x[j]^2)^beta`` with j from ``c - before`` to ``c + after``. Channels
are lanes: a neighbour t channels away is in the same vector, or in the next blocks' ones, moved by t lanes. The window
is unrolled; which lanes of which block each of its channels takes is spelled into the kernel.

Cost: bandwidth for the usual five channels; two operations a neighbour, a power and a division. Error bound:
``((size + 4)*beta + 6) * 2^-24`` relative for beta 0.5, 0.75 and 1, which are roots; else the power is
``exp(beta * log(s))``, and ``(|beta*log(s)| + 2*beta + 2) * 2^-23`` comes on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.activation import spelled
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.elementary import exp, log
from striate.engine.kernels.epilogue import Epilogue, Stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value
from striate.errors import ParameterError

# Channels that are added up at most: each one is code.
LARGEST = 64


@dataclass(frozen=True, slots=True)
class ResponseNorm:
    """What the kernel is specialised on.

    Args:
        before: Neighbours before a channel.
        after: Neighbours behind it.
        factor: What their sum is multiplied with.
        exponent: The power.
        bias: What the product is added to.
        stages: What happens to the results, see :mod:`striate.engine.kernels.epilogue`.

    Raises:
        ParameterError: There are more neighbours than a kernel is written for.
    """

    before: int
    after: int
    factor: float
    exponent: float
    bias: float
    stages: Stages = ()

    def __post_init__(self) -> None:
        if self.before + 1 + self.after > LARGEST:
            raise ParameterError(f"channels (={self.before + 1 + self.after}) must be at most {LARGEST}")

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        constants = spelled(f"response_norm_{self.before}_{self.after}", self.factor, self.exponent, self.bias)
        return f"{constants}{epilogue_name(self.stages)}"


def emit_response_norm(spec: ResponseNorm, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, y = Walker(k, "x"), Walker(k, "y")
    rows, channel_blocks = k.size("rows"), k.size("channel_blocks")
    # Without a bias a spare lane is 0/0.
    epilogue = Epilogue(k, spec.stages, keeps_zero=spec.bias > 0)
    neighbours = range(-spec.before // k.lanes, -(-spec.after // k.lanes) + 1)
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        result = y.at(chunk.sample, chunk.block, plane, row)
        site = epilogue.site(chunk.sample, chunk.block, plane, row)
        sources: dict[int, tuple[Value, Value]] = {}
        for q in neighbours:
            block = chunk.block + q
            # A block that is not there is read from the nearest one that is, and counts as zero.
            inside = (block >= 0) & (block < channel_blocks)
            near = k.smaller(k.larger(block, k.integer(0)), channel_blocks - 1)
            counts = k.lanes_below(k.select(inside, k.integer(k.lanes), k.integer(0)))
            sources[q] = x.at(chunk.sample, near, plane, row), counts
        with k.loop(chunk.first_column, chunk.last_column) as column:
            cell = column * k.lanes
            squares: dict[int, Value] = {}
            for q, (source, counts) in sources.items():
                value = k.load(source, cell)
                squares[q] = value * value if q == 0 else k.select(counts, value * value, k.vector(0.0))
            total = _window(k, spec, squares)
            base = k.fma(total, k.vector(spec.factor), k.vector(spec.bias))
            value = _divided(k, k.load(sources[0][0], cell), base, spec.exponent)
            k.store(site.apply(value, pixel=column), result, cell)
    return k


def _window(k: Emit, spec: ResponseNorm, squares: dict[int, Value]) -> Value:
    """The sum of the squares around each lane."""
    total = squares[0]
    for t in (t for t in range(-spec.before, spec.after + 1) if t):
        q, shift = divmod(t, k.lanes)
        if shift == 0:
            total = total + squares[q]
        else:
            total = total + k.shuffle(squares[q], squares[q + 1], [shift + i for i in range(k.lanes)])
    return total


def _divided(k: Emit, x: Value, base: Value, exponent: float) -> Value:
    """``x / base^exponent``."""
    match exponent:
        case 0.5:
            return x / k.square_root(base)
        case 0.75:
            root = k.square_root(base)
            return x / (root * k.square_root(root))
        case 1.0:
            return x / base
        case _:
            return x * exp(k, log(k, base) * -exponent)


def response_norm_arguments(
    spec: ResponseNorm,
    shape: tuple[int, ...],
    lanes: int,
    x: Place,
    y: Place,
    operands: Sequence[Place] = (),
    results: Sequence[Place] = (),
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        spec: The kernel.
        shape: (n, c, *spatial), not empty.
        lanes: Channels in a block.
        x: Where the input lies.
        y: Where the result lies; another place.
        operands: The epilogue's operands.
        results: The epilogue's results.
    """
    planes, rows, columns = extents(shape[2:])
    blocks = -(-shape[1] // lanes)
    sizes, chunks = chunk_arguments(shape[0], blocks, planes, rows, columns, 4)
    own = {"rows": rows, "channel_blocks": blocks}
    stages = epilogue_arguments(spec.stages, shape[1], operands, results, spec.bias > 0)
    return {**sizes, **x.arguments("x"), **y.arguments("y"), **own, **stages}, chunks
