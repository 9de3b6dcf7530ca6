"""A pasted layer at work: its workbench, and its window on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.animation import Animation
from striate.arithmetic import Pads, whole_numbers
from striate.engine import require_memory
from striate.errors import ParameterError
from striate.graph import Array, UnitAddress
from striate.lenses.animation import Positions, walk
from striate.lenses.declared_layer import DeclaredLayer
from striate.lessons.bank import UNTRAINED, bank_filters
from striate.lessons.played_numbers import array_of, filters_of, input_of
from striate.lessons.window_sizes import Operation
from striate.lessons.workbench import LAYER, Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedLayer:
    """A declared layer whose window slides, with everything that a workbench needs of it.

    :func:`striate.lessons.play_declaration` makes it.

    Args:
        layer: What the line says, worked out for the input.
        operation: What slides.
        input_shape: Of one sample, (c, *spatial), whatever the framework's order.
        kernel: Taps an axis.
        stride: Cells between two positions, one number an axis.
        padding: Zeros (before, after) an axis, or "same" or "valid"; of a transposed one the cells cut from the result.
        dilation: Cells between two taps, one number an axis.
        groups: Parts that the channels are cut into.
        filters: Maps that come out of a convolution; 0 of a pooling.
        biased: Whether each filter has a bias.
        relu: Whether negative results become 0, as with Keras's ``activation="relu"``.
        output_padding: Cells added to the end of a transposed convolution's result.
        ceil_mode: Whether a pooling's last window may reach past the end.
        count_padding: Whether an average counts the padded cells.
        left_out: What the layer does afterwards and is not played, in words; "" for nothing.
    """

    layer: DeclaredLayer
    operation: Operation
    input_shape: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads | Literal["same", "valid"]
    dilation: tuple[int, ...]
    groups: int = 1
    filters: int = 0
    biased: bool = False
    relu: bool = False
    output_padding: tuple[int, ...] = ()
    ceil_mode: bool = False
    count_padding: bool = False
    left_out: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The filters as :func:`striate.lessons.bank_filters` knows them: none has learned anything yet."""
        return (UNTRAINED,) * self.filters

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """(k, c/groups, *kernel); () of a pooling."""
        return (self.filters, self.input_shape[0] // self.groups, *self.kernel) if self.filters else ()

    def workbench(
        self,
        input: npt.ArrayLike | None = None,
        kernel: npt.ArrayLike | str | None = None,
        bias: npt.ArrayLike | None = None,
    ) -> Workbench:
        """The layer on an input.

        Args:
            input: One sample of the layer's input shape, in the framework's order of axes; its channel axis may be left
                out where there is one channel. If None :func:`striate.lessons.sample_input`.
            kernel: The layer's own weights in the framework's order, as ``conv.weight`` or ``layer.get_weights()[0]``
                have them; or one kernel with an axis for each spatial one, or a name of :func:`striate.filters.names`,
                either for every filter and channel. If None weights as before any learning, always the same.
            bias: A number for each filter, or one for all, of a layer that has a bias; 0 if None.

        Returns:
            The layer at work, in the numbers that the studio shows.

        Raises:
            ShapeError, ParameterError, NonFiniteError, UnknownNameError: The numbers do not fit the layer.
            LimitError: It would take more than the memory limit.

        Example:
            >>> import striate as st
            >>> played = st.lessons.play_declaration("nn.Conv2d(1, 2, 3, stride=2, padding=1)", (1, 9, 9))
            >>> played.workbench().output.shape
            (2, 5, 5)
        """
        kind = self.layer.declaration.kind
        x = sample_input(self.input_shape) if input is None else input_of(input, self.layer, self.input_shape)
        if not self.filters:
            if kernel is not None or bias is not None:
                raise ParameterError(f"{kind} is a pooling and has no weights; leave out kernel and bias")
            return Workbench(
                x,
                operation=self.operation,
                kernel=self.kernel,
                stride=self.stride,
                padding=self.padding,
                dilation=self.dilation,
                ceil_mode=self.ceil_mode,
                count_padding=self.count_padding,
            )
        if bias is not None and not self.biased:
            raise ParameterError(f'bias is given, but "{self.layer.declaration.text}" has none; leave it out')
        return Workbench(
            x,
            self._weight(kernel),
            self.operation,
            bias=(0.0 if bias is None else array_of(bias, "bias")) if self.biased else None,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            relu=self.relu,
            output_padding=self.output_padding or 0,
        )

    def animate(
        self,
        input: npt.ArrayLike | None = None,
        kernel: npt.ArrayLike | str | None = None,
        bias: npt.ArrayLike | None = None,
        *,
        channel: int = 0,
        positions: Positions | None = None,
        steps: int | None = None,
    ) -> Animation:
        """The layer's window on its way, every product written out; each frame says where its numbers come from.

        Args:
            input: As of :meth:`workbench`.
            kernel: The same.
            bias: The same.
            channel: Which output channel.
            positions: (first, end) along each axis; all of a small output and a part of a large one if None.
            steps: The most steps; all positions if None.

        Returns:
            The animation.

        Raises:
            StriateError: As of :meth:`workbench` and :func:`striate.animate`.

        Example:
            >>> import striate as st
            >>> shown = st.lessons.play_declaration("nn.MaxPool1d(2)", (1, 6)).animate([1, 3, 2, 5, 4, 0])
            >>> [step.value for step in shown.steps]
            [3.0, 5.0, 4.0]
        """
        numbers = whole_numbers(channel, f"channel (={channel}) must be a whole number")
        bench = self.workbench(input, kernel, bias)
        if len(numbers) != 1 or not 0 <= numbers[0] < bench.filters:
            raise ParameterError(f"channel (={channel}) must be from 0 to {bench.filters - 1}, those of the output")
        which = f"{'filter' if self.filters else 'channel'} {numbers[0]} of {bench.filters}"
        title = self.layer.declaration.text + (f", {which}" if bench.filters > 1 else "")
        found = walk(bench.run.recording, UnitAddress(LAYER, numbers[0]), positions, steps)
        return Animation(replace(found, title=title, origin=self._origin(input is None, kernel, bias)))

    def _weight(self, kernel: npt.ArrayLike | str | None) -> Array:
        """(k, c/groups, *kernel)."""
        require_memory(8 * prod(self.weight_shape), f"weights of shape {self.weight_shape}")
        if kernel is not None:
            return filters_of(kernel, self.layer, self.weight_shape)
        return bank_filters(self.names, len(self.kernel), self.weight_shape[1], self.kernel)[0]

    def _origin(self, sampled: bool, kernel: npt.ArrayLike | str | None, bias: npt.ArrayLike | None) -> str:
        """Where the numbers come from, in words."""
        random = [name for name, made in (("weights", self.filters and kernel is None), ("input", sampled)) if made]
        said = [f"{' and '.join(random)} random, always the same"] if random else []
        said += [f"weights: {kernel}"] if isinstance(kernel, str) else []
        said += ["bias 0"] if self.biased and bias is None else []
        return "; ".join([*said, *([self.left_out] if self.left_out else [])])


def sample_input(shape: Sequence[int]) -> Array:
    """Values to play a layer on where nobody gives any: normally distributed, always the same.

    Args:
        shape: (c, *spatial).

    Returns:
        float32, of that shape.

    Raises:
        ParameterError: It is no shape.
        LimitError: It would take more than the memory limit.

    Example:
        >>> sample_input((1, 3)).round(2)
        array([[ 0.13, -0.13,  0.64]], dtype=float32)
    """
    wanted = f"shape (={shape}) must be positive whole numbers"
    sizes = whole_numbers(shape, wanted)
    if not sizes or min(sizes) < 1:
        raise ParameterError(wanted)
    require_memory(8 * prod(sizes), f"sample values of shape {sizes}")
    return np.random.default_rng(0).normal(size=sizes).astype(np.float32)
