"""The sum behind a number: for every kind of layer what stands in the inspector is what the Python API explains."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from benchmarks.studio.serving import Served
from striate.lenses.explain import Explanation
from tests.studio.e2e.figures import adds_up, agrees
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen, decimals, exactly, number, plain

# Windows at a corner (padding), at an edge and inside; a stride, a dilation, groups, a transposed one.
SUMS = (
    "plain:2@0,0", "plain:5@6,7", "plain:0@11,5", "strided:0@0,2", "strided:4@3,3", "dilated:1@0,5", "dilated:2@3,2",
    "grouped:0@2,2", "grouped:5@5,0", "up:1@4,5", "up:0@0,0", "up:2@11,11",
)  # fmt: skip
LINES = ("point:3@2,2", "point:0@0,5", "dense:1", "dense:4")
POOLED = ("max:1@2,2", "max:0@5,5", "mean:0@0,0", "mean:2@3,3", "all:1@0,0")


@pytest.fixture(scope="module")
def scene(kinds_scene: Opened) -> Opened:
    return kinds_scene


@pytest.fixture(scope="module")
def studio(kinds_studio: Served) -> Served:
    return kinds_studio


def explained(scene: Opened, unit: str) -> Explanation:
    return scene.run.unit(unit).explain()


@pytest.mark.parametrize("unit", SUMS)
def test_window_times_kernel_is_what_adds_up_to_the_number(screen: Screen, scene: Opened, unit: str) -> None:
    screen.at(unit).explains(unit)
    products = explained(scene, unit).products
    assert products is not None
    expect(screen.inspector.locator("article")).to_have_count(len(products))
    adds_up(screen, unit)


@pytest.mark.parametrize("unit", [*SUMS[::3], *LINES, *POOLED])
def test_all_digits_are_those_of_the_explanation(screen: Screen, unit: str) -> None:
    screen.at(unit).explains(unit)
    screen.key("d")
    agrees(screen, unit)
    screen.key("d")
    expect(screen.inspector.locator("article + table")).to_have_count(0)


@pytest.mark.parametrize("unit", LINES)
def test_inputs_times_weights_add_up(screen: Screen, unit: str) -> None:
    screen.at(unit).explains(unit)
    shown = sum(decimals(screen.inspector.locator("li .product").all_inner_texts()))
    line = screen.inspector.locator("p.line").inner_text()
    bias = re.search(r"([−+]) bias (\S+)", line)
    if bias is not None:
        shown += Decimal(plain(bias.group(1) + bias.group(2)))
    assert shown == Decimal(plain(line.split("=")[1]))


@pytest.mark.parametrize("unit", POOLED)
def test_a_pooling_rings_its_winner(screen: Screen, scene: Opened, unit: str) -> None:
    found = explained(scene, unit)
    assert found.window is not None
    screen.at(unit).explains(unit)
    section = screen.inspector.get_by_label("The window", exact=True)
    if found.winner is None:
        expect(section.locator(".cells .ring")).to_have_count(0)
        return
    expect(section.locator(".cells span")).to_have_count(found.window.size)
    expect(section.locator(".cells .ring")).to_have_count(1)
    assert number(section.locator(".cells .ring").inner_text()) == pytest.approx(found.total, rel=1e-3)


@pytest.mark.parametrize("unit", ["norm:1@3,3", "relu:1@3,3", "gate:2@1,1", "chance:2"])
def test_a_law_has_the_numbers_filled_in(screen: Screen, scene: Opened, unit: str) -> None:
    found = explained(scene, unit)
    screen.at(unit).explains(unit)
    screen.key("d")
    names = [text.replace("ε", "epsilon") for text in screen.inspector.locator("dl dt").all_inner_texts()]
    figures = screen.inspector.locator("dl dd.figure").all_inner_texts()
    assert dict(zip(names, [number(text) for text in figures], strict=True)) == pytest.approx(
        dict(found.figures), rel=1e-6
    )
    filled = screen.inspector.locator(".law.filled").inner_text()
    assert number(re.split("[=≈]", filled)[-1]) == pytest.approx(found.total, rel=1e-6)
    screen.key("d")


def test_a_curve_has_the_dot_where_the_number_is(screen: Screen, scene: Opened) -> None:
    unit = scene.run.unit("gate:2@1,1")
    curve = unit.curve()
    assert curve is not None
    screen.at(str(unit.address)).explains(str(unit.address))
    said = screen.inspector.locator("svg[aria-label^='The curve']").get_attribute("aria-label") or ""
    low, high, x, y = (
        number(part) for part in re.split(r" to |; the unit at | becomes ", said.removeprefix("The curve from "))
    )
    assert (low, high) == pytest.approx((curve.x.min(), curve.x.max()), rel=6e-3)
    assert (x, y) == pytest.approx((curve.at, curve.value), rel=6e-4)


def test_a_sum_of_maps_shows_what_each_adds(screen: Screen, scene: Opened) -> None:
    screen.at("skip:2@1,1").explains("skip:2@1,1")
    amounts = decimals(screen.inspector.locator(".amount").all_inner_texts())
    line = screen.inspector.locator("p.line").inner_text()
    assert "=" in line, line
    assert sum(amounts) == Decimal(plain(line.split("=")[1])), line
    held = sorted(float(scene.run[name][0, 2, 1, 1]) for name in ("strided", "dilated"))
    assert sorted(map(float, amounts)) == pytest.approx(held, abs=1e-3)


def test_a_copy_says_where_it_comes_from(screen: Screen, scene: Opened) -> None:
    screen.at("both:4@1,1").explains("both:4@1,1")
    expect(screen.inspector.locator("button.address")).to_have_text("↓ mean:1@1,1")


def test_what_the_network_was_given_ends_the_way(screen: Screen, scene: Opened) -> None:
    screen.at("x:1@3,4").explains("x:1@3,4")
    expect(screen.inspector).to_contain_text("The way down ends here")


@pytest.mark.parametrize("unit", ["plain:2@0,5", "up:1@4,5", "max:1@2,2", "dense:1"])
def test_what_a_unit_sees_is_its_receptive_field(screen: Screen, scene: Opened, unit: str) -> None:
    field = scene.run.unit(unit).receptive_field()
    screen.at(unit).explains(unit)
    box = ", ".join(f"{start}–{stop - 1}" for start, stop in field.clipped)
    expect(screen.inspector.locator(".sees").first).to_contain_text(box)


def test_the_copied_formula_evaluates_to_the_number(screen: Screen, scene: Opened) -> None:
    unit = "grouped:3@2,2"
    screen.at(unit).explains(unit)
    screen.inspector.get_by_role("button", name="copy the whole formula").click()
    expect(screen.inspector.get_by_role("status")).to_contain_text("copied")
    text = screen.page.evaluate("() => navigator.clipboard.readText()")
    left = text.split("=")[0].split("≈")[0].replace("×", "*").replace("−", "-").replace("·", "*")
    assert eval(left, {"__builtins__": {}}) == pytest.approx(explained(scene, unit).total, rel=1e-6)


@pytest.mark.parametrize("unit", ["plain:2@0,5", "dense:1"])
def test_filter_and_spread_of_the_open_map(screen: Screen, scene: Opened, unit: str) -> None:
    layer, channel = unit.split("@")[0].split(":")
    screen.at(unit).explains(unit)
    weights = scene.run.unit(unit).explain().kernel
    assert weights is not None
    kernels = screen.page.get_by_label(re.compile("^Kernels of"))
    kernels.focus()
    for i in range(min(3, len(weights))):
        screen.key("ArrowRight")
        expect(kernels).to_have_attribute("aria-label", re.compile(rf"; channel {i}: "))
        said = (kernels.get_attribute("aria-label") or "").split(f"; channel {i}: ")[1].split(";")[0].split()
        assert len(said) == weights[i].size
        assert all(exactly(text, weight) for text, weight in zip(said, weights[i].ravel(), strict=True))
    if layer == "plain":
        facts = scene.run.channel_statistics(layer)[int(channel)]
        shown = screen.page.get_by_label("Spread of the values").locator("dd").all_inner_texts()
        assert number(shown[0]) == pytest.approx(facts.least, rel=6e-3)
        assert number(shown[1]) == pytest.approx(facts.greatest, rel=6e-3)
        assert number(shown[2]) == pytest.approx(facts.mean, rel=6e-3)
