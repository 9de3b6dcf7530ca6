"""The setting that leaves only direct algorithms to choose from."""

from __future__ import annotations

import threading

import pytest

from striate.engine import Executor, exact
from striate.engine.exactness import direct_only
from striate.engine.lowering.context import Lowering
from striate.engine.run import Progress

from .graphs import RandomNetwork


def test_it_holds_inside_the_context_and_for_its_thread_only() -> None:
    seen: list[bool] = []
    with exact():
        assert direct_only()
        with exact():
            assert direct_only()
        assert direct_only()
        thread = threading.Thread(target=lambda: seen.append(direct_only()))
        thread.start()
        thread.join()
    assert not direct_only()
    assert seen == [False]


def test_it_ends_with_an_error() -> None:
    with pytest.raises(ZeroDivisionError), exact():
        raise ZeroDivisionError
    assert not direct_only()


def test_the_lowering_is_told_and_each_way_has_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    finish = Lowering.finish

    def listen(lo: Lowering, progress: Progress | None = None) -> object:
        told.append(lo.direct)
        return finish(lo, progress)

    monkeypatch.setattr(Lowering, "finish", listen)
    network = RandomNetwork(4)
    executor = Executor(network.graph())
    freely = executor.prepare({"x": network.x})
    with exact():
        directly = executor.prepare({"x": network.x})
        assert executor.prepare({"x": network.x}) is directly
    assert freely is not directly
    assert executor.prepare({"x": network.x}) is freely
    assert told == [False, True]
