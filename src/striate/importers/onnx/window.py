"""The attributes of a sliding window, which convolutions and poolings have in common."""

from __future__ import annotations

from striate.arithmetic import AutoPad, Pads
from striate.errors import ParameterError
from striate.importers.onnx.source import OnnxNode

_RULES: dict[str, AutoPad] = {"SAME_UPPER": "same_upper", "SAME_LOWER": "same_lower", "VALID": "valid"}


def spatial_rank(node: OnnxNode) -> int:
    """Number of spatial axes: the kernel's where it is given, else the input's without sample and channel."""
    return len(node.ints("kernel_shape")) or max(0, node.rank(0) - 2)


def steps(node: OnnxNode, name: str, rank: int) -> tuple[int, ...]:
    """``strides`` or ``dilations``: 1 for each axis where they are left out."""
    return node.ints(name) or (1,) * rank


def padding(node: OnnxNode, rank: int) -> Pads | AutoPad:
    """``pads`` as (before, after) for each axis, or the rule that ``auto_pad`` names.

    Raises:
        ParameterError: They are too many or too few.
    """
    word = node.choice("auto_pad", "NOTSET", ("NOTSET", *_RULES))
    if word in _RULES:
        return _RULES[word]
    pads = node.ints("pads") or (0,) * (2 * rank)
    if len(pads) != 2 * rank:
        raise ParameterError(
            f"{node.title}: pads (={pads}) has {len(pads)} entries, expected {2 * rank}: before and after for each of "
            f"{rank} spatial axes"
        )
    return tuple((pads[axis], pads[axis + rank]) for axis in range(rank))
