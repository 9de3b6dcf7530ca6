"""A formula with its numbers, as the workbench and the lessons show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from striate.studio.protocol.base import Part

if TYPE_CHECKING:
    from striate.lenses.declared_size import Formula


class Filled(Part):
    """A formula with its numbers filled in, and what it comes to."""

    text: str
    value: int

    @classmethod
    def of(cls, formula: Formula) -> Filled:
        """The same of the Python API."""
        return cls(text=formula.text, value=formula.value)
