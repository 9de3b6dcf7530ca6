"""What the workbench has to work with: inputs, kernels of the bank, worked examples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from striate import filters
from striate.graph import Array
from striate.lessons.examples import WorkedExample, worked_examples
from striate.studio.answers.session import Session
from striate.studio.protocol.bench import (
    OWN,
    BankKernel,
    BenchExample,
    BenchOpenAnswer,
    BenchOpenRequest,
    BenchSourcesAnswer,
    BenchSourcesRequest,
    BenchState,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def sources(
    session: Session, request: BenchSourcesRequest, arrays: Arrays, work: Work
) -> tuple[BenchSourcesAnswer, Arrays]:
    """All there is."""
    examples = worked_examples()
    sent: dict[str, Array] = {}
    for each in examples:
        sent[f"input.{each.name}"] = each.x
        if each.weight is not None:
            sent[f"weight.{each.name}"] = each.weight
    answer = BenchSourcesAnswer(
        id=request.id,
        sources=tuple(source.entry for source in session.workbenches.sources()),
        cmapss=session.workbenches.cmapss,
        kernels=_kernels(),
        examples=tuple(_example(each) for each in examples),
    )
    return answer, sent


def opened(session: Session, request: BenchOpenRequest, arrays: Arrays, work: Work) -> tuple[BenchOpenAnswer, Arrays]:
    """Opens an uploaded file."""
    return BenchOpenAnswer(id=request.id, source=session.workbenches.open(request.upload).entry), {}


def _kernels() -> tuple[BankKernel, ...]:
    """The bank; a kernel that has a direction comes once across and once down."""
    found: list[BankKernel] = []
    for name in filters.names():
        each = filters.get(name)
        group = each.description.partition(":")[0]
        label = name.replace("_", " ")
        found.append(BankKernel(name=name, label=label, note=each.description, ranks=each.ranks, group=group))
        if each.directional and name != "roberts":
            ranks = tuple(rank for rank in each.ranks if rank > 1)
            note = f"{each.description}; along the first axis"
            found.append(BankKernel(name=f"{name}@0", label=f"{label}, down", note=note, ranks=ranks, group=group))
    return tuple(found)


def _example(each: WorkedExample) -> BenchExample:
    bench = each.bench
    state = BenchState(
        rank=len(bench.kernel),
        operation=bench.operation,
        source=OWN,
        names=("",) * bench.filters if bench.weight is not None else (),
        taps=bench.kernel,
        stride=bench.stride,
        padding=bench.padding,
        dilation=bench.dilation,
        bias=0.0 if bench.bias is None else float(bench.bias[0]),
        biased=bench.bias is not None,
        relu=bench.relu,
        flatten=bench.flatten,
        combine="sum" if bench.weight is not None and bench.filters > 1 else "magnitude",
    )
    weight = None if each.weight is None else np.shape(each.weight)
    return BenchExample(id=each.name, name=each.title, note=each.note, state=state, input=each.x.shape, weight=weight)
