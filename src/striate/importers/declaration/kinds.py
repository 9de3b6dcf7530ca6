"""A layer that can be pasted: the arguments it takes, and how their values become its meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from striate.arithmetic import AutoPad, Pads
from striate.errors import DeclarationError
from striate.importers.declaration.parameter import Parameter, Value
from striate.importers.declared import Meaning

Framework = Literal["pytorch", "keras"]


@dataclass(frozen=True)
class Values:
    """Checked values of a layer's arguments, with accessors for each kind."""

    values: Mapping[str, Value]
    rank: int

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def count(self, name: str) -> int:
        """A whole number."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def flag(self, name: str) -> bool:
        """True or False."""
        return bool(self.values[name])

    def sizes(self, name: str) -> tuple[int, ...]:
        """One number per axis."""
        return spread(self.values[name], self.rank)


@dataclass(frozen=True)
class LayerKind:
    """A layer that can be pasted.

    Args:
        framework: Whose it is.
        rank: Spatial axes, 0 where it does not matter.
        parameters: What it takes.
        meaning: From checked values to what it is.
    """

    framework: Framework
    rank: int
    parameters: tuple[Parameter, ...]
    meaning: Callable[[Values], Meaning]


def spread(value: Value, rank: int) -> tuple[int, ...]:
    """One number for each axis, from one for all or a tuple.

    Example:
        >>> spread(3, 2)
        (3, 3)
    """
    if isinstance(value, tuple):
        sizes = tuple(part for part in value if isinstance(part, int))
        return sizes * rank if len(sizes) == 1 else sizes
    assert isinstance(value, int)
    return (value,) * rank


def both_ends(cells: tuple[int, ...]) -> Pads:
    """The same at the beginning and at the end of each axis."""
    return tuple((size, size) for size in cells)


def same_name(padding: Value) -> AutoPad:
    """ONNX's name of "same" padding with the odd cell at the end, as both frameworks have it."""
    return "same_upper" if padding == "same" else "valid"


def parts(value: Value) -> tuple[Value, ...]:
    """One value or several, as several."""
    return value if isinstance(value, tuple) else (value,)


def check_groups(v: Values, *names: str) -> None:
    """Groups cut each of these numbers of channels into equal parts."""
    for name in names:
        if v.count(name) % v.count("groups"):
            raise DeclarationError(
                f"{name} (={v[name]}) cannot be cut into groups (={v['groups']}) of equal size; "
                f"use groups that divide {v[name]}"
            )


def adaptive_size(v: Values) -> tuple[int | None, ...]:
    """What pooling to a fixed size is to leave of each axis; None keeps it."""
    wanted = v["output_size"]
    sizes = wanted if isinstance(wanted, tuple) else (wanted,) * v.rank
    if len(sizes) != v.rank:
        raise DeclarationError(f"output_size (={wanted}) has {len(sizes)} entries, expected {v.rank}, one per axis")
    if any(size is not None and (not isinstance(size, int) or size < 1) for size in sizes):
        raise DeclarationError(f"output_size (={wanted}) must hold positive numbers, or None to keep an axis")
    return tuple(size if isinstance(size, int) else None for size in sizes)
