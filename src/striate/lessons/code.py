"""The few lines of Python that do again what a workbench or a lesson shows."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from striate import filters
from striate.arguments import expect_texts, one_of, shown
from striate.arithmetic import whole_number
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.lessons.convolution import Convolution, Definition, PaddingGiven, Sizes, numbers

Then = Literal["relu", "max_pool", "avg_pool"]

# Arrays of more numbers are no few lines: a program reads them from a file, where there is one.
INLINE = 64
# Of more they are not written out at all.
_LONGEST = 4096


def code_for(
    kernel: str | npt.ArrayLike,
    source: str | npt.ArrayLike = "picture",
    *,
    bias: npt.ArrayLike | None = None,
    stride: Sizes = 1,
    padding: PaddingGiven = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    definition: Definition = "correlate",
    then: Sequence[Then] = (),
    pool: int = 2,
    spatial: int = 2,
) -> str:
    """Python that computes a convolution with striate alone; it runs as it stands and leaves the maps in ``y``.

    Args:
        kernel: Name of a kernel of the bank, weights (k, c/groups, *kernel), or a bare kernel (r,) or (r, s).
        source: What it is applied to: "picture" (the bundled one, in grey for a kernel of one channel), the path of an
            image or, with ``spatial=1``, of a signal; or an array, (c, *spatial) or with one channel (*spatial).
        bias: (k,), or None.
        stride: Cells between two positions, one number or one an axis.
        padding: Zeros at both ends, one number or one an axis, or (before, after) an axis, or "valid" or "same".
        dilation: Cells between two taps, one number or one an axis.
        groups: Parts that the channels are cut into.
        definition: "correlate" as deep learning does, or "convolve", which turns the kernel round.
        then: What follows, in order.
        pool: Cells of the pooling windows, along each axis.
        spatial: Spatial axes of a named kernel or a file.

    Returns:
        The program's text, with a newline at its end.

    Raises:
        UnknownNameError: No kernel has that name.
        ShapeError, DtypeError, ParameterError, NonFiniteError: It is no convolution, or too long to be written out.

    Example:
        >>> print(code_for([1, 0, -1], [1, 2, 3, 4, 5], padding=1))
        import numpy as np
        import striate as st
        <BLANKLINE>
        x = np.array([[1, 2, 3, 4, 5]], np.float32)
        weight = np.array([[[1, 0, -1]]], np.float32)
        y = st.conv1d(x, weight, padding=1)
        <BLANKLINE>
    """
    spatial = whole_number(spatial, f"spatial (={shown(spatial)}) must be a whole number from 1 on", 1)
    pool = whole_number(pool, f"pool (={shown(pool)}) must be a whole number from 1 on", 1)
    call = _named(kernel, spatial) if isinstance(kernel, str) else None
    weights = filters.get(kernel).make(**call) if isinstance(kernel, str) and call is not None else kernel
    one = Convolution(weights, bias, stride, padding, dilation, groups)
    axes = len(one.kernel)
    one_of(definition, get_args(Definition), "definition")
    for word in expect_texts(then, "then", f"what follows: {', '.join(get_args(Then))}"):
        one_of(word, get_args(Then), "then")
    lines = ["import numpy as np", "import striate as st", "", *_source_lines(source, one, axes)]
    if isinstance(kernel, str) and call is not None:
        options = ", ".join(f"{name}={value}" for name, value in call.items())
        lines.append(f"weight = st.filters.{kernel}({options})[None, None]")
    else:
        lines.append(f"weight = {array_text(one.weight)}")
    if definition == "convolve":
        lines.append(f"weight = np.flip(weight, axis={tuple(range(2, axes + 2))})")
    if one.bias is not None:
        lines.append(f"bias = {array_text(one.bias)}")
    lines.append(f"y = st.conv{axes}d({', '.join(_arguments(one))})")
    lines += [_followed(word, axes, pool) for word in then]
    numpy_used = any("np." in line for line in lines[2:])
    return "\n".join(lines if numpy_used else lines[1:]) + "\n"


def _arguments(one: Convolution) -> list[str]:
    even = all(before == behind for before, behind in one.padding)
    pads = tuple(before for before, _ in one.padding) if even else (0,)
    # conv1d and its family pad alike on both sides.
    x = "x" if even else f"np.pad(x, {((0, 0), *one.padding)})"
    given = (
        ("stride", one.stride, 1),
        ("padding", pads, 0),
        ("dilation", one.dilation, 1),
        ("groups", (one.groups,), 1),
    )
    options = [f"{name}={each_text(sizes)}" for name, sizes, plain in given if set(sizes) != {plain}]
    return [x, "weight", *(["bias"] if one.bias is not None else []), *options]


def _named(name: str, axes: int) -> dict[str, int]:
    """The options that give a kernel of the bank for so many axes."""
    found = filters.get(name)
    if axes not in found.ranks:
        raise ParameterError(f'kernel "{name}" exists for {found.ranks} axes, not for {axes}; check spatial (={axes})')
    parameters = inspect.signature(found.make).parameters
    return {"ndim": axes} if "ndim" in parameters and parameters["ndim"].default != axes else {}


def _source_lines(source: str | npt.ArrayLike, one: Convolution, axes: int) -> list[str]:
    if not isinstance(source, str):
        data = numbers(source, "source")
        data = data[None] if data.ndim == axes else data
        if data.ndim != axes + 1 or len(data) != one.channels:
            raise ShapeError(
                f"source has shape {np.shape(source)}, expected ({one.channels}, *spatial) with {axes} spatial axes"
            )
        return [f"x = {array_text(data)}"]
    if axes == 2:
        path = "st.bundled.picture_path()" if source == "picture" else repr(source)
        if one.channels not in (1, 3):
            raise ShapeError(f"a picture has 3 channels, or 1 in grey; the kernel reads {one.channels}")
        return [f'x = st.image({path}, size=None, preprocess="{"unit" if one.channels == 3 else "grey"}")[0]']
    if axes == 1 and source != "picture":
        return [f"x = st.signal({source!r})[0]"]
    raise ShapeError(f'source (="{source}") is a picture, with 2 spatial axes; the kernel has {axes}')


def _followed(word: Then, axes: int, pool: int) -> str:
    return "y = st.functional.relu(y)" if word == "relu" else f"y = st.{word}{axes}d(y, {pool})"


def each_text(sizes: tuple[int, ...]) -> str:
    """A size as one number where it is the same along all axes."""
    return str(sizes[0]) if len(set(sizes)) == 1 else str(sizes)


def array_text(array: Array) -> str:
    """An array in float32, written out.

    Raises:
        ShapeError: It has too many numbers.
    """
    return f"np.array({listed(array)}, np.float32)"


def listed(array: Array) -> str:
    """The same as nested lists alone."""
    if array.size > _LONGEST:
        raise ShapeError(f"an array of shape {array.shape} is too long to be written out; save it, and give its path")
    values = array.astype(np.float32)
    return str(_listed(values, bool((values == np.round(values)).all())))


def _listed(values: Array, whole: bool) -> list[object] | int | float:
    """Nested lists with the shortest digits that give the same float32 again."""
    if values.ndim:
        return [_listed(part, whole) for part in values]
    return int(values) if whole else float(str(values))
