"""The address of one number in a network: ``layer:channel@position``, such as ``features.3:12@7,3``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from striate.errors import ParameterError


@dataclass(frozen=True, slots=True)
class UnitAddress:
    """One number in one layer's output.

    Args:
        layer: Name of the layer, node or value.
        channel: Channel (feature map), counted from 0; None for a value without a channel axis.
        at: Position in the map, one index per spatial axis.
        sample: Which sample of the batch.

    Example:
        >>> str(UnitAddress("features.3", 12, (7, 3)))
        'features.3:12@7,3'
    """

    layer: str
    channel: int | None = None
    at: tuple[int, ...] = ()
    sample: int = 0

    def __str__(self) -> str:
        text = self.layer
        if self.channel is not None:
            text += f":{self.channel}"
        if self.at:
            text += "@" + ",".join(str(index) for index in self.at)
        return text + (f"#{self.sample}" if self.sample else "")


def parse_address(
    text: str, known: Callable[[str], bool], fits: Callable[[UnitAddress], bool] = lambda reading: True
) -> UnitAddress:
    """Reads ``layer``, ``layer:channel`` or ``layer:channel@position``, with ``#sample`` behind if it is not the first.

    Names of layers may hold ``:``, ``@`` and ``#`` themselves, so the longest known part is the layer: of the readings
    that fit if one does, so that ``conv:0@3,4`` is a unit of ``conv`` also where its value is called ``conv:0``.

    Args:
        text: The address as written.
        known: Whether a name is one of the network's.
        fits: Whether channel and position are those of a unit of that layer.

    Returns:
        The address; its layer need not exist.

    Raises:
        ParameterError: What follows the layer is not a channel and a position.

    Example:
        >>> parse_address("conv1:3@10,12", {"conv1"}.__contains__)
        UnitAddress(layer='conv1', channel=3, at=(10, 12), sample=0)
    """
    readings = [reading for reading in _readings(text) if known(reading.layer)]
    if readings:
        return max(readings, key=lambda reading: (fits(reading), len(reading.layer)))
    # No such layer: read what is most likely meant, for whoever says that it does not exist.
    rest, sample = _number_behind(text, "#")
    head, at, places = rest.rpartition("@")
    position = tuple(_index(part, text) for part in places.split(",")) if at else ()
    layer, channel = _number_behind(head if at else rest, ":")
    return UnitAddress(layer, channel, position, sample or 0)


def _readings(text: str) -> Iterator[UnitAddress]:
    """All ways to read an address: each of sample, position and channel may as well belong to the layer's name."""
    for rest, sample in dict.fromkeys([(text, None), _number_behind(text, "#")]):
        for head, position in dict.fromkeys([(rest, ()), _position_behind(rest)]):
            for layer, channel in dict.fromkeys([(head, None), _number_behind(head, ":")]):
                yield UnitAddress(layer, channel, position, sample or 0)


def _position_behind(text: str) -> tuple[str, tuple[int, ...]]:
    head, found, tail = text.rpartition("@")
    parts = tail.split(",")
    if found and all(part.strip().isdigit() for part in parts):
        return head, tuple(int(part) for part in parts)
    return text, ()


def _number_behind(text: str, mark: str) -> tuple[str, int | None]:
    head, found, tail = text.rpartition(mark)
    if found and tail.strip().isdigit():
        return head, int(tail)
    return text, None


def _index(part: str, text: str) -> int:
    if not part.strip().isdigit():
        raise ParameterError(
            f'unit address "{text}": "{part}" is not a position; expected layer:channel@position, such as conv1:3@10,12'
        )
    return int(part)
