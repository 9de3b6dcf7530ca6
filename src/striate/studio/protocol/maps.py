"""Feature maps: raw numbers, down-sampled on the server where more are there than pixels."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import LayerRequest, Part, RunAnswer, RunRequest, Size, Slice


class MapsView(Part):
    """Which maps of a layer, and how large; also named by an edit, whose answer then brings them renewed."""

    layer: str
    sample: int = Field(0, ge=0)
    first: int = Field(0, ge=0, description="first channel")
    count: int = Field(24, ge=1, le=1024)
    size: Size
    slice: Slice | None = Field(None, description="of a volume; null: the middle plane across the depth")
    difference: bool = Field(False, description="instead of the values, what differs from the run without edits")
    line: bool = Field(
        False, description="take a layer without maps as one line over its channels; first and count are 0, 1"
    )


class MapsInfo(Part):
    """Facts about maps that were sent."""

    layer: str
    sample: int
    first: int
    count: int
    channels: int = Field(description="of the whole layer")
    shape: tuple[int, ...] = Field(description="a map's true sizes before slicing: (), (l,), (h, w) or (d, h, w)")
    slice: Slice | None
    cell: tuple[int, ...] = Field(description="true cells per drawn cell and axis; all 1: nothing was left out")
    reduced: Literal["", "largest magnitude"] = Field(description="what stands for the cells that share a drawn one")
    extent: tuple[float, float] = Field(description="least and greatest finite number of the whole layer (this sample)")


class MapsRequest(RunRequest):
    """Some maps of a layer. An input of the network is a layer too."""

    type: Literal["maps"]
    view: MapsView


class MapsAnswer(RunAnswer):
    """The maps."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "maps": "float32 (count, *drawn); drawn is (), (l,) or (h, w)",
        "extents": "float64 (count, 2), least and greatest finite number of each whole map",
        "low": "float32 (count, l), only of 1-D maps that are reduced: least number in each drawn cell",
        "high": "float32 (count, l), likewise the greatest",
    }

    type: Literal["maps"] = "maps"
    info: MapsInfo


class MapRequest(LayerRequest):
    """One map at its true sizes, or a window of it."""

    type: Literal["map"]
    channel: int = Field(ge=0)
    window: tuple[tuple[int, int], ...] | None = Field(
        None, description="half-open (start, stop) for each spatial axis; null for all"
    )
    difference: bool = Field(False, description="about what differs from the run without edits")
    line: bool = Field(False, description="the channels of a layer without maps as one line; channel is not read")


class MapAnswer(RunAnswer):
    """The map."""

    ARRAYS: ClassVar[dict[str, str]] = {"map": "the layer's own type, (*window)"}

    type: Literal["map"] = "map"
    layer: str
    channel: int
    shape: tuple[int, ...]
    window: tuple[tuple[int, int], ...]


class StatisticsRequest(RunRequest):
    """Statistics of every layer, and of the whole network."""

    type: Literal["statistics"]
    layers: tuple[str, ...] | None = Field(None, description="which layers; null for all, inputs included")


class StatisticsAnswer(RunAnswer):
    """Columns: least, greatest, mean, standard deviation, share of exact zeros, count of NaN and infinities."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "layers": "float64 (layers, 6), columns as said above",
        "magnitudes": "float64 (layers,), mean magnitude of what is put together with others; else NaN",
    }

    type: Literal["statistics"] = "statistics"
    layers: tuple[str, ...]
    network: tuple[float, float] = Field(description="least and greatest finite number of all layers but the inputs")


class ChannelStatisticsRequest(LayerRequest):
    """Statistics of every channel of a layer."""

    type: Literal["channel_statistics"]
    difference: bool = Field(False, description="about what differs from the run without edits")


class ChannelStatisticsAnswer(RunAnswer):
    """Columns: least, greatest, mean, standard deviation, share of exact zeros, count of NaN and infinities."""

    ARRAYS: ClassVar[dict[str, str]] = {"channels": "float64 (channels, 6), columns as said above"}

    type: Literal["channel_statistics"] = "channel_statistics"
    layer: str


class HistogramRequest(LayerRequest):
    """How the numbers of a layer or of one map are spread."""

    type: Literal["histogram"]
    channel: int | None = Field(None, ge=0, description="one map; null for the whole layer")
    bins: int = Field(48, ge=1, le=1024)
    range: tuple[float, float] | None = Field(None, description="null: from the least to the greatest")
    difference: bool = Field(False, description="about what differs from the run without edits")


class HistogramAnswer(RunAnswer):
    """The histogram."""

    ARRAYS: ClassVar[dict[str, str]] = {"edges": "float64 (bins + 1,)", "counts": "float64 (bins,), whole numbers"}

    type: Literal["histogram"] = "histogram"
    total: int = Field(description="numbers in all")
    outside: int = Field(description="numbers beyond the range")
    nonfinite: int = Field(description="NaN and infinities")


class ContributorsRequest(LayerRequest):
    """Which channels a map is made of."""

    type: Literal["contributors"]
    channel: int = Field(ge=0)
    count: int = Field(16, ge=1, le=4096)


class Contributor(Part):
    """One channel that a map is made of."""

    source: str = Field(description="name of the layer or input that it belongs to")
    channel: int
    amount: float = Field(description="mean over the map of the magnitude of its partial sum")
    signed: float = Field(description="mean over the map of its partial sum")
    share: float = Field(description="amount as a part of that of all contributors")


class ContributorsAnswer(RunAnswer):
    """The strongest first; empty where the layer does not add anything up (note says so)."""

    type: Literal["contributors"] = "contributors"
    contributors: tuple[Contributor, ...]
    total: int = Field(description="contributors in all")
    rest: float = Field(description="share of those not listed")
    bias: float = Field(description="mean of what is added that belongs to no channel")
    note: str = Field(description="what was followed, or why there are none")
