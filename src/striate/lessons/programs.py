"""The few lines of Python that do again what a lesson's figure shows; each program runs as it stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from striate.lessons.code import code_for
from striate.lessons.convolution import Convolution, Definition
from striate.lessons.loop import SlidingSum
from striate.lessons.parts import Kind, Pooling

# Cells along each side of the picture that lessons measure on.
PICTURE_SIZE = 150
# The files that come with striate, as a program names them.
BUNDLED_PICTURE, BUNDLED_MODEL = "st.bundled.picture_path()", "st.bundled.model_path()"
# What has to be imported beside the package itself where an input is no single picture.
_IMPORTS = {
    "read_inputs(": "from striate.reading import read_inputs",
    "sample_input(": "from striate.studio.sources import sample_input",
}


def picture_line(path: str = BUNDLED_PICTURE, size: int | tuple[int, ...] | None = PICTURE_SIZE) -> str:
    """The line that reads the picture of a lesson in grey.

    Args:
        path: The file, as Python writes it.
        size: Sides of the picture; None as it is.
    """
    return f'x = st.image({path}, size={size}, preprocess="grey")[0]'


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


def dense_layers_program(network: str, reading: str) -> str:
    """Counts each convolution of a network, and the dense layer between the same numbers.

    Args:
        network: The file, as Python writes it.
        reading: What reads the input from its file, ``net`` being the network.
    """
    return _program(
        f"net = st.load({network})",
        f"run = net.run({reading})",
        "twins = st.lessons.dense_layers(run)",
        "for twin in twins:",
        "    print(twin)",
        'print("all:", sum(twin.own.value for twin in twins), "dense:", sum(twin.dense.value for twin in twins))',
    )


def shift_program(
    kernel: str, shift: Sequence[int], stride: int, padding: int, pool: int, picture: str | None = None
) -> str:
    """Measures equivariance and invariance to a shift on a picture; ``picture`` is the line that reads another one."""
    options = _options(("stride", stride, 1), ("padding", padding, 0))
    parts = [f"st.lessons.Convolution(st.filters.{kernel}(){options})"]
    parts += [f"st.lessons.Pooling(({pool}, {pool}))"] if pool else []
    return _program(
        picture or picture_line(),
        f"part = {parts[0] if len(parts) == 1 else '[' + ', '.join(parts) + ']'}",
        f"print(st.equivariance_error(part, x, {tuple(shift)}))",
        f"print(st.invariance_error(part, x, {tuple(shift)}))",
    )


def merge_program(first: npt.ArrayLike, second: npt.ArrayLike, x: npt.ArrayLike | None = None) -> str:
    """Merges two kernels and measures the stack, the merged kernel and the stack with ReLU on numbers or a picture."""
    return _program(
        picture_line() if x is None else f"x = np.array({_listed(x)}, float)",
        f"merged = st.merge_convolutions({_listed(first)}, {_listed(second)})",
        "print(merged)",
        "print(merged.convolution.weight[0, 0])",
        "print(merged.measure(x))",
    )


def merge_layers_program(network: str, reading: str, pair: int) -> str:
    """Merges two layers of a network and measures both ways on what the first one reads.

    Args:
        network: The file, as Python writes it.
        reading: What reads the input from its file, ``net`` being the network.
        pair: Which of the network's stacked convolutions.
    """
    return _program(
        f"net = st.load({network})",
        f"run = net.run({reading})",
        f"pair = st.lessons.stacked_convolutions(net)[{pair}]",
        "first, second = (st.lessons.Convolution.of(run, name) for name in (pair.first, pair.second))",
        "merged = st.merge_convolutions(first, second, interior=True)",
        "seen = merged.measure(run.recording.values[pair.reads][:1])",
        "print(pair)",
        "print(merged)",
        "print(seen)",
    )


def influence_program(kernel: str, cell: Sequence[int], by: float, picture: str | None = None) -> str:
    """Changes one pixel of a picture and sees which outputs change."""
    return _program(
        picture or picture_line(),
        f"part = st.lessons.Convolution(st.filters.{kernel}())",
        f"seen = st.lessons.influence(part, x, {tuple(cell)}, by={by:g})",
        "print(seen)",
        "print(seen.response[0, 0])",
    )


def filter_program(network: str, reading: str, unit: str) -> str:
    """What each channel gives to one number of a network."""
    return _program(
        f"net = st.load({network})",
        f"run = net.run({reading})",
        f"unit = run.unit({unit!r})",
        "found = unit.explain()",
        "for one in unit.contributors().ranked:",
        '    print(f"channel {one.channel}: {one.signed}")',
        'print(f"bias {found.bias}, total {found.total}, value {found.value}")',
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


def hierarchy_program(network: str, reading: str, levels: int) -> str:
    """The most excited unit and the strongest maps of layers from the input to the end.

    Args:
        network: The file, as Python writes it.
        reading: What reads the input from its file, ``net`` being the network.
        levels: At most so many layers.
    """
    return _program(
        f"net = st.load({network})",
        f"run = net.run({reading})",
        f"for level in st.lessons.hierarchy(run, {levels}):",
        "    print(level, level.unit, level.value, level.box)",
        "    maps = run.maps(level.layer).maps[list(level.order[:6])]",
    )


def convolution_program(
    one: Convolution,
    x: npt.ArrayLike | str,
    definition: Definition = "correlate",
    relu: bool = False,
    picture: str | None = None,
) -> str:
    """One convolution on numbers, or on the picture of the lessons or that of the line ``picture``."""
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
        line = picture or picture_line()
        head = ["import numpy as np"] if "np." in line and "import numpy" not in text else []
        lines = [line if each.startswith("x = ") else each for each in text.splitlines()]
        text = "\n".join([*head, *lines]) + "\n"
    return text + "print(y)\n"


def _program(*lines: str) -> str:
    body = "\n".join(lines)
    head = ["import numpy as np"] if "np." in body else []
    tail = [line for call, line in _IMPORTS.items() if call in body]
    return "\n".join([*head, "import striate as st", *tail, "", body]) + "\n"


def _layer(layer: Convolution | Pooling) -> str:
    if isinstance(layer, Pooling):
        return f"st.lessons.Pooling({layer.kernel})"
    options = _options(("stride", layer.stride[0], 1), ("dilation", layer.dilation[0], 1))
    return f"st.lessons.Convolution(np.ones({layer.kernel}){options})"


def _options(*given: tuple[str, int, int]) -> str:
    return "".join(f", {name}={value}" for name, value, usual in given if value != usual)


def _listed(array: npt.ArrayLike) -> str:
    values = np.asarray(array, np.float64)
    # Whole numbers without a point, as long as they are exact; larger ones have more digits than they mean.
    whole = (values == np.round(values)).all() and np.abs(values).max(initial=0) < 2**53
    return str(values.astype(int).tolist() if whole else values.tolist())
