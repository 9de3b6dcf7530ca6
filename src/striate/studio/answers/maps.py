"""Feature maps."""

from __future__ import annotations

from collections.abc import Mapping

from striate.errors import ParameterError
from striate.graph import Array
from striate.lenses.axes import checked_channel, sample_maps
from striate.lenses.maps import Maps, as_line
from striate.recorded import Recorded
from striate.studio.answers.session import Session
from striate.studio.protocol.base import Slice
from striate.studio.protocol.maps import MapAnswer, MapRequest, MapsAnswer, MapsInfo, MapsRequest, MapsView
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def maps(session: Session, request: MapsRequest, arrays: Arrays, work: Work) -> tuple[MapsAnswer, Arrays]:
    """Some maps of a layer."""
    seen, version = session.seen(request, request.view.difference, work)
    info, made = view_of(seen, request.view)
    return MapsAnswer(id=request.id, version=version, info=info), made


def view_of(seen: Recorded, view: MapsView) -> tuple[MapsInfo, dict[str, Array]]:
    """What a view shows of a run, or of what has changed."""
    plane = None if view.slice is None else (view.slice.axis, view.slice.index)
    size = (view.size.height, view.size.width)
    return described(view, seen.maps(view.layer, view.first, view.count, size, plane, view.sample, view.line))


def described(view: MapsView, found: Maps) -> tuple[MapsInfo, dict[str, Array]]:
    """Maps in the protocol's form."""
    info = MapsInfo(
        layer=view.layer,
        sample=view.sample,
        first=found.first,
        count=len(found.maps),
        channels=found.channels,
        shape=found.shape,
        slice=None if found.slice is None else Slice(axis=found.slice[0], index=found.slice[1]),
        cell=found.cell,
        reduced="largest magnitude" if any(step > 1 for step in found.cell) else "",
        extent=found.extent,
    )
    arrays: dict[str, Array] = {"maps": found.maps, "extents": found.extents}
    if found.low is not None and found.high is not None:
        arrays |= {"low": found.low, "high": found.high}
    return info, arrays


def one_map(session: Session, request: MapRequest, arrays: Arrays, work: Work) -> tuple[MapAnswer, Arrays]:
    """One map at its true sizes, or a window of it."""
    seen, version = session.seen(request, request.difference, work)
    found = sample_maps(seen.recording, request.layer, request.sample)
    channel = checked_channel(request.layer, found, request.channel)
    array = as_line(request.layer, found)[0] if request.line else found[channel]
    window = request.window if request.window is not None else tuple((0, size) for size in array.shape)
    if len(window) != array.ndim or any(
        not 0 <= start <= stop <= size for (start, stop), size in zip(window, array.shape, strict=False)
    ):
        raise ParameterError(f'window (={window}) does not lie in a map of layer "{request.layer}", {array.shape}')
    cut = array[tuple(slice(start, stop) for start, stop in window)]
    answer = MapAnswer(
        id=request.id,
        version=version,
        layer=request.layer,
        channel=request.channel,
        shape=array.shape,
        window=window,
    )
    return answer, {"map": cut}
