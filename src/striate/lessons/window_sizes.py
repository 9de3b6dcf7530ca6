"""What the sizes of a window may be: least and greatest, each while all others stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from striate.arithmetic import Pads, dilated_extent

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
            "kernel": (kernels[0], max(kernels[0], min(kernels[1], _KERNEL))),
            "stride": (self._least("stride", _STRIDE), max(1, *self.stride, min(_STRIDE, max(self.lengths)))),
            "padding": padding,
            "dilation": (gaps[0], max(gaps[0], min(gaps[1], _DILATION))),
        }

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
        rows = zip(self.lengths, self.stride, self._spans, self.output_padding, strict=True)
        rooms = [(length - 1) * step + span + more - 1 for length, step, span, more in rows]
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
        rows = zip(
            self.lengths, self.stride, self._spans, self.padding, self.output_padding, self.dilation, strict=True
        )
        return all(
            (length - 1) * step + span + more > sum(pad) and (not more or more < max(step, gap))
            for length, step, span, pad, more, gap in rows
        )
