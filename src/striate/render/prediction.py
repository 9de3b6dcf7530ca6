"""A network's outputs as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from striate.graph import Array
from striate.lenses.prediction import Prediction


def output_line(name: str, output: Array) -> str:
    """Name, shape and span of an output, and how much of it is no number."""
    shape = "×".join(map(str, output.shape)) or "one number"
    finite = output[np.isfinite(output)] if output.dtype.kind == "f" else output.reshape(-1)
    text = f"output {name}  {shape} {output.dtype}"
    if finite.size == 0:
        return text
    if finite.size == 1:
        return f"{text}  {finite.reshape(-1)[0]:.6g}"
    lost = output.size - finite.size
    span = f"from {finite.min():.6g} to {finite.max():.6g}, mean {finite.mean():.6g}"
    return f"{text}  {span}" + (f", {lost} not finite" if lost else "")


def prediction_text(found: Prediction, labels: Sequence[str] | None) -> str:
    """The likeliest classes, a line each with a bar of its probability."""
    names = [labels[rank.index] if labels else f"class {rank.index}" for rank in found.ranks]
    names = [name if len(name) <= 44 else name[:41] + "..." for name in names]
    wide = max(len(name) for name in names)
    number = max(len(str(rank.index)) for rank in found.ranks)
    lines = [
        f"  {rank.index:>{number}}  {name:<{wide}}  {rank.probability:7.2%}  {'#' * round(20 * rank.probability):<20}  "
        f"{rank.score:.4f}".rstrip()
        for rank, name in zip(found.ranks, names, strict=True)
    ]
    kind = (
        "probabilities are the softmax of the scores (last column)" if found.softmax else "the output is a distribution"
    )
    return "\n".join([*lines, f"  {len(found.ranks)} of {found.classes} classes; {kind}"])
