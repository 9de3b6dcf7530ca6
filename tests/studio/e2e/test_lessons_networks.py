"""Lessons on networks that see no pictures: of signals and volumes each shows what there is, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate.lessons import Convolution, dense_layers, hierarchy, stacked_convolutions
from tests.studio.e2e.lesson import LessonPage, lesson_page
from tests.studio.e2e.networks import Opened, exported, sensor, volume
from tests.studio.e2e.screen import about


@pytest.fixture(scope="module", params=[sensor, volume], ids=["signal", "volume"])
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return request.param(tmp_path_factory.mktemp("networks"))


@pytest.fixture(scope="module")
def studio(serve: Callable[..., Served], subject: Opened) -> Served:
    return serve("open", subject.model, subject.given)


def no_maps(at: LessonPage) -> None:
    """The reason stands alone: nothing pretends to be a map."""
    for figure in at.figure.locator(".maps figure, .row figure").all():
        expect(figure).to_be_hidden()


def test_the_way_up(browser: Browser, studio: Served, subject: Opened) -> None:
    levels = hierarchy(subject.run, 6)
    with lesson_page(browser, studio, "hierarchy") as at:
        expect(at.figure.get_by_role("radio")).to_have_count(len(levels))
        at.key("ArrowRight").done(1)
        level = levels[1]
        expect(at.number("unit")).to_have_text(level.unit)
        expect(at.number("field")).to_have_text(" × ".join(map(str, level.field)) + " cells")
        expect(at.number("where")).to_have_text(", ".join(f"{start} to {stop - 1}" for start, stop in level.box))
        assert about(at.number("value").inner_text(), level.value, 6)
        expect(at.figure).to_contain_text("framed on the input: all that it sees")
        names = at.figure.locator(".tile figcaption")
        expect(names).to_have_count(min(level.channels, 6))
        if len(level.shape) == 1:
            expect(at.figure.get_by_role("img", name=f"map {level.order[0]}: {level.shape[0]} values")).to_be_visible()
            frame = at.figure.get_by_role("img", name="input, channel 0 of 3: 64 values").locator('[data-name="box"]')
            expect(frame).to_be_visible()
        else:
            depth = sum(level.box[0]) // 2
            expect(at.figure).to_contain_text(f"input, depth {depth}")


def test_what_is_said_where_there_is_no_picture(browser: Browser, studio: Served) -> None:
    for lesson, step in (("assumptions", 6), ("assumptions", 1), ("filters", 4)):
        with lesson_page(browser, studio, lesson, step=step) as at:
            at.choose("Picture", "the open input")
            expect(at.figure.get_by_role("alert")).to_contain_text(
                "is no picture; drop one on the page, or take the house"
            )
            no_maps(at)
            at.to_do(step).choose("Picture", "the house")
            expect(at.figure.get_by_role("alert")).to_have_count(0)
            expect(at.figure.locator("figure").first).to_be_visible()


def test_nothing_to_merge(browser: Browser, studio: Served) -> None:
    with lesson_page(browser, studio, "two-filters", step=4) as at:
        at.to_do(4).choose("Kernels", "layers of the open network")
        expect(at.figure.get_by_role("alert")).to_contain_text("so there is nothing to merge; take two kernels instead")
        no_maps(at)
        at.done(4).choose("Kernels", "two kernels").settled()
        expect(at.figure.get_by_role("alert")).to_have_count(0)


def test_its_layers_as_dense_ones(browser: Browser, studio: Served, subject: Opened) -> None:
    with lesson_page(browser, studio, "parameter-explosion", step=4) as at:
        at.to_do(4).button("Look at the open network").done(4)
        for twin in dense_layers(subject.run):
            row = at.figure.locator(f'[data-layer="{twin.layer}"]')
            expect(row).to_contain_text(f"{twin.dense.value:,}")
            expect(row).to_contain_text(" × ".join(map(str, twin.output_shape)))


def test_two_layers_that_read_a_signal(browser: Browser, serve: Callable[..., Served], tmp_path: Path) -> None:
    layers = st.layers
    model = st.Sequential(
        [layers.Conv1D(3, 5, activation="relu", input_shape=(40, 2), name="a"), layers.Conv1D(2, 3, name="b")], seed=0
    )
    x = np.random.default_rng(0).normal(size=(1, 40, 2)).astype(np.float32)
    subject = exported(tmp_path, "stack", model, x)
    (pair,) = stacked_convolutions(st.load(subject.model))
    kernels = [Convolution.of(subject.run, name) for name in (pair.first, pair.second)]
    seen = st.merge_convolutions(*kernels, interior=True).measure(subject.run.recording.values[pair.reads][:1])
    with lesson_page(browser, serve("open", subject.model, subject.given), "two-filters", step=4) as at:
        at.choose("Kernels", "layers of the open network").done(4)
        expect(at.figure.get_by_role("img", name="the merged kernel: 34 values")).to_be_visible()
        expect(at.number("changed")).to_have_text(f"{int(seen.relu_differs.sum()):,} of {seen.relu_differs.size:,}")
