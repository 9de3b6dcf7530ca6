"""What the sizes of a window may be: whether they are possible, and least and greatest while all others stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from striate.arithmetic import Pads, dilated_extent
from striate.errors import ParameterError, ShapeError

Operation = Literal["convolution", "transposed", "max_pool", "average_pool"]
Range = tuple[int, int]

# Greatest sizes that are offered, however much room there is.
_KERNEL, _STRIDE, _DILATION = 31, 8, 8
# Up to which sizes a transposed convolution looks for one whose padding cuts not all away.
_KERNEL_TRANSPOSED, _DILATION_TRANSPOSED = 11, 4


@dataclass(frozen=True)
class WindowSizes:
    """The sizes of a sliding window, one number an axis.

    Args:
        operation: What slides.
        lengths: Of the input.
        kernel: Taps.
        stride: Cells between two positions.
        padding: (before, after); of a transposed convolution the cells cut from the result.
        dilation: Cells between two taps.
        output_padding: Cells added to the end of a transposed convolution's result.
    """

    operation: Operation
    lengths: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...]

    def require_possible(self, ceil_mode: bool = False) -> None:
        """Refuses sizes with which no window slides.

        Args:
            ceil_mode: Whether a pooling's last window may reach past the end.

        Raises:
            ParameterError, ShapeError: They are such; the message says which, and the way out.
        """
        spans = self._spans
        if self.operation.endswith("pool") and any(
            max(pad) * 2 > span for pad, span in zip(self.padding, spans, strict=True)
        ):
            raise ParameterError(
                f"padding (={self.padding}) of a pooling must be at most half its window, {tuple(spans)} cells"
            )
        if self.operation == "average_pool" and set(self.dilation) != {1}:
            raise ParameterError(f"dilation (={self.dilation}) of an average pooling must be 1: none has gaps")
        if self.operation == "transposed":
            self._require_left()
            return
        for axis, (length, pad, span) in enumerate(zip(self.lengths, self.padding, spans, strict=True)):
            room = length + sum(pad)
            if span > room and not ceil_mode:
                raise ShapeError(
                    f"kernel {self.kernel[axis]} with dilation {self.dilation[axis]} spans {span} cells, but the "
                    f"padded input has only {room} along axis {axis} ({length} + {sum(pad)}); use a smaller kernel or "
                    "more padding"
                )

    def _require_left(self) -> None:
        """Refuses a transposed convolution of whose result nothing is left."""
        for length, step, span, pad, more, gap in self._rows:
            if more and more >= max(step, gap):
                raise ParameterError(
                    f"output_padding (={more}) must be less than stride (={step}) or dilation (={gap})"
                )
            whole = _whole(length, step, span, more)
            if whole - sum(pad) < 1:
                raise ShapeError(
                    f"padding {pad[0]}+{pad[1]} cuts the whole result away, {whole} cells of {length} with stride "
                    f"{step} and a kernel that spans {span} with dilation {gap}; use less padding"
                )

    def ranges(self) -> dict[str, Range]:
        """What each size may be, the same for all axes.

        Returns:
            By "kernel", "stride", "padding", "dilation"; a size beyond is either impossible or meets nothing new.

        Example:
            >>> WindowSizes("convolution", (5,), (3,), (1,), ((0, 0),), (1,), (0,)).ranges()["dilation"]
            (1, 2)
        """
        kernels, gaps, padding = self._transposed() if self.operation == "transposed" else self._sliding()
        return {
            "kernel": (kernels[0], max(kernels[0], min(kernels[1], max(_KERNEL, *self.kernel)))),
            "stride": (self._least("stride", _STRIDE), max(1, *self.stride, min(_STRIDE, max(self.lengths)))),
            "padding": padding,
            "dilation": (gaps[0], max(gaps[0], min(gaps[1], max(_DILATION, *self.dilation)))),
        }

    @property
    def _rows(self) -> list[tuple[int, int, int, tuple[int, int], int, int]]:
        """Length, stride, span, padding, output padding and dilation of each axis."""
        sizes = (self.lengths, self.stride, self._spans, self.padding, self.output_padding, self.dilation)
        return list(zip(*sizes, strict=True))

    @property
    def _spans(self) -> list[int]:
        return [dilated_extent(k, d) for k, d in zip(self.kernel, self.dilation, strict=True)]

    def _sliding(self) -> tuple[Range, Range, Range]:
        """Kernel, dilation and padding of a convolution or a pooling: the window fits into the padded input."""
        pads = [sum(pad) for pad in self.padding]
        rows = list(zip(self.kernel, self.dilation, self.lengths, pads, strict=True))
        kernels = (1, min((length + pad - 1) // gap + 1 for _, gap, length, pad in rows))
        gaps = (1, min([(n + pad - 1) // (k - 1) for k, _, n, pad in rows if k > 1], default=1))
        spans = self._spans
        least = max(max(0, -(-(span - n) // 2)) for span, n in zip(spans, self.lengths, strict=True))
        if self.operation == "convolution":
            return kernels, gaps, (least, max(min(spans) - 1, least))
        # A pooling's padding is at most half its window; the mean has no gaps.
        padding = (least, max(min(spans) // 2, least))
        kernels = (max(1, 2 * max(max(pad) for pad in self.padding)), kernels[1])
        if self.operation == "average_pool":
            return kernels, (1, 1), padding
        # A window whose gaps are longer than the input may find nothing but padding, which has no largest number.
        longest = min(self.lengths)
        if max(self.dilation) > longest:
            kernels, padding = (kernels[0], kernels[0]), (padding[0], padding[0])
        return kernels, (1, min(gaps[1], longest)), padding

    def _transposed(self) -> tuple[Range, Range, Range]:
        """The same of a transposed convolution, which fits anywhere: something has to be left of the result."""
        kernels = (self._least("kernel", _KERNEL_TRANSPOSED), _KERNEL_TRANSPOSED)
        gaps = (self._least("dilation", _DILATION_TRANSPOSED), _DILATION_TRANSPOSED)
        rooms = [_whole(length, step, span, more) - 1 for length, step, span, _, more, _ in self._rows]
        most = min(*(room // 2 for room in rooms), *(span - 1 for span in self._spans))
        return kernels, gaps, (0, max(0, most))

    def _least(self, name: Literal["kernel", "stride", "dilation"], most: int) -> int:
        """The least value of a size, for all axes, with which a transposed convolution's padding cuts not all away."""
        if self.operation != "transposed":
            return 1
        axes, own = len(self.lengths), max(getattr(self, name))
        values = range(1, max(most, own) + 1)
        return next((v for v in values if replace(self, **{name: (v,) * axes})._is_left()), own)

    def _is_left(self) -> bool:
        """Whether a transposed convolution's result has a cell along each axis."""
        try:
            self._require_left()
        except (ParameterError, ShapeError):
            return False
        return True


def _whole(length: int, stride: int, span: int, more: int) -> int:
    """Cells of a transposed convolution's result before its padding cuts some away."""
    return (length - 1) * stride + span + more
