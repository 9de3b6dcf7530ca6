"""Which cells of the input meet which tap of the kernel at one position of the output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from striate.arithmetic import Pads, Window

Cells = npt.NDArray[np.int64]
Inside = npt.NDArray[np.bool_]


def window_cells(window: Window, lengths: Sequence[int], position: Sequence[int]) -> tuple[Cells, Inside]:
    """The cells under a window: tap t at position o meets input cell ``stride*o + dilation*t - padding``.

    Args:
        window: Kernel size, stride, padding, dilation.
        lengths: Spatial size of the input.
        position: Position of the window, one index per spatial axis.

    Returns:
        Cells of shape (*kernel, spatial rank), and of shape (*kernel) whether each lies in the input (else: padding).
    """
    pads = window.pads(lengths)
    axes = [
        s * o + d * np.arange(k) - before
        for k, s, d, o, (before, _) in zip(window.kernel, window.stride, window.dilation, position, pads, strict=True)
    ]
    cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return cells, _within(cells, lengths)


def transposed_cells(
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Pads,
    lengths: Sequence[int],
    position: Sequence[int],
) -> tuple[Cells, Inside]:
    """The cells that a transposed convolution sends to one output: ``i = (o + padding - dilation*t) / stride``.

    A tap for which that is no whole number, or no cell of the input, sends nothing here.

    Args:
        kernel: Taps per axis.
        stride: Stride per axis.
        dilation: Dilation per axis.
        pads: Cells cut from the result, (beginning, end) per axis.
        lengths: Spatial size of the input.
        position: Position in the output.

    Returns:
        Cells of shape (*kernel, spatial rank), and of shape (*kernel) whether each tap meets a cell.
    """
    axes = [
        o + before - d * np.arange(k) for k, d, o, (before, _) in zip(kernel, dilation, position, pads, strict=True)
    ]
    reached = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    steps = np.array(stride)
    cells = reached // steps
    return cells, (reached % steps == 0).all(axis=-1) & _within(cells, lengths)


def _within(cells: Cells, lengths: Sequence[int]) -> Inside:
    return np.asarray(((cells >= 0) & (cells < np.array(lengths))).all(axis=-1))
