"""What the lessons ask: counts, matrices, measurements and loops, all computed by :mod:`striate.lessons`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Part, Request
from striate.studio.protocol.flattening import FlattenOrders
from striate.studio.protocol.programs import Download, ProgramFile

Size = Annotated[int, Field(ge=1, le=100_000)]
Small = Annotated[int, Field(ge=1, le=16)]


class Counted(Part):
    """A formula with its numbers filled in, and what it comes to."""

    text: str
    value: int


class LessonAnswer(Answer):
    """Every figure of a lesson comes with the program that computes it."""

    code: str = Field(description="the few lines of Python; they run as they stand")
    files: tuple[ProgramFile, ...] = Field(default=(), description="that they read")


class OpenedRequest(Request):
    """A request about an open network as it was opened, on an open input as this tab has edited it."""

    network: str
    input: str


class LessonFileRequest(OpenedRequest):
    """A file that a program about these reads."""

    type: Literal["lesson_file"]
    name: str = Field(max_length=300, description="of one of the answer's files")


class LessonFileAnswer(Answer):
    """The file."""

    type: Literal["lesson_file"] = "lesson_file"
    file: Download


class LessonQuestionsRequest(Request):
    """The questions at the end of a lesson."""

    type: Literal["lesson_questions"]
    lesson: str = Field(max_length=100)


class LessonQuestion(Part):
    """One question."""

    name: str
    ask: str
    choices: tuple[str, ...] = Field(description="answers to choose from; empty where a number or list is asked for")


class LessonQuestionsAnswer(Answer):
    """The questions, without their answers."""

    type: Literal["lesson_questions"] = "lesson_questions"
    questions: tuple[LessonQuestion, ...]


class AnswerCheckRequest(Request):
    """Whether an answer is right."""

    type: Literal["check_answer"]
    lesson: str = Field(max_length=100)
    question: str = Field(max_length=100)
    given: str = Field(max_length=200)


class AnswerCheckAnswer(Answer):
    """Whether it was, and why."""

    type: Literal["check_answer"] = "check_answer"
    right: bool
    answer: str
    why: str
    remark: str = Field(description="what is wrong with what was given; empty where it is right")


class ExplosionRequest(Request):
    """A dense layer on an input, beside a convolution on the same."""

    type: Literal["explosion"]
    input_shape: tuple[Size, ...] = Field(min_length=2, max_length=4, description="the last axis is the channels")
    units: Size
    kernel: tuple[Small, ...] = Field((3, 3), min_length=1, max_length=3)
    filters: Size = 64


class ExplosionAnswer(LessonAnswer):
    """How many parameters both have."""

    type: Literal["explosion"] = "explosion"
    weights: Counted
    parameters: Counted
    convolution: Counted
    ratio: float
    bytes: int = Field(description="of the dense layer's parameters as float32")
    resnet: int = Field(description="parameters of a whole ResNet-50")


class DenseLayersRequest(OpenedRequest):
    """What the convolutions of a network would need as dense layers."""

    type: Literal["dense_layers"]


class DenseLayer(Part):
    """A convolution, and the dense layer between the same numbers."""

    layer: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    own: Counted
    dense: Counted
    ratio: float


class DenseLayersAnswer(LessonAnswer):
    """The convolutions in order."""

    type: Literal["dense_layers"] = "dense_layers"
    layers: tuple[DenseLayer, ...]


class DenseTwinRequest(Request):
    """The dense layer that does what a convolution of one channel does."""

    type: Literal["dense_twin"]
    size: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1, max_length=2)
    kernel: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1, max_length=2)
    stride: int = Field(1, ge=1, le=4)
    padding: int = Field(0, ge=0, le=4)


class DenseTwinAnswer(LessonAnswer):
    """Sizes, and which entries of the matrix are one weight."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "shared": "int32 (outputs, inputs), the place of the entry's weight in the kernel, -1 where nothing is joined"
    }

    type: Literal["dense_twin"] = "dense_twin"
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    weights: Counted
    connections: int
    own: int = Field(description="weights of the kernel")
    ratio: float
    told: str = Field(description="the same in words")


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
    stack_parameters: Counted
    merged_parameters: Counted
    exact: bool
    error: float = Field(description="largest difference between stack and merged kernel, where the merge holds")
    largest: float = Field(description="largest number of the stack, for comparison")
    relu_error: float
    relu_changed: int
    numbers: int
    clipped: float
    pairs: tuple[PairInfo, ...] = Field(description="of the network that was named")
    told: str


class LoopRequest(Request):
    """The hand-written loop, line by line."""

    ARRAYS: ClassVar[dict[str, str]] = {"x": "float64 (l,) or (h, w)", "kernel": "float64 (r,) or (r, s)"}

    type: Literal["loop"]
    stride: int = Field(1, ge=1, le=8)
    padding: int = Field(0, ge=0, le=8)
    dilation: int = Field(1, ge=1, le=8)


class LoopVariable(Part):
    """A variable and what it holds, as Python writes it."""

    name: str
    text: str


class LoopMoment(Part):
    """What holds just after a line has run."""

    line: int
    variables: tuple[LoopVariable, ...]
    position: tuple[int, ...]
    terms: int
    sum: str = Field(description="the products so far, written out")


class LoopAnswer(LessonAnswer):
    """Every step of the loop, and the calls that give the same."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "output": "float64 (*positions), what comes out",
        "made": "float64 (steps, *positions), the output so far; NaN before it exists",
        "padded": "float64, the input with its padding",
        "cells": "int32 (steps, rank), the cell of the padded input that the last product read; -1 where there is none",
        "taps": "int32 (steps, rank), the tap of the kernel; likewise",
    }

    type: Literal["loop"] = "loop"
    lines: tuple[str, ...]
    steps: tuple[LoopMoment, ...]
    striate: str
    pytorch: str
    keras: str


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
    sizes: tuple[Counted, ...] = Field(description="of each axis")
    span: tuple[int, ...] = Field(description="cells from the first tap to the last, per axis")
    parameters: Counted
    kind: str = Field(description="what the kernel is, in a word or two; empty where that is not said")
    description: str = Field(description="what the (first) kernel encodes; empty where that is not said")


class PoolRequest(Request):
    """Pooling of a small map, and flatten."""

    ARRAYS: ClassVar[dict[str, str]] = {"x": "float64 (c, h, w)"}

    type: Literal["pool"]
    kernel: tuple[Small, Small]
    stride: tuple[Small, Small]
    kind: Literal["max", "average"] = "max"


class PoolAnswer(LessonAnswer):
    """The pooled maps."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "y": "float64 (c, rows, columns)",
        "flat": "float64 (numbers,), the same in a line",
    }

    type: Literal["pool"] = "pool"
    sizes: tuple[Counted, ...]
    orders: FlattenOrders | None = Field(description="of flatten; of one map, as if there were two of them")


class GrowthLayer(Part):
    """A layer of a stack, the same along each axis."""

    kind: Literal["convolution", "pooling"]
    kernel: int = Field(ge=1, le=16)
    stride: int = Field(1, ge=1, le=8)
    dilation: int = Field(1, ge=1, le=8)


class GrowthRequest(Request):
    """The receptive field layer by layer."""

    type: Literal["growth"]
    layers: tuple[GrowthLayer, ...] = Field(min_length=1, max_length=16)


class GrowthStage(Part):
    """What a unit behind a layer sees, along one axis."""

    field: Counted
    jump: int


class GrowthAnswer(LessonAnswer):
    """A stage for each layer."""

    type: Literal["growth"] = "growth"
    stages: tuple[GrowthStage, ...]


class FilterSumsRequest(OpenedRequest):
    """What each channel gives to one number of a network's convolution."""

    type: Literal["filter_sums"]
    layer: str | None = Field(None, max_length=1000, description="null: the first convolution")
    filter: int = Field(0, ge=0)
    most: int = Field(12, ge=1, le=64, description="channels that are told one by one, the strongest first")


class FilterSumsAnswer(LessonAnswer):
    """The sum behind the number of one map that is largest."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "channels": "int32 (some,), the strongest channels, in the order of their magnitude",
        "sums": "float64 (some,), what each gives",
    }

    type: Literal["filter_sums"] = "filter_sums"
    layers: tuple[str, ...] = Field(description="all convolutions of the network")
    layer: str
    filter: int
    filters: int
    depth: int = Field(description="channels that each filter reads")
    kernel: tuple[int, ...]
    parameters: Counted
    unit: str
    others: int = Field(description="channels that are not told one by one")
    rest: float = Field(description="what those give together")
    bias: float
    total: float
    value: float = Field(description="after what the layer does to its total")


class HierarchyRequest(OpenedRequest):
    """The way from edges to objects through a run."""

    type: Literal["hierarchy"]
    levels: int = Field(5, ge=1, le=12)


class HierarchyLevel(Part):
    """One layer of the way."""

    layer: str
    channels: int
    shape: tuple[int, ...]
    order: tuple[int, ...] = Field(description="channels, those with the largest number first")
    unit: str
    value: float
    box: tuple[tuple[int, int], ...] = Field(description="what the unit sees of the input; empty: not a box")
    field: tuple[int, ...]


class HierarchyAnswer(LessonAnswer):
    """The layers in order."""

    type: Literal["hierarchy"] = "hierarchy"
    levels: tuple[HierarchyLevel, ...]
