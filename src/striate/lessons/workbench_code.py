"""The few lines of Python that do again what a workbench shows; they run as they stand and leave the maps in ``y``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal, get_args

import numpy as np

from striate import filters
from striate.arguments import expect, expect_text, expect_texts, one_of
from striate.graph import Array
from striate.lessons.bank import UNTRAINED, bank_call, bank_filters
from striate.lessons.code import INLINE, array_text, each_text
from striate.lessons.saved_arrays import Operand, SavedArrays
from striate.lessons.workbench import Combination, Workbench

_COMBINED = {
    "sum": "y = y.sum(axis=0)",
    "magnitude": "y = np.sqrt((y**2).sum(axis=0))",
    "largest": "y = np.abs(y).max(axis=0)",
}


def workbench_code(
    bench: Workbench,
    source: str | None = None,
    names: Sequence[str] = (),
    combine: Combination | None = None,
    saved: SavedArrays | None = None,
) -> str:
    """Python that computes a workbench's maps with striate alone.

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

    Example:
        >>> print(workbench_code(Workbench([[1, 2, 3, 4]], operation="max_pool")))
        import numpy as np
        import striate as st
        <BLANKLINE>
        x = np.array([[1, 2, 3, 4]], np.float32)
        y = st.max_pool1d(x, 2)
        <BLANKLINE>
    """
    check_arguments(bench, source, names, combine)
    lines = [input_line(bench, source, saved) or f"x = {array_text(bench.x)}", *_weight_lines(bench, names, saved)]
    if bench.bias is not None:
        lines.append(f"bias = {bias_text(bench.bias, saved)}")
    lines.append(_call(bench))
    lines += ["y = st.functional.relu(y)"] if bench.relu else []
    lines += [_COMBINED[combine]] if combine is not None else []
    lines += ["y = y.reshape(-1)"] if bench.flatten and combine is None else []
    return "\n".join([*import_lines(lines), "", *lines]) + "\n"


def check_arguments(bench: Workbench, source: str | None, names: Sequence[str], combine: Combination | None) -> None:
    """Refuses what no program can be made of.

    Raises:
        ParameterError: The message says what it is.
    """
    expect(bench, Workbench, "bench", "a Workbench")
    if source is not None:
        expect_text(source, "source")
    expect_texts(names, "names", "names of kernels, one for each filter")
    if combine is not None:
        one_of(combine, get_args(Combination), "combine")


def input_line(bench: Workbench, source: str | None, saved: SavedArrays | None) -> str | None:
    """The line that leaves the input in ``x``; None where its numbers are to be written out."""
    if source is not None:
        return source
    if saved is None or bench.x.size <= INLINE:
        return None
    return f"x = {saved.load('input', bench.x)}"


def bias_text(bias: Array, saved: SavedArrays | None) -> str:
    """Python that makes the biases, of many filters that have the same in a few words."""
    if bias.size > INLINE and (bias == bias[0]).all():
        return f"np.full({bias.size}, {float(bias[0])}, np.float32)"
    return _operand_text("bias", bias, saved)


def _operand_text(operand: Operand, array: Array, saved: SavedArrays | None) -> str:
    return array_text(array) if saved is None or array.size <= INLINE else saved.load(operand, array)


def import_lines(lines: Sequence[str]) -> list[str]:
    """What lines of a program need of NumPy and striate."""
    known = (("np.", "import numpy as np"), ("st.", "import striate as st"))
    return [line for mark, line in known if any(re.search(rf"\b{re.escape(mark)}", each) for each in lines)]


def _weight_lines(bench: Workbench, names: Sequence[str], saved: SavedArrays | None) -> list[str]:
    if bench.weight is None:
        return []
    axes = len(bench.kernel)
    lines = filter_lines(bench, names, saved)
    if bench.definition == "convolve":
        lines.append(f"weight = np.flip(weight, axis={tuple(range(2, axes + 2))})")
    return lines


def filter_lines(bench: Workbench, names: Sequence[str], saved: SavedArrays | None) -> list[str]:
    """Lines that leave the filters in ``weight``, (k, c/groups, *kernel), as they were given."""
    assert bench.weight is not None
    names = list(names) or [""] * bench.filters
    depth, axes = bench.weight.shape[1], len(bench.kernel)
    if set(names) == {UNTRAINED}:
        call = f"[{UNTRAINED!r}] * {bench.filters}, {axes}, depth={depth}, taps={bench.kernel}"
        return [f"weight = st.lessons.bank_filters({call})[0]"]
    parts = [_kernel_text(name, bench, number) for number, name in enumerate(names)]
    if len(parts) == 1:
        whole = parts[0]
        if whole is None:
            return [f"weight = {_operand_text('weight', bench.weight, saved)}"]
        deep = f"{whole}[None, None]" if depth == 1 else f"np.stack([{whole}] * {depth})[None]"
        return [f"weight = {deep}"]
    if None in parts:
        call = _bank_text(bench.weight, names) if bench.weight.size > INLINE else None
        return [f"weight = {_operand_text('weight', bench.weight, saved) if call is None else call}"]
    stacked = ", ".join(f"[{part}] * {depth}" if depth > 1 else f"[{part}]" for part in parts)
    return [f"weight = np.array([{stacked}])"]


def _bank_text(weight: Array, names: Sequence[str]) -> str | None:
    """One call that makes all filters of the bank, untrained ones among them; None where there are others."""
    depth, axes, taps = weight.shape[1], weight.ndim - 2, weight.shape[2:]
    if "" in names or not np.array_equal(bank_filters(names, axes, depth, taps)[0], weight):
        return None
    rows = [(name, len(list(same))) for name, same in groupby(names)]
    listed = ", ".join(repr(name) if many == 1 else f"*[{name!r}] * {many}" for name, many in rows)
    return f"st.lessons.bank_filters([{listed}], {axes}, depth={depth}, taps={taps})[0]"


def _kernel_text(name: str, bench: Workbench, number: int) -> str | None:
    """The call that makes a filter's kernel; None where its numbers are to be written out."""
    assert bench.weight is not None
    if not name or name == UNTRAINED:
        return None
    axes, plain = len(bench.kernel), name.partition("@")[0]
    size = bench.kernel[0] if len(set(bench.kernel)) == 1 and "size" in _options(plain) else None
    call = bank_call(name, axes, size)
    made, _ = bank_filters([name], axes, 1, bench.kernel)
    kernel = filters.get(plain).make(**call)
    if kernel.shape != bench.kernel or not np.array_equal(made[0, 0], bench.weight[number, 0]):
        return None
    return f"st.filters.{plain}({', '.join(f'{option}={value}' for option, value in call.items())})"


def _options(name: str) -> tuple[str, ...]:
    return tuple(inspect.signature(filters.get(name).make).parameters)


def _call(bench: Workbench) -> str:
    axes = len(bench.kernel)
    even = all(before == behind for before, behind in bench.padding)
    pads = tuple(before for before, _ in bench.padding)
    if bench.operation != "convolution" and (not even or pads_widely(bench)):
        return f"y = st.lessons.Workbench({', '.join(_all_arguments(bench))}).output"
    sizes = [("stride", bench.stride, bench.kernel if bench.is_pooling else (1,) * axes)]
    sizes += [("padding", pads if even else (0,) * axes, (0,) * axes), ("dilation", bench.dilation, (1,) * axes)]
    options = [f"{name}={each_text(given)}" for name, given, usual in sizes if tuple(given) != tuple(usual)]
    if bench.is_pooling:
        options += ["ceil_mode=True"] if bench.ceil_mode else []
        if bench.operation == "average_pool":
            options += [] if bench.count_padding or not any(pads) else ["count_include_pad=False"]
        name = "max_pool" if bench.operation == "max_pool" else "avg_pool"
        return f"y = st.{name}{axes}d({', '.join(['x', each_text(bench.kernel), *options])})"
    options += [f"groups={bench.groups}"] if bench.groups > 1 else []
    bias = ["bias"] if bench.bias is not None else []
    if bench.operation == "convolution":
        x = "x" if even else f"np.pad(x, {((0, 0), *bench.padding)})"
        return f"y = st.conv{axes}d({', '.join([x, 'weight', *bias, *options])})"
    if any(bench.output_padding):
        options.append(f"output_padding={each_text(bench.output_padding)}")
    weight = "np.swapaxes(weight, 0, 1)" if bench.groups == 1 else grouped_text(bench, "np")
    return f"y = st.conv_transpose{axes}d({', '.join(['x', weight, *bias, *options])})"


def written_out(lines: Sequence[str]) -> bool:
    """Whether the lines of ``filter_lines`` end in plain numbers, nothing of which is striate's."""
    return lines[-1].startswith("weight = np.array(") and "st." not in lines[-1]


def pads_widely(bench: Workbench) -> bool:
    """Whether a pooling's padding is more than half its kernel, as only one with dilation may: no call takes that."""
    return bench.is_pooling and any(2 * max(pad) > k for pad, k in zip(bench.padding, bench.kernel, strict=True))


def grouped_text(bench: Workbench, library: Literal["np", "torch"]) -> str:
    """A transposed convolution's filters stand by input channel, group by group."""
    assert bench.weight is not None
    each = bench.filters // bench.groups
    shape = f"{bench.groups}, {each}, *weight.shape[1:]"
    return f"{library}.concatenate(tuple({library}.swapaxes(weight.reshape({shape}), 1, 2)))"


def _all_arguments(bench: Workbench) -> list[str]:
    if bench.is_pooling:
        given = [f"operation={bench.operation!r}", f"kernel={bench.kernel}"]
        given += ["ceil_mode=True"] if bench.ceil_mode else []
        given += ["count_padding=True"] if bench.count_padding else []
    else:
        # The kernel is turned round already where that is wanted.
        given = ["weight", f"{bench.operation!r}", *(["bias=bias"] if bench.bias is not None else [])]
        given += [f"groups={bench.groups}"] if bench.groups > 1 else []
        given += [f"output_padding={bench.output_padding}"] if any(bench.output_padding) else []
    return ["x", *given, f"stride={bench.stride}", f"padding={bench.padding}", f"dilation={bench.dilation}"]
