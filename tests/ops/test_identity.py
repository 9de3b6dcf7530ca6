from __future__ import annotations

import numpy as np
import pytest

from striate.errors import UnsupportedOpError
from striate.graph import tensor, type_of
from striate.ops import Dropout, Identity


def test_identity_hands_everything_on(apply):
    x = np.arange(6.0).reshape(2, 3)
    assert apply(Identity(), x)[0].tolist() == x.tolist()
    sizes = type_of(np.array([1, 2]))
    assert Identity().infer([sizes])[0].value is sizes.value


def test_dropout_drops_nothing(apply):
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    y, mask = apply(Dropout(), x, np.array(0.9, np.float32))
    np.testing.assert_array_equal(y, x)
    assert mask.all()
    # training without a ratio is no training
    y, _ = apply(Dropout(), x, np.array(0, np.float32), np.array(True))
    np.testing.assert_array_equal(y, x)


def test_dropout_in_training_is_refused():
    training = type_of(np.array(True))
    with pytest.raises(UnsupportedOpError, match="drops elements at random; export the network for inference"):
        Dropout().infer([tensor("f4", (2,)), None, training])
    with pytest.raises(UnsupportedOpError, match="at random"):
        Dropout().reference(np.zeros(2, np.float32), None, np.array(True))
