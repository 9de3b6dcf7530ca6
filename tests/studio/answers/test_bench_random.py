"""Random states of the workbench, asked as the page asks: PyTorch's numbers, or a refusal that names what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as draws
from pydantic import ValidationError

from striate.errors import StriateError
from striate.studio.answers import ANSWERS
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.protocol import EXCHANGES
from striate.studio.store import Store
from striate.studio.work import Work

POOLINGS = ("max_pool", "average_pool")
NOT_OF_POOLINGS = ("filters", "groups")
# How a message may name what the page calls so.
NAMES = {
    "kernel": "kernel|window",
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "groups": "groups",
    "channels": "channels",
    "filters": "filter|names",
}


@dataclass(frozen=True)
class Layer:
    """A state with its numbers."""

    operation: str
    lengths: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...]
    channels: int
    filters: int
    groups: int
    bias: float = 0.0
    relu: bool = False
    ceil_mode: bool = False
    count_padding: bool = False
    convolve: bool = False
    seed: int = 0
    available: int = field(default=0)

    @property
    def pools(self) -> bool:
        return self.operation in POOLINGS

    @property
    def x(self) -> np.ndarray:
        """All channels that the source has; the state takes the first ones."""
        most = max(self.available, 1)
        return np.random.default_rng(self.seed).normal(size=(most, *self.lengths))

    @property
    def weight(self) -> np.ndarray:
        depth = max(self.channels // max(self.groups, 1), 1)
        sizes = (max(self.filters, 1), depth, *(max(side, 1) for side in self.kernel))
        return np.random.default_rng(self.seed + 1).normal(size=sizes)

    @property
    def state(self) -> dict[str, Any]:
        return {
            "rank": len(self.lengths),
            "operation": self.operation,
            "source": "own",
            "channels": self.channels,
            "names": [] if self.pools else [""] * self.filters,
            "taps": self.kernel,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "output_padding": self.output_padding,
            "groups": self.groups,
            "bias": self.bias,
            "biased": True,
            "relu": self.relu,
            "ceil_mode": self.ceil_mode,
            "count_padding": self.count_padding,
            "definition": "convolve" if self.convolve else "correlate",
        }

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {"input": self.x} if self.pools else {"input": self.x, "weight": self.weight}

    def with_size(self, name: str, value: int) -> Layer:
        """A size the same along all axes, as a slider sets it."""
        axes = len(self.lengths)
        if name == "padding":
            return replace(self, padding=((value, value),) * axes)
        if name in ("kernel", "stride", "dilation"):
            return replace(self, **{name: (value,) * axes})
        return replace(self, **{name: value})


@draws.composite
def layers(draw: draws.DrawFn) -> Layer:
    """Small layers, most of them possible."""
    axes = draw(draws.integers(1, 3))

    def sizes(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw(draws.lists(draws.integers(least, most), min_size=axes, max_size=axes)))

    operation = draw(draws.sampled_from(["convolution", "transposed", *POOLINGS]))
    groups = draw(draws.integers(1, 3))
    channels = groups * draw(draws.integers(1, 2))
    ceil_mode = operation in POOLINGS and draw(draws.booleans())
    before, after = sizes(0, 2), sizes(0, 2)
    return Layer(
        operation=operation,
        lengths=sizes(1, 7),
        kernel=sizes(1, 4),
        stride=sizes(1, 3),
        # PyTorch has one padding for both ends where windows may reach past the end.
        padding=tuple(zip(before, before if ceil_mode else after, strict=True)),
        dilation=(1,) * axes if operation == "average_pool" else sizes(1, 3),
        output_padding=sizes(0, 1) if operation == "transposed" else (0,) * axes,
        channels=channels,
        filters=groups * draw(draws.integers(1, 2)),
        groups=1 if operation in POOLINGS else groups,
        bias=draw(draws.floats(-3, 3, allow_nan=False, width=32)),
        relu=draw(draws.booleans()),
        ceil_mode=ceil_mode,
        count_padding=draw(draws.booleans()),
        convolve=draw(draws.booleans()),
        seed=draw(draws.integers(0, 99)),
        available=channels + draw(draws.integers(0, 2)),
    )


def truth(torch: Any, layer: Layer) -> np.ndarray | None:
    """The maps as PyTorch has them; None where it has none."""
    if not possible(layer):
        return None
    x = torch.tensor(layer.x[: layer.channels])[None]
    made = pooled(torch, layer, x) if layer.pools else convolved(torch, layer, x)
    if made is None or 0 in made.shape:
        return None
    found = made[0].numpy() + (0 if layer.pools else layer.bias)
    if np.isneginf(found).any():
        return None  # a window on nothing but padding
    return np.maximum(found, 0) if layer.relu else found


def possible(layer: Layer) -> bool:
    """Whether the sizes are sizes at all; all else PyTorch says."""
    sizes = (*layer.kernel, *layer.stride, *layer.dilation, layer.groups, layer.channels, layer.filters)
    if min(sizes) < 1 or min(min(pad) for pad in layer.padding) < 0 or layer.channels > layer.available:
        return False
    return layer.operation != "average_pool" or set(layer.dilation) == {1}


def around(torch: Any, x: Any, padding: Sequence[tuple[int, int]], value: float) -> Any:
    flat = [cells for pair in reversed(padding) for cells in pair]
    return torch.nn.functional.pad(x, flat, value=value)


def convolved(torch: Any, layer: Layer, x: Any) -> Any:
    axes = len(layer.lengths)
    kernel = layer.weight
    kernel = torch.tensor(np.flip(kernel, tuple(range(2, 2 + axes))).copy() if layer.convolve else kernel)
    if layer.channels % layer.groups or layer.filters % layer.groups:
        return None
    options = {"stride": layer.stride, "dilation": layer.dilation, "groups": layer.groups}
    if layer.operation == "convolution":
        try:
            return getattr(torch, f"conv{axes}d")(around(torch, x, layer.padding, 0.0), kernel, None, **options)
        except RuntimeError:
            return None
    more = zip(layer.output_padding, layer.stride, layer.dilation, strict=True)
    if any(added and added >= max(step, gap) for added, step, gap in more):
        return None
    # Each group's filters by input channel, as PyTorch has them.
    parts = [part.transpose(0, 1) for part in torch.chunk(kernel, layer.groups)]
    whole = getattr(torch, f"conv_transpose{axes}d")(x, torch.cat(parts), None, **options)
    whole = around(torch, whole, [(0, added) for added in layer.output_padding], 0.0)
    for axis, (before, after) in enumerate(layer.padding, start=2):
        left = whole.shape[axis] - before - after
        if left < 1:
            return None
        whole = whole.narrow(axis, before, left)
    return whole


def pooled(torch: Any, layer: Layer, x: Any) -> Any:
    axes = len(layer.lengths)
    spans = [gap * (side - 1) + 1 for side, gap in zip(layer.kernel, layer.dilation, strict=True)]
    # PyTorch's own rule for its own padding.
    if any(2 * max(pad) > span for pad, span in zip(layer.padding, spans, strict=True)):
        return None
    function = getattr(torch.nn.functional, f"{'max' if layer.operation == 'max_pool' else 'avg'}_pool{axes}d")
    options: dict[str, Any] = {"kernel_size": layer.kernel, "stride": layer.stride, "ceil_mode": layer.ceil_mode}
    if layer.operation == "max_pool":
        options["dilation"] = layer.dilation
    try:
        if layer.ceil_mode:
            padding = [before for before, _ in layer.padding]
            if any(2 * pad > side for pad, side in zip(padding, layer.kernel, strict=True)):
                assume(False)  # half of the window that dilation widens: here PyTorch asks for half of the taps
            if layer.operation == "average_pool":
                options["count_include_pad"] = layer.count_padding
            return function(x, padding=padding, **options)
        if layer.operation == "max_pool":
            return function(around(torch, x, layer.padding, -np.inf), **options)
        sums = function(around(torch, x, layer.padding, 0.0), **options)
        if layer.count_padding:
            return sums
        return sums / function(around(torch, torch.ones_like(x), layer.padding, 0.0), **options)
    except RuntimeError:
        return None


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = Store(Limits(), tmp_path_factory.mktemp("uploads"))
    yield Session(store, "tab:test")
    store.close()


def ask(session: Session, layer: Layer, shown: int = 0) -> tuple[Any, Any]:
    request = EXCHANGES["bench"][0].model_validate(
        {"id": 1, "type": "bench", "state": layer.state, "filter": shown, "have": ""}
    )
    return ANSWERS["bench"](session, request, layer.arrays, Work())


def agrees(session: Session, layer: Layer, maps: np.ndarray) -> Any:
    """Checks every map of a state; gives the answer about the last one."""
    answer: Any = None
    for number, one in enumerate(maps):
        answer, arrays = ask(session, layer, number)
        np.testing.assert_allclose(arrays["output"], one, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(arrays["extents"][number], (one.min(), one.max()), atol=1e-9)
    assert answer.output_shape == maps.shape
    assert [int(text.rpartition("= ")[2].replace(",", "")) for text in answer.sizes] == list(maps.shape[1:])
    assert answer.state.channels == layer.channels
    return answer


@settings(max_examples=150)
@given(layer=layers())
def test_a_state_is_what_pytorch_makes_of_it_or_is_refused(torch: Any, session: Session, layer: Layer) -> None:
    maps = truth(torch, layer)
    if maps is None:
        with pytest.raises(StriateError):
            ask(session, layer)
    else:
        agrees(session, layer, maps)


@settings(max_examples=100)
@given(layer=layers(), data=draws.data())
def test_whatever_the_ranges_offer_is_made(torch: Any, session: Session, layer: Layer, data: draws.DataObject) -> None:
    maps = truth(torch, layer)
    assume(maps is not None)
    ranges = ask(session, layer)[0].ranges
    name = data.draw(draws.sampled_from([each for each in NAMES if not (layer.pools and each in NOT_OF_POOLINGS)]))
    if name == "groups":
        value = data.draw(draws.sampled_from(ranges.groups))
    else:
        least, most = getattr(ranges, name)
        assert least <= most
        # A slider with one place cannot be moved.
        assume(least < most or name in ("channels", "filters"))
        # Channels and filters come in steps of as many as there are groups.
        step = layer.groups if name in ("channels", "filters") else 1
        value = data.draw(draws.integers(0, (min(most, least + 20) - least) // step)) * step + least
    moved = layer.with_size(name, value)
    found = truth(torch, moved)
    assert found is not None
    agrees(session, moved, found)


@settings(max_examples=150)
@given(layer=layers(), data=draws.data())
def test_whatever_they_do_not_offer_is_made_or_refused_by_name(
    torch: Any, session: Session, layer: Layer, data: draws.DataObject
) -> None:
    assume(truth(torch, layer) is not None)
    ranges = ask(session, layer)[0].ranges
    name = data.draw(draws.sampled_from([each for each in NAMES if not (layer.pools and each in NOT_OF_POOLINGS)]))
    value = data.draw(draws.integers(-3, 12))
    if name == "groups":
        assume(value not in ranges.groups)
    else:
        least, most = getattr(ranges, name)
        assume(not least <= value <= most)
    if name == "filters":
        # There are as many as they have names.
        value = max(value, 0)
    moved = layer.with_size(name, value)
    found = truth(torch, moved)
    if found is not None:
        agrees(session, moved, found)
        return
    with pytest.raises((StriateError, ValidationError)) as refused:
        ask(session, moved)
    assert any(word in str(refused.value) for word in NAMES[name].split("|")), str(refused.value)


HUGE = [
    ({"taps": [10**6]}, "kernel"),
    ({"taps": [10**6, 10**6]}, "kernel"),
    ({"names": ["gaussian"], "taps": [10**6 - 1]}, "kernel"),
    ({"names": ["untrained"] * 512, "taps": [101, 101]}, "kernel"),
    ({"names": ["untrained"] * 4096}, "filters"),
    ({"names": ["untrained"] * 64, "taps": [255, 255], "padding": [[127, 127]]}, "kernel"),
    ({"padding": [[10**6, 10**6]]}, "padding"),
    ({"padding": [[0, 10**6], [10**6, 0]]}, "padding"),
    ({"dilation": [10**6]}, "dilation"),
    ({"operation": "transposed", "stride": [10**6]}, "stride"),
    ({"operation": "transposed", "dilation": [10**6]}, "dilation"),
    ({"operation": "transposed", "padding": [[10**6, 10**6]]}, "padding"),
    ({"operation": "max_pool", "names": [], "padding": [[10**6, 10**6]]}, "padding"),
    ({"operation": "max_pool", "names": [], "dilation": [10**6]}, "dilation"),
    ({"taps": [10**9]}, "taps"),
    ({"stride": [10**30]}, "stride"),
    ({"padding": [[10**30, 0]]}, "padding"),
    ({"channels": 10**9}, "channels"),
    ({"groups": 10**9}, "groups"),
    ({"bias": 1e300}, "bias"),
    ({"bias": -1e39}, "bias"),
]


@pytest.mark.parametrize(("sizes", "name"), HUGE)
def test_a_huge_size_is_refused_by_name_before_anything_is_made(
    session: Session, sizes: dict[str, Any], name: str
) -> None:
    state = {"rank": 2, "source": "house:grey", "names": ["sobel"], **sizes}
    with pytest.raises((StriateError, ValidationError), match=name):
        ask_state(session, state)


@pytest.mark.parametrize("value", [1e-320, -1e-200, 1e-38])
def test_the_smallest_numbers_are_no_trouble(session: Session, value: float) -> None:
    arrays = {"input": np.full((1, 6, 6), 2.0), "weight": np.full((1, 1, 3, 3), value)}
    answer, _ = ask_state(session, {"rank": 2, "source": "own", "names": [""]}, arrays)
    assert answer.words[0].kind == "blur"


def test_a_huge_stride_leaves_one_position(session: Session) -> None:
    answer, _ = ask_state(session, {"rank": 2, "source": "house:grey", "names": ["sobel"], "stride": [10**6]})
    assert answer.output_shape == (1, 1, 1)


@pytest.mark.parametrize("value", [1e39, -1e300, 1e38])
def test_numbers_that_cannot_be_drawn_are_refused(session: Session, value: float) -> None:
    """Also where only the sum of nine of them is beyond float32."""
    arrays = {"input": np.full((1, 6, 6), 2.0), "weight": np.full((1, 1, 3, 3), value)}
    with pytest.raises(StriateError, match=r"is beyond what can be drawn, ±3.4e\+38 .float32.; use"):
        ask_state(session, {"rank": 2, "source": "own", "names": [""]}, arrays)


def ask_state(session: Session, state: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> tuple[Any, Any]:
    request = EXCHANGES["bench"][0].model_validate({"id": 1, "type": "bench", "state": state})
    return ANSWERS["bench"](session, request, arrays or {}, Work())
