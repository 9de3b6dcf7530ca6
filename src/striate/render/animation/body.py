"""What stands between a frame's heading and its sum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from striate.render.animation.look import Look
from striate.render.animation.scene import Scene


@dataclass(frozen=True, eq=False)
class Body(ABC):
    """Draws input, kernel and output of one animation.

    Args:
        look: How.
        x: Left edge of the room.
        y: Its upper edge.
        width: Its width.
        height: Its height.
    """

    look: Look
    x: float
    y: float
    width: float
    height: float

    @abstractmethod
    def draw(self, scene: Scene, number: int) -> None:
        """Draws one step."""
