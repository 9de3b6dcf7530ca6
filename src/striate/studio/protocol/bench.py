"""The workbench: one layer on one input, edited and looked into."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Part, Request, Size
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.flattening import FlattenOrders
from striate.studio.protocol.programs import Download, ProgramFile
from striate.studio.protocol.unit import ExplainAnswer

Operation = Literal["convolution", "transposed", "max_pool", "average_pool"]
Definition = Literal["correlate", "convolve"]
Combination = Literal["magnitude", "sum", "largest"]
# Far beyond any window that there could be, and far within what arithmetic can do.
Cells = Annotated[int, Field(ge=-(10**6), le=10**6)]
Padding = tuple[tuple[Cells, Cells], ...] | Literal["same", "valid"]
OWN = "own"


class BenchState(Part):
    """A layer and its input; sizes are one for all axes, or one for each.

    Own weights travel as the array "weight", an own input as the array "input".
    """

    rank: int = Field(ge=1, le=3, description="spatial axes")
    operation: Operation = "convolution"
    source: str = Field(default="", max_length=200, description='id of a source; "own" where the array "input" is it')
    channels: int | None = Field(default=None, ge=1, le=4096, description="the source's first channels; null for all")
    names: tuple[str, ...] = Field(
        default=("sobel",),
        max_length=4096,
        description='for each filter its name in the bank, "@0" behind it for another axis; empty for own weights',
    )
    taps: tuple[Cells, ...] = Field(default=(), max_length=3, description="the window; empty for that of the kernels")
    bias: float = Field(default=0.0, allow_inf_nan=False, description="of every filter")
    biased: bool = Field(
        default=False, description="whether filters have a bias though it is 0, as before any learning"
    )
    stride: tuple[Cells, ...] = Field(default=(), max_length=3, description="empty for 1, of a pooling for its window")
    padding: Padding = ()
    dilation: tuple[Cells, ...] = Field(default=(), max_length=3)
    groups: int = Field(default=1, ge=1, le=4096)
    definition: Definition = "correlate"
    relu: bool = False
    output_padding: tuple[Cells, ...] = Field(default=(), max_length=3)
    ceil_mode: bool = False
    count_padding: bool = False
    weight_id: str = Field(
        default="", max_length=40, description='where the array "weight" is left out: numbers that the server has kept'
    )
    input_id: str = Field(default="", max_length=40, description='the same of the array "input"')
    flatten: bool = Field(default=False, description="whether all maps are laid out in a line at the end")
    combine: Combination = Field(default="magnitude", description="how all maps become one, where that is asked")


class BenchSource(Part):
    """Something to slide over."""

    id: str
    name: str
    rank: int
    shape: tuple[int, ...] = Field(description="(c, *spatial)")
    note: str = Field(description="where its numbers come from")
    picture: bool = Field(description="whether its channels are brightness, 0 to 1")
    channels: tuple[str, ...] = Field(description="their names; empty where they have none")


class BenchRequest(Request):
    """What a layer makes of an input."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "weight": "(k, c, *taps), own weights; fitted to the state's filters, channels and taps",
        "bias": "(k,), in place of the state's one bias",
        "input": "(c, *spatial), an own input",
    }

    type: Literal["bench"]
    state: BenchState
    filter: int = Field(0, ge=-1, le=4095, description="which map comes whole; -1 for all combined")
    channel: int = Field(0, ge=0, le=4095, description="which channel of the input is shown, of more than three")
    have: str = Field("", max_length=300, description="which input the page has already")
    size: Size | None = Field(
        None, description="room for the map, and for the input, in cells along their last two axes; null: any"
    )
    seek: bool = Field(False, description="whether a place for the window to begin at is wanted")


class Geometry(Part):
    """How the window slides: tap u at position o lies on cell ``stride*o - before + dilation*u`` of the field."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    pads: tuple[tuple[int, int], ...] = Field(description="cells around the input, in the field")
    spread: tuple[int, ...] = Field(description="cells of the field from one cell of the input to the next")
    lengths: tuple[int, ...] = Field(description="of the input")
    counts: tuple[int, ...] = Field(description="of the output")
    flipped: bool = Field(description="whether the last weight meets the first cell")


class KernelWords(Part):
    """What a kernel means."""

    kind: str
    text: str
    facts: str


class BenchRanges(Part):
    """What sizes may be, least and greatest, while all others stay."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    groups: tuple[int, ...]
    channels: tuple[int, int] = Field(description="of the source; steps of as many as there are groups")
    filters: tuple[int, int]


class BenchAnswer(Answer):
    """Everything about the state."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "input": "float32 (c, *spatial), or its one channel that is shown; drawn like the output, where input_cell is "
        "more than 1; absent where the page has it",
        "weight": "float64 (k, c/groups, *taps), as it was given and before it is turned; absent for pooling",
        "bias": "float64 (k,); absent without",
        "output": "float32, the map that was asked for: (*positions), where cell is more than 1 (*drawn)",
        "extents": "float64 (k, 2), least and greatest of each map",
        "tiles": "float32 (k, *small), 64 maps by largest magnitude; volumes by their middle slice",
        "flat": "float32 (n,), the first 256 numbers of all maps in a line; where the state asks for it",
    }

    type: Literal["bench"] = "bench"
    state: BenchState = Field(description="with everything that was left out filled in")
    source: BenchSource | None = Field(description="what the input is; null for numbers of its own")
    key: str = Field(description="of the input, to be given as have")
    input_shape: tuple[int, ...]
    input_first: int = Field(description="channel that the array input begins with")
    input_cell: int = Field(description="as cell, of the array input")
    input_reduced: Literal["", "mean", "largest magnitude"] = Field(
        description="what stands for the numbers that share a drawn cell of the input"
    )
    input_extent: tuple[float, float] = Field(description="of all of it")
    output_shape: tuple[int, ...]
    output_extent: tuple[float, float] = Field(description="of the map that was asked for, all of it")
    cell: int = Field(
        description="numbers along each of the last two axes for which a drawn cell stands, by the one of the largest "
        "magnitude; 1: nothing was left out"
    )
    start: tuple[int, ...] | None = Field(
        description="where a window begins: at the first number of a few, else at the largest magnitude of the map, "
        "borders left out; null where that was not asked"
    )
    sizes: tuple[str, ...] = Field(description="the output's size along each axis, filled in")
    parameters: Filled
    macs: Filled
    tiles_first: int = Field(description="map that the array tiles begins with: a page of 64 with that asked for")
    flattened: Filled = Field(description="how many numbers all maps in a line are")
    orders: FlattenOrders | None = Field(description="of that line; null where there is only one, or no line")
    geometry: Geometry
    meets: tuple[tuple[tuple[int, int, int] | None, ...], ...] = Field(
        description="for each axis and tap: first and last cell of the input that it ever meets, and the step"
    )
    words: tuple[KernelWords, ...] = Field(description="for each filter and channel, the first 64")
    ranges: BenchRanges
    exact: bool = Field(description="whether everything was computed in float64; else in float32 by the engine")


class BenchUnitRequest(Request):
    """One number of the output, explained."""

    ARRAYS: ClassVar[dict[str, str]] = BenchRequest.ARRAYS

    type: Literal["bench_unit"]
    state: BenchState
    filter: int = Field(0, ge=0, le=4095)
    at: tuple[int, ...] = Field(max_length=3)
    strongest: int = Field(8, ge=0, le=4096, description="channels that come in full")


class BenchUnitAnswer(Answer):
    """The same form as in a network: products + bias = total, and what a ReLU makes of it."""

    ARRAYS: ClassVar[dict[str, str]] = ExplainAnswer.ARRAYS

    type: Literal["bench_unit"] = "bench_unit"
    unit: ExplainAnswer


class CmapssChoice(Part):
    """A setting or sensor of an engine."""

    id: str
    text: str


class CmapssChoices(Part):
    """What there is to choose from of C-MAPSS: the source "cmapss/ENGINE", or "cmapss/ENGINE/CHANNEL,CHANNEL"."""

    source: str
    engines: tuple[int, ...]
    cycles: tuple[int, ...] = Field(description="of each engine")
    channels: tuple[CmapssChoice, ...]
    usual: tuple[str, ...] = Field(description="ids of the channels that come where none is named")


class BankKernel(Part):
    """A kernel of the bank."""

    name: str
    label: str
    note: str
    ranks: tuple[int, ...]
    group: str


class BenchExample(Part):
    """A worked example: a state with its own input and weights."""

    id: str
    name: str
    note: str
    state: BenchState
    input: tuple[int, ...] = Field(description="shape; the numbers are the array input.ID")
    weight: tuple[int, ...] | None = Field(description="shape; the numbers are the array weight.ID")


class BenchSourcesRequest(Request):
    """What there is to work with."""

    type: Literal["bench_sources"]


class BenchSourcesAnswer(Answer):
    """Inputs, kernels, worked examples."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "input.ID": "float64, of an example",
        "weight.ID": "float64, of an example",
    }

    type: Literal["bench_sources"] = "bench_sources"
    sources: tuple[BenchSource, ...]
    cmapss: CmapssChoices | None = Field(description="null where the server has no folder of it")
    kernels: tuple[BankKernel, ...]
    examples: tuple[BenchExample, ...]


class BenchOpenRequest(Request):
    """Opens an uploaded file as a source."""

    type: Literal["bench_open"]
    upload: str = Field(max_length=100)


class BenchOpenAnswer(Answer):
    """The new source."""

    type: Literal["bench_open"] = "bench_open"
    source: BenchSource


class BenchCodeRequest(Request):
    """The lines of Python that do the same."""

    ARRAYS: ClassVar[dict[str, str]] = BenchRequest.ARRAYS

    type: Literal["bench_code"]
    state: BenchState
    combined: bool = Field(False, description="whether all maps are one at the end")
    form: Literal["striate", "layers", "torch"] = Field("striate", description="calls, layers as in Keras, or PyTorch")


class BenchCodeAnswer(Answer):
    """A program that runs as it stands."""

    type: Literal["bench_code"] = "bench_code"
    text: str
    files: tuple[ProgramFile, ...] = Field(description="that it reads")


class BenchFileRequest(Request):
    """A file that the program of a state reads."""

    ARRAYS: ClassVar[dict[str, str]] = BenchRequest.ARRAYS

    type: Literal["bench_file"]
    state: BenchState
    name: str = Field(max_length=300, description="of one of the program's files")


class BenchFileAnswer(Answer):
    """The file."""

    type: Literal["bench_file"] = "bench_file"
    file: Download
