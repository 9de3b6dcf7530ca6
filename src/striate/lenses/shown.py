"""How a lens's result shows itself in a notebook, although what draws it stands above the lenses."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast


class Printed:
    """A result that IPython and notebooks print as ``print`` does, and not as a dataclass with all its arrays."""

    __slots__ = ()

    def _repr_mimebundle_(self, **wishes: object) -> dict[str, str]:
        return {"text/plain": str(self)}


class Shown(Printed):
    """A result that a notebook shows as HTML.

    A class says where it is drawn, as ``module:function``; the module is loaded when a notebook asks for the first
    time, as the public names of :mod:`striate` are.
    """

    __slots__ = ()

    DRAWN_BY = ""

    def _repr_html_(self) -> str:
        """The result as a piece of static HTML, which notebooks and their viewers show."""
        module, _, name = self.DRAWN_BY.partition(":")
        draw = cast("Callable[[Shown], str]", getattr(import_module(module), name))
        return draw(self)
