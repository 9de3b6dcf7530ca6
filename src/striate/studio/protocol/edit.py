"""Edits of this tab: of the input, of kernels, of channels. Other tabs do not see them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Part, Request, RunAnswer
from striate.studio.protocol.library import InputSource
from striate.studio.protocol.maps import MapsInfo, MapsView
from striate.studio.protocol.network import InputPort, OutputInfo


class EditRequest(Request):
    """What all edits share; the answer brings the prediction and the views asked for."""

    network: str
    input: str
    views: tuple[MapsView, ...] = Field((), max_length=256, description="maps that are on the screen")
    top: int = Field(5, ge=1, le=1000)
    stroke: int = Field(
        0,
        ge=0,
        lt=2**53,
        description="edits of one drag share a number that no other has: each begins where the first one began and "
        "takes the place of the one before, so that those in between may be left out; 0: an edit of its own",
    )
    show_input: bool = Field(False, description="whether the answer brings the inputs as they are now")


class EditItem(Part):
    """Something that differs from the original, and can be returned to it by itself."""

    kind: Literal["input", "kernel", "channel"]
    name: str = Field(description="the input; or the layer")
    channel: int | None = Field(description="of the kernel, or that which is off")
    words: str = Field(description="what was done")


class EditState(Part):
    """Where the tab's edits are."""

    items: tuple[EditItem, ...] = Field(description="what differs from the original; empty: nothing")
    back: int = Field(description="steps that can be taken back")
    again: int = Field(description="steps that were taken back and can be taken again")


class EditAnswer(RunAnswer):
    """The state after an edit: what it made of the prediction and of the visible maps, all in one frame."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "views.N.maps": "as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high",
        "picture.PORT": "as of InputAnswer, where show_input asks for it; likewise numbers.PORT",
    }

    outputs: tuple[OutputInfo, ...]
    views: tuple[MapsInfo, ...]
    ports: tuple[InputPort, ...] = Field(description="empty unless show_input asks for it")
    state: EditState


class PaintRequest(EditRequest):
    """Puts numbers over a part of the input."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "patch": "uint8 (h, w, 3) in the picture's own colours; or float32 in the network's numbers, (c, *window) or, "
        "for one channel or all alike, (*window)",
        "mask": "uint8 (*window), optional: how much of the patch counts, 0 to 255",
    }

    type: Literal["paint"]
    port: str | None = None
    at: tuple[int, ...] = Field(description="where the patch's first cell goes; parts beyond the edge are cut off")
    channel: int | None = Field(None, ge=0, description="the one channel that is painted; null: all")
    original: bool = Field(False, description="erases: what was opened comes back where the mask is; without a patch")


class PaintAnswer(EditAnswer):
    """As every edit."""

    type: Literal["paint"] = "paint"


class ShiftRequest(EditRequest):
    """Moves the whole input."""

    type: Literal["shift"]
    port: str | None = None
    by: tuple[int, ...] = Field(description="cells along each spatial axis")
    fill: Literal["edge", "zero", "wrap"] = Field("edge", description="what comes in; zero: the network's number 0")


class ShiftAnswer(EditAnswer):
    """As every edit."""

    type: Literal["shift"] = "shift"


class FlipRequest(EditRequest):
    """Mirrors the input."""

    type: Literal["flip"]
    port: str | None = None
    axis: int = Field(ge=0, le=2, description="spatial axis, from 0; the last one is left and right")


class FlipAnswer(EditAnswer):
    """As every edit."""

    type: Literal["flip"] = "flip"


class ReplaceRequest(EditRequest):
    """Another input in the place of this one, made to fit its sizes."""

    ARRAYS: ClassVar[dict[str, str]] = {"ANY": "an array that a source names: a camera's picture"}

    type: Literal["replace"]
    sources: tuple[InputSource, ...] = Field(min_length=1, max_length=64)
    name: str | None = Field(None, max_length=200, description="of an input without a file")


class ReplaceAnswer(EditAnswer):
    """As every edit."""

    type: Literal["replace"] = "replace"


class EditKernelRequest(EditRequest):
    """Changes cells of a trained kernel."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "kernel": "float32 (inputs, *taps), optional: the whole filter, instead of value"
    }

    type: Literal["edit_kernel"]
    layer: str
    channel: int = Field(ge=0)
    at: tuple[int, ...] = Field((), description="input channel of the filter, then the tap")
    value: float | None = None
    bias: float | None = Field(None, description="changes the bias of the channel")


class EditKernelAnswer(EditAnswer):
    """As every edit."""

    type: Literal["edit_kernel"] = "edit_kernel"


class SwitchChannelRequest(EditRequest):
    """Switches a channel of a layer off (its maps are 0 for whatever reads them) or on again."""

    type: Literal["switch_channel"]
    layer: str
    channel: int = Field(ge=0)
    on: bool


class SwitchChannelAnswer(EditAnswer):
    """As every edit."""

    type: Literal["switch_channel"] = "switch_channel"


class ResetRequest(EditRequest):
    """Takes edits back."""

    type: Literal["reset"]
    what: Literal["all", "input", "kernel", "channel", "back", "again"] = Field(
        "all", description="input, kernel and channel: the one edit that name and channel say"
    )
    name: str = ""
    channel: int | None = None


class ResetAnswer(EditAnswer):
    """As every edit."""

    type: Literal["reset"] = "reset"


class DifferenceRequest(Request):
    """What the edits changed, layer by layer."""

    type: Literal["difference"]
    network: str
    input: str


class DifferenceAnswer(RunAnswer):
    """Edited minus original."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "layers": "float64 (layers, 3): largest magnitude, root of the mean square, that divided by the original's"
    }

    type: Literal["difference"] = "difference"
    layers: tuple[str, ...]


class EditsRequest(Request):
    """What this tab has edited, as when a page was loaded again."""

    type: Literal["edits"]
    network: str
    input: str


class EditsAnswer(RunAnswer):
    """The edits."""

    type: Literal["edits"] = "edits"
    state: EditState
