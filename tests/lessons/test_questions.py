"""Every answer is what striate computes."""

import re

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


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_mistake_is_one_and_is_explained(question):
    assert question.mistakes
    for given, why in question.mistakes.items():
        assert not question.accepts(given)
        assert question.remark(given) == why != question.hint
    assert all(choice in question.mistakes for choice in question.choices if choice != question.answer)
    assert question.remark(question.answer) == ""
    assert question.remark("123456") == question.hint
    assert all(text.endswith((".", "?")) for text in (question.hint, *question.mistakes.values()))


def test_sums_that_are_written_out_are_right():
    sums = [
        found
        for question in questions()
        for text in (question.why, question.hint, *question.mistakes.values())
        for found in re.findall(
            r"(?<![\w.*·/])([(\d][\d ,.()+*/·−-]*\d\)?(?:/\d)?) = (−?\d[\d,]*(?:\.\d+)?)(?![*·])", text
        )
        if found[0].count("(") == found[0].count(")")
    ]
    assert len(sums) > 20
    for left, right in sums:
        plain = left.replace(",", "").replace("·", "*").replace("−", "-")
        assert eval(plain) == float(right.replace(",", "").replace("−", "-").rstrip(".")), (left, right)


def test_names_are_their_own():
    names = [question.name for question in questions()]
    assert len(set(names)) == len(names)
    assert {question.name for question in questions("two-filters")} == {"merged-size", "relu-between"}


def test_the_documents_own_questions_are_there():
    answers = {question.name: question.answer for question in questions()}
    assert (answers["length"], answers["dense-weights"], answers["sensor-parameters"]) == ("7", "1,572,864", "3,328")


def test_mistakes_belong_to_what_was_done_wrong():
    found = {question.name: question for question in questions()}
    turned = st.convolve([[9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8]], np.arange(1, 10).reshape(3, 3))
    assert found["loop-first"].remark(str(turned[0, 0])) == "That is with the kernel turned round."
    unpadded = st.explain_declaration("nn.Conv2d(3, 64, 7, stride=2)", (3, 224, 224)).output_shape[-1]
    assert "without the padding" in found["strided-length"].remark(str(unpadded))
    biased = st.lessons.parameter_explosion((32, 32, 3), 512).parameters.value
    assert "with a bias for each unit" in found["dense-weights"].remark(f"{biased:,}")
    grey = st.lessons.parameter_explosion((224, 224, 1), 1000).parameters.value
    assert "grey image" in found["dense-parameters"].remark(str(grey))


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
