"""One layer at work on one input: the state of a workbench, and everything that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import gcd, prod
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from striate.arguments import expect_flag, one_of, shown
from striate.arithmetic import Pads, convolution_parameters, dilated_extent, whole_number, whole_numbers
from striate.engine import Recording, require_memory
from striate.engine.immediate import immediate
from striate.errors import ParameterError, ShapeError
from striate.functional.apply import apply, first_result
from striate.graph import Array, GraphBuilder, LayerView, Model, Op, type_of
from striate.lenses.animation.sliding import Sliding, sliding_of
from striate.lenses.declared_size import Formula
from striate.lenses.explain.lens import main_site
from striate.lessons.convolution import Definition, PaddingGiven, Sizes, each_axis, numbers, pads_of
from striate.lessons.window_sizes import Operation, WindowSizes
from striate.ops import AveragePool, Conv, ConvTranspose, MaxPool, Relu
from striate.run import Run

Combination = Literal["magnitude", "sum", "largest"]

# The layer's name in its run; its units are "layer:filter@position".
LAYER = "layer"
# Products up to which a state is computed in float64; a larger one is computed in float32 by the engine.
_EXACT = 2**21


class Workbench:
    """A convolution, a transposed one or a pooling on one input, ready to be looked into.

    Args:
        x: The input, (c, *spatial), or (*spatial) for one channel and a kernel of as many axes.
        weight: Filters (k, c/groups, *kernel), of a transposed convolution too; or one bare kernel (r,) or (r, s).
            None for a pooling.
        operation: What slides.
        bias: (k,), one number for all filters, or None.
        kernel: The window of a pooling, one number or one an axis.
        stride: Cells between two positions; if None 1, of a pooling the window's size.
        padding: Zeros around the input: one number or one an axis, (before, after) an axis, "valid" or "same". Of a
            transposed convolution the cells cut from the result.
        dilation: Cells between two taps.
        groups: Parts that the channels are cut into.
        definition: "correlate" as deep learning does, or "convolve", which turns the kernel round first.
        relu: Whether negative results become 0.
        output_padding: Cells added to the end of a transposed convolution's result.
        ceil_mode: Whether a pooling's last window may reach past the end.
        count_padding: Whether an average pooling counts the padded cells.
        flatten: Whether the maps are laid out in a line at the end.

    Attributes:
        x, weight, bias, kernel, stride, padding, dilation, groups, output_padding: The same, as arrays, and one
            number (of the padding a pair) for each axis.
        window: Those sizes, and what they may be.

    Raises:
        ShapeError, DtypeError, ParameterError, NonFiniteError: The numbers are no such layer; the message says why.
        LimitError: It would take more than the memory limit.

    Exactness:
        Small states are computed in float64; those of more than two million products in float32 by the engine.

    Example:
        >>> bench = Workbench([0.0, 0.82, 0.91, 0.4], [0.33, 0.34, 0.33], padding=1)
        >>> bench.run.unit("layer:0@1").explain().formula()
        '0.33×0.0 + 0.34×0.82 + 0.33×0.91 = 0.5791'
        >>> bench.sizes
        ('⌊(4 + 2·1 − 3)/1⌋ + 1 = 4',)
    """

    def __init__(
        self,
        x: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
        operation: Operation = "convolution",
        *,
        bias: npt.ArrayLike | None = None,
        kernel: Sizes = 2,
        stride: Sizes | None = None,
        padding: PaddingGiven = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        definition: Definition = "correlate",
        relu: bool = False,
        output_padding: Sizes = 0,
        ceil_mode: bool = False,
        count_padding: bool = False,
        flatten: bool = False,
    ) -> None:
        for what, word, known in (
            ("operation", operation, get_args(Operation)),
            ("definition", definition, get_args(Definition)),
        ):
            one_of(word, known, what)
        for what, given in (
            ("relu", relu),
            ("ceil_mode", ceil_mode),
            ("count_padding", count_padding),
            ("flatten", flatten),
        ):
            expect_flag(given, what)
        self.operation: Operation = operation
        self.definition: Definition = definition
        self.relu, self.ceil_mode = bool(relu), bool(ceil_mode)
        self.count_padding, self.flatten = bool(count_padding), bool(flatten)
        self.is_pooling = operation in ("max_pool", "average_pool")
        data = _input(x)
        self.weight = None if self.is_pooling else _filters(weight)
        axes = _axes(data, self.weight, kernel)
        self.x = data[None] if data.ndim == axes else data
        self.kernel = each_axis(kernel, axes, "kernel") if self.weight is None else self.weight.shape[2:]
        steps = stride if stride is not None else self.kernel if self.is_pooling else 1
        self.stride, self.dilation = each_axis(steps, axes, "stride"), each_axis(dilation, axes, "dilation")
        self.padding: Pads = self._pads(padding)
        self.output_padding = each_axis(output_padding, axes, "output_padding", 0)
        self.groups = self._groups(groups)
        self.bias = self._bias(bias)
        self.window = WindowSizes(
            operation, self.lengths, self.kernel, self.stride, self.padding, self.dilation, self.output_padding
        )
        self.window.require_possible(ceil_mode)

    def __repr__(self) -> str:
        window = "×".join(map(str, self.kernel))
        return f"<Workbench: {self.operation} {window} on {'×'.join(map(str, self.x.shape))}>"

    # ---- what it is made of

    @property
    def lengths(self) -> tuple[int, ...]:
        """Spatial sizes of the input."""
        return self.x.shape[1:]

    @property
    def channels(self) -> int:
        """Channels of the input."""
        return self.x.shape[0]

    @property
    def filters(self) -> int:
        """Maps that come out."""
        return self.channels if self.weight is None else self.weight.shape[0]

    @property
    def sliding_weight(self) -> Array | None:
        """The filters as they are multiplied: turned round for the definition "convolve"."""
        if self.weight is None or self.definition == "correlate":
            return self.weight
        return np.flip(self.weight, tuple(range(2, self.weight.ndim)))

    def _pads(self, padding: PaddingGiven) -> Pads:
        if self.operation != "transposed" or not isinstance(padding, str) or padding != "same":
            return pads_of(padding, self.kernel, self.stride, self.dilation, self.lengths)
        # The result is then as long as the input times the stride.
        spans = [dilated_extent(k, d) for k, d in zip(self.kernel, self.dilation, strict=True)]
        cut = [max(0, span - step) for span, step in zip(spans, self.stride, strict=True)]
        return tuple((total // 2, total - total // 2) for total in cut)

    def _groups(self, groups: int) -> int:
        parts = whole_number(groups, f"groups (={shown(groups)}) must be a positive whole number")
        if self.weight is None:
            return 1
        if parts < 1 or self.channels % parts or self.filters % parts:
            raise ParameterError(
                f"groups (={groups}) must be a positive number that divides the {self.channels} channels of the input "
                f"and the {self.filters} filters"
            )
        depth = self.channels // parts
        if self.weight.shape[1] != depth:
            raise ShapeError(
                f"weight has shape {self.weight.shape}: filters for {self.weight.shape[1]} channels, but the input has "
                f"{self.channels} in groups (={parts}), {depth} for each filter"
            )
        return parts

    def _bias(self, bias: npt.ArrayLike | None) -> Array | None:
        if bias is None or self.weight is None:
            return None
        found = numbers(bias, "bias")
        found = np.full(self.filters, found) if found.ndim == 0 else found
        if found.shape != (self.filters,):
            raise ShapeError(f"bias has shape {found.shape}, expected ({self.filters},), a number for each filter")
        return found

    # ---- what it makes

    @cached_property
    def op(self) -> Op:
        """The operation."""
        if self.operation == "convolution":
            return Conv(self.stride, self.padding, self.dilation, self.groups)
        if self.operation == "transposed":
            more = self.output_padding if any(self.output_padding) else ()
            return ConvTranspose(self.stride, self.padding, self.dilation, self.groups, more)
        shape = (self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode)
        return MaxPool(*shape) if self.operation == "max_pool" else AveragePool(*shape, self.count_padding)

    @cached_property
    def _operands(self) -> tuple[Array, Array | None, Array | None]:
        """Input, weight and bias in the type that it is computed in."""
        weight = self.sliding_weight
        if weight is not None and self.operation == "transposed":
            weight = _by_input(weight, self.groups)
        positions = prod(self.lengths) * (prod(self.stride) if self.operation == "transposed" else 1)
        work = positions * prod(self.kernel) * self.filters * (1 if self.weight is None else self.weight.shape[1])
        kind = np.float64 if work <= _EXACT else np.float32
        return tuple(  # pyright: ignore[reportReturnType] (three of them)
            None if array is None else np.ascontiguousarray(array, kind) for array in (self.x, weight, self.bias)
        )

    @cached_property
    def total(self) -> Array:
        """What the window makes, (k, *positions), before the ReLU."""
        x, weight, bias = self._operands
        if x.dtype == np.float32:
            return first_result(immediate(self.op), self.operation, x[None], weight, bias, single=True)
        operands = (x[None],) if weight is None else (x[None], weight, bias)
        return apply(self.op, self.operation, *operands)[0][0]

    @cached_property
    def output(self) -> Array:
        """The maps, (k, *positions)."""
        return np.maximum(self.total, 0) if self.relu else self.total

    @cached_property
    def extents(self) -> Array:
        """Least and greatest number of each map, float64 (k, 2).

        Example:
            >>> Workbench([1, 2, 4], [1, -1]).extents
            array([[-2., -1.]])
        """
        flat = self.output.reshape(self.filters, -1)
        return np.stack([flat.min(axis=1), flat.max(axis=1)], axis=1).astype(np.float64)

    @property
    def flat(self) -> Array:
        """All maps in one line, channel by channel and row by row, as a dense layer takes them; it learns nothing.

        Example:
            >>> Workbench([[9, 8], [5, 4]], operation="max_pool", kernel=(1, 2)).flat
            array([9., 5.])
        """
        return self.output.reshape(-1)

    @cached_property
    def run(self) -> Run:
        """The layer as a run, to be explained unit by unit: ``run.unit("layer:0@1,2")``."""
        x, weight, bias = self._operands
        build = GraphBuilder("workbench")
        inputs: list[str | None] = [build.input("input", x.dtype, (1, *x.shape))]
        inputs += [
            build.constant(array, name) for name, array in (("weight", weight), ("bias", bias)) if array is not None
        ]
        outputs = build.add(self.op, inputs, LAYER)
        values: dict[str, Array] = {"input": x[None], outputs[0]: self.total[None]}
        kinds = [type_of(x[None]), *(type_of(array) for array in (weight, bias) if array is not None)]
        for name, result in zip(outputs[1:], self.op.infer(kinds)[1:], strict=True):
            # Where a maximum was found: nobody asks for it here.
            values[name] = np.broadcast_to(np.zeros((), result.dtype), self.total[None].shape)
        nodes = [LAYER]
        if self.relu:
            outputs = build.add(Relu(), outputs[:1], "relu")
            nodes.append("relu")
            values[outputs[0]] = self.output[None]
        graph = build.finish(outputs[:1])
        view = LayerView(LAYER, self.op.kind, tuple(nodes), outputs[0])
        return Run(Recording(Model(graph, (view,)), dict(graph.constants) | values))

    def combined(self, how: Combination) -> Array:
        """All maps as one, (*positions).

        Args:
            how: "magnitude", the root of the sum of squares, as of a gradient's parts; "sum"; or "largest", the
                largest magnitude.

        Example:
            >>> Workbench([[3.0]], np.array([1.0, 2.0]).reshape(2, 1, 1, 1)).combined("sum")
            array([[9.]])
        """
        one_of(how, get_args(Combination), "combine")
        if how == "sum":
            return self.output.sum(axis=0)
        return np.sqrt((self.output**2).sum(axis=0)) if how == "magnitude" else np.abs(self.output).max(axis=0)

    # ---- the numbers behind it

    @cached_property
    def sliding(self) -> Sliding:
        """How the window slides over the cells of the input."""
        at = ",".join("0" for _ in self.lengths)
        site = main_site(self.run.recording, f"{LAYER}:0@{at}")
        found = None if site is None else sliding_of(site)
        assert found is not None
        return found

    @property
    def flipped(self) -> bool:
        """Whether the last weight, as it was given, meets the first cell: two turns are none."""
        return self.sliding.flipped != (self.definition == "convolve" and self.weight is not None)

    @property
    def sizes(self) -> tuple[str, ...]:
        """The output's size along each axis: the formula with the numbers in play."""
        return self.sliding.sizes

    @property
    def parameters(self) -> Formula:
        """Weights and biases; a pooling has none."""
        if self.weight is None:
            return Formula("0", 0)
        shape, has_bias = self.weight.shape, self.bias is not None
        made = "·".join(map(str, shape)) + (f" + {self.filters}" if has_bias else "")
        return Formula(made, convolution_parameters(self.kernel, self.channels, self.filters, self.groups, has_bias))

    @property
    def macs(self) -> Formula:
        """Products of weight and cell, padding among them; of a pooling cells that are looked at.

        A transposed convolution multiplies each cell of its input with each weight, so its products are counted there:
        the zeros between the cells, which its window meets, are no products.
        """
        positions = self.lengths if self.operation == "transposed" else self.output.shape[1:]
        depth = 1 if self.weight is None else self.weight.shape[1]
        made = "·".join(map(str, (*positions, self.filters, depth, *self.kernel)))
        return Formula(made, prod((*positions, self.filters, depth, *self.kernel)))

    @property
    def flattened(self) -> Formula:
        """How many numbers all maps in one line are."""
        return Formula("·".join(map(str, self.output.shape)), self.output.size)

    def met_by(self, tap: Sequence[int]) -> tuple[tuple[int, int, int], ...] | None:
        """Which cells of the input a weight ever meets, over all positions.

        Args:
            tap: Index of the weight in the kernel, one number an axis, in the kernel as it was given.

        Returns:
            (first, last, step) along each axis; None where it meets nothing but padding and gaps.

        Example:
            >>> Workbench([1, 2, 3, 4, 5], [1, 0, -1], stride=2).met_by((2,))
            ((2, 4, 2),)
        """
        wanted = f"tap (={shown(tap)}) must be a place in the kernel of {'×'.join(map(str, self.kernel))}"
        places = whole_numbers(tap, wanted)
        if len(places) != len(self.kernel):
            raise ParameterError(wanted)
        found = [self.met_along(axis, index) for axis, index in enumerate(places)]
        return None if None in found else tuple(each for each in found if each is not None)

    def met_along(self, axis: int, tap: int) -> tuple[int, int, int] | None:
        """The same along one axis, as no axis depends on the others.

        Args:
            axis: Which one, from 0.
            tap: Index of the weight along it.

        Returns:
            (first, last, step), or None.

        Raises:
            ParameterError: There is no such axis or weight.
        """
        axis = whole_number(axis, f"axis (={shown(axis)}) must be a whole number from 0 on", 0)
        if axis >= len(self.kernel):
            raise ParameterError(f"axis (={axis}) must be less than {len(self.kernel)}, the number of axes")
        tap = whole_number(tap, f"tap (={shown(tap)}) must be a whole number from 0 on", 0)
        if tap >= self.kernel[axis]:
            raise ParameterError(f"tap (={tap}) must be less than {self.kernel[axis]}, the kernel along axis {axis}")
        sliding, length = self.sliding, self.lengths[axis]
        # Where the tap lies among those under the window.
        lies = self.kernel[axis] - 1 - tap if self.flipped else tap
        start = sliding.dilation[axis] * lies - sliding.pads[axis][0]
        step, spread, count = sliding.stride[axis], sliding.spread[axis], sliding.counts[axis]
        # The window's place start + step·o is on the input from the first o to the last; of those, one in every
        # spread / gcd(step, spread) is on a cell and not in the gap between two.
        first, last = max(0, -(start // step)), min(count - 1, ((length - 1) * spread - start) // step)
        every = spread // gcd(step, spread)
        on = next((o for o in range(first, min(first + every, last + 1)) if (start + step * o) % spread == 0), None)
        if on is None:
            return None
        last -= (last - on) % every
        cells = [(start + step * o) // spread for o in (on, last)]
        return cells[0], cells[1], step * every // spread if last > on else 1

    def ranges(self) -> dict[str, tuple[int, int]]:
        """What each size may be, least and greatest for all axes at once, while the others stay as they are.

        Returns:
            By "kernel", "stride", "padding", "dilation"; a size beyond is either impossible or meets nothing new.
        """
        return self.window.ranges()

    def possible_groups(self) -> tuple[int, ...]:
        """Into how many parts the channels can be cut."""
        both = gcd(self.channels, self.filters)
        return tuple(parts for parts in range(1, both + 1) if both % parts == 0) if self.weight is not None else (1,)


def _input(x: npt.ArrayLike) -> Array:
    # What is large is not copied to be wider.
    narrow = getattr(x, "dtype", None) == np.float32
    data = np.asarray(x, np.float32) if narrow else numbers(x, "input")
    require_memory(8 * data.nbytes, f"a workbench on {data.shape}")
    data = data if np.isfinite(data).all() else numbers(x, "input")  # which says what is wrong
    if not data.size or not 1 <= data.ndim <= 4:
        raise ShapeError(f"input has shape {data.shape}, expected (c, *spatial) with 1 to 3 spatial axes")
    return data


def _filters(weight: npt.ArrayLike | None) -> Array:
    """Filters (k, c/groups, *kernel); one with one or two axes is a bare kernel."""
    if weight is None:
        raise ParameterError("a convolution needs a weight: filters (k, c/groups, *kernel), or one kernel")
    found = numbers(weight, "weight")
    found = found[None, None] if found.ndim in (1, 2) else found
    if found.ndim not in (3, 4, 5) or not found.size:
        raise ShapeError(f"weight has shape {found.shape}, expected (k, c/groups, *kernel) with 1 to 3 axes of taps")
    return found


def _axes(data: Array, weight: Array | None, kernel: Sizes) -> int:
    """Spatial axes: those of the filters; of a pooling as many as its window has, or all but the channels."""
    if weight is not None:
        axes = weight.ndim - 2
    else:
        given = len(whole_numbers(kernel, f"kernel (={kernel}) must be a whole number, or one for each axis"))
        axes = given if np.ndim(kernel) else max(1, data.ndim - 1)
    if data.ndim not in (axes, axes + 1):
        raise ShapeError(f"input has shape {data.shape}, expected (c, *spatial) with {axes} spatial axes")
    return axes


def _by_input(weight: Array, groups: int) -> Array:
    """(k, c/groups, *kernel) in the order of a transposed convolution, (c, k/groups, *kernel)."""
    filters, depth = weight.shape[0] // groups, weight.shape[1]
    parted = weight.reshape(groups, filters, depth, *weight.shape[2:])
    return np.swapaxes(parted, 1, 2).reshape(groups * depth, filters, *weight.shape[2:])
