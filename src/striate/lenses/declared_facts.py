"""What a rule finds about a declared layer, channels first, and the checks that rules share."""

from __future__ import annotations

from dataclasses import dataclass

from striate.errors import DeclarationError
from striate.importers.declaration import Declaration
from striate.lenses.declared_size import Formula, Size


@dataclass(frozen=True, slots=True)
class WeightShape:
    """One learned array of a layer, in the order of axes of its framework."""

    name: str
    shape: tuple[int, ...]


NOTHING = Formula("0", 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule finds, channels first."""

    output: tuple[int, ...] | None
    sizes: tuple[Size, ...] = ()
    weights: tuple[WeightShape, ...] | None = ()
    parameters: Formula | None = NOTHING
    statistics: int = 0
    macs: Formula | None = NOTHING


def channels_first(shape: tuple[int, ...], last: bool) -> tuple[int, ...]:
    """From the framework's order."""
    return (shape[-1], *shape[:-1]) if last else shape


def source_order(shape: tuple[int, ...], last: bool) -> tuple[int, ...]:
    """Back to the framework's order."""
    return (*shape[1:], shape[0]) if last else shape


def check_rank(shape: tuple[int, ...], rank: int, declaration: Declaration) -> None:
    """The input has so many spatial axes."""
    if len(shape) == rank + 1:
        return
    axes = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}[rank]
    order = (*axes, "channels") if declaration.channels_last else ("channels", *axes)
    given = source_order(shape, declaration.channels_last)
    batch = "; leave the batch out" if len(shape) == rank + 2 else ""
    raise DeclarationError(
        f"{declaration.kind}: input {'x'.join(map(str, given))} has {len(given)} axes, expected {rank + 1}: "
        f"{', '.join(order)}{batch}"
    )


def check_channels(declared_for: int | None, shape: tuple[int, ...], name: str, declaration: Declaration) -> None:
    """The input has the channels that the layer was declared for."""
    if declared_for is not None and declared_for != shape[0]:
        way = "; PyTorch's order is channels first" if declared_for in shape[1:] else ""
        raise DeclarationError(
            f"{declaration.kind}: {name} (={declared_for}) but the input {'x'.join(map(str, shape))} has {shape[0]} "
            f"channels{way}"
        )
