"""The table of ops that PyTorch is raced on: which of its functions an op is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from striate.errors import UnsupportedOpError
from striate.graph import Array, Node
from striate.ops import (
    Add,
    AveragePool,
    Clip,
    Conv,
    ConvTranspose,
    Flatten,
    Gemm,
    GlobalAveragePool,
    MaxPool,
    ReduceMean,
    Relu,
    Reshape,
)

Tensor = Any
Function = Callable[..., Tensor]
Unary = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Torch:
    """The torch module, and how tensors are to lie in memory.

    Args:
        module: ``torch``.
        channels_last: Whether channels are innermost.
    """

    module: Any
    channels_last: bool

    def arranged(self, tensor: Tensor) -> Tensor:
        """The tensor in that memory format; one that is no image or volume stays contiguous."""
        if not self.channels_last or tensor.dim() not in (4, 5):
            return tensor.contiguous()
        form = self.module.channels_last if tensor.dim() == 4 else self.module.channels_last_3d
        return tensor.contiguous(memory_format=form)

    def function(self, node: Node, constants: Mapping[str, Array], alone: bool) -> Function:
        """What computes a node from its operands that are not constant.

        Args:
            node: The node.
            constants: Weights and the like by name.
            alone: Whether nobody else reads its first operand, which may then be overwritten, as in torchvision.

        Raises:
            UnsupportedOpError: There is no row for its op.
        """
        row = _TABLE.get(type(node.op))
        if row is None:
            raise UnsupportedOpError(f'{node.op.kind} "{node.name}" has no row in {__name__}; add one to race it')
        fixed = [
            self.module.from_numpy(constants[name].copy()) if name and name in constants else None
            for name in node.inputs
        ]
        return row(self, node.op, fixed, alone)


Row = Callable[[Torch, Any, list[Tensor | None], bool], Function]


def _conv(torch: Torch, op: Conv, fixed: list[Tensor | None], alone: bool) -> Unary:
    weight, bias = torch.arranged(fixed[1]), (*fixed, None)[2]
    functions = torch.module.nn.functional
    call = (functions.conv1d, functions.conv2d, functions.conv3d)[weight.dim() - 3]
    padding = _symmetric("Conv", op.padding)
    stride, dilation = _short(op.stride), _short(op.dilation)
    return lambda x: call(x, weight, bias, stride, padding, dilation, op.groups)


def _conv_transpose(torch: Torch, op: ConvTranspose, fixed: list[Tensor | None], alone: bool) -> Unary:
    weight, bias = torch.arranged(fixed[1]), (*fixed, None)[2]
    functions = torch.module.nn.functional
    call = (functions.conv_transpose1d, functions.conv_transpose2d, functions.conv_transpose3d)[weight.dim() - 3]
    padding = _symmetric("ConvTranspose", op.padding)
    stride, dilation = _short(op.stride), _short(op.dilation)
    return lambda x: call(x, weight, bias, stride, padding, 0, op.groups, dilation)


def _average_pool(torch: Torch, op: AveragePool, fixed: list[Tensor | None], alone: bool) -> Unary:
    functions = torch.module.nn.functional
    call = (functions.avg_pool1d, functions.avg_pool2d, functions.avg_pool3d)[len(op.kernel) - 1]
    padding = _symmetric("AveragePool", op.padding)
    kernel, stride = _short(op.kernel), _short(op.stride)
    return lambda x: call(x, kernel, stride, padding, op.ceil_mode)


def _max_pool(torch: Torch, op: MaxPool, fixed: list[Tensor | None], alone: bool) -> Unary:
    functions = torch.module.nn.functional
    call = (functions.max_pool1d, functions.max_pool2d, functions.max_pool3d)[len(op.kernel) - 1]
    padding = _symmetric("MaxPool", op.padding)
    kernel, stride, dilation = _short(op.kernel), _short(op.stride), _short(op.dilation)
    return lambda x: call(x, kernel, stride, padding, dilation, op.ceil_mode)


def _relu(torch: Torch, op: Relu, fixed: list[Tensor | None], alone: bool) -> Unary:
    return torch.module.relu_ if alone else torch.module.relu


def _clip(torch: Torch, op: Clip, fixed: list[Tensor | None], alone: bool) -> Unary:
    low, high = (float(limit) for limit in fixed[1:3] if limit is not None)
    call = torch.module.nn.functional.hardtanh
    return lambda x: call(x, low, high, alone)


def _gemm(torch: Torch, op: Gemm, fixed: list[Tensor | None], alone: bool) -> Unary:
    weight, bias = fixed[1], (*fixed, None)[2]
    if weight is None or op.trans_a or op.alpha != 1 or op.beta != 1:
        raise UnsupportedOpError("Gemm is raced as a dense layer only: constant weights, alpha (=1), beta (=1)")
    weight = weight if op.trans_b else weight.t().contiguous()
    call = torch.module.nn.functional.linear
    return lambda x: call(x, weight, bias)


def _global_mean(torch: Torch, op: GlobalAveragePool, fixed: list[Tensor | None], alone: bool) -> Unary:
    call = torch.module.nn.functional.adaptive_avg_pool2d
    return lambda x: call(x, 1)


def _mean(torch: Torch, op: ReduceMean, fixed: list[Tensor | None], alone: bool) -> Unary:
    axes = [int(axis) for axis in fixed[1]] if fixed[1] is not None else []
    return lambda x: x.mean(axes, op.keepdims)


def _reshape(torch: Torch, op: Reshape, fixed: list[Tensor | None], alone: bool) -> Unary:
    shape = [int(size) for size in fixed[1]] if fixed[1] is not None else []
    return lambda x: x.reshape(shape)


def _flatten(torch: Torch, op: Flatten, fixed: list[Tensor | None], alone: bool) -> Unary:
    return lambda x: torch.module.flatten(x, op.axis)


def _add(torch: Torch, op: Add, fixed: list[Tensor | None], alone: bool) -> Function:
    return torch.module.add


_TABLE: dict[type, Row] = {
    Add: _add,
    AveragePool: _average_pool,
    Clip: _clip,
    Conv: _conv,
    ConvTranspose: _conv_transpose,
    Flatten: _flatten,
    Gemm: _gemm,
    GlobalAveragePool: _global_mean,
    MaxPool: _max_pool,
    ReduceMean: _mean,
    Relu: _relu,
    Reshape: _reshape,
}


def _short(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """One number where all are the same, as people write it: torch takes 1.5 microseconds longer for a tuple."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def _symmetric(kind: str, pads: Sequence[tuple[int, int]] | str) -> int | tuple[int, ...]:
    """Padding as torch takes it: the same before and after."""
    if isinstance(pads, str) or any(before != after for before, after in pads):
        raise UnsupportedOpError(f"{kind}: padding (={pads}) is not the same on both sides, as torch needs it")
    return _short(tuple(before for before, _ in pads))
