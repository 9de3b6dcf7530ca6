"""The window that slides over a few numbers or a picture: of the lessons on the sum, filters, sizes and channels."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Request
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.base import LessonAnswer


class SlideRequest(Request):
    """A convolution on a few numbers, with everything under its window; or on the bundled picture."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "x": "float64 (c, *spatial); the bundled picture in grey if left out",
        "weight": "float64 (k, c/groups, *kernel); absent where a kernel is named",
        "bias": "float64 (k,), optional",
    }

    type: Literal["slide"]
    kernel: str | None = Field(None, max_length=50, description="name of a kernel of the bank")
    stride: int = Field(1, ge=1, le=16)
    padding: int = Field(0, ge=0, le=16)
    dilation: int = Field(1, ge=1, le=16)
    groups: int = Field(1, ge=1, le=64)
    definition: Literal["correlate", "convolve"] = "correlate"
    relu: bool = False
    network: str | None = Field(None, description="whose input's picture is taken; the bundled one if left out")
    input: str | None = None


class SlideAnswer(LessonAnswer):
    """What comes out, how large it is and why; for few numbers every product."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "x": "float32 or float64 (c, *spatial), the input",
        "y": "float64 (k, *positions); float32 of a picture",
        "weight": "float64 (k, c/groups, *kernel), as it is laid on the input: turned round by convolve",
        "windows": "float64 (*positions, c, *kernel), absent where there are too many",
        "products": "float64 (k, *positions, c, *kernel), likewise",
        "sums": "float64 (k, c, *positions), the products of each channel added up, likewise",
        "totals": "float64 (k, *positions), all of them and the bias, before ReLU; likewise",
    }

    type: Literal["slide"] = "slide"
    sizes: tuple[Filled, ...] = Field(description="of each axis")
    span: tuple[int, ...] = Field(description="cells from the first tap to the last, per axis")
    parameters: Filled
    kind: str = Field(description="what the kernel is, in a word or two; empty where that is not said")
    description: str = Field(description="what the (first) kernel encodes; empty where that is not said")
