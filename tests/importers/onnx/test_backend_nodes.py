"""ONNX's own node tests, against the results that they state.

A case listed in SKIPPED must fail: one that passes makes its test fail, so that the table has no stale entry.
"""

from __future__ import annotations

import contextlib
import fnmatch
import io
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.case.test_case import TestCase as NodeCase

from striate.engine import make_plan, run_plan
from striate.errors import StriateError
from striate.graph import Array, Model, type_of
from striate.importers.onnx import load_onnx
from striate.importers.onnx.converters import converted_ops
from striate.ops.opaque import Opaque

TEXT = "tensors of text are not supported"
SEQUENCE = "sequences and optionals are not supported"
OLD = "written in opset 1, supported are 7 and newer"
RANDOM = "random numbers: the stated result is one of many"
RESIZE = "the case divides by the exact scale, striate by the ratio of the whole sizes, as ONNX Runtime does"
REFERENCE = "left to onnx.reference, whose own result differs from the case's or which cannot run it"

SKIPPED: dict[str, str] = {
    "test_ai_onnx_ml_label_encoder_*": TEXT,
    "test_bernoulli*": RANDOM,
    "test_cast_FLOAT*_to_FLOAT8E5M2": REFERENCE,
    "test_castlike_FLOAT*_to_FLOAT8E5M2": REFERENCE,
    "test_castlike_FLOAT*_to_FLOAT8E5M2_expanded": REFERENCE,
    "test_equal_string*": TEXT,
    "test_identity_opt": SEQUENCE,
    "test_identity_sequence": SEQUENCE,
    "test_if_opt": SEQUENCE,
    "test_if_seq": SEQUENCE,
    "test_loop13_seq": SEQUENCE,
    "test_loop16_seq_none": SEQUENCE,
    "test_not_[234]d": OLD,
    "test_optional_get_element_optional_*": SEQUENCE,
    "test_optional_get_element_sequence": SEQUENCE,
    "test_optional_has_element_empty_optional_input": SEQUENCE,
    "test_optional_has_element_optional_input": SEQUENCE,
    "test_optional_has_element_tensor_input": SEQUENCE,
    "test_range_*_delta_expanded": REFERENCE,
    "test_regex_full_match_*": TEXT,
    "test_resize_downsample_scales_cubic_align_corners": RESIZE,
    "test_resize_downsample_scales_linear_align_corners": RESIZE,
    "test_scan_sum": REFERENCE,
    "test_scatter_with*_axis": REFERENCE,
    "test_sequence_*": SEQUENCE,
    "test_split_to_sequence_*": SEQUENCE,
    "test_string_*": TEXT,
    "test_strnormalizer_*": TEXT,
}

# Operations of the table of which one form is left to onnx.reference, with the reason that the converter gives.
DECLINED = {
    ("BatchNormalization", "training mode: statistics of the batch"),
    ("Dropout", "training mode: random zeros"),
    ("LayerNormalization", "mean and deviation are asked for as results"),
    ("SpaceToDepth", "order of channels CRD"),
}


def node_cases() -> list[NodeCase]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return sorted(collect_testcases(None), key=lambda case: case.name)


CASES = node_cases()


def skip_reason(name: str) -> str | None:
    return next((reason for pattern, reason in SKIPPED.items() if fnmatch.fnmatchcase(name, pattern)), None)


def as_array(value: object) -> Array:
    return numpy_helper.to_array(value) if isinstance(value, TensorProto) else np.asarray(value)


def check_case(case: NodeCase) -> None:
    model = load_onnx(case.model)
    check_opaque(model)
    for inputs, outputs in case.data_sets:
        names = [value.name for value in case.model.graph.input]
        feeds = {name: as_array(value) for name, value in zip(names, inputs, strict=True)}
        plan = make_plan(model.graph, {name: type_of(value) for name, value in feeds.items()})
        results = run_plan(plan, feeds)
        for value, expected in zip(case.model.graph.output, outputs, strict=True):
            compare(results[value.name], as_array(expected), case)


def compare(got: Array, expected: Array, case: NodeCase) -> None:
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    if got.dtype.kind == "V":  # bfloat16 and other types that NumPy itself does not have
        got, expected = got.astype(np.float32), expected.astype(np.float32)
    # The cases' usual 1e-3 is one unit in the last place of float16: leave two, for another order of additions.
    rtol = max(case.rtol, 2 * float(np.finfo(np.float16).eps)) if got.dtype == np.float16 else case.rtol
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=case.atol)


def check_opaque(model: Model) -> None:
    """No operation that has a converter is handed to onnx.reference without a reason that this file lists."""
    for node in model.graph.nodes:
        op = node.op
        if isinstance(op, Opaque) and (op.domain, op.op_type) in converted_ops():
            foreign = op.reason.endswith("is not a type of NumPy's own")
            assert foreign or (op.op_type, op.reason) in DECLINED, (op.op_type, op.reason)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_node(case: NodeCase) -> None:
    reason = skip_reason(case.name)
    if reason is None:
        check_case(case)
        return
    if reason == RANDOM:  # might pass by chance
        pytest.skip(reason)
    with contextlib.suppress(AssertionError, StriateError):
        check_case(case)
        pytest.fail(f"{case.name} passes now: take it out of SKIPPED ({reason})", pytrace=False)
    pytest.skip(reason)


def test_every_skip_names_a_case() -> None:
    names = [case.name for case in CASES]
    unused = [pattern for pattern in SKIPPED if not fnmatch.filter(names, pattern)]
    assert unused == []


def test_the_cases_are_there() -> None:
    tested = {node.op_type for case in CASES for node in case.model.graph.node}
    untested = sorted(op for domain, op in converted_ops() if not domain and op not in tested)
    assert untested == sorted(WITHOUT_CASE)
    assert len(CASES) > 1500


# Converted operations that the installed onnx has no case for; other tests of this folder cover them.
WITHOUT_CASE: Sequence[str] = ("GlobalLpPool",)
