"""The same as layers: the lines of a Keras script, on striate's own ``Sequential``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from striate.arithmetic import dilated_extent
from striate.errors import UnsupportedError
from striate.lessons.code import array_text, each_text
from striate.lessons.convolution import pads_of
from striate.lessons.saved_arrays import SavedArrays
from striate.lessons.workbench import Combination, Workbench
from striate.lessons.workbench_code import (
    bias_text,
    check_arguments,
    filter_lines,
    import_lines,
    input_line,
    written_out,
)

_COMBINED = {
    "sum": "y = y.sum(axis=-1)",
    "magnitude": "y = np.sqrt((y**2).sum(axis=-1))",
    "largest": "y = np.abs(y).max(axis=-1)",
}


def workbench_layers(
    bench: Workbench,
    source: str | None = None,
    names: Sequence[str] = (),
    combine: Combination | None = None,
    saved: SavedArrays | None = None,
) -> str:
    """Keras's lines that compute a workbench's maps, (1, *positions, k).

    They run with striate, and with Keras once the imports are Keras's.

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
        UnsupportedError: No layer of Keras does the same; the message says why.

    Example:
        >>> print(workbench_layers(Workbench([0, 0, 0, 1, 1, 0, 0, 0], [0, 1, 0], bias=0)))
        import numpy as np
        from striate import Sequential
        from striate.layers import Conv1D
        <BLANKLINE>
        x = np.array([[[0], [0], [0], [1], [1], [0], [0], [0]]], np.float32)
        weight = np.array([[[0]], [[1]], [[0]]], np.float32)
        bias = np.array([0], np.float32)
        model = Sequential([Conv1D(1, 3, input_shape=(8, 1))])
        model.set_weights([weight, bias])
        print(model.get_weights())
        y = model.predict(x)
        <BLANKLINE>
    """
    check_arguments(bench, source, names, combine)
    lines = _input_lines(bench, source, saved)
    held: list[str] = []
    if bench.weight is not None:
        lines += _weight_lines(bench, names, saved)
        held.append("weight")
    if bench.bias is not None:
        lines.append(f"bias = {bias_text(bench.bias, saved)}")
        held.append("bias")
    layers = [*_layers(bench), *(["Flatten()"] if bench.flatten and combine is None else [])]
    shape = f"input_shape={(*bench.lengths, bench.channels)}"
    layers[0] = f"{layers[0][:-1]}{'' if layers[0].endswith('()') else ', '}{shape})"
    lines.append(f"model = Sequential([{', '.join(layers)}])")
    lines += [f"model.set_weights([{', '.join(held)}])", "print(model.get_weights())"] if held else []
    lines.append("y = model.predict(x)")
    lines += [_COMBINED[combine]] if combine is not None else []
    imported = ", ".join(sorted({layer.partition("(")[0] for layer in layers}))
    heads = [*import_lines(lines), "from striate import Sequential", f"from striate.layers import {imported}"]
    return "\n".join([*heads, "", *lines]) + "\n"


def _input_lines(bench: Workbench, source: str | None, saved: SavedArrays | None) -> list[str]:
    line = input_line(bench, source, saved)
    if line is None:
        return [f"x = {array_text(np.moveaxis(bench.x, 0, -1)[None])}"]
    return [line, "x = np.moveaxis(x, 0, -1)[None]"]


def _weight_lines(bench: Workbench, names: Sequence[str], saved: SavedArrays | None) -> list[str]:
    assert bench.weight is not None
    # Keras counts a transposed convolution's filters before the channels that they read.
    ends = (-1, -2) if bench.operation == "convolution" else (-2, -1)
    lines = filter_lines(bench, names, saved)
    if written_out(lines):
        lines = [f"weight = {array_text(np.moveaxis(bench.weight, (0, 1), ends))}"]
    else:
        lines.append(f"weight = np.moveaxis(weight, (0, 1), {ends})")
    if bench.definition == "convolve":
        lines.append(f"weight = np.flip(weight, axis={tuple(range(len(bench.kernel)))})")
    return lines


def _layers(bench: Workbench) -> list[str]:
    axes = len(bench.kernel)
    if bench.is_pooling:
        return [_pooling(bench), *(['Activation("relu")'] if bench.relu else [])]
    transposed = bench.operation == "transposed"
    layers: list[str] = []
    if not transposed and np.any(bench.padding):
        even = all(before == behind for before, behind in bench.padding)
        pads = each_text(tuple(before for before, _ in bench.padding)) if even else str(bench.padding)
        pads = f"{bench.padding[0]}" if axes == 1 and not even else pads
        layers.append(f"ZeroPadding{axes}D({pads})")
    options = [f"strides={each_text(bench.stride)}"] if set(bench.stride) != {1} else []
    options += [f"dilation_rate={each_text(bench.dilation)}"] if set(bench.dilation) != {1} else []
    if bench.groups > 1:
        if transposed:
            raise UnsupportedError(f"Keras's transposed convolutions have no groups (={bench.groups})")
        options.append(f"groups={bench.groups}")
    options += [] if bench.bias is not None else ["use_bias=False"]
    options += ['activation="relu"'] if bench.relu else []
    name = f"Conv{axes}D{'Transpose' if transposed else ''}"
    layers.append(f"{name}({', '.join([str(bench.filters), each_text(bench.kernel), *options])})")
    if transposed:
        layers += _cut(bench)
    return layers


def _cut(bench: Workbench) -> list[str]:
    """What a transposed convolution's padding cuts from the result."""
    spans = [dilated_extent(k, d) for k, d in zip(bench.kernel, bench.dilation, strict=True)]
    if any(bench.output_padding) or any(step > span for step, span in zip(bench.stride, spans, strict=True)):
        raise UnsupportedError(
            f"Keras's transposed convolution has another size with stride (={each_text(bench.stride)}), kernel "
            f"(={each_text(bench.kernel)}) and output_padding (={each_text(bench.output_padding)})"
        )
    if not np.any(bench.padding):
        return []
    text = str(bench.padding[0]) if len(bench.kernel) == 1 else str(bench.padding)
    return [f"Cropping{len(bench.kernel)}D({text})"]


def _pooling(bench: Workbench) -> str:
    what = bench.operation.replace("_", " ")
    if bench.ceil_mode or set(bench.dilation) != {1} or (bench.count_padding and np.any(bench.padding)):
        raise UnsupportedError(f"no {what} of Keras has dilation, ceil_mode or padding that counts")
    options = [] if bench.stride == bench.kernel else [f"strides={each_text(bench.stride)}"]
    if np.any(bench.padding):
        if bench.padding != pads_of("same", bench.kernel, bench.stride, bench.dilation, bench.lengths):
            raise UnsupportedError(f'a {what} of Keras pads by "same" or not at all, not by {bench.padding}')
        options.append('padding="same"')
    name = "MaxPooling" if bench.operation == "max_pool" else "AveragePooling"
    return f"{name}{len(bench.kernel)}D({', '.join([each_text(bench.kernel), *options])})"
