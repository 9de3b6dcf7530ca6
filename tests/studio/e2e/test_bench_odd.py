"""The workbench in hands that type what nobody expects: what cannot be is refused at its field, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.bench import BenchPage, bench_page

ODD = ("1e9", "nan", "abc", "3.5", "", "٣", "1e-320")
FIELDS = ("kernel", "stride", "padding", "dilation", "channels", "filters", "groups", "bias")
# What is a number to one of them.
ACCEPTED = {("bias", "1e9"), ("bias", "3.5"), ("bias", "1e-320")}


@pytest.fixture
def bench(browser: Browser, studio: Served) -> Generator[BenchPage]:
    with bench_page(browser, studio, "keys", "d=1&x=noise:6x12&k=untrained*4&t=3&p=1&n=2&at=3") as found:
        yield found


@pytest.mark.parametrize("name", FIELDS)
def test_odd_texts_are_refused_at_their_field_and_nothing_else_changes(bench: BenchPage, name: str) -> None:
    page = bench.page
    field = page.get_by_label(name, exact=True)
    stood, said = field.input_value(), bench.arithmetic.inner_text()
    for text in ODD:
        if (name, text) in ACCEPTED:
            continue
        bench.type(field, text)
        expect(field).to_have_attribute("aria-invalid", "true")
        reason = page.locator(".size", has=field).get_by_role("alert")
        expect(reason).to_contain_text(name)
        expect(reason).to_contain_text(f'"{text}"')
        # What holds stands in the field.
        expect(field).to_have_value(stood)
        assert bench.arithmetic.inner_text() == said
    bench.type(field, "-0" if name in ("padding", "bias") else "1" if name == "groups" else stood)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(field).to_have_attribute("aria-invalid", "false")


def test_odd_weights(bench: BenchPage) -> None:
    page = bench.page
    field = page.get_by_label("weight 1", exact=True)
    stood = field.input_value()
    for text in ("nan", "abc", "", "٣", "1e300"):
        bench.type(field, text)
        reason = page.get_by_role("group", name="Kernel").get_by_role("alert")
        expect(reason).to_contain_text("weight")
        expect(field).to_have_value(stood)
    for text, shown in (("-0", "0"), ("1e9", "1e9"), ("3.5", "3.5")):
        bench.type(field, text)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(field).to_have_attribute(
            "title", re.compile(f"^{re.escape(shown)}:|^1000000000:" if text == "1e9" else f"^{shown}:")
        )


def test_a_weight_reached_by_the_tab_key_is_typed_over(browser: Browser, studio: Served) -> None:
    with bench_page(browser, studio, "keys") as bench:
        bench.tab_to(bench.page.get_by_label("weight 1, 0", exact=True))
        bench.page.keyboard.type("5")
        bench.page.keyboard.press("Enter")
        expect(bench.page.get_by_label("weight 1, 0", exact=True)).to_have_value("5")
        expect(bench.page.get_by_role("alert")).to_have_count(0)


def test_the_map_in_sight_goes_where_there_is_none(browser: Browser, studio: Served) -> None:
    """To a pooling with fewer channels than there were filters, and back."""
    with bench_page(browser, studio, "mouse", "d=2&x=house:grey&k=untrained*8&p=1&f=6&at=9,9") as bench:
        bench.choose("Operation", "max_pool").shapes((1, 256, 320), (1, 128, 160))
        expect(bench.page.get_by_role("alert")).to_have_count(0)
        bench.choose("Operation", "convolution").shapes((1, 256, 320), (1, 256, 320))


def test_many_filters_and_channels(browser: Browser, studio: Served) -> None:
    with bench_page(browser, studio, "keys", "d=2&x=noise:512x14x14&k=untrained&t=3&p=1&at=7,7") as bench:
        bench.type(bench.page.get_by_label("filters", exact=True), "512")
        bench.shapes((512, 14, 14), (512, 14, 14)).tells("512·512·3·3 = 2,359,296")
        found = bench.page.get_by_label("Map", exact=True)
        for text in ("600", "abc", "2.5"):
            bench.type(found, text)
            expect(bench.page.get_by_role("alert")).to_contain_text(
                f'map must be a whole number from 0 to 511; got "{text}"'
            )
            expect(found).to_have_value("0")
        bench.type(found, "511")
        expect(bench.page.get_by_role("alert")).to_have_count(0)
        bench.tells("output 511 @")


def test_a_declaration_with_an_error_in_the_middle(browser: Browser, studio: Served) -> None:
    with bench_page(browser, studio, "keys") as bench:
        bench.key("p")
        line = bench.page.get_by_label("Layer line")
        before = bench.arithmetic.inner_text()
        for text, words in (
            ("nn.Conv2d(3, 32, kernel_size=, padding=1)", "kernel_size="),
            ("nn.Conv2d(3, 32, kernal_size=3)", "kernal_size"),
            ("Conv2D(32, (3, 3, padding='same')", ""),
            ("nn.Conv2d(3, 32, 3) + 1", ""),
            ("x" * 3000, ""),
        ):
            bench.type(line, text)
            expect(line).to_have_attribute("aria-invalid", "true")
            expect(bench.aside.get_by_role("alert")).to_contain_text(words)
            expect(line).to_have_value(text)
            assert bench.aside.evaluate("(aside) => aside.scrollWidth <= aside.clientWidth")
        assert bench.arithmetic.inner_text() == before
