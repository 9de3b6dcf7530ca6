"""Opens what a command is given: the network, its inputs, shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from striate.errors import ParameterError
from striate.reading import Opened, read_inputs

if TYPE_CHECKING:
    from striate.network import Network
    from striate.run import Run


def open_network(path: str) -> Network:
    """Opens a model file.

    Raises:
        ModelFileError, GraphError, UnsupportedError: It cannot be opened.
    """
    import striate

    return striate.load(path)


def run_network(network: Network, inputs: Opened) -> Run:
    """Runs a network with every value kept, with a progress bar on a terminal."""
    from striate.cli.terminal import progress

    with progress("running") as moved:
        return network.run(inputs.arrays, progress=moved)


def open_inputs(network: Network, given: Sequence[str], preprocess: str | None) -> Opened:
    """Reads the files for a network's inputs, see :func:`striate.reading.read_inputs`."""
    return read_inputs(network.inputs, network.model.layout_of, given, preprocess)


def read_shape(text: str) -> tuple[int, ...]:
    """A shape as people write it: ``17x30``, ``17×30``, ``17,30`` or ``(17, 30)``.

    Raises:
        ParameterError: It is none.

    Example:
        >>> read_shape("224x224x3")
        (224, 224, 3)
    """
    parts = text.strip().strip("()[]").replace("×", "x").replace(",", "x").lower().split("x")
    parts = [part.strip() for part in parts if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() and 0 < int(part) < 10**12 for part in parts):
        raise ParameterError(f'shape (="{text}") must be positive whole numbers joined by x, such as 224x224x3')
    return tuple(int(part) for part in parts)


def read_shapes(names: Sequence[str], given: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Shapes by input, as given: ``name=SHAPE``, or without names in the order of the inputs.

    Raises:
        ParameterError: One is no shape, or there are more than inputs.
    """
    found: dict[str, tuple[int, ...]] = {}
    for index, text in enumerate(given):
        name, equals, shape = text.partition("=")
        if not equals:
            if index >= len(names):
                raise ParameterError(f"{len(given)} input shapes are given, the network has {len(names)} inputs")
            name, shape = names[index], text
        found[name] = read_shape(shape)
    return found
