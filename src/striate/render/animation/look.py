"""What all frames of an animation share: colours, digits, and which planes of the input are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from striate.graph import Array
from striate.lenses.animation import Step, Walk
from striate.render.animation.numerals import Numerals, numerals_of
from striate.render.animation.theme import Shade, Theme, shade_of

# Planes of the input that a frame has room for: all of so many, else only the strongest, larger.
MOST_PLANES, STRONGEST = 3, 2


@dataclass(frozen=True, slots=True)
class Plane:
    """One plane (of a signal: one line) under the window.

    Args:
        channel: Which channel of the field.
        depth: Which tap along the depth of a volume; None where there is none.
        label: What it is called.
    """

    channel: int
    depth: int | None
    label: str

    def of(self, part: Array) -> Array:
        """The plane's part of a window, kernel or products."""
        return part[self.channel] if self.depth is None else part[self.channel, self.depth]


@dataclass(frozen=True, eq=False)
class Look:
    """How a walk is drawn.

    Args:
        walk: What is drawn.
        theme: Its colours.
    """

    walk: Walk
    theme: Theme

    @cached_property
    def input_shade(self) -> Shade:
        """Colours of the input."""
        return shade_of(self.theme, self.walk.input_extent, is_picture=self.walk.is_given)

    @cached_property
    def kernel_shade(self) -> Shade:
        """Colours of the kernel."""
        return shade_of(self.theme, self.walk.kernel_extent, is_signed=True)

    @cached_property
    def output_shade(self) -> Shade:
        """Colours of the output; what a pooling passes on keeps its colour, a norm may be larger."""
        if not self.has_products and not self.walk.order:
            return self.input_shade
        return shade_of(self.theme, self.walk.output_extent)

    @cached_property
    def input_numerals(self) -> Numerals:
        """Digits of the input, as far as it is drawn."""
        return numerals_of([self.walk.field.numbers])

    @cached_property
    def kernel_numerals(self) -> Numerals:
        """Digits of the kernel."""
        kernel = self.walk[0].kernel
        return numerals_of([] if kernel is None else [kernel])

    @cached_property
    def product_numerals(self) -> Numerals:
        """Digits of the products."""
        return numerals_of([step.products for step in self.walk if step.products is not None])

    @cached_property
    def output_numerals(self) -> Numerals:
        """Digits of the output in its cells; the largest of a window keeps those that it has there."""
        if any(step.winner is not None for step in self.walk):
            return self.input_numerals
        return numerals_of([self.walk.output])

    @cached_property
    def sum_numerals(self) -> Numerals:
        """Digits of sums, where there is more room."""
        sums = [step.sums for step in self.walk] if self.has_products else []
        totals = np.array([(step.total, step.bias, step.value) for step in self.walk])
        return numerals_of([totals, *sums], more=1)

    @cached_property
    def has_products(self) -> bool:
        """Whether the window's numbers are multiplied and added up."""
        return self.walk[0].products is not None

    @property
    def equals(self) -> str:
        """``=`` where every digit is written, else ``≈``."""
        kinds = (self.input_numerals, self.kernel_numerals, self.sum_numerals)
        return "=" if all(kind.exact for kind in kinds) else "≈"

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """The planes drawn: all, or those whose sums are strongest over all steps, in their own order."""
        count = len(self._ranked)
        shown = sorted(self._ranked[: count if count <= MOST_PLANES else STRONGEST])
        return tuple(self._plane(channel, depth) for channel, depth in shown)

    @cached_property
    def others(self) -> int:
        """How many planes are not drawn."""
        return len(self._ranked) - len(self.planes)

    @property
    def plane_word(self) -> str:
        """What a plane that is not drawn is called."""
        return "slices" if self.walk.axes == 3 else "channels"

    @cached_property
    def _ranked(self) -> list[tuple[int, int]]:
        channels = len(self.walk.channels)
        depths = self.walk[0].window.shape[1] if self.walk.axes == 3 else 1
        strength = np.zeros((channels, depths))
        for step in self.walk:
            if step.products is not None:
                strength += np.abs(step.products.reshape(channels, depths, -1).sum(axis=2))
        order = np.argsort(-strength, axis=None, kind="stable")
        return [(int(place) // depths, int(place) % depths) for place in order]

    def _plane(self, channel: int, depth: int) -> Plane:
        is_volume, several = self.walk.axes == 3, len(self.walk.channels) > 1
        words = [f"channel {self.walk.channels[channel]}"] if several else []
        words += [f"slice {depth}"] if is_volume else []
        return Plane(channel, depth if is_volume else None, ", ".join(words))

    def rest(self, step: Step) -> float:
        """What the planes that are not drawn come to."""
        assert step.products is not None
        shown = sum(float(plane.of(step.products).sum()) for plane in self.planes)
        return float(step.products.sum()) - shown
