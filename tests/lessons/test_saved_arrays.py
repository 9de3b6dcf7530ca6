import re

import numpy as np
import pytest

from striate.lessons import SavedArrays, Workbench, workbench_code, workbench_layers, workbench_torch

FORMS = [workbench_code, workbench_layers, workbench_torch]
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("x", "weight", "files"),
    [
        ((1, 64), (1, 1, 64), []),
        ((1, 65), (1, 1, 3), ["own-input.npy"]),
        ((1, 65), (65, 1, 1), ["own-input.npy", "own-weight.npy", "own-bias.npy"]),
        ((1, 64), (2, 1, 33), ["own-weight.npy"]),
    ],
)
def test_what_is_put_in_is_what_the_program_reads(form, x, weight, files):
    bench = Workbench(RANDOM.normal(size=x), RANDOM.normal(size=weight), bias=RANDOM.normal(size=weight[0]))
    saved = SavedArrays()
    text = form(bench, saved=saved)
    assert [each.file for each in saved.files] == re.findall(r'np\.load\("(.*?)"\)', text) == files
    truth = {"input": bench.x, "weight": bench.weight, "bias": bench.bias}
    for each in saved.files:
        assert each.array.dtype == np.float32
        assert np.array_equal(each.array, truth[each.operand].astype(np.float32))


def test_no_array_gets_the_name_of_another_file():
    saved = SavedArrays(taken=["Own-Weight.npy", "own-weight-2.npy", "cat.png"])
    assert saved.load("weight", np.ones(2)) == 'np.load("own-weight-3.npy")'
    assert saved.load("input", np.ones(2)) == 'np.load("own-input.npy")'
    assert saved.load("input", np.zeros(2)) == 'np.load("own-input-2.npy")'
    assert [each.file for each in saved.files] == ["own-weight-3.npy", "own-input.npy", "own-input-2.npy"]
