"""Values of a native run: plain arrays as they are, the others unpacked when somebody looks."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping

import numpy as np

from striate.engine.program import Instance
from striate.graph import Array


class RunValues(Mapping[str, Array]):
    """Every value of a run by name; to be read by any thread.

    The memory of the run goes back to its program when nobody holds the values any more; what was read is a copy.

    Args:
        constants: The graph's.
        plain: Other values that are arrays already.
        instance: The run's memory.
    """

    def __init__(self, constants: Mapping[str, Array], plain: Mapping[str, Array], instance: Instance) -> None:
        self._constants = constants
        self._plain = dict(plain)
        self.instance = instance
        self._homes = instance.program.homes
        self._nodes = instance.program.derived
        weakref.finalize(self, instance.program.give_back, instance).atexit = False

    def __getitem__(self, name: str) -> Array:
        found = self._plain.get(name)
        if found is None and name in self._constants:
            return self._constants[name]
        if found is None:
            found = self._derived(name) if name in self._nodes else self.instance.value(self._homes[name])
            self._plain[name] = found
        return found

    def _derived(self, name: str) -> Array:
        """A value between the stages of a fused kernel, from those that are kept."""
        node = self._nodes[name]
        with np.errstate(all="ignore"):
            made = node.op.reference(*(self[value] if value else None for value in node.inputs))
        return made[node.outputs.index(name)]

    def __reduce__(self) -> tuple[type[dict[str, Array]], tuple[dict[str, Array]]]:
        """A copy holds plain arrays."""
        return dict, ({name: self[name] for name in self},)

    def shape(self, name: str) -> tuple[int, ...]:
        """A value's shape; most values need not be unpacked for it."""
        if name in self._plain or name in self._constants or name not in self._homes:
            return self[name].shape
        return self._homes[name].shape

    def __setitem__(self, name: str, value: Array) -> None:
        self._plain[name] = value

    def forget(self, name: str) -> None:
        """Lets go of a plain array that is not needed any more."""
        self._plain.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._plain or name in self._constants or name in self._homes or name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._constants, *self._plain, *self._homes, *self._nodes)))

    def __len__(self) -> int:
        return len(self._constants.keys() | self._plain.keys() | self._homes.keys() | self._nodes.keys())


def shape_of(values: Mapping[str, Array], name: str) -> tuple[int, ...]:
    """The shape of a run's value."""
    return values.shape(name) if isinstance(values, RunValues) else values[name].shape
