"""Questions, and whether an answer to one is right."""

from __future__ import annotations

from collections.abc import Mapping

from striate.errors import unknown_name
from striate.graph import Array
from striate.lessons import questions
from striate.studio.answers.session import Session
from striate.studio.protocol.lessons.questions import (
    AnswerCheckAnswer,
    AnswerCheckRequest,
    LessonQuestion,
    LessonQuestionsAnswer,
    LessonQuestionsRequest,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def questions_of(
    session: Session, request: LessonQuestionsRequest, arrays: Arrays, work: Work
) -> tuple[LessonQuestionsAnswer, Arrays]:
    """The questions of a lesson, without their answers."""
    found = tuple(
        LessonQuestion(name=each.name, ask=each.ask, choices=each.choices) for each in questions(request.lesson)
    )
    return LessonQuestionsAnswer(id=request.id, questions=found), {}


def checked(
    session: Session, request: AnswerCheckRequest, arrays: Arrays, work: Work
) -> tuple[AnswerCheckAnswer, Arrays]:
    """Whether an answer is right, and why; what is wrong with it if not."""
    known = {each.name: each for each in questions(request.lesson)}
    if request.question not in known:
        raise unknown_name("question", request.question, known)
    found = known[request.question]
    remark = found.remark(request.given)
    answer = AnswerCheckAnswer(
        id=request.id, right=found.accepts(request.given), answer=found.answer, why=found.why, remark=remark
    )
    return answer, {}
