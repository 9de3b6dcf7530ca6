from __future__ import annotations

import numpy as np
import pytest

from striate import ops
from striate.lenses.explain import explain, explain_value

X = np.random.default_rng(0).normal(2, 3, size=(2, 4, 3, 5)).astype(np.float32)


def per_channel(seed, positive=False):
    numbers = np.random.default_rng(seed).normal(size=4)
    return (np.abs(numbers) + 0.1 if positive else numbers).astype(np.float32)


@pytest.mark.parametrize(
    ("op", "others"),
    [
        (ops.BatchNormalization(1e-3), [per_channel(1), per_channel(2), per_channel(3), per_channel(4, True)]),
        (ops.InstanceNormalization(), [per_channel(1), per_channel(2)]),
        (ops.GroupNormalization(2), [per_channel(1), per_channel(2)]),
        (ops.LayerNormalization(-1), [np.linspace(1, 2, 5, dtype=np.float32), np.ones(5, np.float32)]),
        (ops.LayerNormalization(1), [np.full((4, 1, 1), 2, np.float32)]),
        (ops.RMSNormalization(2), [np.linspace(1, 2, 5, dtype=np.float32)]),
        (ops.MeanVarianceNormalization(), []),
        (ops.LpNormalization(1, 1), []),
        (ops.LpNormalization(-1, 2), []),
        (ops.LRN(3, 0.01, 0.5, 2.0), []),
        (ops.LRN(4), []),
        (ops.Softmax((1,)), []),
        (ops.Softmax((2, 3)), []),
        (ops.LogSoftmax((-1,)), []),
        (ops.Hardmax(1), []),
    ],
    ids=str,
)
def test_every_unit_equals_the_definition_in_double_precision(record, check, op, others):
    recording = record(op, [X, *others])
    truths = op.reference(X.astype(np.float64), *(other.astype(np.float64) for other in others))
    names = recording.model.graph.node("op").outputs
    for name, truth in zip(names, truths, strict=True):
        rng = np.random.default_rng(7)
        for index in [tuple(int(rng.integers(size)) for size in truth.shape) for _ in range(12)]:
            found = explain_value(recording, name, index)
            assert found.total == pytest.approx(truth[index], rel=1e-6 if name != "op" else 1e-12, abs=1e-12)
            check(recording, found, tolerance=1e-5)


def test_the_four_numbers_of_a_batch_norm(record):
    four = [np.array([number], np.float32) for number in (2, 0.5, 1, 4)]
    recording = record(ops.BatchNormalization(0.0), [np.full((1, 1, 1), 3, np.float32), *four])
    found = explain(recording, "op:0@0")
    assert found.formula() == "(3.0 - 1.0)/sqrt(4.0 + 0.0)*2.0 + 0.5 = 2.5"
    assert {o.role: float(o.numbers) for o in found.sources} == {
        "input": 3, "scale": 2, "bias": 0.5, "mean": 1, "variance": 4,
    }  # fmt: skip
    assert found.rule == ""  # fixed statistics: the number is exactly a multiple of the input and a rest
    assert found.rest == -0.5


def test_softmax_lists_all_scores(record):
    found = explain(record(ops.Softmax((1,)), [np.log(np.array([[1, 2, 5]], np.float64))]), "op:1")
    assert found.total == pytest.approx(0.25, rel=1e-15)
    assert len(found.sources[1]) == 3
    assert "one of 3 scores" in str(found)
