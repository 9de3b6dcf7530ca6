"""The window at work: its way over an input, step by step, as data, pictures, GIF, MP4 and SVG.

Example:
    >>> import striate as st
    >>> rows = [[int(digit) for digit in row] for row in "12012 01210 20101 12021 01210".split()]
    >>> shown = st.animate(rows, "sobel")
    >>> len(shown), shown.steps[0].value
    (9, 2.0)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from striate.arguments import expect_flag, shown
from striate.arithmetic import whole_number, whole_numbers
from striate.errors import OutputError, ParameterError, ShapeError
from striate.lenses.animation import (
    Numbers,
    Padding,
    Positions,
    Step,
    Walk,
    convolution_state,
    numbers_of,
    pooling_state,
    walk,
)
from striate.writing import make_folder, write_file

if TYPE_CHECKING:
    from PIL.Image import Image

    from striate.render.animation import Frames, Progress

Theme = Literal["light", "dark"]
SLIDE = (1280, 720)
FILMS, STILLS = (".gif", ".mp4"), (".png", ".svg")


class Animation:
    """A window's way over an input, as :func:`animate` and :meth:`striate.Run.animate` give it.

    Args:
        walk: What it shows.

    Attributes:
        walk: The same: input, output, facts, extents.
    """

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def __repr__(self) -> str:
        return f"<Animation of {self.walk.kind} {self.walk.name!r}: {len(self)} steps>"

    def __len__(self) -> int:
        return len(self.walk)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What each frame holds: position, window, kernel, products, bias, total, value."""
        return self.walk.steps

    @property
    def omitted(self) -> str:
        """What is not shown, in words; "" if everything is."""
        return self.walk.omitted

    def frame(self, step: int, theme: Theme = "light", size: tuple[int, int] = SLIDE) -> Image:
        """One step as a picture.

        Args:
            step: Which, from 0; negative numbers count from the end.
            theme: Light or dark page.
            size: (width, height) in pixels, from 320×180 to 3840×2160.

        Raises:
            ParameterError: There is no such step, theme or size.

        Example:
            >>> import striate as st
            >>> st.animate([1, 2, 3, 4, 5], [1, 0, -1]).frame(0, size=(640, 360)).size
            (640, 360)
        """
        from striate.render.animation import raster

        frames = self._frames(theme, size)
        return raster(frames.scene(self._number(step)), frames.scale)

    def svg(self, step: int, theme: Theme = "light", size: tuple[int, int] = SLIDE) -> str:
        """One step as an SVG document; its text stays text.

        Args:
            step: Which, from 0; negative numbers count from the end.
            theme: Light or dark page.
            size: (width, height) in pixels.

        Raises:
            ParameterError: There is no such step, theme or size.

        Example:
            >>> import striate as st
            >>> st.animate([1, 2, 3, 4, 5], [1, 0, -1]).svg(0).startswith("<svg ")
            True
        """
        from striate.render.animation import svg

        frames, number = self._frames(theme, size), self._number(step)
        return svg(frames.scene(number), *frames.size, frames.title(number))

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        fps: float = 2.0,
        step: int | None = None,
        theme: Theme = "light",
        size: tuple[int, int] = SLIDE,
        progress: Progress | None = None,
    ) -> Path:
        """Writes the animation.

        Args:
            path: ``.gif``; ``.mp4``, which needs the program ffmpeg; ``.png`` or ``.svg`` of one step; or a folder,
                a name without ending, for an SVG of each step.
            fps: Steps a second.
            step: Which one for ``.png`` and ``.svg``, from 0; the last one if None.
            theme: Light or dark page.
            size: (width, height) in pixels, from 320×180 to 3840×2160.
            progress: Told (frames done, frames in all, "").

        Returns:
            The path.

        Raises:
            ParameterError: There is no such step, theme, size or speed.
            OutputError: The ending is none of these, or the file cannot be written.
            MissingDependencyError: There is no ffmpeg.

        Cost: about 50 ms a frame at 1280×720.

        Example:
            >>> import tempfile
            >>> import striate as st
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     st.animate([1, 2, 3, 4, 5], [1, 0, -1]).save(f"{folder}/sum.gif").name
            'sum.gif'
        """
        target, frames = Path(path), self._frames(theme, size)
        suffix = target.suffix.lower()
        if not 0.1 <= fps <= 50:
            raise ParameterError(f"fps (={fps:g}) must be from 0.1 to 50 steps a second")
        if step is not None and suffix not in STILLS:
            raise ParameterError(f'step (={step}) is for one picture; expected .png or .svg, got "{target}"')
        if suffix in FILMS:
            from striate.render.animation import write_gif, write_mp4

            write = write_gif if suffix == ".gif" else write_mp4
            return write_file(target, lambda file: write(frames, fps, file, progress))
        if suffix == ".png":
            picture = self.frame(-1 if step is None else step, theme, size)
            return write_file(target, lambda file: picture.save(file, "PNG"))
        if suffix == ".svg":
            return _write_text(target, self.svg(-1 if step is None else step, theme, size))
        if suffix:
            raise OutputError(
                f'cannot write "{target}": ending "{target.suffix}" is no animation, expected .gif, .mp4, .png or .svg '
                "of one step, or a folder (no ending) for an SVG of each"
            )
        make_folder(target)
        for number in range(len(self)):
            if progress is not None:
                progress(number, len(self), "")
            _write_text(target / f"step-{number:04}.svg", self.svg(number, theme, size))
        return target

    def _frames(self, theme: str, size: tuple[int, int]) -> Frames:
        from striate.render.animation import Frames

        sides = whole_numbers(size, f"size (={size}) must be (width, height) in pixels")
        if len(sides) != 2:
            raise ParameterError(f"size (={size}) must be (width, height) in pixels")
        return Frames(self.walk, theme, (sides[0], sides[1]))

    def _number(self, step: int) -> int:
        (number,) = whole_numbers((step,), f"step (={step}) must be a whole number")
        if not -len(self) <= number < len(self):
            raise ParameterError(f"step (={step}) must be from 0 to {len(self) - 1}")
        return number % len(self)


def animate(
    input: npt.ArrayLike,
    kernel: npt.ArrayLike | str | None = None,
    bias: npt.ArrayLike | None = None,
    *,
    stride: int | Sequence[int] | None = None,
    padding: Padding = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    transposed: bool = False,
    flip: bool = False,
    pool: Literal["max", "average"] | None = None,
    size: int | Sequence[int] = 2,
    channel: int = 0,
    positions: Positions | None = None,
    steps: int | None = None,
) -> Animation:
    """A window sliding over a signal, an image or a volume, with every number on the way.

    Args:
        input: Signal (l,), image (h, w) or volume (d, h, w); or with channels first: (c, l), (c, h, w), (c, d, h, w).
        kernel: Weights with the input's axes, for one channel; or filters (k, c/groups, *taps) for an input with
            channels, (c, k/groups, *taps) of a transposed convolution; or a name of :func:`striate.filters.names`.
        bias: One number, or one for each filter.
        stride: Cells between two positions; if None 1, of a pooling the window's size.
        padding: Cells of zeros around the input, one number or one for each axis, or (before, after) for each axis, or
            "same", or "valid". Of a transposed convolution, cells cut from the result.
        dilation: Cells between two taps.
        groups: Parts that the channels are cut into.
        transposed: Whether the convolution is a transposed one.
        flip: Turn the kernel round first: mathematics' convolution instead of the sliding dot product.
        pool: "max" or "average" instead of a kernel.
        size: The window of a pooling: one number for all axes of the input, or one for each spatial axis, where
            the input has channels in front of them.
        channel: Which output channel.
        positions: (first, end) along each axis; all of a small output and a part of a large one if None.
        steps: The most steps; all positions if None.

    Returns:
        The animation.

    Raises:
        ShapeError, ParameterError, NonFiniteError, UnknownNameError: The arguments do not fit; the message says why.
        LimitError: It would take more than the memory limit.

    Exactness:
        Everything is computed in float64; products and bias are added up with one rounding.

    Example:
        >>> import striate as st
        >>> shown = st.animate([0.0, 0.82, 0.91, 0.4], [0.33, 0.34, 0.33], padding=1)
        >>> shown.steps[1].formula
        '0.33×0.0 + 0.34×0.82 + 0.33×0.91 = 0.5791'
        >>> [step.value for step in st.animate([1, 3, 2, 5], pool="max").steps]
        [3.0, 5.0]
    """
    x = numbers_of(input, "input")
    expect_flag(flip, "flip")
    expect_flag(transposed, "transposed")
    if pool is not None:
        if kernel is not None or bias is not None or transposed or flip or groups != 1:
            raise ParameterError(f'pool (="{pool}") has no kernel; leave out kernel, bias, groups, transposed and flip')
        x = _with_channels(x, _axes_of_pool(x, size))
        recording = pooling_state(x, pool, size, stride, padding, dilation)
    else:
        weight = _weight(x, kernel, transposed)
        if flip:
            weight = np.flip(weight, tuple(range(2, weight.ndim)))
        x = _with_channels(x, weight.ndim - 2)
        shift = None if bias is None else np.atleast_1d(numbers_of(bias, "bias"))
        recording = convolution_state(
            x, weight, shift, 1 if stride is None else stride, padding, dilation, groups, transposed
        )
    layer = recording.model.layers[0].name
    number = whole_number(channel, f"channel (={shown(channel)}) must be a whole number")
    return Animation(walk(recording, f"{layer}:{number}" if number >= 0 else layer, positions, steps))


def _weight(x: Numbers, kernel: npt.ArrayLike | str | None, transposed: bool) -> Numbers:
    """The filters, (k, c/groups, *taps) or (c, k/groups, *taps)."""
    if kernel is None:
        raise ParameterError("animate needs a kernel (weights, or a name such as sobel), or pool")
    if isinstance(kernel, str):
        from striate.filters import get

        found = get(kernel)
        axes = x.ndim if x.ndim in found.ranks else next((rank for rank in found.ranks if rank == x.ndim - 1), 0)
        if not axes:
            ranks = " or ".join(f"{rank}-D" for rank in found.ranks)
            raise ShapeError(f'filter "{kernel}" is {ranks}, input has shape {x.shape}')
        # Some kernels exist in one number of dimensions only, and have no option for it.
        weight = (found() if len(found.ranks) == 1 else found(ndim=axes)).astype(np.float64)
    else:
        weight = numbers_of(kernel, "kernel")
    if weight.ndim == x.ndim and weight.ndim <= 3:
        return weight[None, None]
    if weight.ndim == x.ndim + 1 and 3 <= weight.ndim <= 5:
        return weight
    raise ShapeError(
        f"kernel has shape {weight.shape}, input {x.shape}; expected as many axes as the input (up to 3), or filters "
        "(k, c, *taps) for an input (c, *cells)"
    )


def _axes_of_pool(x: Numbers, size: int | Sequence[int]) -> int:
    """Spatial axes of what is pooled: as many as the window has, or all."""
    given = len(whole_numbers(size, f"size (={size}) must be a whole number, or one for each axis"))
    axes = min(x.ndim, 3) if np.ndim(size) == 0 else given
    if not 1 <= axes <= 3 or x.ndim not in (axes, axes + 1):
        raise ShapeError(f"input has shape {x.shape}, expected {axes} axes to pool along, or channels in front of them")
    return axes


def _with_channels(x: Numbers, axes: int) -> Numbers:
    return x[None] if x.ndim == axes else x


def _write_text(path: Path, text: str) -> Path:
    def fill(file: BinaryIO) -> None:
        file.write(text.encode())

    return write_file(path, fill)
