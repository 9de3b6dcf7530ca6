"""Resizing: the kernel with any tables, and the op in all its modes on whole programs."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate.engine import Executor
from striate.engine.isa import Isa
from striate.engine.kernels.place import Place
from striate.engine.kernels.resize import Tables, Taps, emit_resize, resize_arguments
from striate.engine.program import Reference
from striate.graph import GraphBuilder
from striate.ops import Neg, Relu, Resize
from striate.ops.interpolation import Coordinates
from tests.engine.blocked import BlockedValue, each_target, layout_of, run


@each_target
@settings(max_examples=60)
@given(
    n=st.integers(1, 2),
    c=st.integers(1, 40),
    sizes=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 12), st.integers(1, 5)), min_size=1, max_size=3),
    seed=st.integers(0, 99),
)
def test_any_tables(target: Isa, n: int, c: int, sizes: list[tuple[int, int, int]], seed: int) -> None:
    rng, lanes = np.random.default_rng(seed), target.lanes
    before, after = tuple(old for old, _, _ in sizes), tuple(new for _, new, _ in sizes)
    x = rng.standard_normal((n, c, *before)).astype(np.float32)
    halo = ((1, 2), (0, 1), (2, 0))[: len(sizes)]
    source = BlockedValue(layout_of(x.shape, lanes, halo), x, halo=np.nan)
    made = BlockedValue(layout_of((n, c, *after), lanes, halo[::-1]))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    axes = [Taps.same(1)] * (3 - len(sizes))
    for old, new, taps in sizes:
        weights = rng.standard_normal((new, taps)) if taps > 1 else np.ones((new, 1))
        axes.append(Taps(rng.integers(0, old, (new, taps)), weights.astype(np.float32).astype(np.float64)))
    tables = Tables.of(axes, places[0], lanes)
    stages = (("affine", 2.0, 1.0),) if seed % 2 else ()
    spec, arguments, chunks = resize_arguments(axes, tables, (n, c), lanes, *places, stages)
    run(emit_resize(spec, target), arguments, chunks)
    expected, size = x.astype(np.float64), np.abs(x).astype(np.float64)
    for axis, taps in enumerate(axes[3 - len(sizes) :], start=2):
        along = (*taps.cells.shape, *[1] * (x.ndim - 1 - axis))
        weights = taps.weights.reshape(along)
        expected = (np.take(expected, taps.cells, axis) * weights).sum(axis=axis + 1)
        size = (np.take(size, taps.cells, axis) * np.abs(weights)).sum(axis=axis + 1)
    limit = (sum(taps for _, _, taps in sizes) + 4) * 2.0**-24 * size
    if stages:
        expected, limit = 2 * expected + 1, 2 * limit + 2.0**-22 * (1 + np.abs(expected))
    assert (np.abs(made.result() - expected) <= limit).all()


def through_blocks(op: Resize, x: np.ndarray, *operands: np.ndarray | None) -> np.ndarray:
    """The op between element-wise neighbours; every node on a kernel."""
    build = GraphBuilder("net")
    value = build.add(Neg(), [build.input("x", np.float32, x.shape)])[0]
    names = [None if operand is None else build.constant(operand) for operand in operands]
    last = build.add(Relu(), build.add(op, [value, *names]))
    executor = Executor(build.finish(last))
    assert not any(isinstance(part, Reference) for part in executor.prepare({"x": x}).program.parts)
    return executor.run({"x": x})[last[0]]


@settings(max_examples=150)
@given(
    n=st.integers(1, 2),
    c=st.integers(1, 20),
    sizes=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 20)), min_size=1, max_size=3),
    mode=st.sampled_from(["nearest", "linear", "cubic"]),
    coordinates=st.sampled_from(get_args(Coordinates)),
    antialias=st.booleans(),
    exclude_outside=st.booleans(),
    crop=st.tuples(st.floats(-0.3, 0.4), st.floats(0.6, 1.3)),
)
def test_any_mode(
    n: int,
    c: int,
    sizes: list[tuple[int, int]],
    mode: str,
    coordinates: str,
    antialias: bool,
    exclude_outside: bool,
    crop: tuple[float, float],
) -> None:
    cropped = coordinates == "tf_crop_and_resize"
    if cropped and mode != "nearest":
        crop = 0.1, 0.9
    assume(not (antialias and mode == "nearest"))
    x = np.random.default_rng(c).standard_normal((n, c, *(old for old, _ in sizes))).astype(np.float32)
    rank = len(sizes)
    roi = np.array([[crop[0]] * rank, [crop[1]] * rank], np.float32).reshape(-1) if cropped else None
    wanted = np.array([new for _, new in sizes], np.int64)
    op = Resize(
        mode, coordinates, exclude_outside=exclude_outside, antialias=antialias, axes=tuple(range(2, 2 + rank)),
        extrapolation_value=1.5,
    )  # fmt: skip
    got = through_blocks(op, x, roi, None, wanted)
    with np.errstate(all="ignore"):
        expected = np.maximum(op.reference(-x.astype(np.float64), roi, None, wanted)[0], 0)
    # Cubic weights add up to less than 2 in size along each axis; antialiased ones read up to 80 cells an axis.
    atol = 0 if mode == "nearest" else 260 * 2.0**-24 * 2.0**rank * np.abs(x).max()
    np.testing.assert_allclose(got, expected.astype(np.float32), rtol=0, atol=atol)


@pytest.mark.parametrize("axis", [0, 1])
def test_samples_and_channels_are_resized_by_the_reference(axis: int) -> None:
    x = np.ones((2, 3, 4, 4), np.float32)
    build = GraphBuilder("net")
    sizes = build.constant(np.array([5], np.int64))
    op = Resize(axes=(axis,))
    made = build.add(op, [build.input("x", np.float32, x.shape), None, None, sizes])
    (part,) = Executor(build.finish(made)).prepare({"x": x}).program.parts
    assert isinstance(part, Reference)
