"""Formulas filled in: how each output size of a declared layer comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.arithmetic import Window, dilated_extent, output_length, transposed_length
from striate.errors import DeclarationError
from striate.importers.declared import TransposedConvolution

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with its numbers filled in, and what it comes to.

    Args:
        text: The left side, a Python expression (with floor and ceil).
        value: The right side.

    Example:
        >>> print(Formula("64*17*3 + 64", 3328))
        64*17*3 + 64 = 3,328
    """

    text: str
    value: int

    def __str__(self) -> str:
        return f"{self.text} = {self.value:,}"


@dataclass(frozen=True, slots=True)
class Size:
    """Output size along one axis.

    Args:
        axis: "length", "height", "width", "depth" or "flat".
        formula: How it comes about.
        note: What the formula leaves out.
    """

    axis: str
    formula: Formula
    note: str = ""

    @property
    def value(self) -> int:
        """The size."""
        return self.formula.value

    def __str__(self) -> str:
        return f"{self.axis}: {self.formula}" + (f" ({self.note})" if self.note else "")


def filled_in(lengths: Sequence[int], texts: Sequence[str], values: Sequence[int]) -> tuple[Size, ...]:
    """Sizes from one formula per axis, in which {} stands for the input's length."""
    axes = AXES[len(lengths)]
    rows = zip(axes, lengths, texts, values, strict=True)
    return tuple(Size(axis, Formula(text.format(length), value)) for axis, length, text, value in rows)


def window_sizes(window: Window, lengths: Sequence[int]) -> tuple[Size, ...]:
    """Positions of a convolution's window: ``floor((I + 2P - D(K-1) - 1)/S) + 1``."""
    return _sizes(window, lengths, "kernel_size")


def pooled_sizes(window: Window, lengths: Sequence[int]) -> tuple[Size, ...]:
    """Positions of a pooling window; PyTorch writes the same formula, with ceil where ``ceil_mode`` is set."""
    return _sizes(window, lengths, "window")


def _sizes(window: Window, lengths: Sequence[int], name: str) -> tuple[Size, ...]:
    sizes: list[Size] = []
    for index, (axis, length) in enumerate(zip(AXES[len(lengths)], lengths, strict=True)):
        k, s, d = window.kernel[index], window.stride[index], window.dilation[index]
        if isinstance(window.padding, str) and window.padding != "valid":
            sizes.append(Size(axis, Formula(f"ceil({length}/{s})", -(-length // s))))
            continue
        before, after = (0, 0) if isinstance(window.padding, str) else window.padding[index]
        span = dilated_extent(k, d)
        short = span - (length + before + after)
        if short > 0 and not (window.ceil_mode and short < s):
            raise DeclarationError(
                f"{name} {k} with dilation {d} spans {span} cells, but the padded {axis} has only "
                f"{length + before + after} ({length} + {before + after}); use a smaller kernel or more padding"
            )
        count = output_length(length, k, s, (before, after), d, window.ceil_mode)
        assert isinstance(count, int)
        pad = f"2*{before}" if before == after else f"{before} + {after}"
        rounding = "ceil" if window.ceil_mode else "floor"
        text = f"{rounding}(({length} + {pad} - {d}*({k} - 1) - 1)/{s}) + 1"
        less = -(short // s) + 1 - count if window.ceil_mode else 0
        note = "a window that would start behind the input is left out" if less else ""
        sizes.append(Size(axis, Formula(text + (f" - {less}" if less else ""), count), note))
    return tuple(sizes)


def transposed_sizes(layer: TransposedConvolution, lengths: Sequence[int]) -> tuple[Size, ...]:
    """Sizes of a transposed convolution: ``S(I-1) + D(K-1) + 1 - P0 - P1 + output_padding``; Keras has its own."""
    sizes: list[Size] = []
    for index, (axis, length) in enumerate(zip(AXES[len(lengths)], lengths, strict=True)):
        k, s, d = layer.kernel[index], layer.stride[index], layer.dilation[index]
        span = dilated_extent(k, d)
        extra = layer.output_padding[index] if layer.output_padding is not None else max(0, s - span)
        if layer.output_padding is None and layer.padding == "same":
            sizes.append(Size(axis, Formula(f"{length}*{s}", length * s)))
            continue
        if isinstance(layer.padding, str):
            cut = span // 2 if layer.padding == "same" else 0
            before = after = cut
        else:
            before, after = layer.padding[index]
        size = transposed_length(length, k, s, (before, after), d, extra)
        assert isinstance(size, int)
        if size < 1:
            raise DeclarationError(
                f"padding {before}+{after} cuts all {size + before + after} cells of the {axis} away"
            )
        text = f"({length} - 1)*{s} + {d}*({k} - 1) + 1 - 2*{before}" + (f" + {extra}" if extra else "")
        sizes.append(Size(axis, Formula(text, size)))
    return tuple(sizes)
