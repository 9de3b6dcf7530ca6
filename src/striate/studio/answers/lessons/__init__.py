"""Answers to what the lessons ask; every number is of :mod:`striate.lessons`."""

from striate.studio.answers.lessons.climbing import filter_sums, hierarchies
from striate.studio.answers.lessons.counting import dense_layers_of, dense_twin, explosion
from striate.studio.answers.lessons.fetching import fetched
from striate.studio.answers.lessons.measuring import influenced, merged, shift_measure
from striate.studio.answers.lessons.questioning import checked, questions_of
from striate.studio.answers.lessons.sliding import growth, looped, pooled, slid

__all__ = [
    "checked",
    "dense_layers_of",
    "dense_twin",
    "explosion",
    "fetched",
    "filter_sums",
    "growth",
    "hierarchies",
    "influenced",
    "looped",
    "merged",
    "pooled",
    "questions_of",
    "shift_measure",
    "slid",
]
