"""What a plan has to know to run a kernel: sizes, tables, where operands begin, and how many chunks there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.graph import Array

# Chunks of a step: enough for 16 threads to share them evenly, and each worth far more than the claim of a chunk.
CHUNKS = 64
CHUNK_MACS = 200_000


@dataclass(frozen=True)
class Call:
    """One step of a run.

    Args:
        name: The kernel's symbol; kernels of one name are the same code.
        emit: Writes the kernel for an instruction set.
        arguments: Values by argument name.
        kept: Arrays whose addresses are among the arguments: they must live as long as the step may run.
        chunks: Pieces that the work is cut into.
        label: The algorithm and its tile (positions × vectors), for people to read.
    """

    name: str
    emit: Callable[[Isa], Emit]
    arguments: Mapping[str, int]
    kept: tuple[Array, ...]
    chunks: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """How lines of positions are cut: ``bands`` of ``band`` lines, and each line in ``spans`` of ``span`` positions."""

    band: int
    bands: int
    span: int
    spans: int

    def arguments(self) -> dict[str, int]:
        """As a kernel's arguments, by name."""
        return {"band": self.band, "bands": self.bands, "span": self.span, "spans": self.spans}


def cut(lines: int, width: int, pixels: int, parts: int, macs: int) -> Bands:
    """Cuts lines so that all chunks together are about CHUNKS, but none below CHUNK_MACS; depends on sizes only.

    Args:
        lines: Lines of positions.
        width: Positions in a line.
        pixels: Positions in a tile; a span is a multiple of it, but for the last.
        parts: Pieces that the work is in already (samples, groups of filters).
        macs: Multiplications of the whole step.
    """
    wanted = max(1, min(CHUNKS, macs // CHUNK_MACS))
    need = -(-wanted // parts)
    if need <= 2 * lines:
        band = -(-lines // need)
        return Bands(band, -(-lines // band), width, 1)
    tiles = -(-width // pixels)
    span = -(-tiles // -(-need // lines)) * pixels
    return Bands(1, lines, span, -(-width // span))
