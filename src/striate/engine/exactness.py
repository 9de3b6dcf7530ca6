"""Whether only direct algorithms may run: the setting, which the choice of kernels reads."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_direct = ContextVar("striate_direct", default=False)


@contextmanager
def exact() -> Generator[None]:
    """Inside this context only direct algorithms run: each sum is formed of the products that the textbook shows.

    Faster algorithms (Winograd's, FFT) reach the same sum by another way and round more; here none of them is chosen.
    All of today's kernels are direct, so that today results are the same bits inside and outside. A program of its own
    is made and kept for each of the two. The setting holds for the thread (or asynchronous task) that enters the
    context, not for threads that are started in it.

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> x = st.image(st.bundled.picture_path(), size=None, preprocess="unit")
        >>> with st.exact():
        ...     y = net(x)
        >>> y.shape
        (1, 4)
    """
    token = _direct.set(True)
    try:
        yield
    finally:
        _direct.reset(token)


def direct_only() -> bool:
    """Whether only direct algorithms may be chosen."""
    return _direct.get()
