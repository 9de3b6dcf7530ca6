"""Who asks for a unit that is not there is told the shape as the source has it, by every lens."""

import numpy as np
import pytest

import striate as st
from striate.errors import ParameterError


def test_every_lens_names_the_shape_in_the_sources_order() -> None:
    net = st.load(st.Sequential([st.layers.Input((6, 7, 1)), st.layers.Conv2D(3, 2, name="c")]))
    run = net.run(np.ones((1, 6, 7, 1), np.float32))
    unit = run.unit("c:0@0,0")
    for ask in (lambda: run.unit("c:5@0,0"), lambda: net.receptive_field("c:5@0,0")):
        with pytest.raises(ParameterError, match=r'layer "c" has shape \(1, 5, 6, 3\); channel 5 must be from 0 to 2'):
            ask()
    assert run["c"].shape == (1, 5, 6, 3)
    assert unit.address.channel == 0
