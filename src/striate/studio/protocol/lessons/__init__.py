"""What the lessons ask: counts, matrices, measurements and loops, all computed by :mod:`striate.lessons`."""

from __future__ import annotations

from striate.studio.protocol.base import Answer, Request
from striate.studio.protocol.lessons import (
    assumptions,
    base,
    channels,
    connectivity,
    hierarchy,
    loop,
    parameter_explosion,
    pooling,
    questions,
    sliding_sum,
    two_filters,
)

# Type -> (request, answer).
EXCHANGES: dict[str, tuple[type[Request], type[Answer]]] = {
    "lesson_questions": (questions.LessonQuestionsRequest, questions.LessonQuestionsAnswer),
    "lesson_file": (base.LessonFileRequest, base.LessonFileAnswer),
    "check_answer": (questions.AnswerCheckRequest, questions.AnswerCheckAnswer),
    "explosion": (parameter_explosion.ExplosionRequest, parameter_explosion.ExplosionAnswer),
    "dense_twin": (connectivity.DenseTwinRequest, connectivity.DenseTwinAnswer),
    "shift_measure": (assumptions.ShiftMeasureRequest, assumptions.ShiftMeasureAnswer),
    "influence": (assumptions.InfluenceRequest, assumptions.InfluenceAnswer),
    "filter_sums": (channels.FilterSumsRequest, channels.FilterSumsAnswer),
    "merge": (two_filters.MergeRequest, two_filters.MergeAnswer),
    "loop": (loop.LoopRequest, loop.LoopAnswer),
    "slide": (sliding_sum.SlideRequest, sliding_sum.SlideAnswer),
    "pool": (pooling.PoolRequest, pooling.PoolAnswer),
    "growth": (pooling.GrowthRequest, pooling.GrowthAnswer),
    "dense_layers": (parameter_explosion.DenseLayersRequest, parameter_explosion.DenseLayersAnswer),
    "hierarchy": (hierarchy.HierarchyRequest, hierarchy.HierarchyAnswer),
}

__all__ = ["EXCHANGES"]
