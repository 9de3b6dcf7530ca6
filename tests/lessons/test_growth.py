"""Receptive fields of stacks, against the cells that really make a difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

from striate.errors import ParameterError, ShapeError
from striate.lessons import Convolution, Pooling, field_growth

LAYERS = draws.one_of(
    draws.builds(
        lambda k, s, d: Convolution(np.ones(k), stride=s, dilation=d),
        draws.integers(1, 4),
        draws.integers(1, 2),
        draws.integers(1, 2),
    ),
    draws.builds(lambda k: Pooling((k,), "average"), draws.integers(1, 3)),
)


@settings(max_examples=30)
@given(layers=draws.lists(LAYERS, min_size=1, max_size=3))
def test_as_many_cells_as_change_an_output(layers):
    def run(x):
        for layer in layers:
            x = layer(x)
        return x

    zero = np.zeros((1, 120))
    many = run(zero).shape[-1]
    for place in (0, 1):
        if many <= place:
            continue
        seen = [i for i in range(120) if run(np.eye(1, 120, i))[0, place] != 0]
        last = field_growth(layers)[-1]
        assert seen[0] == place * last.jump[0]
        assert seen[-1] - seen[0] + 1 == last.field[0]


def test_each_axis_by_itself():
    (one, two) = field_growth([Convolution(np.ones((3, 5))), Pooling((2, 2))])
    assert (one.field, two.field, two.jump) == ((3, 5), (4, 6), (2, 2))
    assert eval(two.sizes[1].text) == 6


def test_what_is_no_stack():
    with pytest.raises(ParameterError, match="at least one"):
        field_growth([])
    with pytest.raises(ShapeError, match="2 axes, expected 1"):
        field_growth([Convolution([1, 2]), Pooling((2, 2))])
