"""The table that ``Sequential.summary()`` prints, as Keras lays it out."""

from __future__ import annotations

from collections.abc import Sequence

Row = tuple[str, str, tuple[int | None, ...] | None, int]


def table(name: str, rows: Sequence[Row], not_trained: int) -> str:
    """Text of the summary.

    Args:
        name: Name of the model.
        rows: For each layer its name, class, output shape and number of weights.
        not_trained: How many of all weights gradient descent does not change.

    Example:
        >>> print(table("tiny", [("dense", "Dense", (None, 2), 6)], 0))
        Model: "tiny"
        ┌───────────────┬──────────────┬─────────┐
        │ Layer (type)  │ Output Shape │ Param # │
        ├───────────────┼──────────────┼─────────┤
        │ dense (Dense) │ (None, 2)    │       6 │
        └───────────────┴──────────────┴─────────┘
         Total params: 6 (24.00 B)
         Trainable params: 6 (24.00 B)
         Non-trainable params: 0 (0.00 B)
    """
    cells = [("Layer (type)", "Output Shape", "Param #")]
    cells += [(f"{layer} ({kind})", str(shape), f"{count:,}") for layer, kind, shape, count in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (width + 2) for width in widths) + right

    lines = [f"│ {a:<{widths[0]}} │ {b:<{widths[1]}} │ {c:>{widths[2]}} │" for a, b, c in cells]
    total = sum(row[3] for row in rows)
    return "\n".join(
        [
            f'Model: "{name}"',
            rule("┌", "┬", "┐"),
            lines[0],
            rule("├", "┼", "┤"),
            *lines[1:],
            rule("└", "┴", "┘"),
            f" Total params: {total:,} ({_bytes(4 * total)})",
            f" Trainable params: {total - not_trained:,} ({_bytes(4 * (total - not_trained))})",
            f" Non-trainable params: {not_trained:,} ({_bytes(4 * not_trained)})",
        ]
    )


def _bytes(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024
    return f"{count:.2f} GB"
