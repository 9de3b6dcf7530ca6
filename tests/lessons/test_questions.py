"""Every answer is what striate computes."""

import math
import re

import numpy as np
import pytest

import striate as st
from striate.errors import UnknownNameError
from striate.lessons import questions


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_the_answer_is_what_is_computed(question):
    found = str(eval(question.computed, {"st": st, "np": np}))
    assert found == question.answer if question.choices else question.accepts(found)
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


# A chain of equal sums, as people write them: ⌊(8 − 3 + 2·1)/1⌋ + 1 = 8.
SUM = r"[⌊(]*\d[\d,.]*[⌋)]*(?:[ ⌊(]*[−+·/][ ⌊(]*\d[\d,.]*[⌋)]*)*"
EQUATION = re.compile(rf"{SUM}(?: = {SUM})+")


def evaluated(text):
    """A sum, as Python works it out."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text).rstrip(".,")
    for sign, python in (("−", "-"), ("·", "*"), ("⌊", "math.floor("), ("⌋", ")")):
        plain = plain.replace(sign, python)
    return eval(plain, {"math": math})


def numbers_in(text):
    return {each.replace(",", "") for each in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_number_of_the_reason_is_worked_out(question):
    equations = EQUATION.findall(question.why)
    said = [
        *equations,
        *(each for text in (question.hint, *question.mistakes.values()) for each in EQUATION.findall(text)),
    ]
    for equation in said:
        # What begins in the middle of letters, as of D(K − 1) + 1, has a bracket too many.
        values = [evaluated(part) for part in equation.split(" = ") if part.count("(") == part.count(")")]
        assert len(values) > 1
        assert len(set(values)) == 1, equation
    for check in question.checks:
        assert eval(check, {"st": st, "np": np}), check
    known = numbers_in(" ".join([question.ask, question.answer, *equations, *question.checks]))
    assert numbers_in(question.why) <= known | {"0", "1"}


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_words_have_signs_of_their_own(question):
    words = re.sub(
        r"nn\.\w+\(.*?\)",
        "",
        " ".join(
            [question.ask, question.answer, question.why, *question.choices, question.hint, *question.mistakes.values()]
        ),
    )
    assert not re.search(r"\d ?x ?\d|\*|(?<!\w)-", words)


def test_equations_are_found():
    why = {question.name: question.why for question in questions()}
    assert EQUATION.findall(why["strided-length"]) == ["⌊(224 − 7 + 2·3)/2⌋ + 1 = ⌊111.5⌋ + 1 = 112"]
    assert sum(len(EQUATION.findall(text)) for text in why.values()) >= 9


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
