"""Every message between the studio's server and its page; the page's TypeScript types are written from these models.

One WebSocket a tab carries frames (:mod:`striate.studio.frames`): the head is one of these messages as JSON, arrays
follow as raw bytes. A request is answered by the answer of its type and id, or by ``error``, ``cancelled`` or
``dropped``; ``progress`` may come before.
"""

from __future__ import annotations

from striate.studio.protocol import bench, declare, edit, film, lessons, library, maps, network, progress, unit
from striate.studio.protocol.base import PROTOCOL, Answer, Part, Request

# Type -> (request, answer).
EXCHANGES: dict[str, tuple[type[Request], type[Answer]]] = {
    "hello": (library.HelloRequest, library.HelloAnswer),
    "samples": (library.SamplesRequest, library.SamplesAnswer),
    "open_network": (library.OpenNetworkRequest, library.OpenNetworkAnswer),
    "open_input": (library.OpenInputRequest, library.OpenInputAnswer),
    "close": (library.CloseRequest, library.CloseAnswer),
    "cancel": (progress.CancelRequest, progress.CancelAnswer),
    "network": (network.NetworkRequest, network.NetworkAnswer),
    "input": (network.InputRequest, network.InputAnswer),
    "prediction": (network.PredictionRequest, network.PredictionAnswer),
    "filter": (network.FilterRequest, network.FilterAnswer),
    "maps": (maps.MapsRequest, maps.MapsAnswer),
    "map": (maps.MapRequest, maps.MapAnswer),
    "statistics": (maps.StatisticsRequest, maps.StatisticsAnswer),
    "channel_statistics": (maps.ChannelStatisticsRequest, maps.ChannelStatisticsAnswer),
    "histogram": (maps.HistogramRequest, maps.HistogramAnswer),
    "contributors": (maps.ContributorsRequest, maps.ContributorsAnswer),
    "explain": (unit.ExplainRequest, unit.ExplainAnswer),
    "formula": (unit.FormulaRequest, unit.FormulaAnswer),
    "field": (unit.FieldRequest, unit.FieldAnswer),
    "trace": (unit.TraceRequest, unit.TraceAnswer),
    "paint": (edit.PaintRequest, edit.PaintAnswer),
    "shift": (edit.ShiftRequest, edit.ShiftAnswer),
    "flip": (edit.FlipRequest, edit.FlipAnswer),
    "replace": (edit.ReplaceRequest, edit.ReplaceAnswer),
    "edit_kernel": (edit.EditKernelRequest, edit.EditKernelAnswer),
    "switch_channel": (edit.SwitchChannelRequest, edit.SwitchChannelAnswer),
    "reset": (edit.ResetRequest, edit.ResetAnswer),
    "edits": (edit.EditsRequest, edit.EditsAnswer),
    "bench_sources": (bench.BenchSourcesRequest, bench.BenchSourcesAnswer),
    "bench_open": (bench.BenchOpenRequest, bench.BenchOpenAnswer),
    "bench": (bench.BenchRequest, bench.BenchAnswer),
    "bench_code": (bench.BenchCodeRequest, bench.BenchCodeAnswer),
    "bench_file": (bench.BenchFileRequest, bench.BenchFileAnswer),
    "bench_declare": (declare.BenchDeclareRequest, declare.BenchDeclareAnswer),
    "bench_film": (film.BenchFilmRequest, film.BenchFilmAnswer),
    "film": (film.FilmRequest, film.FilmAnswer),
    "bench_unit": (bench.BenchUnitRequest, bench.BenchUnitAnswer),
    "difference": (edit.DifferenceRequest, edit.DifferenceAnswer),
    **lessons.EXCHANGES,
}

# What the server may also say.
NOTICES: tuple[type[Answer], ...] = (
    progress.Progress,
    progress.Failure,
    progress.Cancelled,
    progress.Dropped,
    progress.LibraryNotice,
)
# What is not said over the WebSocket but in the answer to POST /upload.
UPLOADS: tuple[type[Part], ...] = (library.Uploaded, library.UploadError)

__all__ = ["EXCHANGES", "NOTICES", "PROTOCOL", "UPLOADS", "Answer", "Part", "Request"]
