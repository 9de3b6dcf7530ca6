"""What is done while nobody waits: never before the page is still, never in anybody's way."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from striate.studio import spare_time
from striate.studio.spare_time import TRIES, SpareTime
from striate.studio.work import Work
from tests.studio.live import until


class Page:
    """Whether somebody waits, as a test says."""

    def __init__(self) -> None:
        self.still = True
        self.spare_time = SpareTime(lambda: self.still)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Generator[Page]:
    monkeypatch.setattr(spare_time, "STILL", 0.02)
    made = Page()
    yield made
    made.spare_time.close()


def test_tasks_wait_for_a_page_that_is_still(page: Page) -> None:
    page.still = False
    looked, done = threading.Event(), list[int]()

    def still() -> bool:
        looked.set()
        return page.still

    page.spare_time = SpareTime(still)
    page.spare_time.add(lambda work: done.append(1))
    page.spare_time.add(lambda work: done.append(2))
    assert looked.wait(20)
    assert done == []
    page.still = True
    until(lambda: done == [1, 2])


def test_whoever_asks_stops_the_task_and_it_is_begun_again(page: Page) -> None:
    begun, tries = threading.Event(), list[Work]()

    def task(work: Work) -> None:
        tries.append(work)
        if len(tries) == 1:
            begun.set()
            while True:
                work.report("working")

    page.spare_time.add(task)
    assert begun.wait(20)
    page.spare_time.asked()
    until(lambda: len(tries) == 2)
    assert tries[0].stopped
    assert not tries[1].stopped


def test_a_task_that_is_always_interrupted_is_given_up_and_the_next_comes(page: Page) -> None:
    tries, done = list[int](), threading.Event()

    def task(work: Work) -> None:
        tries.append(1)
        work.stop()
        work.report("working")

    page.spare_time.add(task)
    page.spare_time.add(lambda work: done.set())
    assert done.wait(60)
    assert len(tries) == TRIES


def test_a_fault_ends_one_task_only(page: Page) -> None:
    done = threading.Event()
    page.spare_time.add(lambda work: 1 // 0)  # type: ignore[arg-type,return-value]
    page.spare_time.add(lambda work: done.set())
    assert done.wait(20)
    page.spare_time = SpareTime(lambda: True)


def test_after_its_end_nothing_is_done(page: Page) -> None:
    done = list[int]()
    page.spare_time.close()
    page.spare_time.add(lambda work: done.append(1))
    assert threading.active_count() >= 1
    assert not any(thread.name == "striate-spare-time" for thread in threading.enumerate())
    assert done == []
