"""What cannot be: no slider reaches it, and who types or opens it is told why, beside the field."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.bench import BenchPage
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.walk import Hand


@pytest.fixture
def hand() -> Hand:
    """What is refused is typed."""
    return "keys"


def refused(bench: BenchPage, name: str) -> Locator:
    """What stands with the field of that name."""
    field = bench.page.get_by_label(name, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    return bench.page.locator(".size", has=field).get_by_role("alert")


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("kernel", "6", "kernel 6 with dilation 1 spans 6 cells, but the padded input has only 5"),
        ("dilation", "3", "spans 7 cells, but the padded input has only 5"),
        ("stride", "0", "stride"),
        ("padding", "-1", "padding"),
        (
            "padding",
            "much",
            'one for each axis such as 1×0, same or valid; got "much"',
        ),
        ("filters", "0", 'filters must be a whole number from 1 to 4,096; got "0"'),
        ("bias", "none", 'bias must be a number; got "none"'),
    ],
)
def test_a_size_that_cannot_be(bench: BenchPage, field: str, text: str, message: str) -> None:
    bench.example("sliding-product").type(bench.page.get_by_label(field, exact=True), text)
    expect(refused(bench, field)).to_contain_text(message)
    # All else stays as it was, and what is right takes the reason away.
    bench.says("1×1 + 0×2 − 1×3 = −2")
    bench.type(bench.page.get_by_label(field, exact=True), "1")
    expect(bench.page.get_by_role("alert")).to_have_count(0)


def test_sliders_end_where_the_possible_ends(bench: BenchPage) -> None:
    bench.example("sliding-product")
    for field, least, most in (("kernel", "1", "5"), ("dilation", "1", "2"), ("padding", "0", "2")):
        expect(bench.slider(field)).to_have_attribute("min", least)
        expect(bench.slider(field)).to_have_attribute("max", most)
    bench.slide("kernel", 5).shapes((1, 5), (1, 1))
    expect(bench.slider("dilation")).to_be_disabled()
    expect(bench.page.get_by_role("alert")).to_have_count(0)


def test_groups_must_divide_channels_and_filters(bench: BenchPage) -> None:
    bench.radio("Channels", "colours").size("filters", 6)
    groups = bench.page.get_by_label("groups", exact=True)
    bench.type(groups, "2")
    expect(refused(bench, "groups")).to_contain_text(
        "groups (=2) must be a positive number that divides the 3 channels of the input and the 6 filters"
    )
    # The slider goes from divisor to divisor: 1 and 3.
    expect(bench.slider("groups")).to_have_attribute("max", "1")
    bench.slide("groups", 1)
    expect(groups).to_have_value("3")
    bench.tells("6·1·3·3 = 54")
    # Channels and filters then come in threes only.
    for field in ("channels", "filters"):
        expect(bench.slider(field)).to_have_attribute("step", "3")
    bench.type(bench.page.get_by_label("filters", exact=True), "4")
    expect(refused(bench, "filters")).to_contain_text("groups (=3) must be a positive number that divides")
    bench.type(bench.page.get_by_label("channels", exact=True), "7")
    expect(refused(bench, "channels")).to_contain_text("channels (=7) must be at most 3, those of the source")


def test_a_link_to_what_cannot_be_says_so(browser: Browser, studio: Served) -> None:
    with fresh_page(browser) as page:
        page.goto(f"{studio.entrance}&view=workbench#d=1&in=1x3:1,2,3&w=1x1x5:1,1,1,1,1")
        expect(page.locator(".widget [role=status]")).to_contain_text("spans 5 cells, but the padded input has only 3")


def test_a_huge_picture_is_made_smaller_with_a_word(bench: BenchPage, tmp_path: Path) -> None:
    Image.new("RGB", (2400, 1200), (90, 60, 30)).save(tmp_path / "large.png")
    give(bench, tmp_path / "large.png")
    bench.tells("large.png: uploaded; made smaller, from 1200 × 2400 to 1118 × 2236").shapes(
        (1, 1118, 2236), (1, 1118, 2236)
    )


def test_a_picture_beyond_the_limit_is_refused_beside_the_input(bench: BenchPage, tmp_path: Path) -> None:
    Image.new("1", (30000, 30000)).save(tmp_path / "endless.png")
    before = bench.arithmetic.inner_text()
    give(bench, tmp_path / "endless.png")
    expect(bench.page.get_by_role("alert")).to_contain_text("endless.png")
    expect(bench.page.get_by_role("alert")).to_contain_text("limit")
    expect(bench.arithmetic).to_have_text(before)


def test_a_file_that_is_none_is_refused_beside_the_input(bench: BenchPage, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("no numbers here")
    give(bench, tmp_path / "notes.csv")
    expect(bench.page.get_by_role("alert")).to_contain_text("notes.csv")


def give(bench: BenchPage, file: Path) -> None:
    """The browser's own window for choosing a file is out of reach of either hand."""
    bench.page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(file)
