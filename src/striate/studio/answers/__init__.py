"""Answers: one file a family of requests, each a function (session, request, arrays, work) -> (answer, arrays)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from striate.graph import Array
from striate.studio.answers import (
    bench,
    bench_code,
    bench_declare,
    bench_sources,
    edit,
    edit_network,
    film,
    lessons,
    library,
    maps,
    network,
    statistics,
    unit,
)
from striate.studio.answers.session import Session
from striate.studio.protocol import Answer
from striate.studio.work import Work

Answered = tuple[Answer, Mapping[str, Array]]
Function = Callable[[Session, Any, Mapping[str, Array], Work], Answered]

# By type of request; "cancel" is answered where requests come in.
ANSWERS: dict[str, Function] = {
    "hello": library.hello,
    "samples": library.samples,
    "open_network": library.open_network,
    "open_input": library.open_input,
    "close": library.close,
    "network": network.layers,
    "input": network.given,
    "prediction": network.prediction,
    "filter": network.kernel,
    "maps": maps.maps,
    "map": maps.one_map,
    "statistics": statistics.layers,
    "channel_statistics": statistics.channels,
    "histogram": statistics.spread,
    "contributors": statistics.contributors,
    "explain": unit.explained,
    "formula": unit.formula,
    "field": unit.field,
    "trace": unit.traced,
    "paint": edit.painted,
    "shift": edit.shifted,
    "flip": edit.flipped,
    "replace": edit.replaced,
    "edit_kernel": edit_network.edit_kernel,
    "switch_channel": edit_network.switch_channel,
    "reset": edit.reset,
    "edits": edit.edits,
    "bench_sources": bench_sources.sources,
    "bench_open": bench_sources.opened,
    "bench": bench.made,
    "bench_unit": bench.explained,
    "bench_code": bench_code.code,
    "bench_file": bench_code.fetched,
    "bench_declare": bench_declare.declared,
    "bench_film": film.of_bench,
    "film": film.of_layer,
    "difference": edit.difference,
    "lesson_questions": lessons.questions_of,
    "lesson_file": lessons.fetched,
    "check_answer": lessons.checked,
    "explosion": lessons.explosion,
    "dense_twin": lessons.dense_twin,
    "shift_measure": lessons.shift_measure,
    "influence": lessons.influenced,
    "filter_sums": lessons.filter_sums,
    "merge": lessons.merged,
    "loop": lessons.looped,
    "slide": lessons.slid,
    "pool": lessons.pooled,
    "growth": lessons.growth,
    "dense_layers": lessons.dense_layers_of,
    "hierarchy": lessons.hierarchies,
}
