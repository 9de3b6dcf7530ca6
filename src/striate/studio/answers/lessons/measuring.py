"""Measurements on pictures and networks: changed pixels, shifts, merged convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from striate import filters
from striate.errors import LimitError, ParameterError
from striate.graph import Array
from striate.lessons import (
    Convolution,
    MergedConvolution,
    Pooling,
    StackedPair,
    equivariance_error,
    influence,
    invariance_error,
    merge_convolutions,
    stacked_convolutions,
)
from striate.lessons.programs import influence_program, merge_layers_program, merge_program, shift_program
from striate.media import shift as shifted
from striate.studio.answers.lessons.pictures import chosen_picture, lesson_picture
from striate.studio.answers.lessons.reproducing import entries, readings
from striate.studio.answers.lessons.sliding import given
from striate.studio.answers.session import Session
from striate.studio.present import Reading
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.assumptions import (
    InfluenceAnswer,
    InfluenceRequest,
    ShiftMeasureAnswer,
    ShiftMeasureRequest,
)
from striate.studio.protocol.lessons.two_filters import MergeAnswer, MergeRequest, PairInfo
from striate.studio.work import Work

Arrays = Mapping[str, Array]
# Products up to which a kernel merged of two layers of a network is run in float64.
_MOST = 2**33


def shift_measure(
    session: Session, request: ShiftMeasureRequest, arrays: Arrays, work: Work
) -> tuple[ShiftMeasureAnswer, Arrays]:
    """Equivariance and invariance of a convolution, with pooling or without, to a shift."""
    seen_on = chosen_picture(session, request.network, request.input)
    x = seen_on.grey
    kernel = np.asarray(filters.get(request.kernel)())
    steps: list[Convolution | Pooling] = [Convolution(kernel, None, request.stride, request.padding)]
    steps += [Pooling((request.pool, request.pool))] if request.pool else []
    seen = equivariance_error(steps, x, request.shift)
    still = invariance_error(steps, x, request.shift)
    answer = ShiftMeasureAnswer(
        id=request.id,
        output_shift=seen.output_shift,
        moves=seen.moves,
        remainder=seen.remainder,
        aligned=seen.aligned,
        interior=int(seen.interior.sum()),
        interior_differs=int((seen.differs & seen.interior).sum()),
        interior_error=seen.interior_error,
        border=seen.border_cells,
        border_differs=seen.border_differs,
        border_error=seen.border_error,
        input_change=still.input_change,
        change=still.change,
        same=still.same,
        equivariance=str(seen),
        invariance=str(still),
        code=shift_program(request.kernel, request.shift, request.stride, request.padding, request.pool, seen_on.line),
        files=entries(seen_on.reading),
    )
    maps = {
        "plain": still.before,
        "of_shifted": seen.of_shifted,
        "shifted": seen.shifted,
        "difference": seen.difference,
    }
    return answer, {
        "x": x[0],
        "moved": shifted(x[None], request.shift, "zero")[0, 0],
        "interior": seen.interior.astype(np.uint8),
        **{each: array[0, 0].astype(np.float32) for each, array in maps.items()},
    }


def influenced(
    session: Session, request: InfluenceRequest, arrays: Arrays, work: Work
) -> tuple[InfluenceAnswer, Arrays]:
    """One pixel brighter by 1, and the outputs that change."""
    seen_on = chosen_picture(session, request.network, request.input)
    x = seen_on.grey
    kernel = np.asarray(filters.get(request.kernel)())
    cell = request.cell or (x.shape[1] // 2, x.shape[2] // 2)
    seen = influence(Convolution(kernel), x, cell)
    answer = InfluenceAnswer(
        id=request.id,
        cell=cell,
        changed=int(seen.changed.sum()),
        outputs=seen.changed.size,
        box=seen.box,
        told=str(seen),
        code=influence_program(request.kernel, cell, seen.by, seen_on.line),
        files=entries(seen_on.reading),
    )
    return answer, {
        "x": x[0],
        "difference": seen.difference[0, 0].astype(np.float32),
        "weight": kernel.astype(np.float64),
        "response": seen.response[0, 0],
    }


def merged(session: Session, request: MergeRequest, arrays: Arrays, work: Work) -> tuple[MergeAnswer, Arrays]:
    """Two convolutions as one, with and without ReLU between them."""
    if request.network is not None and request.input is not None:
        return _merged_layers(session, request, request.network, request.input, work)
    first, second = given(arrays, "first"), given(arrays, "second")
    x = arrays.get("x")
    one = merge_convolutions(first, second)
    return _measured(request, one, lesson_picture() if x is None else x, (), merge_program(first, second, x))


def _merged_layers(
    session: Session, request: MergeRequest, network: str, source: str, work: Work
) -> tuple[MergeAnswer, Arrays]:
    entry, _ = session.opened(network, source)
    pairs = stacked_convolutions(entry.network)
    if not pairs:
        raise ParameterError(
            f'in network "{network}" no two convolutions follow each other with nothing but an activation between '
            "them, so there is nothing to merge; take two kernels instead, or open another network"
        )
    if request.pair >= len(pairs):
        raise ParameterError(
            f'network "{network}" has {len(pairs)} pairs of convolutions with nothing but an activation between them; '
            f"there is no pair number {request.pair}"
        )
    pair = pairs[request.pair]
    # The kernels are those of the file, so the numbers between them have to be as well.
    run, _ = session.as_opened(network, source, work)
    first, second = (Convolution.of(run, name) for name in (pair.first, pair.second))
    x = run.recording.values[pair.reads][:1]
    if (products := _products(first, second, x.shape[2:])) > _MOST:
        raise LimitError(
            f"{pair.first} and {pair.second} merged would compute {products:,} products on this input, up to {_MOST:,} "
            "are computed while one waits; choose another pair or a smaller input"
        )
    one = merge_convolutions(first, second, interior=True)
    opened, reading = readings(session, network, source)
    code = merge_layers_program(opened.text, reading.text, request.pair)
    return _measured(request, one, x, pairs, code, (opened, reading))


def _products(first: Convolution, second: Convolution, lengths: tuple[int, ...]) -> int:
    """At most as many as the merged kernel computes: its taps span both kernels'."""
    positions = second.output_shape(first.output_shape(lengths)[1:])[1:]
    spans = (
        k + s * d * (t - 1) for k, s, d, t in zip(first.span, first.stride, second.dilation, second.kernel, strict=True)
    )
    return prod(positions) * second.filters * first.channels * prod(spans)


def _measured(
    request: MergeRequest,
    one: MergedConvolution,
    x: Array,
    pairs: tuple[StackedPair, ...],
    code: str,
    read: tuple[Reading, ...] = (),
) -> tuple[MergeAnswer, Arrays]:
    seen = one.measure(x)
    inside = np.abs(seen.relu_difference[0]) * seen.inside
    channel = int(inside.reshape(len(inside), -1).max(axis=1).argmax())
    answer = MergeAnswer(
        id=request.id,
        kernels=(*(each.kernel for each in one.stack), one.convolution.kernel),
        maps=(one.stack[0].channels, *(each.filters for each in one.stack)),
        channel=channel,
        stack_parameters=Filled.of(one.parameters_stack),
        merged_parameters=Filled.of(one.parameters),
        exact=one.exact,
        error=seen.error,
        largest=float(np.abs(seen.stack).max(initial=0.0)),
        relu_error=seen.relu_error,
        relu_changed=int(seen.relu_differs.sum()),
        numbers=seen.relu_differs.size,
        clipped=seen.clipped,
        pairs=tuple(PairInfo(first=each.first, second=each.second, between=each.between) for each in pairs),
        told=f"{one}\n{seen}",
        code=code,
        files=entries(*read),
    )
    maps = {
        "stack": seen.stack,
        "merged": seen.merged,
        "relu": seen.relu,
        "difference": seen.difference,
        "relu_difference": seen.relu_difference,
    }
    data = x if x.ndim == len(one.convolution.kernel) else x.reshape(-1, *x.shape[-len(one.convolution.kernel) :])[0]
    return answer, {
        "merged_kernel": one.convolution.weight[channel, 0],
        "x": data.astype(np.float32),
        **{name: array[0, channel].astype(np.float32) for name, array in maps.items()},
    }
