"""A receptive field as text and as data."""

from __future__ import annotations

import numpy as np

from striate.graph import Array
from striate.lenses.receptive_field import Box, ReceptiveField
from striate.render.plain import Plain, plain


def field_text(found: ReceptiveField) -> str:
    """What a unit sees, a few lines for each input."""
    lines = [f"{found.unit} sees"]
    for name, seen in found.inputs.items():
        if seen.clipped is None:
            lines.append(f"  {name}  nothing")
            continue
        size = "×".join(map(str, seen.size)) or "everything"
        lines.append(f"  {name}  {size} cells: {box_text(seen.clipped)}")
        if seen.unclipped != seen.clipped and seen.unclipped is not None:
            lines.append(f"  {' ' * len(name)}  with what hangs over the edges: {box_text(seen.unclipped)}")
        if any(seen.stride):
            strides = "×".join(f"{step:g}" for step in seen.stride)
            lines.append(f"  {' ' * len(name)}  neighbouring units see {strides} cells further on")
        holes = _holes(seen.mask, seen.clipped)
        if holes:
            lines.append(f"  {' ' * len(name)}  {holes:.0%} of the box have no influence (gaps of dilation or stride)")
    answer = "exact" if found.exact else "an upper bound"
    lines.append(f"  {answer}{': ' + found.reason if found.reason else ''}")
    return "\n".join(lines)


def field_plain(found: ReceptiveField) -> Plain:
    """The same as data; boxes are half-open [start, stop) per spatial axis."""
    inputs: dict[str, Plain] = {
        name: {
            "clipped": plain(seen.clipped),
            "unclipped": plain(seen.unclipped),
            "size": plain(seen.size),
            "stride": plain(seen.stride),
            "centre": plain(seen.centre),
            "cells": int(seen.mask.sum()),
        }
        for name, seen in found.inputs.items()
    }
    return {"unit": str(found.unit), "exact": found.exact, "reason": found.reason, "inputs": inputs}


def box_text(box: Box) -> str:
    """A box in words, by axis."""
    names = {1: ("cells",), 2: ("rows", "columns"), 3: ("slices", "rows", "columns")}.get(len(box), ())
    return ", ".join(f"{axis} {start} to {stop - 1}" for axis, (start, stop) in zip(names, box, strict=False))


def _holes(mask: Array, box: Box) -> float:
    """Share of the box's cells that no channel's influence reaches."""
    if mask.ndim < 3:
        return 0.0
    anywhere: Array = np.logical_or.reduce(mask, axis=(0, 1))
    cells = anywhere[tuple(slice(start, stop) for start, stop in box)]
    return 1 - float(cells.mean()) if cells.size else 0.0
