from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from striate.studio.protocol import EXCHANGES, NOTICES
from striate.studio.protocol.base import Part
from striate.studio.protocol.typescript import typescript

COMMITTED = Path(__file__).parents[3] / "web" / "src" / "protocol" / "messages.ts"


def test_the_committed_types_are_what_python_says():
    if not COMMITTED.exists():
        pytest.skip("web/ is not beside the tests")
    renew = "renew it: python -m striate.studio.protocol.typescript web/src/protocol/messages.ts"
    assert COMMITTED.read_text("utf-8") == typescript(), renew


def test_every_message_is_an_interface_that_is_defined_once():
    names = re.findall(r"^export interface (\w+)", typescript(), re.M)
    assert len(names) == len(set(names))
    models = {model.__name__ for pair in EXCHANGES.values() for model in pair} | {model.__name__ for model in NOTICES}
    assert models <= set(names)


def test_request_and_answer_carry_the_type_they_are_filed_under():
    for name, (request, answer) in EXCHANGES.items():
        assert request.model_fields["type"].annotation.__args__ == (name,)
        assert answer.model_fields["type"].default == name


def test_what_may_be_left_out_is_optional_in_requests_only():
    text = typescript()
    request = re.search(r"interface HistogramRequest \{(.*?)\n\}", text, re.S)
    answer = re.search(r"interface HistogramAnswer \{(.*?)\n\}", text, re.S)
    assert request is not None
    assert answer is not None
    assert "bins?: number;" in request[1]
    assert "range?: [Float, Float] | null;" in request[1]
    assert "layer: string;" in request[1]
    assert "?:" not in answer[1]
    assert 'type: "histogram";' in answer[1]


def test_numbers_that_json_cannot_write_are_words():
    class Sample(Part):
        x: tuple[float, ...]

    assert (
        Sample(x=(math.nan, math.inf, -math.inf, 0.1)).model_dump_json() == '{"x":["NaN","Infinity","-Infinity",0.1]}'
    )
