"""What convolution assumes, measured: pictures that are shifted, and one pixel that changes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Request
from striate.studio.protocol.lessons.base import LessonAnswer


class ShiftMeasureRequest(Request):
    """A convolution, with pooling behind it or without, on a picture and on the shifted picture."""

    type: Literal["shift_measure"]
    kernel: str = Field(max_length=50, description="name of a kernel of the bank")
    shift: tuple[int, int] = Field(description="cells down and to the right")
    stride: int = Field(1, ge=1, le=8)
    padding: int = Field(0, ge=0, le=8)
    pool: int = Field(0, ge=0, le=16, description="cells of a max pooling along each axis; 0: none")
    network: str | None = Field(None, description="whose input's picture is taken; the bundled one if left out")
    input: str | None = None


class ShiftMeasureAnswer(LessonAnswer):
    """Equivariance and invariance, measured."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "x": "float32 (h, w), the picture in grey",
        "moved": "float32 (h, w), shifted",
        "plain": "float32 (rows, columns), conv(x)",
        "of_shifted": "float32 (rows, columns), conv(shift(x))",
        "shifted": "float32 (rows, columns), shift(conv(x))",
        "difference": "float32 (rows, columns), of_shifted - shifted",
        "interior": "uint8 (rows, columns), 1 where no border is seen",
    }

    type: Literal["shift_measure"] = "shift_measure"
    output_shift: tuple[int, ...]
    moves: tuple[float, ...] = Field(
        description="places of the output that the shift comes to, whether there are such or not"
    )
    remainder: tuple[int, ...]
    aligned: bool
    interior: int
    interior_differs: int
    interior_error: float
    border: int
    border_differs: int
    border_error: float
    input_change: float
    change: float
    same: float
    equivariance: str = Field(description="the measurement in words")
    invariance: str


class InfluenceRequest(Request):
    """One pixel of a picture is made brighter by 1, and convolved."""

    type: Literal["influence"]
    kernel: str = Field(max_length=50, description="name of a kernel of the bank")
    cell: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] | None = Field(
        None, description="row and column; null: the middle"
    )
    network: str | None = Field(None, description="whose input's picture is taken; the bundled one if left out")
    input: str | None = None


class InfluenceAnswer(LessonAnswer):
    """Which outputs change, and by how much."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "x": "float32 (h, w), the picture in grey",
        "difference": "float32 (rows, columns), conv(changed) - conv(x)",
        "weight": "float64 (r, s), the kernel",
        "response": "float64 (rows, columns) of the box, the difference there",
    }

    type: Literal["influence"] = "influence"
    cell: tuple[int, int]
    changed: int
    outputs: int
    box: tuple[tuple[int, int], ...] = Field(description="outputs that changed, (start, stop) per axis")
    told: str
