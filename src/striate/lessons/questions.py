"""Questions to check oneself: answers, and why; both and common mistakes are data (questions.toml, mistakes.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from striate.arguments import expect_text
from striate.errors import unknown_name

_QUESTIONS = Path(__file__).with_name("questions.toml")
_MISTAKES = Path(__file__).with_name("mistakes.toml")


@dataclass(frozen=True)
class Question:
    """A question.

    Args:
        name: A short name of its own.
        lesson: The lesson that it belongs to.
        ask: The question.
        answer: The right answer, as text.
        why: Why that is the answer.
        computed: A Python expression that works the answer out, with striate as ``st``.
        checks: Python expressions that are true: what else the text says in numbers.
        choices: Answers to choose from, the right one among them; () where a number or list is asked for.
        hint: What is said to a wrong answer that nobody has foreseen.
        mistakes: Wrong answers, and what is wrong with each.
    """

    name: str
    lesson: str
    ask: str
    answer: str
    why: str
    computed: str
    choices: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    hint: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def __post_init__(self) -> None:
        for name in ("choices", "checks"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # TOML has lists

    def accepts(self, given: str) -> bool:
        """Whether an answer is the right one, however its numbers are written and set apart.

        Args:
            given: What somebody has answered.

        Example:
            >>> [questions("parameter-explosion")[0].accepts(text) for text in ("1572864", "1,572,864", "1,572")]
            [True, True, False]
        """
        expect_text(given, "given")
        return _plain(given) == _plain(self.answer)

    def remark(self, given: str) -> str:
        """What is wrong with an answer; "" if it is right.

        Args:
            given: What somebody has answered.

        Example:
            >>> questions("parameter-explosion")[0].remark("3,072")
            '32·32·3 = 3,072 are the inputs; each is joined to each of the 512 units.'
        """
        if self.accepts(given):
            return ""
        found = (why for mistake, why in self.mistakes.items() if _plain(mistake) == _plain(given))
        return next(found, self.hint)


def questions(lesson: str | None = None) -> tuple[Question, ...]:
    """The questions of a lesson, or all.

    Args:
        lesson: Name of the lesson; all if left out.

    Returns:
        The questions, in the order in which they are asked.

    Raises:
        UnknownNameError: There is no such lesson; the message says what is near.

    Example:
        >>> question = questions("sizes")[0]
        >>> print(question.ask, question.answer)
        A kernel of 4 taps slides over a signal of length 10, no padding, stride 1. How long is the output? 7
    """
    every = _read()
    if lesson is None:
        return every
    expect_text(lesson, "lesson")
    found = tuple(question for question in every if question.lesson == lesson)
    if not found:
        raise unknown_name("lesson", str(lesson), dict.fromkeys(question.lesson for question in every))
    return found


def _plain(answer: str) -> list[str]:
    """The numbers and words of an answer: thousands joined, minus signs plain, what only joins them left out."""
    text = re.sub(r"(?<=\d)[,   '](?=\d{3}(?!\d))", "", answer.lower().replace("−", "-").replace("×", "x"))
    words = re.findall(r"-?\d+(?:\.\d+)?|[a-z]+", text)
    return [word for word in words if word != "and"]


@cache
def _read() -> tuple[Question, ...]:
    rows: list[dict[str, Any]] = tomllib.loads(_QUESTIONS.read_text("utf-8"))["question"]
    wrong: dict[str, dict[str, str]] = tomllib.loads(_MISTAKES.read_text("utf-8"))
    return tuple(Question(**row, hint=wrong[row["name"]].pop("hint"), mistakes=wrong[row["name"]]) for row in rows)
