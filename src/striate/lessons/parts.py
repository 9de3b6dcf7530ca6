"""Parts of a network whose windows are known: what is run, and which cells of the input each output looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
import numpy.typing as npt

from striate import ops
from striate.arguments import is_text
from striate.arithmetic import Window, dilated_extent, whole_numbers
from striate.errors import InvalidError, ParameterError, ShapeError, UnsupportedError
from striate.functional.apply import apply
from striate.graph import Array
from striate.lessons.convolution import Convolution, as_convolution, finite_sums, numbers
from striate.network import Network

Kind = Literal["max", "average"]


@dataclass(frozen=True)
class Pooling:
    """Pooling of each channel by itself.

    Args:
        kernel: Cells of the window, one number for each axis; a bare number is a window along one axis.
        kind: "max" or "average".
        stride: Cells between two windows, one number an axis; the window's size if left out.

    Raises:
        ParameterError: A size is not positive, or the kind is neither.

    Example:
        >>> Pooling((2,))(np.array([[1.0, 5, 2, 3]]))
        array([[5., 3.]])
    """

    kernel: tuple[int, ...]
    kind: Kind = "max"
    stride: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name, given in (("kernel", self.kernel), ("stride", self.stride)):
            wanted = f"{name} (={given}) must be positive whole numbers, one for each axis"
            sizes = whole_numbers(given, wanted)
            if (name == "kernel" and not sizes) or any(size < 1 for size in sizes):
                raise ParameterError(wanted)
            object.__setattr__(self, name, sizes)
        if not is_text(self.kind) or self.kind not in get_args(Kind):
            raise ParameterError(f'kind (="{self.kind}") must be "max" or "average"')
        self.window()

    def window(self) -> Window:
        """The sliding window."""
        steps = self.stride or self.kernel
        return Window(self.kernel, steps, ((0, 0),) * len(self.kernel), (1,) * len(self.kernel))

    def __call__(self, x: Array) -> Array:
        """The pooled maps of (n, c, *spatial) or (c, *spatial)."""
        slides = self.window()
        make = ops.MaxPool if self.kind == "max" else ops.AveragePool
        op = make(slides.kernel, slides.stride, slides.padding, slides.dilation)
        single = x.ndim == len(self.kernel) + 1
        with np.errstate(over="ignore", invalid="ignore"):
            y = apply(op, "pooling", x[None] if single else x)[0]
        return finite_sums(y[0] if single else y)


Step = Convolution | Pooling | Callable[[Array], Array]


@dataclass(frozen=True)
class Reach:
    """Which cells of the input the outputs of a part look at: from ``start + jump o`` on, ``size`` cells, per axis."""

    start: tuple[int, ...]
    size: tuple[int, ...]
    jump: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """A part that can be run on (n, c, *spatial).

    Args:
        run: What it does.
        axes: Spatial axes of its input.
        reach: What its outputs look at; None where they look at everything.
    """

    run: Callable[[Array], Array]
    axes: int
    reach: Reach | None


def as_part(given: object, x: npt.ArrayLike, layer: str | None) -> tuple[Part, Array]:
    """A part, and the input as a batch in its order of axes: samples, channels, places.

    Args:
        given: Convolution, weights, unit, Pooling; a list of them and of functions of each number; or a network.
        x: The input, in the network's order of axes or channels first.
        layer: Which layer of the network.

    Raises:
        ParameterError, ShapeError: It is no such part, or the input does not fit.
        UnsupportedError: The layer's outputs lie closer together than the input's cells.
    """
    if isinstance(given, Network):
        return _network_part(given, x, layer)
    if layer is not None:
        raise ParameterError(f'layer (="{layer}") is for a network; the part given is a {type(given).__name__}')
    steps = _steps(given)
    windows = [step for step in steps if isinstance(step, Convolution | Pooling)]
    if not windows:
        raise ParameterError("a part needs at least one convolution or pooling")
    axes = len(windows[0].kernel)
    if any(len(step.kernel) != axes for step in windows):
        raise ShapeError(f"all parts must have {axes} axes, as the first; got {[len(step.kernel) for step in windows]}")
    return Part(lambda data: _through(steps, data), axes, _reach(windows)), _batch(x, axes, windows[0])


def _steps(given: object) -> list[Step]:
    several = list(cast("Sequence[object]", given)) if _is_sequence(given) else []
    if any(isinstance(one, Convolution | Pooling) for one in several):
        return [step for one in several for step in _steps(one)]
    if isinstance(given, Pooling) or (callable(given) and not isinstance(given, Convolution)):
        return [cast(Step, given)]
    return [as_convolution(given)]


def _is_sequence(given: object) -> bool:
    return isinstance(given, list | tuple)


def _through(steps: Sequence[Step], data: Array) -> Array:
    for step in steps:
        before = data.shape
        data = np.asarray(step(data))
        if not isinstance(step, Convolution | Pooling) and data.shape != before:
            raise ShapeError(
                f"a function between convolutions must keep the shape {before}, it gave {data.shape}; only functions "
                "of each number by itself have a known reach"
            )
    return data


def _batch(x: npt.ArrayLike, axes: int, first: Convolution | Pooling) -> Array:
    if isinstance(first, Convolution):
        return first.batch(x)[0]
    data = numbers(x, "input")
    if data.ndim not in (axes, axes + 1, axes + 2) or not data.size:
        raise ShapeError(f"input has shape {data.shape}, expected (n, c, *places), (c, *places) or (*places), {axes}-D")
    return data.reshape((1,) * (axes + 2 - data.ndim) + data.shape)


def _reach(windows: Sequence[Convolution | Pooling]) -> Reach:
    axes = range(len(windows[0].kernel))
    start, size, jump = [0 for _ in axes], [1 for _ in axes], [1 for _ in axes]
    for one in windows:
        slides = one.window() if isinstance(one, Pooling) else one
        for axis in axes:
            before = slides.padding[axis][0] if not isinstance(slides.padding, str) else 0
            start[axis] -= before * jump[axis]
            size[axis] += (dilated_extent(slides.kernel[axis], slides.dilation[axis]) - 1) * jump[axis]
            jump[axis] *= slides.stride[axis]
    return Reach(tuple(start), tuple(size), tuple(jump))


def _network_part(net: Network, x: npt.ArrayLike, layer: str | None) -> tuple[Part, Array]:
    if len(net.inputs) != 1:
        raise ParameterError(f"the network has {len(net.inputs)} inputs; equivariance is measured for one")
    name = net.model.value_name(layer) if layer is not None else net.model.graph.outputs[0]
    last = net.model.layout_of(net.model.graph.inputs[0]) == "channels_last"
    numbers(x, "input")  # refuses what is none; a network has a type of its own
    data = np.asarray(x)
    data = np.moveaxis(data, -1, 1) if last and data.ndim > 2 else data
    if data.ndim < 3:
        raise ShapeError(f"input has shape {data.shape}, expected a batch with channels and 1 to 3 spatial axes")

    def run(given: Array) -> Array:
        made = net.run(np.moveaxis(given, 1, -1) if last else given)
        return made.recording.values[net.model.value_name(name)]

    return Part(run, data.ndim - 2, _network_reach(net, name, run(data), np.shape(x))), data


def _network_reach(net: Network, name: str, output: Array, shape: tuple[int, ...]) -> Reach | None:
    if output.ndim != len(shape):
        return None
    at = ",".join("0" for _ in shape[2:])
    try:
        field = net.receptive_field(f"{name}:0@{at}", input_shape=shape)
    except InvalidError:
        return None
    if field.unclipped is None:
        return None
    if len(field.stride) != len(shape) - 2 or 0 in field.stride:  # a dense layer or global pooling has no places
        return None
    if any(step != int(step) for step in field.stride):
        raise UnsupportedError(
            f'layer "{name}" has outputs {field.stride} cells of the input apart; shifts are measured where that is a '
            "whole number of cells"
        )
    return Reach(tuple(start for start, _ in field.unclipped), field.size, tuple(map(int, field.stride)))
