"""The lines of PyTorch that do again what a workbench shows; they run as they stand and leave the maps in ``y``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from striate.errors import UnsupportedError
from striate.graph import Array
from striate.lessons.code import INLINE, each_text, listed
from striate.lessons.saved_arrays import SavedArrays
from striate.lessons.workbench import Combination, Workbench
from striate.lessons.workbench_code import (
    bias_text,
    check_arguments,
    filter_lines,
    grouped_text,
    import_lines,
    input_line,
    pads_widely,
    written_out,
)

_COMBINED = {
    "sum": "y = y.sum(1)",
    "magnitude": "y = (y**2).sum(1).sqrt()",
    "largest": "y = y.abs().amax(1)",
}


def workbench_torch(
    bench: Workbench,
    source: str | None = None,
    names: Sequence[str] = (),
    combine: Combination | None = None,
    saved: SavedArrays | None = None,
) -> str:
    """PyTorch that computes a workbench's maps, in a batch of one.

    Args:
        bench: The state.
        source: Line that leaves the input in ``x``, (c, *spatial); its numbers are written out if None.
        names: For each filter its kernel in the bank (see :func:`striate.lessons.bank_filters`), "" for own weights;
            all are written out if empty.
        combine: How all maps become one at the end.
        saved: Where arrays of more than 64 numbers are put, which the program then reads from files; all are written
            out if None.

    Returns:
        The program's text, with a newline at its end.

    Raises:
        ShapeError: There are too many numbers to be written out.
        UnsupportedError: No call of PyTorch does the same; the message says why.

    Example:
        >>> print(workbench_torch(Workbench([1, 2, 3, 4, 5], [1, 0, -1])))
        import torch
        import torch.nn.functional as F
        <BLANKLINE>
        x = torch.tensor([[[1, 2, 3, 4, 5]]], dtype=torch.float32)
        weight = torch.tensor([[[1, 0, -1]]], dtype=torch.float32)
        y = F.conv1d(x, weight)
        <BLANKLINE>
    """
    check_arguments(bench, source, names, combine)
    lines = _input_lines(bench, source, saved) + _weight_lines(bench, names, saved)
    if bench.bias is not None:
        lines.append(f"bias = {_bias_text(bench.bias, saved)}")
    lines += _call(bench)
    lines += ["y = F.relu(y)"] if bench.relu else []
    lines += [_COMBINED[combine]] if combine is not None else []
    lines += ["y = torch.flatten(y, 1)"] if bench.flatten and combine is None else []
    return "\n".join([*import_lines(lines), "import torch", "import torch.nn.functional as F", "", *lines]) + "\n"


def _tensor(array: Array) -> str:
    return f"torch.tensor({listed(array)}, dtype=torch.float32)"


def _bias_text(bias: Array, saved: SavedArrays | None) -> str:
    return _tensor(bias) if bias.size <= INLINE else f"torch.tensor({bias_text(bias, saved)})"


def _input_lines(bench: Workbench, source: str | None, saved: SavedArrays | None) -> list[str]:
    line = input_line(bench, source, saved)
    if line is None:
        return [f"x = {_tensor(bench.x[None])}"]
    return [line, "x = torch.tensor(np.asarray(x, np.float32))[None]"]


def _weight_lines(bench: Workbench, names: Sequence[str], saved: SavedArrays | None) -> list[str]:
    if bench.weight is None:
        return []
    lines = filter_lines(bench, names, saved)
    if written_out(lines):
        lines = [f"weight = {_tensor(bench.weight)}"]
    else:
        lines.append("weight = torch.tensor(np.asarray(weight, np.float32))")
    if bench.definition == "convolve":
        lines.append(f"weight = weight.flip({tuple(range(2, len(bench.kernel) + 2))})")
    return lines


def _call(bench: Workbench) -> list[str]:
    axes, pads = len(bench.kernel), bench.padding
    even = all(before == behind for before, behind in pads)
    lines: list[str] = []
    if pads_widely(bench):
        raise UnsupportedError(f"PyTorch's poolings pad by at most half their kernel {bench.kernel}, not by {pads}")
    if not even:
        if bench.operation != "convolution":
            text = " and ".join(f"{before}+{behind}" for before, behind in pads)
            raise UnsupportedError(
                f"no call of PyTorch pads a {bench.operation.replace('_', ' ')} differently at its two ends ({text})"
            )
        lines.append(f"x = F.pad(x, {tuple(pad for pair in reversed(pads) for pad in pair)})")
    given = {"stride": bench.stride, "padding": tuple(before for before, _ in pads) if even else (0,) * axes}
    usual = {"stride": bench.kernel if bench.is_pooling else (1,) * axes, "padding": (0,) * axes}
    options = [f"{name}={each_text(sizes)}" for name, sizes in given.items() if tuple(sizes) != tuple(usual[name])]
    if set(bench.dilation) != {1}:
        options.append(f"dilation={each_text(bench.dilation)}")
    if bench.is_pooling:
        return [*lines, _pooling(bench, options)]
    options += [f"groups={bench.groups}"] if bench.groups > 1 else []
    bias = ["bias"] if bench.bias is not None else []
    if bench.operation == "convolution":
        return [*lines, f"y = F.conv{axes}d({', '.join(['x', 'weight', *bias, *options])})"]
    if any(bench.output_padding):
        options.append(f"output_padding={each_text(bench.output_padding)}")
    weight = "weight.swapaxes(0, 1)" if bench.groups == 1 else grouped_text(bench, "torch")
    return [*lines, f"y = F.conv_transpose{axes}d({', '.join(['x', weight, *bias, *options])})"]


def _pooling(bench: Workbench, options: list[str]) -> str:
    options = options + (["ceil_mode=True"] if bench.ceil_mode else [])
    if bench.operation == "average_pool" and not bench.count_padding and np.any(bench.padding):
        options.append("count_include_pad=False")
    name = "max_pool" if bench.operation == "max_pool" else "avg_pool"
    return f"y = F.{name}{len(bench.kernel)}d({', '.join(['x', each_text(bench.kernel), *options])})"
