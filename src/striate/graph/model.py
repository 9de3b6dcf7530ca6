"""A graph together with how its source speaks of it: layers, other names, the order of axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from striate.arguments import is_text
from striate.errors import ParameterError, unknown_name
from striate.graph.address import UnitAddress, parse_address
from striate.graph.graph import Graph, Node

Layout = Literal["channels_first", "channels_last"]


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer as its source names it: one node of an ONNX file, or the few nodes that a Keras layer becomes.

    Args:
        name: The source's name.
        kind: What kind of layer it is, in the source's words (``Conv``, ``Conv2D`` ...).
        nodes: Names of its nodes, in order.
        output: Name of the value that counts as its output.
    """

    name: str
    kind: str
    nodes: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Model:
    """What an importer or the builder hands on.

    Args:
        graph: The network, channels first.
        layers: Its layers, in order.
        layout: Order of axes in which the source gives and takes arrays.
        last: Inputs that the source gives channels last, whatever the layout of all else is.
        aliases: Other names by which a layer may be called -> the layer's name.
        source: Where it comes from, for people to read.
    """

    graph: Graph
    layers: tuple[LayerView, ...]
    layout: Layout = "channels_first"
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    source: str = ""
    last: frozenset[str] = frozenset()

    def layout_of(self, value: str) -> Layout:
        """Order of axes in which the source gives or takes a value."""
        return "channels_last" if value in self.last else self.layout

    @cached_property
    def layer_of(self) -> Mapping[str, LayerView]:
        """Layers by name."""
        return {layer.name: layer for layer in self.layers}

    @cached_property
    def layer_of_node(self) -> Mapping[str, LayerView]:
        """The layer that each node belongs to."""
        return {node: layer for layer in self.layers for node in layer.nodes}

    @cached_property
    def layer_of_value(self) -> Mapping[str, LayerView]:
        """The layer that each value is the output of, where there is one."""
        return {layer.output: layer for layer in self.layers}

    @cached_property
    def _values(self) -> Mapping[str, str]:
        names = {name: name for name in self.graph.types}
        names.update({node.name: node.outputs[0] for node in self.graph.nodes if node.outputs})
        names.update({layer.name: layer.output for layer in self.layers})
        for alias, layer in self.aliases.items():
            names.setdefault(alias, self.layer_of[layer].output)
        return names

    def knows(self, name: str) -> bool:
        """Whether some layer, node, value or alias has that name."""
        return name in self._values

    def value_name(self, name: str) -> str:
        """The value that a layer's, node's, value's or other name stands for; a layer wins over a value of its name.

        Raises:
            UnknownNameError: Nothing is called so; the message says what is near.
        """
        if not is_text(name) or name not in self._values:
            raise unknown_name("layer", name, [*self.layer_of, *(n for n in self._values if n not in self.layer_of)])
        return self._values[name]

    def node_of(self, name: str) -> Node | None:
        """The node that makes the value of that name; None for an input or a constant."""
        return self.graph.producers.get(self.value_name(name))

    def address(self, text: str) -> UnitAddress:
        """Reads a unit address and checks that its layer exists.

        Raises:
            UnknownNameError: No layer is called so.
            ParameterError: The rest is not an address.
        """
        address = parse_address(text, self.knows, self._fits)
        self.value_name(address.layer)
        return address

    def _fits(self, address: UnitAddress) -> bool:
        """Whether channel and position are those of a unit of the layer, so far as its shape is known."""
        shape = self.graph.types[self.value_name(address.layer)].shape
        if shape is None:
            return True
        channels = shape[1] if len(shape) > 1 else shape[0] if shape else 1
        named = address.channel is not None or channels == 1
        return named and len(address.at) == max(0, len(shape) - 2)


def unit_index(address: UnitAddress, shape: tuple[int, ...], layout: Layout = "channels_first") -> tuple[int, ...]:
    """The index of a unit in its layer's (channels-first) array of that shape.

    Axis 0 is the sample and axis 1 the channel; a value of rank 1 has only channels, one of rank 0 nothing.

    Args:
        address: The unit.
        shape: Shape of the layer's array, channels first.
        layout: Order of axes in which the source has them: errors name the shape as the source does.

    Returns:
        Its index, channels first.

    Raises:
        ParameterError: Channel, position or sample are missing, too many or outside.

    Example:
        >>> unit_index(UnitAddress("conv", 2, (5, 6)), (1, 8, 28, 28))
        (0, 2, 5, 6)
    """
    rank = len(shape)
    spatial = shape[2:] if rank > 1 else ()
    channels = shape[1] if rank > 1 else (shape[0] if rank else 1)
    named = (shape[0], *shape[2:], shape[1]) if layout == "channels_last" and rank > 2 else shape
    where = f'unit "{address}": layer "{address.layer}" has shape {named}'
    if len(address.at) != len(spatial):
        raise ParameterError(
            f"{where}, so a position has {len(spatial)} indices, got {len(address.at)}; "
            f"write {address.layer}:{address.channel or 0}{'@' + ','.join('0' * len(spatial)) if spatial else ''}"
        )
    if address.channel is None and channels != 1:
        raise ParameterError(f"{where}; say which of its {channels} channels, such as {address.layer}:0")
    channel = address.channel or 0
    if not 0 <= channel < channels:
        raise ParameterError(f"{where}; channel {channel} must be from 0 to {channels - 1}")
    if rank > 1 and not 0 <= address.sample < shape[0]:
        raise ParameterError(f"{where}; sample {address.sample} must be from 0 to {shape[0] - 1}")
    for index, size in zip(address.at, spatial, strict=True):
        if not 0 <= index < size:
            raise ParameterError(f"{where}; position {index} must be from 0 to {size - 1}")
    if rank == 0:
        return ()
    return (channel,) if rank == 1 else (address.sample, channel, *address.at)
