"""A trace as text and as data."""

from __future__ import annotations

from striate.lenses.trace import Level, Trace
from striate.render.plain import Plain, plain


def trace_text(found: Trace) -> str:
    """The chain of contributions, level by level, and what it adds up to."""
    return str(found)


def trace_plain(found: Trace) -> Plain:
    """The same as data, with the sums that the levels come to."""
    return {
        "unit": str(found.unit),
        "value": plain(found.value),
        "width": found.width,
        "reached": plain(found.reached),
        "biases": plain(found.biases),
        "left_out": plain(found.left_out),
        "stopped": plain(found.stopped),
        "rounding": plain(found.rounding),
        "accounted": plain(found.accounted),
        "note": found.note,
        "levels": [_level(level) for level in found.levels],
    }


def _level(level: Level) -> Plain:
    cells: list[Plain] = [
        {
            "unit": str(cell.unit),
            "number": plain(cell.number),
            "gain": plain(cell.gain),
            "amount": plain(cell.amount),
            "above": plain(cell.above),
        }
        for cell in level.cells
    ]
    return {
        "value_name": level.value_name,
        "kind": level.kind,
        "name": level.name,
        "count": level.count,
        "amount": plain(level.amount),
        "followed_amount": plain(level.followed_amount),
        "magnitude_share": plain(level.magnitude_share),
        "bias": plain(level.bias),
        "rule": level.rule,
        "ended": level.ended,
        "cells": cells,
    }
