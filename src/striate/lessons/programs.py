"""The few lines of Python that do again what a lesson's figure shows; each program runs as it stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from striate.lessons.code import Definition, code_for
from striate.lessons.convolution import Convolution
from striate.lessons.loop import SlidingSum
from striate.lessons.parts import Kind, Pooling

# Cells along each side of the picture that lessons measure on.
PICTURE_SIZE = 150


def picture_line(name: str | None = None) -> str:
    """The line that reads the picture of a lesson: the bundled one, or a file of that name."""
    path = "st.bundled.picture_path()" if name is None else repr(name)
    return f'x = st.image({path}, size={PICTURE_SIZE}, preprocess="grey")[0]'


def explosion_program(shape: Sequence[int], units: int, kernel: Sequence[int], filters: int) -> str:
    """Counts a dense layer and a convolution on an input.

    Example:
        >>> print(explosion_program((32, 32, 3), 512, (3, 3), 64))
        import striate as st
        <BLANKLINE>
        found = st.lessons.parameter_explosion((32, 32, 3), 512, kernel=(3, 3), channels=3, filters=64)
        print(found)
        print("ResNet-50:", st.lessons.resnet50().parameters)
        <BLANKLINE>
    """
    return _program(
        f"found = st.lessons.parameter_explosion({tuple(shape)}, {units}, kernel={tuple(kernel)}, "
        f"channels={shape[-1]}, filters={filters})",
        "print(found)",
        'print("ResNet-50:", st.lessons.resnet50().parameters)',
    )


def dense_program(size: Sequence[int], kernel: Sequence[int], padding: int, stride: int) -> str:
    """Makes the dense layer that does what a convolution does."""
    options = _options(("stride", stride, 1), ("padding", padding, 0))
    return _program(
        f"one = st.lessons.Convolution(np.ones({tuple(kernel)}){options})",
        f"twin = st.dense_equivalent(one, {tuple(size)})",
        "print(twin)",
        "print(twin.shared)",
    )


def shift_program(
    kernel: str, shift: Sequence[int], stride: int, padding: int, pool: int, picture: str | None = None
) -> str:
    """Measures equivariance and invariance to a shift on a picture."""
    options = _options(("stride", stride, 1), ("padding", padding, 0))
    parts = [f"st.lessons.Convolution(st.filters.{kernel}(){options})"]
    parts += [f"st.lessons.Pooling(({pool}, {pool}))"] if pool else []
    return _program(
        picture_line(picture),
        f"part = {parts[0] if len(parts) == 1 else '[' + ', '.join(parts) + ']'}",
        f"print(st.equivariance_error(part, x, {tuple(shift)}))",
        f"print(st.invariance_error(part, x, {tuple(shift)}))",
    )


def merge_program(first: npt.ArrayLike, second: npt.ArrayLike) -> str:
    """Merges two kernels and measures the stack, the merged kernel and the stack with ReLU on a picture."""
    return _program(
        picture_line(),
        f"merged = st.merge_convolutions({_listed(first)}, {_listed(second)})",
        "print(merged)",
        "print(merged.convolution.weight[0, 0])",
        "print(merged.measure(x))",
    )


def merge_layers_program(network: str, first: str, second: str) -> str:
    """Merges two layers of a network."""
    path = "st.bundled.model_path()" if network == "edges.onnx" else repr(network)
    return _program(
        f"net = st.load({path})",
        f"first, second = (st.lessons.Convolution.of(net, name) for name in ({first!r}, {second!r}))",
        "merged = st.merge_convolutions(first, second, interior=True)",
        "print(merged)",
    )


def loop_program(loop: SlidingSum) -> str:
    """The loop itself, and the call that gives the same."""
    call = loop.calls["striate"].removeprefix("import striate as st\n").removeprefix("y = ")
    return _program(
        loop.source,
        "",
        "",
        f"x = np.array({_listed(loop.x)}, float)",
        f"kernel = np.array({_listed(loop.kernel)}, float)",
        "print(sliding_sum(x, kernel))",
        f"print({call})",
    )


def pool_program(x: npt.ArrayLike, kernel: Sequence[int], stride: Sequence[int], kind: Kind) -> str:
    """Pools a map and lays it out in a line."""
    return _program(
        f"x = np.array({_listed(x)}, float)",
        f'pool = st.lessons.Pooling({tuple(kernel)}, "{kind}", {tuple(stride)})',
        "y = pool(x)",
        "print(y)",
        "print(y.ravel())",
    )


def growth_program(layers: Sequence[Convolution | Pooling]) -> str:
    """Grows the receptive field layer by layer."""
    return _program("layers = [", *(f"    {_layer(layer)}," for layer in layers), "]",
                    "for seen in st.lessons.field_growth(layers):", "    print(seen)")  # fmt: skip


def hierarchy_program(network: str, given: str, size: int | None, preprocess: str | None, levels: int) -> str:
    """The most excited unit of layers from the input to the end.

    Args:
        network: Its file.
        given: The input's file: a picture, or numbers as .npy.
        size: Sides of the picture; None as it is.
        preprocess: How its values are scaled; None for an input that is no picture.
        levels: At most so many layers.
    """
    path = "st.bundled.model_path()" if network == "edges.onnx" else repr(network)
    file = "st.bundled.picture_path()" if given == "house.png" else repr(given)
    reading = f'st.image({file}, size={size}, preprocess="{preprocess}")' if preprocess else f"np.load({file})"
    return _program(
        f"net = st.load({path})",
        f"run = net.run({reading})",
        f"for level in st.lessons.hierarchy(run, {levels}):",
        "    print(level, level.unit, level.value, level.box)",
    )


def convolution_program(
    one: Convolution,
    x: npt.ArrayLike | str,
    definition: Definition = "correlate",
    relu: bool = False,
    picture: str | None = None,
) -> str:
    """One convolution on numbers or on the picture of the lessons, with its windows."""
    taps = tuple(range(2, one.weight.ndim))
    text = code_for(
        np.flip(one.weight, axis=taps) if definition == "convolve" else one.weight,
        "picture" if isinstance(x, str) else x,
        bias=one.bias,
        stride=one.stride,
        padding=one.padding,
        dilation=one.dilation,
        groups=one.groups,
        definition=definition,
        then=("relu",) if relu else (),
    )
    if isinstance(x, str):
        lines = [picture_line(picture) if line.startswith("x = ") else line for line in text.splitlines()]
        text = "\n".join(lines) + "\n"
    return text + "print(y)\n"


def _program(*lines: str) -> str:
    body = "\n".join(lines)
    head = ["import numpy as np"] if "np." in body else []
    return "\n".join([*head, "import striate as st", "", body]) + "\n"


def _layer(layer: Convolution | Pooling) -> str:
    if isinstance(layer, Pooling):
        return f"st.lessons.Pooling({layer.kernel})"
    options = _options(("stride", layer.stride[0], 1), ("dilation", layer.dilation[0], 1))
    return f"st.lessons.Convolution(np.ones({layer.kernel}){options})"


def _options(*given: tuple[str, int, int]) -> str:
    return "".join(f", {name}={value}" for name, value, usual in given if value != usual)


def _listed(array: npt.ArrayLike) -> str:
    values = np.asarray(array, np.float64)
    return str(values.astype(int).tolist() if (values == np.round(values)).all() else values.tolist())
