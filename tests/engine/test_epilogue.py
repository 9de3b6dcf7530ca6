"""The stages after a kernel's sums, in a kernel that does nothing else."""

import numpy as np
import pytest

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.epilogue import Epilogue, Stages, check_stages, epilogue_arguments, epilogue_name
from striate.engine.kernels.place import Place
from striate.errors import ParameterError
from tests.engine.blocked import BlockedValue, each_target, layout_of, of, run

SHAPE = (2, 37, 3, 4)


def copy_with(stages: Stages, target: Isa) -> Emit:
    """A kernel whose chunk is one row of one sample, all blocks of 37 channels, in tiles of 2 columns."""
    k = Emit("copy" + epilogue_name(stages), target)
    x, y, sample, row = (k.pointer("x"), k.pointer("y"), k.chunk // SHAPE[2], k.chunk % SHAPE[2])
    x_block, x_row = k.size("x_block"), k.size("x_row")
    blocks = -(-SHAPE[1] // k.lanes)
    epilogue = Epilogue(k, stages)
    offset = sample * x_block * blocks + row * x_row
    with k.loop(0, SHAPE[3], 2) as column:
        site = epilogue.site(sample, k.integer(0), k.integer(0), row, column)
        for v in range(blocks):
            for p in range(2):
                cell = offset + x_block * v + (column + p) * k.lanes
                k.store(site.apply(k.load(x, cell), v, p), y, cell)
    return k


@each_target
def test_stages_in_order(target: Isa) -> None:
    random = np.random.default_rng(1)
    x, a, b = (random.standard_normal(SHAPE).astype(np.float32) for _ in range(3))
    scale, shift, slope = (random.standard_normal((n, 37)).astype(np.float32) for n in (2, 1, 1))
    stages: Stages = (
        ("mul_channels", 2), ("add_channels", 3), ("store", 0), ("add", 0), ("sigmoid",), ("keep", 1),
        ("mul", 1), ("prelu", 4), ("sub", 0), ("clip", -0.5, 0.75),
    )  # fmt: skip
    lanes, halo = target.lanes, ((1, 2), (2, 1))
    given = of(x, lanes)
    operands = [of(a, lanes, halo), of(b, lanes), of(scale, lanes), of(shift, lanes), of(slope, lanes)]
    places = [Place.of(value.layout, value.address) for value in operands]
    places[3:] = [Place(place.address, 0, place.block) for place in places[3:]]
    results = [BlockedValue(layout_of(SHAPE, lanes, halo)), BlockedValue(layout_of(SHAPE, lanes))]
    made = BlockedValue(given.layout)
    arguments = epilogue_arguments(stages, 37, places, [Place.of(r.layout, r.address) for r in results])
    own = {"x": given.address, "y": made.address, "x_block": given.layout.strides[1], "x_row": given.layout.strides[2]}
    run(copy_with(stages, target), {**own, **arguments}, SHAPE[0] * SHAPE[2])

    def channels(values: np.ndarray) -> np.ndarray:
        return values[:, :, None, None]

    first = x * channels(scale) + channels(shift)
    np.testing.assert_array_equal(results[0].result(), first)
    second = 1 / (1 + np.exp(-(first + a).astype(np.float64)))
    np.testing.assert_allclose(results[1].result(), second, rtol=1e-6)
    third = second * b
    third = np.clip(np.where(third >= 0, third, third * channels(slope)) - a, -0.5, 0.75)
    np.testing.assert_allclose(made.result(), third, rtol=1e-5, atol=1e-6)


@each_target
def test_no_stages_ask_for_nothing(target: Isa) -> None:
    x = np.random.default_rng(2).standard_normal(SHAPE).astype(np.float32)
    given = of(x, target.lanes)
    made = BlockedValue(given.layout)
    assert epilogue_arguments((), 37) == {}
    own = {"x": given.address, "y": made.address, "x_block": given.layout.strides[1], "x_row": given.layout.strides[2]}
    run(copy_with((), target), own, SHAPE[0] * SHAPE[2])
    np.testing.assert_array_equal(made.result(), x)


@each_target
@pytest.mark.parametrize("spoil", [None, (0, 0, 0, 0), (1, 36, 2, 3), (1, 20, 1, 2)])
def test_a_nan_is_noted_and_changes_nothing(target: Isa, spoil: tuple[int, ...] | None) -> None:
    x = np.random.default_rng(3).standard_normal(SHAPE).astype(np.float32)
    x[0, 5, 0, 1] = np.inf  # is none
    if spoil is not None:
        x[spoil] = np.nan
    given = of(x, target.lanes)
    made = BlockedValue(given.layout)
    flags = of(np.zeros((1, target.lanes), np.float32), target.lanes)
    stages: Stages = (("watch", 0),)
    own = {"x": given.address, "y": made.address, "x_block": given.layout.strides[1], "x_row": given.layout.strides[2]}
    arguments = epilogue_arguments(stages, 37, [Place(flags.address)])
    run(copy_with(stages, target), {**own, **arguments}, SHAPE[0] * SHAPE[2])
    np.testing.assert_array_equal(made.result(), x)
    assert flags.memory.ravel().tolist() == [float(spoil is not None)] * target.lanes


def test_names_tell_specialisations_apart() -> None:
    stages: list[Stages] = [
        (), (("relu",),), (("clip", 0.0, 6.0),), (("clip", 0.0, -6.0),), (("clip", 0.0, 60.0),), (("leaky", 0.1),),
        (("leaky", 1e-10),), (("add", 0),), (("add", 1),), (("add_channels", 1),), (("store", 0), ("relu",)),
        (("relu",), ("store", 0)), (("relu",), ("keep", 0)),
    ]  # fmt: skip
    names = [epilogue_name(each) for each in stages]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "a").isalnum() for name in names[1:])


@pytest.mark.parametrize("stage", [("rely",), ("add",), ("add", -1), ("add", 0.5), ("clip", 0.0), ("store", 0, 1)])
def test_what_is_no_stage_is_refused(stage: tuple[str | int | float, ...]) -> None:
    with pytest.raises(ParameterError, match=r"epilogue stage \(=\('.*\) is not known; expected a function \(relu, "):
        check_stages((stage,))
