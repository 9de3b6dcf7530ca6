"""The questions at the end of each lesson."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Part, Request


class LessonQuestionsRequest(Request):
    """The questions at the end of a lesson."""

    type: Literal["lesson_questions"]
    lesson: str = Field(max_length=100)


class LessonQuestion(Part):
    """One question."""

    name: str
    ask: str
    choices: tuple[str, ...] = Field(description="answers to choose from; empty where a number or list is asked for")


class LessonQuestionsAnswer(Answer):
    """The questions, without their answers."""

    type: Literal["lesson_questions"] = "lesson_questions"
    questions: tuple[LessonQuestion, ...]


class AnswerCheckRequest(Request):
    """Whether an answer is right."""

    type: Literal["check_answer"]
    lesson: str = Field(max_length=100)
    question: str = Field(max_length=100)
    given: str = Field(max_length=200)


class AnswerCheckAnswer(Answer):
    """Whether it was, and why."""

    type: Literal["check_answer"] = "check_answer"
    right: bool
    answer: str
    why: str
    remark: str = Field(description="what is wrong with what was given; empty where it is right")
