"""Mean and variance of maps in blocked layout: per channel, per group of channels, over one sample or all of them.

Each piece of a map gives a triple of vectors, lanes over channels: a number r close to the mean, the mean's distance d
from it, and the mean square of what is left::

    r = x0 + mean(x - x0)        d = mean(x - r)        v = mean((x - r)^2) - d^2

with x0 the piece's first cell. x - r is exact or nearly so, hence a mean far from zero costs no digits, and a map that
is the same everywhere has variance 0 exactly (the corrected two-pass algorithm: T. F. Chan, G. H. Golub,
R. J. LeVeque, Algorithms for computing the sample variance, The American Statistician 37, 1983). A second kernel
combines pieces, and a third one channels, by the same paper's rule for the variance of a union.

Cost: each piece is read twice, the second time from cache. Error bound: with T = 1024/8 + 8 + pieces + channels of a
group, ``T * 2^-24`` times the standard deviation for r + d, and ``2*T * 2^-24`` relative for the variance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.activation import spelled
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value, Variable

# Vectors of a piece's or channel's statistics: r, d, and the variance or the factor made of it.
TRIPLE = 3
# Partial sums of a line.
SUMS = 8
SIZES = "blocks lines columns band bands span spans".split()


@dataclass(frozen=True, slots=True)
class Moments:
    """What the kernel that treats a piece is specialised on: nothing."""

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return "moments"


@dataclass(frozen=True, slots=True)
class Scaling:
    """How a variance becomes the factor of a normalization.

    Args:
        epsilon: Keeps the divisor away from zero.
        outside: ``weight/(sqrt(variance) + epsilon)`` instead of ``weight/sqrt(variance + epsilon)``.
    """

    epsilon: float
    outside: bool = False

    @property
    def name(self) -> str:
        """As part of a symbol."""
        return spelled("beside" if self.outside else "within", self.epsilon)

    def factor(self, k: Emit, weight: Value, variance: Value) -> Value:
        """The factor, of a vector or of one number."""
        if self.outside:
            return weight / (k.square_root(variance) + self.epsilon)
        return weight / k.square_root(variance + self.epsilon)


@dataclass(frozen=True, slots=True)
class Merge:
    """What the kernel that combines pieces is specialised on.

    Args:
        scaling: Turns variances into factors; None leaves them as they are.
    """

    scaling: Scaling | None = None

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return "moments_merge" + (f"_{self.scaling.name}" if self.scaling else "")


@dataclass(frozen=True, slots=True)
class GroupMerge:
    """What the kernel that combines channels is specialised on.

    Args:
        scaling: Turns variances into factors.
    """

    scaling: Scaling

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"moments_group_{self.scaling.name}"


@dataclass(frozen=True, slots=True)
class Pieces:
    """How maps are cut into pieces.

    Args:
        n: Samples.
        channels: Channels.
        rows: Rows of a plane, 1 where rows follow one another without a gap and are taken as one.
        sizes: Arguments of :func:`striate.engine.kernels.chunks.chunk_arguments`.
        chunks: Pieces of all maps.
    """

    n: int
    channels: int
    rows: int
    sizes: dict[str, int]
    chunks: int

    @classmethod
    def of(cls, shape: tuple[int, ...], lanes: int, x: Place) -> Pieces:
        """For a value (n, c, *spatial) that lies at that place; not empty."""
        planes, rows, columns = extents(shape[2:])
        if rows > 1 and x.row == columns * lanes:
            rows, columns = 1, rows * columns
        if rows == 1 and planes > 1 and x.plane == columns * lanes:
            planes, columns = 1, planes * columns
        sizes, chunks = chunk_arguments(shape[0], -(-shape[1] // lanes), planes, rows, columns)
        return cls(shape[0], shape[1], rows, sizes, chunks)

    def floats(self, lanes: int) -> int:
        """Room for the triples of all pieces."""
        return self.chunks * TRIPLE * lanes


def emit_moments(spec: Moments, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    x, rows, pieces = Walker(k, "x"), k.size("rows"), k.pointer("pieces")
    cells = (chunk.last_line - chunk.first_line) * (chunk.last_column - chunk.first_column)
    count = k.broadcast(k.float_of(cells))

    def line_at(line: Value) -> Value:
        return x.at(chunk.sample, chunk.block, line // rows, line % rows)

    def over(sums: list[Variable], take: Callable[[Value, int], None]) -> None:
        """Every vector of the piece, several in turn."""
        with k.loop(chunk.first_line, chunk.last_line) as line:
            source = line_at(line)
            whole = chunk.first_column + (chunk.last_column - chunk.first_column) // len(sums) * len(sums)
            with k.loop(chunk.first_column, whole, len(sums)) as column:
                for i in range(len(sums)):
                    take(k.load(source, (column + i) * k.lanes), i)
            with k.loop(whole, chunk.last_column) as column:
                take(k.load(source, column * k.lanes), 0)

    start = k.load(line_at(chunk.first_line), chunk.first_column * k.lanes)
    rough = _zeros(k, SUMS)
    over(rough, lambda value, i: rough[i].set(rough[i]() + (value - start)))
    r = start + _total(rough) / count
    distance, square = _zeros(k, SUMS // 2), _zeros(k, SUMS // 2)

    def take(value: Value, i: int) -> None:
        off = value - r
        distance[i].set(distance[i]() + off)
        square[i].set(k.fma(off, off, square[i]()))

    over(distance, take)
    d = _total(distance) / count
    variance = k.maximum(k.vector(0.0), _total(square) / count - d * d)
    triple = k.at(pieces, k.chunk * (TRIPLE * k.lanes))
    for i, value in enumerate((r, d, variance)):
        k.store(value, triple, i * k.lanes)
    return k


def _zeros(k: Emit, count: int) -> list[Variable]:
    return [k.variable(k.vector(0.0)) for _ in range(count)]


def _total(sums: list[Variable]) -> Value:
    parts = [part() for part in sums]
    while len(parts) > 1:
        parts = [a + b for a, b in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


def emit_merge(spec: Merge, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one block of channels of one sample, or of all samples together."""
    k = Emit(spec.name, target)
    pieces, triples, weight = k.pointer("pieces"), k.pointer("triples"), k.pointer("weight")
    size = {name: k.size(name) for name in SIZES}
    together, channels = k.size("together"), k.size("channels")
    block, first_sample = k.chunk % size["blocks"], k.chunk // size["blocks"] * together
    triple = TRIPLE * k.lanes

    def over(take: Callable[[Value, Value], None]) -> None:
        """Every piece, with its number of cells."""
        with k.loop(0, together) as s, k.loop(0, size["bands"]) as b, k.loop(0, size["spans"]) as j:
            maps = (first_sample + s) * size["blocks"] + block
            place = k.at(pieces, ((maps * size["bands"] + b) * size["spans"] + j) * triple)
            lines = k.smaller(size["band"], size["lines"] - b * size["band"])
            columns = k.smaller(size["span"], size["columns"] - j * size["span"])
            take(place, k.broadcast(k.float_of(lines * columns)))

    def mean(value: Callable[[Value], Value]) -> Value:
        total = k.variable(k.vector(0.0))
        over(lambda place, count: total.set(k.fma(value(place), count, total())))
        return total() / k.broadcast(k.float_of(together * size["lines"] * size["columns"]))

    start = k.load(k.at(pieces, (first_sample * size["blocks"] + block) * size["bands"] * size["spans"] * triple))
    r = start + mean(lambda place: k.load(place) - start)

    def distance(place: Value) -> Value:
        return (k.load(place) - r) + k.load(place, k.lanes)

    d = mean(distance)

    def spread(place: Value) -> Value:
        off = distance(place) - d
        return k.fma(off, off, k.load(place, 2 * k.lanes))

    third = mean(spread)
    if spec.scaling is not None:
        factor = spec.scaling.factor(k, k.load(weight, block * k.lanes), third)
        third = k.select(k.lanes_below(channels - block * k.lanes), factor, k.vector(0.0))
    place = k.at(triples, k.chunk * triple)
    for i, value in enumerate((r, d, third)):
        k.store(value, place, i * k.lanes)
    return k


def emit_group_merge(spec: GroupMerge, target: Isa) -> Emit:
    """Writes the kernel, which changes triples in place. A chunk is one group of one sample, number by number."""
    k = Emit(spec.name, target)
    triples, weight = k.pointer("triples"), k.pointer("weight")
    blocks, groups, channels = k.size("blocks"), k.size("groups"), k.size("channels_of_group")
    sample, first = k.chunk // groups, k.chunk % groups * channels
    zero, count = k.float_of(k.integer(0)), k.float_of(channels)

    def triple_of(channel: Value) -> Value:
        at = (sample * blocks + channel // k.lanes) * (TRIPLE * k.lanes) + channel % k.lanes
        return k.at(triples, at)

    def mean(value: Callable[[Value], Value]) -> Value:
        total = k.variable(zero)
        with k.loop(first, first + channels) as channel:
            total.set(total() + value(triple_of(channel)))
        return total() / count

    start = k.load_scalar(triple_of(first))
    r = start + mean(lambda place: k.load_scalar(place) - start)

    def distance(place: Value) -> Value:
        return (k.load_scalar(place) - r) + k.load_scalar(place, k.lanes)

    d = mean(distance)

    def spread(place: Value) -> Value:
        off = distance(place) - d
        return k.load_scalar(place, 2 * k.lanes) + off * off

    variance = mean(spread)
    with k.loop(first, first + channels) as channel:
        place = triple_of(channel)
        factor = spec.scaling.factor(k, k.load_scalar(weight, channel), variance)
        for i, value in enumerate((r, d, factor)):
            k.store(value, place, i * k.lanes)
    return k


def moments_arguments(pieces: Pieces, x: Place, address: int) -> tuple[dict[str, int], int]:
    """The arguments of :func:`emit_moments` by name, and the number of chunks.

    Args:
        pieces: How the maps are cut.
        x: Where they lie.
        address: Of the pieces' triples, aligned to vectors.
    """
    return {**pieces.sizes, **x.arguments("x"), "rows": pieces.rows, "pieces": address}, pieces.chunks


def merge_arguments(
    pieces: Pieces, address: int, triples: int, weight: int, whole_batch: bool = False
) -> tuple[dict[str, int], int]:
    """The arguments of :func:`emit_merge` by name, and the number of chunks.

    Args:
        pieces: How the maps are cut.
        address: Of the pieces' triples.
        triples: Address of the results, one triple a chunk.
        weight: Address of a number for each channel; not read without a scaling.
        whole_batch: Whether all samples have one mean and variance.
    """
    together = pieces.n if whole_batch else 1
    own = {"pieces": address, "triples": triples, "weight": weight, "together": together, "channels": pieces.channels}
    return {**pieces.sizes, **own}, pieces.n // together * pieces.sizes["blocks"]


def group_merge_arguments(
    n: int, blocks: int, channels: int, groups: int, triples: int, weight: int
) -> tuple[dict[str, int], int]:
    """The arguments of :func:`emit_group_merge` by name, and the number of chunks.

    Args:
        n: Samples; 1 where all have one mean and variance.
        blocks: Blocks of channels.
        channels: Channels.
        groups: Groups that they are cut into.
        triples: Address of the channels' triples.
        weight: Address of a number for each channel.
    """
    own = {"triples": triples, "weight": weight, "blocks": blocks, "groups": groups}
    return {**own, "channels_of_group": channels // groups}, n * groups
