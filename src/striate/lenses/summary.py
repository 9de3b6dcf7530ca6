"""A network at a glance: each layer's shape, parameters, cost and receptive field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from striate.graph import Model
from striate.lenses.field_size import field_sizes
from striate.lenses.layers import layer_facts, parameter_count, source_shape
from striate.lenses.shown import Shown


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One layer.

    Args:
        name: The source's name for it.
        kind: What kind of layer it is.
        output_shape: In the source's order of axes; None for a free size, None altogether for an unknown rank.
        parameters: Learned numbers that it holds.
        macs: Multiply-accumulates for one sample; None while a size that matters is free.
        receptive_field: Input cells that a unit sees, per spatial axis; "all" for the whole input; None where it cannot
            be said.
    """

    name: str
    kind: str
    output_shape: tuple[int | None, ...] | None
    parameters: int
    macs: int | None
    receptive_field: tuple[int, ...] | str | None

    def texts(self) -> tuple[str, str, str, str, str, str]:
        """The row as a table shows it."""
        field = self.receptive_field
        return (
            self.name,
            self.kind,
            shape_text(self.output_shape),
            f"{self.parameters:,}" if self.parameters else "",
            "?" if self.macs is None else f"{self.macs:,}" if self.macs else "",
            "?" if field is None else field if isinstance(field, str) else "×".join(map(str, field)),
        )


@dataclass(frozen=True, slots=True)
class Summary(Shown):
    """A network at a glance; printed it is a table.

    Args:
        name: The network's name.
        source: Where it comes from.
        inputs: Shapes of the inputs by name, in the source's order of axes.
        outputs: Shapes of the outputs by name.
        rows: The layers, in order.
        parameters: Learned numbers in all, each counted once.
        macs: Multiply-accumulates for one sample in all; None where some layer's are not known.
    """

    name: str
    source: str
    inputs: Mapping[str, tuple[int | None, ...] | None]
    outputs: Mapping[str, tuple[int | None, ...] | None]
    rows: tuple[SummaryRow, ...]
    parameters: int
    macs: int | None

    DRAWN_BY = "striate.render.html.network:summary_html"
    HEADINGS = ("layer", "kind", "output", "parameters", "MACs", "sees")

    def __str__(self) -> str:
        rows = [self.HEADINGS, *(row.texts() for row in self.rows)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.HEADINGS))]
        lines = ["  ".join(map(_set, row, widths, range(len(row)))).rstrip() for row in rows]
        return "\n".join([*lines, "", self.totals()])

    def totals(self) -> str:
        """Layers, parameters and cost in all, in a sentence."""
        macs = "unknown (a size is free)" if self.macs is None else f"{self.macs:,}"
        return f"{len(self.rows)} layers, {self.parameters:,} parameters, {macs} multiply-accumulates for one sample"


def shape_text(shape: tuple[int | None, ...] | None) -> str:
    """A shape with a mark for what is free.

    Args:
        shape: Sizes, None for a free one; None for an unknown rank.

    Returns:
        Sizes joined by ×.

    Example:
        >>> shape_text((None, 3, 224, 224))
        '?×3×224×224'
    """
    return "?" if shape is None else "×".join("?" if size is None else str(size) for size in shape) or "number"


def summary(model: Model, input_shapes: Mapping[str, tuple[int, ...]] | None = None) -> Summary:
    """Puts together what can be said of every layer without running anything.

    Args:
        model: The network.
        input_shapes: Concrete shapes of inputs by name, channels first, where the network leaves sizes free.

    Returns:
        A row for each layer, and totals. Receptive-field sizes are those of a unit far from the edges.

    Raises:
        ShapeError: An input shape does not fit the network.
    """
    facts = layer_facts(model, input_shapes)
    fields = field_sizes(model.graph)
    rows: list[SummaryRow] = []
    for layer in facts:
        seen = fields.get(layer.output)
        field = None if seen is None else "all" if seen.whole else seen.cells()
        rows.append(SummaryRow(layer.name, layer.kind, layer.output_shape, layer.parameters, layer.macs, field))
    macs = [row.macs for row in rows]
    known = [count for count in macs if count is not None]
    shapes = {name: source_shape(model, name, kind.shape) for name, kind in model.graph.types.items()}
    return Summary(
        name=model.graph.name,
        source=model.source,
        inputs={name: shapes[name] for name in model.graph.inputs},
        outputs={name: shapes[name] for name in model.graph.outputs},
        rows=tuple(rows),
        parameters=parameter_count(model),
        macs=sum(known) if len(known) == len(macs) else None,
    )


def _set(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column < 3 else cell.rjust(width)
