"""From edges to objects: the way through a network."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from striate.studio.protocol.base import Part
from striate.studio.protocol.lessons.base import LessonAnswer, OpenedRequest


class HierarchyRequest(OpenedRequest):
    """The way from edges to objects through a run."""

    type: Literal["hierarchy"]
    levels: int = Field(5, ge=1, le=12)


class HierarchyLevel(Part):
    """One layer of the way."""

    layer: str
    channels: int
    shape: tuple[int, ...]
    order: tuple[int, ...] = Field(description="channels, those with the largest number first")
    unit: str
    value: float
    box: tuple[tuple[int, int], ...] = Field(description="what the unit sees of the input; empty: not a box")
    field: tuple[int, ...]


class HierarchyAnswer(LessonAnswer):
    """The layers in order."""

    type: Literal["hierarchy"] = "hierarchy"
    levels: tuple[HierarchyLevel, ...]
