"""Network, Run and Unit: the public contract, on a network small enough to check by hand."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import striate as st
from striate.dimension import Symbol
from striate.errors import (
    DtypeError,
    InvalidError,
    LimitError,
    NonFiniteError,
    ParameterError,
    ShapeError,
    UnknownNameError,
)
from striate.graph import GraphBuilder, LayerView, Model
from striate.ops import Add, Conv, Relu


def small(layout: Any = "channels_first") -> Model:
    """One 3x3 convolution of two filters and a ReLU on (n, 1, h, w)."""
    build = GraphBuilder("small")
    x = build.input("x", np.float32, (Symbol("n"), 1, Symbol("h"), Symbol("w")))
    weight = build.constant(np.arange(18, dtype=np.float32).reshape(2, 1, 3, 3) - 9, "weight")
    bias = build.constant(np.array([1, -2], np.float32), "bias")
    (y,) = build.add(Conv((1, 1), ((1, 1), (1, 1)), (1, 1)), [x, weight, bias], "conv", ["y"])
    (z,) = build.add(Relu(), [y], "relu", ["z"])
    views = (LayerView("conv", "Conv", ("conv",), y), LayerView("relu", "Relu", ("relu",), z))
    return Model(build.finish([z]), views, layout, {"first": "conv"}, "by hand")


def two_inputs() -> Model:
    """a + b, and a + b + b, of shape (n, 2)."""
    build = GraphBuilder("pair")
    a, b = (build.input(name, np.float32, (Symbol("n"), 2)) for name in "ab")
    (c,) = build.add(Add(), [a, b], "sum")
    (d,) = build.add(Add(), [c, b], "more")
    return Model(build.finish([c, d]), (LayerView("sum", "Add", ("sum",), c), LayerView("more", "Add", ("more",), d)))


IMAGE = np.arange(20, dtype=np.float32).reshape(1, 1, 4, 5)


class TestFacts:
    @pytest.mark.parametrize(("layout", "shape"), [("channels_first", (2, 1, 4, 5)), ("channels_last", (2, 4, 5, 1))])
    def test_a_shape_settles_what_a_summary_counts(self, layout: str, shape: tuple[int, ...]) -> None:
        net = st.Network(small(layout))
        assert net.summary().macs is None
        assert net.summary(shape).macs == net.summary({"x": shape}).macs == 2 * 9 * 20
        with pytest.raises(ShapeError):
            net.summary((2, 4, 5))

    def test_inputs_outputs_and_layers(self) -> None:
        net = st.Network(small())
        assert [(i.name, i.shape, i.dtype) for i in net.inputs] == [("x", (None, 1, None, None), np.float32)]
        assert [(o.name, o.shape) for o in net.outputs] == [("z", (None, 2, None, None))]
        assert list(net.layers) == ["conv", "relu"]
        assert (net.layers["conv"].kind, net.layers["conv"].parameters, net.parameters) == ("Conv", 20, 20)
        assert net.layers["conv"].macs is None  # height and width are free

    def test_layers_cannot_be_changed(self) -> None:
        with pytest.raises(TypeError):
            st.Network(small()).layers["new"] = None  # type: ignore[index]

    def test_channels_last_shapes_and_arrays(self) -> None:
        net, last = st.Network(small()), st.Network(small("channels_last"))
        assert last.inputs[0].shape == (None, None, None, 1)
        run = last.run(np.moveaxis(IMAGE, 1, -1))
        np.testing.assert_array_equal(np.moveaxis(run["conv"], -1, 1), net.run(IMAGE)["conv"])
        assert run.unit("conv:1@2,3").value == net.run(IMAGE).unit("conv:1@2,3").value

    def test_text(self) -> None:
        net = st.Network(small())
        assert repr(net) == "<Network 'small': 2 layers, 20 parameters>"
        assert repr(net.run(IMAGE).unit("conv:1@0,0")).startswith("<Unit conv:1@0,0: ")


class TestRunning:
    def test_a_call_is_the_output_of_a_run(self) -> None:
        net = st.Network(small())
        run = net.run(IMAGE)
        np.testing.assert_array_equal(net(IMAGE), run.output)
        np.testing.assert_array_equal(run.output, np.maximum(run["conv"], 0))
        np.testing.assert_array_equal(run["first"], run["y"])  # an alias, and the value's own name
        np.testing.assert_array_equal(run["x"], IMAGE)
        assert set(run.outputs) == {"z"}

    def test_each_shape_has_its_plan_and_old_plans_go(self) -> None:
        net = st.Network(small())
        for size in range(3, 40):
            assert np.asarray(net(np.ones((1, 1, size, 3)))).shape == (1, 2, size, 3)
        assert np.asarray(net(IMAGE)).shape == (1, 2, 4, 5)

    def test_several_inputs_and_outputs(self) -> None:
        net = st.Network(two_inputs())
        made = net({"a": [[1, 2]], "b": [[10, 20]]})
        assert isinstance(made, dict)
        assert {name: value.tolist() for name, value in made.items()} == {"sum": [[11, 22]], "more": [[21, 42]]}

    def test_the_caller_s_array_is_left_alone(self) -> None:
        x = IMAGE.copy()
        run = st.Network(small()).run(x)
        np.testing.assert_array_equal(x, IMAGE)
        with pytest.raises(ValueError, match="read-only"):
            run.recording.values["weight"][:] = 0

    def test_progress_is_told(self) -> None:
        seen: list[tuple[int, int, str]] = []
        st.Network(small()).run(IMAGE, progress=lambda done, total, name: seen.append((done, total, name)))
        told = [each for each in seen if each[2] != "compiling kernels"]
        assert told == [(0, 2, "conv")]  # one step computes both
        compiled = [each for each in seen if each[2] == "compiling kernels"]
        assert compiled == [(done, len(compiled), "compiling kernels") for done in range(len(compiled))]
        assert seen == compiled + told
        assert compiled

    def test_what_progress_raises_stops_the_run(self) -> None:
        net = st.Network(small())

        def stop(done: int, total: int, name: str) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            net.run(IMAGE, progress=stop)
        np.testing.assert_array_equal(net.run(IMAGE)["conv"], st.Network(small()).run(IMAGE)["conv"])

    def test_nonfinite_input_on_request(self) -> None:
        x = IMAGE.copy()
        x[0, 0, 1, 1] = np.nan
        assert np.isnan(st.Network(small()).run(x, allow_nonfinite=True)["conv"]).sum() == 18


EXPECTED = "expected (free, 1, free, free)"
NONFINITE = (
    'input "x" holds 9 NaN or infinite numbers, the first at (0, 0, 0, 0); mend the data, or run(x, '
    "allow_nonfinite=True) to see where they lead"
)
BAD_INPUTS: list[tuple[Any, type[Exception], str]] = [
    (
        IMAGE[0],
        ShapeError,
        f'input "x" has shape (1, 4, 5) of rank 3, {EXPECTED}; the first axis is the batch: give x[None]',
    ),
    (IMAGE[:, [0, 0]], ShapeError, f'input "x" has shape (1, 2, 4, 5), {EXPECTED}'),
    (np.empty((1, 1, 0, 4)), ShapeError, f'input "x" is empty: shape (1, 1, 0, 4), {EXPECTED}'),
    (np.full((1, 1, 3, 3), np.nan), NonFiniteError, NONFINITE),
    (np.full((1, 1, 3, 3), 1e300), NonFiniteError, NONFINITE),
    (np.full((1, 1, 3, 3), "a"), DtypeError, 'input "x" has type <U1, expected float32; convert it first'),
    (np.ones((1, 1, 3, 3), complex), DtypeError, 'input "x" has type complex128, expected float32; convert it first'),
    (None, DtypeError, 'input "x" has type object, expected float32; convert it first'),
    ({"y": IMAGE}, UnknownNameError, 'no input "y"; there are "x"'),
    ({}, InvalidError, 'input "x" is missing; the network needs x'),
]


@pytest.mark.parametrize(("given", "error", "message"), BAD_INPUTS, ids=[text[:40] for _, _, text in BAD_INPUTS])
def test_bad_inputs_say_what_would_fit(given: Any, error: type[Exception], message: str) -> None:
    net = st.Network(small())
    for entry in (net, net.run):
        with pytest.raises(error) as caught:
            entry(given)
        assert str(caught.value) == message


def test_two_inputs_need_names_and_one_batch() -> None:
    net = st.Network(two_inputs())
    with pytest.raises(InvalidError, match=r"the network has 2 inputs \(a, b\); give a dict by name"):
        net(np.ones((1, 2)))
    with pytest.raises(ShapeError, match=r'input "b" expects shape \(n, 2\), got \(2, 2\)'):
        net({"a": np.ones((1, 2)), "b": np.ones((2, 2))})


def test_more_memory_than_the_limit_is_refused_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    net = st.Network(small())
    monkeypatch.setenv("STRIATE_MEMORY_LIMIT", "10000")
    with pytest.raises(
        LimitError, match=r'running "small" would take .* more than the limit of .* STRIATE_MEMORY_LIMIT'
    ):
        net(np.ones((1, 1, 50, 50)))
    monkeypatch.setenv("STRIATE_MEMORY_LIMIT", "lots")
    with pytest.raises(ParameterError, match=r'STRIATE_MEMORY_LIMIT \(="lots"\) must be a positive number of bytes'):
        net(np.ones((1, 1, 51, 50)))


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["copy", "pickle"]
)
def test_networks_runs_and_units_can_be_copied(copied: Callable[[Any], Any]) -> None:
    net = st.Network(small())
    run = net.run(IMAGE)
    np.testing.assert_array_equal(copied(net)(IMAGE), net(IMAGE))
    other = copied(run)
    for name in run.recording.values:
        np.testing.assert_array_equal(other[name], run[name])
    assert copied(run.unit("conv:1@2,3")).explain().total == run.unit("conv:1@2,3").explain().total


class TestUnits:
    def test_an_address_in_every_spelling(self) -> None:
        run = st.Network(small()).run(IMAGE)
        expected = run["conv"][0, 1, 2, 3]
        for unit in (run.unit("conv:1@2,3"), run.unit("conv", channel=1, at=(2, 3)), run.unit("first", 1, (2, 3), 0)):
            assert unit.value == expected
        assert str(run.unit("conv:1@2,3").address) == "conv:1@2,3"

    @pytest.mark.parametrize(
        ("address", "error", "message"),
        [
            ("cnov:1@2,3", UnknownNameError, 'no layer "cnov"; did you mean "conv"?'),
            ("conv:2@2,3", ParameterError, "channel 2 must be from 0 to 1"),
            ("conv:1@2", ParameterError, "a position has 2 indices, got 1; write conv:1@0,0"),
            ("conv:1@2,5", ParameterError, "position 5 must be from 0 to 4"),
            ("conv:1@2,3#1", ParameterError, "sample 1 must be from 0 to 0"),
            ("conv@2,3", ParameterError, "say which of its 2 channels, such as conv:0"),
        ],
    )
    def test_a_unit_that_is_not_there(self, address: str, error: type[Exception], message: str) -> None:
        with pytest.raises(error) as caught:
            st.Network(small()).run(IMAGE).unit(address)
        assert message in str(caught.value)

    def test_a_name_that_is_not_there(self) -> None:
        with pytest.raises(UnknownNameError, match='no layer "rellu"; did you mean "relu"'):
            st.Network(small()).run(IMAGE)["rellu"]

    def test_what_it_can_be_asked(self) -> None:
        unit = st.Network(small()).run(IMAGE).unit("conv:1@2,3")
        explanation = unit.explain()
        assert explanation.products is not None
        assert explanation.products.sum() + explanation.bias == explanation.total == explanation.value == unit.value
        field = unit.receptive_field()
        assert field.exact
        assert st.Network(small()).receptive_field("conv:1@2,3", (1, 1, 4, 5)).clipped == field.clipped
        assert unit.trace().unit == unit.address
        with pytest.raises(ParameterError, match='follow \\(="nonsense"\\) must be "structure" or "data"'):
            unit.receptive_field(follow="nonsense")  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"channel": 1.5, "at": (0, 0)}, r"channel \(=1.5\) must be a whole number"),
            ({"channel": "a", "at": (0, 0)}, r"channel \(=a\) must be a whole number"),
            ({"channel": 0, "at": "ab"}, r"at \(=ab\) must hold whole numbers"),
            ({"channel": 0, "at": (0, 0), "sample": 0.5}, r"sample \(=0.5\) must be a whole number"),
        ],
    )
    def test_a_place_that_is_no_whole_number(self, given: dict[str, Any], message: str) -> None:
        run = st.Network(small()).run(IMAGE)
        with pytest.raises(ParameterError, match=message):
            run.unit("conv", **given)

    def test_a_free_size_must_be_given_for_a_field_without_a_run(self) -> None:
        with pytest.raises(ShapeError, match=r"give input_shape \(--shape\) with every size"):
            st.Network(small()).receptive_field("conv:1@2,3")


class TestLoading:
    def test_what_cannot_be_opened(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidError, match=r"cannot open a builtins.int; expected the path of an .onnx file"):
            st.load(3)
        with pytest.raises(InvalidError):
            st.load(tmp_path / "missing.onnx")

    def test_a_sequential(self) -> None:
        net = st.load(st.Sequential([st.layers.Dense(3, input_shape=(4,))]))
        assert np.asarray(net(np.ones((2, 4)))).shape == (2, 3)
