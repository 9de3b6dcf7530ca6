"""A coroutine run from a test, whatever runs in the test's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_apart(work: Coroutine[Any, Any, T], seconds: float = 60) -> T:
    """What a coroutine gives, in an event loop on a thread of its own.

    Playwright leaves a running loop in the thread of a worker that has driven a browser, and there ``asyncio.run``
    refuses: whether it does depends on which tests ran before. So tests do not call it (the linter sees to that).
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result(seconds)  # noqa: TID251
