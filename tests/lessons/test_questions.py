"""Every answer is what striate computes."""

import numpy as np
import pytest

import striate as st
from striate.errors import UnknownNameError
from striate.lessons import questions


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_the_answer_is_what_is_computed(question):
    assert str(eval(question.computed, {"st": st, "np": np})) == question.answer
    assert question.ask.endswith("?")
    assert question.why.endswith(".")
    assert not question.choices or question.answer in question.choices


def test_names_are_their_own():
    names = [question.name for question in questions()]
    assert len(set(names)) == len(names)
    assert {question.name for question in questions("two-filters")} == {"merged-size", "relu-between"}


def test_the_documents_own_questions_are_there():
    answers = {question.name: question.answer for question in questions()}
    assert (answers["length"], answers["dense-weights"], answers["sensor-parameters"]) == ("7", "1,572,864", "3,328")


def test_an_unknown_lesson():
    with pytest.raises(UnknownNameError, match='no lesson "size"; did you mean "sizes"'):
        questions("size")


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("dense-weights", ["1572864", "1,572,864", " 1 572 864 "], ["1572", "1,572,865", ""]),
        ("derivative", ["-2 -2 -2", "−2, −2, −2", "[-2,-2,-2]"], ["2 2 2", "-2 -2"]),
        ("strided-equivariance", ["2, 4", "2 and 4", "2 4"], ["4, 2", "24"]),
        ("merged-size", ["5x5", "5 × 5"], ["5", "7x7"]),
        ("relu-between", ["No"], ["yes"]),
    ],
)
def test_an_answer_however_it_is_written(name, right, wrong):
    question = next(question for question in questions() if question.name == name)
    assert all(question.accepts(text) for text in right)
    assert not any(question.accepts(text) for text in wrong)
