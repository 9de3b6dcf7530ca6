"""How OpenVINO compiles a network here."""

from __future__ import annotations


def settings(threads: int) -> dict[str, str | int]:
    """One request at a time, as fast as possible, in float32: unasked it takes bfloat16 where the processor can."""
    return {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
    }
