"""One convolution with its numbers: what the lessons take apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from striate import ops
from striate.arguments import expect, real_array, shown
from striate.arithmetic import Pads, convolution_parameters, dilated_extent, same_padding, whole_numbers
from striate.engine.limits import require_memory
from striate.errors import NonFiniteError, ParameterError, ShapeError
from striate.functional.apply import apply
from striate.graph import Array, Model, Node
from striate.lenses.declared_size import Formula
from striate.lenses.kernels import layer_filter
from striate.network import ModelSource, Network
from striate.run import Run, Unit

Sizes = int | Sequence[int]
PaddingGiven = Sizes | Sequence[tuple[int, int]] | str
# Deep learning correlates; "convolve" turns the kernel round first.
Definition = Literal["correlate", "convolve"]


class Convolution:
    """A convolution with its weights, in float64: (k, c/groups, *kernel), 1-D to 3-D.

    Args:
        weight: (k, c/groups, *kernel); or a bare kernel (r,) or (r, s), which has one channel and is one filter.
        bias: (k,), or None.
        stride: Cells between two positions, one number or one an axis.
        padding: Zeros at both ends, one number or one an axis; or (before, after) for each axis; or "valid" (none), or
            "same" (as many positions as cells; stride 1 only).
        dilation: Cells between two taps, one number or one an axis.
        groups: Parts that the channels are cut into.

    Attributes:
        weight, bias, stride, padding, dilation, groups: The same, one number an axis; padding as (before, after).

    Raises:
        ShapeError, DtypeError, ParameterError, NonFiniteError: The numbers are no convolution; the message says why.

    Example:
        >>> sobel = Convolution([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], padding=1)
        >>> sobel
        Convolution(weight (1, 1, 3, 3), stride (1, 1), padding ((1, 1), (1, 1)))
        >>> sobel(np.eye(4)).shape
        (1, 4, 4)
    """

    __slots__ = ("bias", "dilation", "groups", "padding", "stride", "weight")

    def __init__(
        self,
        weight: npt.ArrayLike,
        bias: npt.ArrayLike | None = None,
        stride: Sizes = 1,
        padding: PaddingGiven = 0,
        dilation: Sizes = 1,
        groups: int = 1,
    ) -> None:
        kernels = numbers(weight, "weight")
        kernels = kernels[None, None] if kernels.ndim in (1, 2) else kernels
        if kernels.ndim not in (3, 4, 5) or not kernels.size:
            raise ShapeError(
                f"weight has shape {kernels.shape}, expected (k, c/groups, *kernel) with 1 to 3 axes of taps"
            )
        axes = kernels.ndim - 2
        self.weight = _locked(kernels)
        self.stride, self.dilation = each_axis(stride, axes, "stride"), each_axis(dilation, axes, "dilation")
        self.padding = pads_of(padding, kernels.shape[2:], self.stride, self.dilation)
        parts = whole_numbers(groups, f"groups (={groups}) must be a positive whole number")
        if len(parts) != 1 or parts[0] < 1 or len(kernels) % parts[0]:
            raise ParameterError(
                f"groups (={groups}) must be a positive number that divides the {len(kernels)} filters"
            )
        self.groups = parts[0]
        self.bias = None if bias is None else _locked(numbers(bias, "bias"))
        if self.bias is not None and self.bias.shape != (len(kernels),):
            raise ShapeError(f"bias has shape {self.bias.shape}, expected ({len(kernels)},), a number for each filter")

    def __repr__(self) -> str:
        facts = [f"weight {self.weight.shape}", f"stride {self.stride}", f"padding {self.padding}"]
        facts += [f"dilation {self.dilation}"] if set(self.dilation) != {1} else []
        facts += [f"groups {self.groups}"] if self.groups != 1 else []
        facts += ["bias"] if self.bias is not None else []
        return f"Convolution({', '.join(facts)})"

    @classmethod
    def of(cls, source: Network | Run | Unit | ModelSource, layer: str = "") -> Convolution:
        """The convolution that a layer of a network carries out, without its activation.

        Args:
            source: A network, a run or a :class:`striate.Sequential`; or a unit, for the one filter that made it. Where
                the padding depends on the input's size ("same" with a stride), a run knows it, and so does a network of
                fixed size.
            layer: Name of the layer; a unit has its own.

        Raises:
            UnknownNameError: There is no such layer.
            ParameterError: It is no convolution with fixed weights, or its padding depends on an input of free size.

        Example:
            >>> import striate as st
            >>> Convolution.of(st.load(st.bundled.model_path()), "edges/Conv")
            Convolution(weight (12, 1, 3, 3), stride (1, 1), padding ((0, 0), (0, 0)))
        """
        if isinstance(source, Unit):
            address = source.address
            return _one_filter(cls.of(source.run, address.layer), address.channel or 0)
        expect(source, (Network, Run, ModelSource), "source", "a network, a run, a unit of one or a Sequential")
        model = source.to_model() if isinstance(source, ModelSource) else source.model
        found = layer_filter(model, layer, 0)  # refuses what has no weights, with words
        return _of_node(cls, model, layer, found.name, source if isinstance(source, Run) else None)

    @property
    def kernel(self) -> tuple[int, ...]:
        """Taps per axis."""
        return self.weight.shape[2:]

    @property
    def channels(self) -> int:
        """Channels that it reads."""
        return self.weight.shape[1] * self.groups

    @property
    def filters(self) -> int:
        """Maps that it makes."""
        return self.weight.shape[0]

    @property
    def span(self) -> tuple[int, ...]:
        """Cells from the first tap to the last, per axis: its receptive field."""
        return tuple(dilated_extent(k, d) for k, d in zip(self.kernel, self.dilation, strict=True))

    @property
    def parameters(self) -> Formula:
        """Weights and biases, with the formula filled in."""
        made = "*".join(map(str, self.weight.shape)) + (f" + {self.filters}" if self.bias is not None else "")
        has_bias = self.bias is not None
        return Formula(made, convolution_parameters(self.kernel, self.channels, self.filters, self.groups, has_bias))

    def output_shape(self, lengths: Sequence[int]) -> tuple[int, ...]:
        """Shape of the result, (k, *positions), for an input of these spatial lengths.

        Raises:
            ShapeError: The window is larger than the padded input.
        """
        wanted = f"lengths (={shown(lengths)}) must be whole numbers, one for each of {len(self.kernel)} axes"
        sizes = whole_numbers(lengths, wanted)
        if len(sizes) != len(self.kernel):
            raise ParameterError(wanted)
        positions = self._op().window(self.kernel).output(sizes)
        return (self.filters, *cast("tuple[int, ...]", positions))

    def __call__(self, x: npt.ArrayLike) -> Array:
        """The maps of an input, in float64.

        Args:
            x: (n, c, *spatial), or (c, *spatial) for one sample; with one channel also (*spatial).

        Returns:
            (n, k, *positions), or without n.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit.
            LimitError: It would take more than the memory limit.
        """
        batch, single = self.batch(x)
        with np.errstate(over="ignore", invalid="ignore"):
            (y,) = apply(self._op(), "convolution", batch, self.weight, self.bias)
        return finite_sums(y[0] if single else y)

    def windows(self, x: npt.ArrayLike) -> Array:
        """What lies under the taps at each position: (*positions, c, *kernel), 0 where a tap meets padding.

        With ``w = self.windows(x)`` the products behind the number of map k at position p are
        ``w[p] * self.whole_weight()[k]``.

        Args:
            x: One sample, (c, *spatial); with one channel also (*spatial).

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit.
            LimitError: It would take more than the memory limit.

        Example:
            >>> Convolution([1, 0, -1], padding=1).windows([1, 2, 3])[:, 0]
            array([[0., 1., 2.],
                   [1., 2., 3.],
                   [2., 3., 0.]])
        """
        batch, _ = self.batch(x)
        if len(batch) != 1:
            raise ShapeError(f"input has {len(batch)} samples, windows are those of one")
        positions, axes = self.output_shape(batch.shape[2:])[1:], range(len(self.kernel))
        require_memory(8 * prod(positions) * self.channels * prod(self.kernel), "the windows of a convolution")
        padded = np.pad(batch[0], ((0, 0), *self.padding))
        made = np.lib.stride_tricks.sliding_window_view(padded, self.span, axis=tuple(a + 1 for a in axes))
        starts = tuple(slice(None, None, self.stride[a]) for a in axes)
        taps = tuple(slice(None, None, self.dilation[a]) for a in axes)
        return np.ascontiguousarray(np.moveaxis(made[(slice(None), *starts, *taps)], 0, len(self.kernel)))

    def channel_sums(self, x: npt.ArrayLike) -> Array:
        """What each channel gives to each number, (k, c, *positions); their sum over c and the bias are the maps.

        Args:
            x: One sample, (c, *spatial); with one channel also (*spatial).

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit.
            LimitError: It would take more than the memory limit.

        Example:
            >>> Convolution([[[1, 0, -1], [2, 2, 2]]], [0.5]).channel_sums([[1, 2, 4], [1, 1, 1]])
            array([[[-3.],
                    [ 6.]]])
        """
        windows = self.windows(x)
        positions = windows.shape[: len(self.kernel)]
        flat = windows.reshape(prod(positions), self.channels, -1)
        weight = self.whole_weight().reshape(self.filters, self.channels, -1)
        with np.errstate(over="ignore", invalid="ignore"):
            sums = np.einsum("pct,kct->kcp", flat, weight)
        return finite_sums(sums).reshape(self.filters, self.channels, *positions)

    def batch(self, x: npt.ArrayLike) -> tuple[Array, bool]:
        """The input as a batch in float64, and whether it was one sample.

        Raises:
            ShapeError, DtypeError, NonFiniteError: It does not fit.
        """
        data, axes = numbers(x, "input"), len(self.kernel)
        if data.ndim == axes and self.channels == 1:
            data = data[None]
        single = data.ndim == axes + 1
        data = data[None] if single else data
        if data.ndim != axes + 2 or data.shape[1] != self.channels or not data.size:
            sample = f"{self.channels}, {('l', 'h, w', 'd, h, w')[axes - 1]}"
            raise ShapeError(f"input has shape {np.shape(x)}, expected (n, {sample}) or ({sample})")
        return data, single

    def whole_weight(self) -> Array:
        """The weights without groups, (k, c, *kernel): what a filter does not see has weight 0."""
        if self.groups == 1:
            return self.weight
        each, depth = self.filters // self.groups, self.weight.shape[1]
        whole = np.zeros((self.filters, self.channels, *self.kernel))
        for group in range(self.groups):
            rows = slice(group * each, (group + 1) * each)
            whole[rows, group * depth : (group + 1) * depth] = self.weight[rows]
        return whole

    def _op(self) -> ops.Conv:
        return ops.Conv(self.stride, self.padding, self.dilation, self.groups)


def as_convolution(given: object) -> Convolution:
    """A convolution as it is, a unit's filter, or one made of bare weights."""
    if isinstance(given, Convolution):
        return given
    return Convolution.of(given) if isinstance(given, Unit) else Convolution(cast(npt.ArrayLike, given))


def numbers(values: npt.ArrayLike, what: str) -> Array:
    """Values as float64.

    Raises:
        ShapeError, DtypeError, NonFiniteError: They are no array of finite real numbers.
    """
    array = real_array(values, what)
    require_memory(8 * array.size, f"{what} in float64")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise NonFiniteError(f"{what} holds NaN or infinity, expected finite numbers")
    return array


def finite_sums(sums: Array) -> Array:
    """Sums as they are.

    Raises:
        NonFiniteError: One of them is beyond what float64 can hold.
    """
    if not np.isfinite(sums).all():
        raise NonFiniteError("a sum is beyond what float64 can hold (1.8e308); scale the input or the weights down")
    return sums


def _of_node(cls: type[Convolution], model: Model, layer: str, weight: str, run: Run | None) -> Convolution:
    node = next(node for node in model.graph.nodes if weight in node.inputs)
    if not isinstance(node.op, ops.Conv):
        raise ParameterError(f'layer "{layer}" is a {node.op.kind}, expected a convolution')
    added = node.inputs[2] if len(node.inputs) > 2 else None
    return cls(
        model.graph.constants[weight],
        model.graph.constants[added] if added else None,
        node.op.stride,
        _pads_of_node(model, layer, node.op, node, run),
        node.op.dilation,
        node.op.groups,
    )


def _pads_of_node(model: Model, layer: str, op: ops.Conv, node: Node, run: Run | None) -> Pads:
    """Cells of a padding that may be a rule."""
    read, weight = node.inputs[0] or "", node.inputs[1] or ""
    kernel = model.graph.constants[weight].shape[2:]
    shape = (model.graph.types[read].shape or ()) if run is None else run.recording.values[read].shape
    lengths = tuple(size for size in shape[2:] if isinstance(size, int))
    if len(lengths) < len(kernel):
        if op.padding in ("same_upper", "same_lower") and set(op.stride) != {1}:
            raise ParameterError(
                f'layer "{layer}" has padding "{op.padding}", which with stride {op.stride} depends on the size of the '
                "input, and that is free; give a run instead of the network"
            )
        # With stride 1 as many cells are added as the window spans more than one, whatever the length.
        lengths = tuple(dilated_extent(k, d) for k, d in zip(kernel, op.dilation, strict=True))
    return op.window(kernel).pads(lengths)


def _one_filter(whole: Convolution, channel: int) -> Convolution:
    weight = whole.whole_weight()[channel : channel + 1]
    bias = None if whole.bias is None else whole.bias[channel : channel + 1]
    return Convolution(weight, bias, whole.stride, whole.padding, whole.dilation)


def _locked(array: Array) -> Array:
    array.flags.writeable = False
    return array


def each_axis(sizes: Sizes, axes: int, what: str, least: int = 1) -> tuple[int, ...]:
    """One number for each axis.

    Raises:
        ParameterError: They are no whole numbers from ``least`` on, or not as many as axes.
    """
    kind = "positive whole number" if least else "whole number from 0 on"
    wanted = f"{what} (={sizes}) must be a {kind}, or {axes} of them, one for each axis"
    spread = whole_numbers(sizes, wanted)
    spread = spread * axes if len(spread) == 1 else spread
    if len(spread) != axes or min(spread) < least:
        raise ParameterError(wanted)
    return spread


def pads_of(
    padding: PaddingGiven,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    lengths: tuple[int, ...] | None = None,
) -> Pads:
    """Cells of padding (before, after) along each axis.

    Args:
        padding: Cells, one number or one an axis; or (before, after) for each axis; or "valid" (none), or "same".
        kernel: Taps per axis.
        stride: Cells between two positions, per axis.
        dilation: Cells between two taps, per axis.
        lengths: Of the input; "same" with a stride depends on them.

    Raises:
        ParameterError: It is no padding, or depends on the input, which is not known.
    """
    axes = len(kernel)
    wanted = (
        f"padding (={padding}) must be cells from 0 on, one number or one for each of {axes} axes, (before, after) for "
        'each axis, "valid" or "same"'
    )
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ParameterError(wanted)
        if padding == "valid":
            return ((0, 0),) * axes
        if lengths is not None:
            return tuple(same_padding(*sizes) for sizes in zip(lengths, kernel, stride, dilation, strict=True))
        if set(stride) != {1}:
            raise ParameterError(f'padding "same" with stride {stride} depends on the input; give the cells')
        # With stride 1 it does not: as many cells are added as the window spans more than one.
        return tuple(same_padding(k * d, k, 1, d) for k, d in zip(kernel, dilation, strict=True))
    many = isinstance(padding, Iterable) and getattr(padding, "ndim", 1) != 0
    given: list[Any] = list(cast("Iterable[Any]", padding)) if many else [padding]
    pads: list[tuple[int, int]] = []
    for cells in given:
        pair = whole_numbers(cells, wanted)
        if len(pair) not in (1, 2) or min(pair) < 0:
            raise ParameterError(wanted)
        pads.append((pair[0], pair[-1]))
    pads = pads * axes if len(pads) == 1 else pads
    if len(pads) != axes:
        raise ParameterError(wanted)
    return tuple(pads)
