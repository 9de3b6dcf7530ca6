"""One number: the sum behind it, what it sees, the way down to the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from striate import ops
from striate.graph import Array, UnitAddress
from striate.lenses.explain import Explanation
from striate.lenses.explain.explanation import Operand
from striate.lenses.explain.expression import number
from striate.run import Run, Unit
from striate.studio.answers.session import Session, addressed, place, placed
from striate.studio.answers.unit_view import view_of
from striate.studio.protocol.unit import (
    ExplainAnswer,
    ExplainRequest,
    FieldAnswer,
    FieldBox,
    FieldRequest,
    Figure,
    FormulaAnswer,
    FormulaRequest,
    OperandCells,
    StageInfo,
    TraceAnswer,
    TraceCell,
    TraceLevel,
    TraceRequest,
    UnitRequest,
    View,
    Windowed,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]
Ranking = Literal["magnitude", "greatest", "least"]
# Terms up to which a formula is written out unasked, and characters of it that are sent.
_TERMS, _CHARACTERS = 512, 600


def explained(session: Session, request: ExplainRequest, arrays: Arrays, work: Work) -> tuple[ExplainAnswer, Arrays]:
    """The whole computation behind one number."""
    run, version = session.run(request, work)
    return explanation_of(run, _unit(run, request), request.id, version, request.strongest)


def explanation_of(run: Run, unit: Unit, id: int, version: int, strongest: int) -> tuple[ExplainAnswer, Arrays]:
    """A unit's explanation in the protocol's form, with so many of its strongest channels in full."""
    found = unit.explain()
    view = view_of(run.model, found)
    made: dict[str, Array] = {}
    window = _window(run, found, view, strongest, made)
    ranking = _ranking(run, found.value_name)
    operands = tuple(
        _operand(run, place_, operand, ranking, 0 if window and operand.numbers.size > 1 else strongest, made)
        for place_, operand in enumerate(found.operands)
    )
    curve = unit.curve()
    if curve is not None:
        made["curve"] = np.stack([curve.x, curve.y])
    answer = ExplainAnswer(
        id=id,
        version=version,
        unit=placed(unit.address),
        view=view,
        kind=found.kind,
        name=found.name,
        facts=found.facts,
        words=found.words,
        law=found.law,
        figures=tuple(Figure(symbol=symbol, value=value) for symbol, value in found.figures),
        total=found.total,
        held=found.held,
        value=found.value,
        stages=tuple(StageInfo(name=stage.name, kind=stage.kind, value=stage.value) for stage in found.stages),
        bias=found.bias,
        rest=found.rest,
        rule=found.rule,
        divisor=found.divisor,
        winner=found.winner,
        window=window,
        operands=operands,
        formula=_short_formula(found),
        scale=found.scale,
        agreement=found.agreement,
        agrees=found.agrees,
    )
    return answer, made


def _unit(run: Run, request: UnitRequest) -> Unit:
    return Unit(run, UnitAddress(request.layer, request.channel, request.at, request.sample))


def _short_formula(found: Explanation) -> str:
    if found.products is not None and found.products.size > _TERMS:
        return f"{found.products.size} products + bias {number(found.bias, 6)} ≈ {number(found.total, 6)}"
    if found.window is not None and found.window.size > _TERMS:
        return f"{found.window.size} cells ≈ {number(found.total, 6)}"
    text = found.formula(6)
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"


def _window(run: Run, found: Explanation, view: View, strongest: int, made: dict[str, Array]) -> Windowed | None:
    """The strongest channels of the window in full, and the sums of all."""
    operand = next((each for each in found.operands if each.role in ("input", "window")), None)
    operand = operand or (found.operands[0] if found.operands else None)
    if found.window is None or found.inside is None or operand is None or operand.numbers.shape != found.window.shape:
        return None
    # The window of a pooling or a reduction has no axis of channels that are added up.
    one = view in ("pooling", "reduction")
    if not one and view not in ("convolution", "dense"):
        return None

    def whole(array: Array) -> Array:
        return array[None] if one else array

    shown = whole(found.window if found.products is None else found.products)
    with np.errstate(invalid="ignore", over="ignore"):
        sums = shown.reshape(len(shown), -1).sum(axis=1)
    order = np.argsort(-np.where(np.isnan(sums), np.inf, np.abs(sums)), kind="stable")
    chosen = order[:strongest]
    made["sums"], made["order"] = sums, order.astype(np.int32)
    made["window"] = whole(found.window)[chosen]
    if found.kernel is not None and found.products is not None:
        made["kernel"], made["products"] = whole(found.kernel)[chosen], whole(found.products)[chosen]
    made["inside"] = whole(found.inside)[chosen].astype(np.uint8)
    made["cells"] = _places(whole(operand.indices)[chosen], whole(operand.inside)[chosen])
    return Windowed(
        source=addressed(run, operand.value_name),
        channels=len(shown),
        taps=shown.shape[1:],
        padded=int(found.inside.size - found.inside.sum()),
    )


def _places(indices: Array, inside: Array) -> Array:
    """Channel and position of cells; -1 where there is none."""
    cells = indices[..., 1:] if indices.shape[-1] > 1 else indices
    return np.where(inside[..., None], cells, -1).astype(np.int32)


def _ranking(run: Run, value_name: str) -> Ranking:
    """In which order the cells behind a value are listed: what chooses one looks at numbers, not magnitudes."""
    node = run.model.graph.producers.get(value_name)
    if node is None:
        return "magnitude"
    return (
        "greatest" if isinstance(node.op, ops.ArgMax) else "least" if isinstance(node.op, ops.ArgMin) else "magnitude"
    )


def _rank(amounts: Array, ranking: Ranking) -> Array:
    """What is large where a cell comes early; NaN comes first, as it decides everything."""
    ranks = {"magnitude": np.abs(amounts), "greatest": amounts, "least": -amounts}[ranking]
    return np.where(np.isnan(amounts), np.inf, ranks)


def _operand(
    run: Run, position: int, operand: Operand, ranking: Ranking, strongest: int, made: dict[str, Array]
) -> OperandCells:
    numbers, inside = operand.numbers.reshape(-1), operand.inside.reshape(-1)
    factors = None if operand.coefficients is None else operand.coefficients.reshape(-1)
    with np.errstate(invalid="ignore", over="ignore"):
        amounts = numbers if factors is None else numbers * factors
    order = np.argsort(-_rank(amounts, ranking), kind="stable")
    chosen = order[:strongest]
    indices = operand.indices.reshape(numbers.size, operand.indices.shape[-1])
    if chosen.size:
        made[f"operand.{position}.numbers"] = numbers[chosen]
        made[f"operand.{position}.cells"] = _places(indices[chosen], inside[chosen])
        if factors is not None:
            made[f"operand.{position}.coefficients"] = factors[chosen]
    return OperandCells(
        role=operand.role,
        source=addressed(run, operand.value_name),
        constant=operand.value_name in run.model.graph.constants,
        count=int(numbers.size),
        order=ranking,
        shown=int(chosen.size),
        rest=0.0 if factors is None else float(amounts[order[chosen.size :]].sum()),
        traced=factors is not None,
    )


def formula(session: Session, request: FormulaRequest, arrays: Arrays, work: Work) -> tuple[FormulaAnswer, Arrays]:
    """The number written out."""
    run, version = session.run(request, work)
    text = _unit(run, request).explain().formula(request.digits)
    return FormulaAnswer(id=request.id, version=version, text=text), {}


def field(session: Session, request: FieldRequest, arrays: Arrays, work: Work) -> tuple[FieldAnswer, Arrays]:
    """What the number sees of the network's inputs."""
    run, version = session.run(request, work)
    found = _unit(run, request).receptive_field(request.follow)
    boxes = tuple(
        FieldBox(
            port=each.name,
            clipped=each.clipped,
            unclipped=each.unclipped,
            stride=each.stride,
            centre=each.centre,
        )
        for each in found.inputs.values()
    )
    return FieldAnswer(id=request.id, version=version, boxes=boxes, exact=found.exact, reason=found.reason), {}


def traced(session: Session, request: TraceRequest, arrays: Arrays, work: Work) -> tuple[TraceAnswer, Arrays]:
    """The chain of explanations down to the input."""
    run, version = session.run(request, work)
    found = _unit(run, request).trace(request.width, request.depth, request.most)
    levels = tuple(
        TraceLevel(
            source=addressed(run, level.value_name),
            kind=level.kind,
            name=level.name,
            cells=tuple(
                TraceCell(
                    unit=place(run, level.value_name, cell.index),
                    number=cell.number,
                    gain=cell.gain,
                    amount=cell.amount,
                )
                for cell in level.cells
            ),
            count=level.count,
            amount=level.amount,
            followed=level.followed_amount,
            bias=level.bias,
            rule=level.rule,
            ended=level.ended,
        )
        for level in found.levels
    )
    answer = TraceAnswer(
        id=request.id,
        version=version,
        value=found.value,
        levels=levels,
        reached=found.reached,
        biases=found.biases,
        left_out=found.left_out,
        stopped=found.stopped,
        rounding=found.rounding,
        note=found.note,
    )
    return answer, {}
