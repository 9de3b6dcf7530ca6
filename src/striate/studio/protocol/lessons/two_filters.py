"""Two convolutions merged into one, and where a ReLU between them parts the two."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Part, Request
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.base import LessonAnswer


class MergeRequest(Request):
    """Two convolutions one after the other; kernels as arrays, or two layers of a network."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "first": "float64 (r, s) or (r,), absent where layers are named",
        "second": "likewise",
        "x": "float64, an input; the bundled picture if left out",
    }

    type: Literal["merge"]
    network: str | None = None
    input: str | None = None
    pair: int = Field(0, ge=0, description="which of the network's pairs of stacked convolutions")


class PairInfo(Part):
    """Two convolutions of a network that follow each other."""

    first: str
    second: str
    between: tuple[str, ...]


class MergeAnswer(LessonAnswer):
    """The merged kernel, and the stack beside it with and without ReLU; of several maps the one that parts most."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "merged_kernel": "float64, the merged kernel (of one map and one channel)",
        "x": "float32, the input (of its first channel)",
        "stack": "float32, what the convolutions give one after the other",
        "merged": "float32, what the merged kernel gives",
        "relu": "float32, the stack with a ReLU between",
        "difference": "float32, stack - merged",
        "relu_difference": "float32, relu - merged",
    }

    type: Literal["merge"] = "merge"
    kernels: tuple[tuple[int, ...], ...] = Field(description="taps of the two and of the merged kernel")
    maps: tuple[int, ...] = Field(description="channels read, maps between, maps made")
    channel: int = Field(description="the map that is shown")
    stack_parameters: Filled
    merged_parameters: Filled
    exact: bool
    error: float = Field(description="largest difference between stack and merged kernel, where the merge holds")
    largest: float = Field(description="largest number of the stack, for comparison")
    relu_error: float
    relu_changed: int
    numbers: int
    clipped: float
    pairs: tuple[PairInfo, ...] = Field(description="of the network that was named")
    told: str
