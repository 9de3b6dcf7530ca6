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
