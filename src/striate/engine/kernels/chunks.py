"""How kernels that treat each cell by itself cut their work: by samples, blocks of channels, and pieces of a map.

The pieces depend on the sizes only, never on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.value import Value

# Vectors that a chunk treats, about: enough to hide what claiming it costs, few enough to share the work evenly.
CHUNK_VECTORS = 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a chunk does: of one sample and block, lines (plane * rows + row) and columns, each up to before a last."""

    sample: Value
    block: Value
    first_line: Value
    last_line: Value
    first_column: Value
    last_column: Value


def declare_chunk(k: Emit) -> Chunk:
    """Asks for the arguments of :func:`chunk_arguments` and works out what the present chunk does."""
    names = "blocks lines columns band bands span spans"
    size = {name: k.size(name) for name in names.split()}
    span = k.chunk % size["spans"]
    rest = k.chunk // size["spans"]
    band = rest % size["bands"]
    rest = rest // size["bands"]
    first_line, first_column = band * size["band"], span * size["span"]
    return Chunk(
        rest // size["blocks"],
        rest % size["blocks"],
        first_line,
        k.smaller(first_line + size["band"], size["lines"]),
        first_column,
        k.smaller(first_column + size["span"], size["columns"]),
    )


def chunk_arguments(
    n: int, blocks: int, planes: int, rows: int, columns: int, cost: int = 1
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        n: Samples.
        blocks: Blocks of channels.
        planes: Planes of a map.
        rows: Rows of a plane.
        columns: Cells of a row.
        cost: Vectors that are read to make one.
    """
    wanted = max(1, CHUNK_VECTORS // cost)
    span = min(columns, wanted)
    band = min(planes * rows, max(1, wanted // columns))
    bands, spans = -(-planes * rows // band), -(-columns // span)
    sizes = {
        "blocks": blocks,
        "lines": planes * rows,
        "columns": columns,
        "band": band,
        "bands": bands,
        "span": span,
        "spans": spans,
    }
    return sizes, n * blocks * bands * spans
