"""The likeliest classes of a classifier's output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from striate.graph import Array


@dataclass(frozen=True, slots=True)
class Rank:
    """One class.

    Args:
        index: Its number.
        score: What the output holds for it.
        probability: Its share after softmax; the score itself where the output already is a distribution.
    """

    index: int
    score: float
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest classes.

    Args:
        ranks: The strongest, in order.
        classes: How many there are.
        softmax: Whether the probabilities come from a softmax that the network itself does not have.
    """

    ranks: tuple[Rank, ...]
    classes: int
    softmax: bool


def is_classifier(shape: tuple[int | None, ...] | None) -> bool:
    """Whether an output of that shape (None for a free size) can be scores of classes: their number is fixed.

    Example:
        >>> is_classifier((None, 1000)), is_classifier((1, None))
        (True, False)
    """
    if shape is None or len(shape) < 2 or shape[1] is None or shape[1] < 2:
        return False
    return all(size == 1 for size in shape[2:])


def predict(output: Array, top: int = 5) -> Prediction | None:
    """Ranks the classes of an output of shape (1, classes); None where it is no such output.

    Args:
        output: What the network gives for one sample; axes of length 1 behind the classes do not matter.
        top: How many classes are wanted.

    Example:
        >>> import numpy as np
        >>> [rank.index for rank in predict(np.array([[0.1, 2.0, 1.0]]), 2).ranks]
        [1, 2]
    """
    if output.ndim < 2 or output.shape[0] != 1 or output.shape[1] < 2 or output[0].size != output.shape[1]:
        return None
    scores = output.reshape(-1).astype(np.float64)
    if output.dtype.kind != "f" or not np.isfinite(scores).all():
        return None
    already = bool((scores >= 0).all()) and abs(float(scores.sum()) - 1) < 1e-3
    shares = scores if already else np.exp(scores - scores.max())
    shares = shares if already else shares / shares.sum()
    order = np.argsort(-scores, kind="stable")[:top]
    ranks = tuple(Rank(int(i), float(scores[i]), float(shares[i])) for i in order)
    return Prediction(ranks, len(scores), not already)
