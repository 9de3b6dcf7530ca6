"""One argument that a layer takes: its default, what is allowed, what it means; and the words that many share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = int | float | bool | str | None | tuple["Value", ...]
Wanted = Literal["count", "sizes", "cells", "padding", "flag", "number", "rate", "word", "shape", "pads", "axes", "any"]


class Required:
    """Marks an argument without a default."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = Required()


@dataclass(frozen=True)
class Parameter:
    """One argument that a layer takes.

    Args:
        name: Its name.
        wanted: What is allowed: a positive "count", positive "sizes" (one for all axes or one each), "cells" (the same,
            zero allowed), "padding" (cells or a word), a "flag", a "number", a "rate" from 0 to 1, a "word" of
            ``words``, a "shape" of any length, "pads" (before and after), "axes" (numbers that may be negative) or
            "any" expression.
        default: What it is when left out.
        meaning: What it means, with ``{}`` for the value, ``{each}`` for the value along each axis.
        when: What particular values mean instead.
        words: The words that are allowed.
        keyword: Whether it can only be given by name.
        optional: Whether None is allowed where the default is another.
    """

    name: str
    wanted: Wanted
    default: Value | Required
    meaning: str
    when: Mapping[Value, str] = field(default_factory=dict["Value", str])
    words: tuple[str, ...] = ()
    keyword: bool = False
    optional: bool = False

    def describe(self, value: Value, rank: int = 1) -> str:
        """What this argument means with that value, in a layer of so many spatial axes."""
        if self.wanted in ("sizes", "cells", "padding") and isinstance(value, tuple) and len(set(value)) == 1:
            value = value[0] if value[0] in self.when else value
        for special, text in self.when.items():
            if special == value and isinstance(special, bool) == isinstance(value, bool):
                return text
        each = (value,) * rank if isinstance(value, int) and rank else value
        return self.meaning.replace("{}", in_words(value)).replace("{each}", in_words(each))


def in_words(value: Value) -> str:
    """A value as one writes it in a sentence: sizes joined by ×.

    Example:
        >>> in_words((3, 3))
        '3 × 3'
    """
    if isinstance(value, tuple):
        return " × ".join(f"({in_words(part)})" if isinstance(part, tuple) else in_words(part) for part in value)
    return str(value)


def flag(name: str, default: bool, yes: str, no: str) -> Parameter:
    """True or False, with what each means."""
    return Parameter(name, "flag", default, "", {True: yes, False: no})


def plain(*names: str, keyword: bool = False) -> tuple[Parameter, ...]:
    """Arguments that change neither a shape nor a cost."""
    return tuple(Parameter(name, "any", None, "no effect on shape or cost", keyword=keyword) for name in names)


ONE_FILTER: dict[Value, str] = {1: "one filter, it makes one feature map"}
KERNEL = "each window covers {each} cells"
STRIDE = "the window moves {} cells at a time"
STRIDES: dict[Value, str] = {1: "the window moves one cell at a time"}
DILATION = "neighbouring taps are {} cells apart"
DILATIONS: dict[Value, str] = {1: "the taps lie side by side"}
GROUPS = "the channels are cut into {} groups; a filter sees only its own"
ALL_CHANNELS: dict[Value, str] = {1: "every filter sees all input channels"}
NO_PADDING: dict[Value, str] = {0: "nothing is added at the edges", "valid": "nothing is added at the edges"}
SAME = "zeros are added so that the output is as long as the input divided by the stride, rounded up"
POOL_STRIDE: dict[Value, str] = {None: "the window moves by its own size: windows do not overlap"}
EPSILON = "{} is added to the variance so that nothing is divided by zero"
AVERAGING = "how fast the running statistics follow, in training only"
INPLACE = Parameter("inplace", "flag", False, "where the result is stored; the same numbers")
PADDED = {**NO_PADDING, 1: "one cell is added at each edge"}
