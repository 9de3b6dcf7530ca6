"""What is drawn of large inputs and outputs at the workbench: never more than there is room for, and what was said."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

from striate.lessons import Workbench
from striate.studio.answers import ANSWERS
from striate.studio.answers.bench_drawn import drawn_cell, drawn_input, drawn_output
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.protocol import EXCHANGES
from striate.studio.protocol.base import Size
from striate.studio.protocol.bench import Geometry
from striate.studio.store import Store
from striate.studio.work import Work


@pytest.fixture
def session(tmp_path):
    store = Store(Limits(), tmp_path / "uploads")
    yield Session(store, "tab:test")
    store.close()


def ask(session, arrays, **fields):
    request = EXCHANGES["bench"][0].model_validate({"id": 1, "type": "bench", **fields})
    return ANSWERS["bench"](session, request, arrays, Work())


def blocks(plane, cell):
    """The numbers of each block of a plane, by the block's place."""
    places = product(range(0, plane.shape[0], cell), range(0, plane.shape[1], cell))
    return {(y // cell, x // cell): plane[y : y + cell, x : x + cell] for y, x in places}


def largest(block):
    return block.ravel()[np.argmax(np.abs(block))]


@settings(max_examples=60)
@given(
    shape=draws.tuples(draws.integers(1, 3), draws.integers(1, 20), draws.integers(1, 20)),
    cell=draws.integers(1, 24),
    seed=draws.integers(0, 99),
)
def test_a_block_is_its_largest_magnitude_or_its_mean(shape, cell, seed):
    x = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    strong, mean = drawn_output(x, cell), drawn_input(x, cell, picture=True)
    assert strong.dtype == mean.dtype == np.float32
    assert strong.shape == mean.shape == (shape[0], -(-shape[1] // cell), -(-shape[2] // cell))
    for channel, plane in enumerate(x):
        for (row, column), block in blocks(plane, cell).items():
            assert strong[channel, row, column] == largest(block)
            assert abs(mean[channel, row, column] - block.mean(dtype=np.float64)) < 1e-6
    assert np.array_equal(drawn_input(x, cell, picture=False), strong)
    assert np.array_equal(drawn_output(x[0], cell), strong[0])


@given(
    counts=draws.tuples(draws.integers(1, 3000), draws.integers(1, 3000)),
    lengths=draws.tuples(draws.integers(1, 3000), draws.integers(1, 3000)),
    spread=draws.integers(1, 3),
    pad=draws.integers(0, 5),
    room=draws.tuples(draws.integers(1, 900), draws.integers(1, 900)),
)
def test_cells_are_as_few_as_there_is_room_for_and_no_fewer(counts, lengths, spread, pad, room):
    geometry = Geometry(
        kernel=(3, 3),
        stride=(1, 1),
        dilation=(1, 1),
        pads=((pad, pad),) * 2,
        spread=(spread,) * 2,
        lengths=lengths,
        counts=counts,
        flipped=False,
    )
    output, field = drawn_cell(geometry, Size(height=room[0], width=room[1]))
    reach = [2 * pad + (length - 1) * spread + 1 for length in lengths]
    # Pixels of a number, as the page has them: both pictures to the smaller one's scale where that is no large loss.
    one, other = (min(most / size for size, most in zip(sizes, room, strict=True)) for sizes in (counts, reach))
    shared = max(one, other) <= 1.5 * min(one, other)
    one, other = (min(one, other),) * 2 if shared else (one, other)
    for cell, pixels in ((output, one), (field, other * spread)):
        assert cell * pixels > 1 - 1e-9
        assert cell == 1 or (cell - 1) * pixels < 1 + 1e-9
    assert drawn_cell(geometry, None) == (1, 1)


def test_an_answer_has_as_many_cells_as_there_is_room_for_and_facts_of_everything(session):
    x = np.random.default_rng(0).normal(size=(1, 90, 61))
    weight = np.array([[[[1.0, 0, -1]] * 3]])
    state = {"rank": 2, "source": "own", "names": [""], "padding": "same"}
    bench = Workbench(x, weight, padding="same")
    whole, arrays = ask(session, {"input": x, "weight": weight}, state=state)
    assert (whole.cell, whole.input_cell, whole.input_reduced) == (1, 1, "")
    assert np.allclose(arrays["output"], bench.output[0])
    small, arrays = ask(
        session, {"input": x, "weight": weight}, state=state, have=whole.key, size={"height": 40, "width": 25}
    )
    assert (small.cell, small.input_cell, small.input_reduced) == (3, 3, "largest magnitude")
    for drawn, plane in ((arrays["output"], bench.output[0]), (arrays["input"][0], x[0])):
        assert drawn.shape == (30, 21)
        assert all(drawn[place] == np.float32(largest(block)) for place, block in blocks(plane, 3).items())
    assert small.output_shape == (1, 90, 61)
    assert small.output_extent == whole.output_extent == (bench.output.min(), bench.output.max())
    assert small.input_extent == (x.min(), x.max())


def test_an_input_that_has_not_changed_is_not_sent_again(session):
    x, y = np.random.default_rng(0).normal(size=(2, 1, 9, 9))
    state = {"rank": 2, "source": "own", "names": ["sobel"]}
    first, _ = ask(session, {"input": x}, state=state)
    again, arrays = ask(session, {"input": x}, state={**state, "names": ["box"]}, have=first.key)
    assert again.key == first.key
    assert "input" not in arrays
    other, arrays = ask(session, {"input": y}, state=state, have=first.key)
    assert other.key != first.key
    assert np.array_equal(arrays["input"], y.astype(np.float32))


def test_a_picture_is_drawn_by_means(session):
    state = {"rank": 2, "source": "house", "names": ["box"]}
    _, whole = ask(session, {}, state=state)
    answer, arrays = ask(session, {}, state=state, size={"height": 60, "width": 60})
    assert answer.input_reduced == "mean"
    for channel, plane in enumerate(whole["input"]):
        for place, block in blocks(plane, answer.input_cell).items():
            assert abs(arrays["input"][(channel, *place)] - block.mean()) < 1e-6


def test_volumes_keep_their_slices_and_signals_all_numbers(session):
    state = {"rank": 3, "source": "ball", "names": ["gaussian"], "padding": "same"}
    answer, arrays = ask(session, {}, state=state, size={"height": 8, "width": 12})
    # The input has padding around it, for which there must be room too, and the output is drawn to the same scale.
    assert (answer.cell, answer.input_cell, answer.geometry.pads[-1]) == (4, 4, (2, 2))
    assert arrays["output"].shape == (24, 6, 6)
    assert arrays["input"].shape == (1, 24, 6, 6)
    state = {"rank": 1, "source": "ecg", "names": ["derivative"]}
    answer, arrays = ask(session, {}, state=state, size={"height": 8, "width": 12})
    assert answer.cell == 1
    assert arrays["output"].shape == answer.output_shape[1:]


@pytest.mark.parametrize(("sides", "where"), [((30, 40), (17, 21)), ((20, 20), (0, 0)), ((4, 200), (2, 100))])
def test_a_window_begins_where_there_is_most_to_see(session, sides, where):
    x = np.random.default_rng(0).uniform(-1, 1, (1, *sides))
    x[0, 0, 0] = 9  # too near to a border
    x[(0, *where)] = -5
    state = {"rank": 2, "source": "own", "names": [""]}
    own = {"input": x, "weight": np.ones((1, 1, 1, 1))}
    answer, _ = ask(session, own, state=state, seek=True, size={"height": 7, "width": 7})
    assert answer.start == where
    assert ask(session, own, state=state)[0].start is None
