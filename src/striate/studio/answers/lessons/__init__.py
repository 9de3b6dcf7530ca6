"""Answers to what the lessons ask; every number is of :mod:`striate.lessons`."""

from striate.studio.answers.lessons.counting import dense_twin, explosion
from striate.studio.answers.lessons.measuring import hierarchies, merged, shift_measure
from striate.studio.answers.lessons.questioning import checked, questions_of
from striate.studio.answers.lessons.sliding import growth, looped, pooled, slid

__all__ = [
    "checked",
    "dense_twin",
    "explosion",
    "growth",
    "hierarchies",
    "looped",
    "merged",
    "pooled",
    "questions_of",
    "shift_measure",
    "slid",
]
