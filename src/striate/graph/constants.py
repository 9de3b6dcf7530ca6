"""Contents of a graph's constants, of which large ones need not be held as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from striate.graph.graph import Graph
from striate.graph.tensor import Array

# Bytes from which a constant is worth being held in one form only.
LARGE = 2**18


class Constants(Mapping[str, Array]):
    """Constants by name; whoever has one in another form may release it, and it is made again when somebody asks.

    The engine keeps weights in the order in which its kernels read them. With the originals beside them a network would
    take its size twice.

    Args:
        arrays: The contents; never written to.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._names = dict.fromkeys(arrays)
        self._held = dict(arrays)
        self._restore: dict[str, Callable[[], Array]] = {}

    def __getitem__(self, name: str) -> Array:
        found = self._held.get(name)
        if found is None:
            found = self._restore[name]()
            found.flags.writeable = False
            self._held[name] = found  # whoever has asked once will ask again
        return found

    def release(self, name: str, restore: Callable[[], Array]) -> None:
        """Lets go of a constant's array, if it is large.

        Args:
            name: The constant.
            restore: Gives an array of the same type, shape and bits, which is nobody else's.
        """
        held = self._held.get(name)
        if held is not None and held.nbytes >= LARGE:
            self._restore[name] = restore  # first: another thread may ask at any time
            del self._held[name]

    def release_again(self, name: str) -> None:
        """Lets go of a constant's array if it was released before, and has come back since."""
        if name in self._restore:
            self._held.pop(name, None)

    def held(self, name: str) -> bool:
        """Whether a constant's array is held."""
        return name in self._held

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[type[Constants], tuple[dict[str, Array]]]:
        """A copy holds every array."""
        return Constants, (dict(self.items()),)


def with_releasable_constants(graph: Graph) -> Graph:
    """The same graph, from which large floating-point constants may be released.

    Their types do not hold the contents any more: no shape rule looks at that many numbers with a fraction.
    """
    large = [name for name, array in graph.constants.items() if array.nbytes >= LARGE and array.dtype.kind == "f"]
    types = {name: replace(graph.types[name], value=None) for name in large}
    return replace(graph, types={**graph.types, **types}, constants=Constants(graph.constants))
