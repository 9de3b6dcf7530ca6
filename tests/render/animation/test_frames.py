"""The frames: what is written in them, that nothing leaves the page, and how a few of them look."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import striate as st
from striate.lenses.animation import CellKind
from striate.render.animation import Frames, raster, svg
from striate.render.animation.lettering import text_width
from striate.render.animation.numerals import numerals_of
from striate.render.animation.scene import Box, Ring, Stroke, Text
from striate.render.animation.theme import THEMES

GOLDEN = Path(__file__).parent / "golden"
CHAPTER = [[int(digit) for digit in row] for row in "12012 01210 20101 12021 01210".split()]


def numbers(*shape):
    return np.random.default_rng(3).normal(size=shape)


def shown(name):
    """One animation of each kind."""
    weight = numbers(2, 3, 3, 3)
    return {
        "image": lambda: st.animate(CHAPTER, "sobel"),
        "signal": lambda: st.animate([0.0, 0.82, 0.91, 0.4, -0.2], [0.33, 0.34, 0.33], padding=1),
        "channels": lambda: st.animate(numbers(3, 6, 6), weight, [0.5, -0.5], padding=1, stride=2),
        "signals": lambda: st.animate(numbers(3, 9), numbers(2, 3, 3), dilation=2, padding=1),
        "many": lambda: st.animate(numbers(40, 12, 12), numbers(2, 40, 3, 3), padding=1),
        "transposed": lambda: st.animate(CHAPTER, "sobel", stride=2, padding=1, transposed=True),
        "transposed signal": lambda: st.animate([1, 2, 3], [1, 0, -1], stride=3, transposed=True),
        "dilated": lambda: st.animate(numbers(8, 8), "sobel", dilation=2, padding=2),
        "volume": lambda: st.animate(numbers(4, 5, 5), numbers(3, 3, 3), padding=1),
        "max": lambda: st.animate(CHAPTER, pool="max", stride=1),
        "max volume": lambda: st.animate(numbers(4, 4, 4), pool="max"),
        "average": lambda: st.animate(CHAPTER, pool="average", size=3, padding=1),
        "large kernel": lambda: st.animate(numbers(15, 15), numbers(11, 11)),
        "tiny numbers": lambda: st.animate(numbers(6) * 1e-9, [1e9, 2.5, -3e-7]),
        "declared": lambda: st.animate_declaration(
            "nn.Conv2d(in_channels=16, out_channels=32, kernel_size=(3, 5), stride=(2, 1), padding=(4, 2), bias=False)"
        ),
    }[name]()


KINDS = ("image", "signal", "channels", "signals", "many", "transposed", "transposed signal", "dilated", "volume",
         "max", "max volume", "average", "large kernel", "tiny numbers", "declared")  # fmt: skip


# Kind, theme and step of the pictures kept in golden/.
KEPT = (
    ("image", "light", 4), ("signal", "dark", 2), ("channels", "light", 3), ("transposed", "light", 30),
    ("max", "dark", 5),
)  # fmt: skip


def texts(scene):
    return [shape for shape in scene.shapes if isinstance(shape, Text)]


def written(animation, step):
    """All text of a frame, one after the other."""
    return written_of(animation.walk, step)


def written_of(walk, step):
    return " ".join(shape.text for shape in texts(Frames(walk).scene(step)))


def test_the_sum_is_written_out():
    said = written(shown("image"), 0)
    assert "−1×1 + 0×2 + 1×0 − 2×0 + 0×1 + 2×2 − 1×2 + 0×0 + 1×1 = 2" in said
    assert "position (0, 0)" in said
    assert "1 of 9" in said
    assert "⌊(5 + 2·0 − 3)/1⌋ + 1 = 3" in said
    assert "0.33×0.00 + 0.34×0.00 + 0.33×0.82 ≈ 0.271" in written(shown("signal"), 0)
    assert "0.33×0.91 + 0.34×0.40 + 0.33×(−0.20) ≈ 0.370" in written(shown("signal"), 3)
    assert "max(1, 2, 0, 1) = 2" in written(shown("max"), 0)
    assert "(1 + 2 + 0 + 1) / 4 ≈ 1.000" in written(shown("average"), 0)
    assert "−1×1 = −1" not in written(shown("transposed"), 0)  # zeros between inputs are no terms
    assert "0×1 = 0" in written(shown("transposed"), 0)


def test_a_norm_is_written_with_the_digits_that_have_room():
    recording = st.animate([3.0, -4.0], pool="average").walk
    norm = replace(recording, kind="LpPool", order=2)
    assert "√(3² + 4²)" in written_of(norm, 0)
    assert "3 + 4" in written_of(replace(norm, order=1), 0)
    assert "(3^3 + 4^3)^(1/3)" in written_of(replace(norm, order=3), 0)


@pytest.mark.parametrize("size", [12, 24, 60])
def test_of_a_large_window_as_many_terms_are_written_as_have_room(size):
    """And the others are counted."""
    said = written(st.animate(numbers(size, size), pool="average", size=size), 0)
    terms = re.search(rf"→ \((.*?)(?:… (\d+) more terms …(.*))?\) / {size * size} ", said)
    shown = re.findall(r"\d\.\d+", terms[1] + (terms[3] or ""))
    assert len(shown) + int(terms[2] or 0) == size * size
    assert len(shown) >= 60


def test_where_no_tap_meets_a_cell():
    """A stride beyond the kernel leaves places between the inputs."""
    said = written(st.animate([1, 2], [5, 7], stride=4, transposed=True), 2)
    assert "no tap meets a cell = 0" in said
    assert "no tap meets a cell = 0.5, the bias" in written(
        st.animate([1, 2], [5, 7], [0.5], stride=4, transposed=True), 2
    )


def test_a_declared_layer_is_told_with_the_origin_of_its_numbers():
    assert "nn.MaxPool1d(2), 1-D max pooling" in written(st.animate_declaration("nn.MaxPool1d(2)", [1, 2, 3, 4]), 0)
    both = st.animate_declaration("nn.Conv2d(3, 8, 3)")
    assert f"{both.walk.origin} · {both.omitted}" in written(both, 0)
    line = "nn.Conv2d(in_channels=16, out_channels=32, kernel_size=5, stride=2, padding=(2, 1))"
    first, *_ = texts(Frames(st.animate_declaration(line).walk).scene(0))[2:]
    assert first.text == f"{line}, filter 0 of 32"  # smaller letters, and no "2-D convolution", before a word is cut
    assert 20 <= first.size < 28


def test_of_many_channels_two_are_written_out_and_the_rest_is_a_number():
    animation = shown("many")
    said = written(animation, 5)
    sums = animation.steps[5].sums
    labels = sorted({int(found) for found in re.findall(r"channel (\d+)", said)})
    assert len(labels) == 2
    rest = f"{abs(sums.sum() - sums[labels].sum()):.2f} (38 more channels)"
    assert rest in said
    strength = np.abs([step.sums for step in animation.steps]).sum(axis=0)
    assert set(labels) == set(np.argsort(-strength)[:2])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_leaves_the_page_and_nothing_is_too_small(kind):
    animation = shown(kind)
    for size in ((1280, 720), (960, 960)):
        frames = Frames(animation.walk, "light", size)
        for step in {0, len(animation) // 2, len(animation) - 1}:
            scene = frames.scene(step)
            for text in texts(scene):
                width = text_width(text.text, text.size)
                left = text.x - {"left": 0, "middle": 0.5, "right": 1}[text.anchor] * width
                assert left >= -1, text
                assert left + width <= scene.width + 1, text
                assert text.size >= 10.5
            for shape in scene.shapes:
                if isinstance(shape, Box):
                    assert 0 <= shape.x <= shape.x + shape.width <= scene.width + 1, shape
                    assert 0 <= shape.y <= shape.y + shape.height <= scene.height + 1, shape


@pytest.mark.parametrize(("size", "least"), [(3, 19), (5, 14)])
def test_what_is_multiplied_is_readable_where_the_input_is_large(size, least):
    walk = st.animate(numbers(28, 28), numbers(size, size), padding=size // 2).walk
    said = texts(Frames(walk).scene(20))
    assert "window" in [text.text for text in said]
    step = walk[20]
    kernel = numerals_of([step.kernel])
    for number in step.kernel.flat:
        assert max(text.size for text in said if text.text == kernel(float(number))) >= least


def test_the_names_of_lines_stand_beside_their_cells():
    said = Frames(st.animate([1.0, 2.0, 3.0], [1.0, -1.0]).walk).scene(0)
    first = min(shape.x for shape in said.shapes if isinstance(shape, Box))
    names = [text for text in texts(said) if text.text in ("input", "× kernel", "= products", "output")]
    assert len(names) == 4
    assert all(text.anchor == "right" and 0 < first - text.x < 40 for text in names)


def test_a_plane_of_many_terms_takes_several_lines_rather_than_small_ones():
    frames = Frames(st.animate(numbers(2, 8, 8), numbers(1, 2, 3, 4)).walk)
    said = texts(frames.scene(0))
    (label,) = (text for text in said if text.text == "channel 1" and text.anchor == "left")
    (last,) = (text for text in said if text.text == "sum")
    between = [text for text in said if label.y <= text.y < last.y and text.anchor == "left"]
    assert len({text.y for text in between}) == 2
    assert min(text.size for text in between if "×" in text.text) >= 18


def test_relu_is_written_as_people_write_it():
    model = st.Sequential([st.layers.Conv1D(1, 2, activation="relu", input_shape=(4, 1))])
    animation = st.Network(model.to_model()).run(np.ones((1, 4, 1))).animate("conv1d")
    assert "→ ReLU" in written(animation, 0)


def test_padding_is_hatched_gaps_have_dots_and_the_winner_a_ring():
    def count(animation, step, kind):
        return sum(isinstance(shape, kind) for shape in Frames(animation.walk).scene(step).shapes)

    plain, padded = st.animate(CHAPTER, "sobel"), st.animate(CHAPTER, "sobel", padding=1)
    assert count(padded, 0, Stroke) - count(plain, 0, Stroke) >= 24 * 5
    spread = shown("transposed")
    gaps = int((spread.walk.field.kinds == CellKind.GAP).sum())
    assert count(spread, 0, Ring) == gaps > 0
    assert count(shown("max"), 0, Ring) == 2  # the ring and its edge


def test_the_largest_is_written_as_it_stands_in_the_window():
    window = numbers(1, 4)
    said = written(st.animate(window[0], pool="max", size=4), 0)
    cells, found = re.search(r"max\((.*?)\) ≈ (\S+)", said).groups()
    assert found in cells.split(", ")


def test_the_largest_of_all_is_written_as_in_the_input_and_the_window_is_not_drawn_twice():
    numbers_given = np.array([[1.2345, -2.3451], [0.5, 1.9979]])
    animation = st.animate(numbers_given, pool="max", size=2)
    said = [text.text for text in texts(Frames(animation.walk).scene(0))]
    assert said.count("2.00") == 2  # in the input, and the output
    assert "2" not in said
    assert said.count("−2.35") == 3  # in the input, and where both scales begin
    everything = st.animate(numbers(12, 12), pool="max", size=12)
    assert "window" not in [text.text for text in texts(Frames(everything.walk).scene(0))]


def test_a_long_row_goes_on_in_the_next_line_before_it_gets_small():
    frames = Frames(st.animate(numbers(20), numbers(9)).walk)
    sums = [text for text in texts(frames.scene(0)) if text.text.count("×") > 1]
    assert len(sums) == 2
    assert min(text.size for text in sums) >= 24


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080), (2560, 1440)])
def test_lines_of_a_large_picture_stay_in_the_room_that_they_have(size, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        sys.modules["striate.render.animation.raster"],
        "draw_text",
        lambda draw, x, y, text, letters, colour: drawn.append((text, text_width(text, letters))),
    )
    animation = shown("channels")
    animation.frame(0, size=size)
    frames = Frames(animation.walk, size=size)
    said = texts(frames.scene(0))
    assert [text for text, _ in drawn] == [text.text for text in said]
    assert all(width <= text.width * frames.scale + 1 for (_, width), text in zip(drawn, said, strict=True))


def test_a_small_picture_is_a_slide_made_smaller():
    animation = shown("channels")
    small, slide = animation.frame(0, size=(640, 360)), animation.frame(0)
    blocks = np.asarray(slide, float).reshape(360, 2, 640, 2, 3).mean(axis=(1, 3))
    assert np.abs(np.asarray(small) - blocks).max() <= 1


@pytest.mark.parametrize(
    "state",
    [
        {"kernel": [0.25, 0.5, 0.25], "stride": 3, "padding": 1},
        {"kernel": [0.25, 0.5, 0.25], "stride": 2, "dilation": 2},
        {"kernel": [0.25, 0.5, 0.25], "stride": 3, "transposed": True},
        {"pool": "max", "size": 3},
        {"pool": "average", "size": 4, "stride": 2},
    ],
    ids=str,
)
def test_the_cells_of_a_long_signal_have_their_figures(state):
    walk = st.animate(numbers(200), **state).walk
    said = " ".join(text.text for text in texts(Frames(walk).scene(len(walk) - 1)) if text.anchor == "middle")
    assert all(f"{abs(value):.2f}" in said for value in walk.field.numbers[0])
    assert all(f"{abs(value):.2f}" in said for value in walk.output)


def test_the_cells_of_a_flat_picture_have_their_figures():
    x = 0.5 + 0.001 * numbers(40, 40)
    walk = st.animate(x, "sobel").walk
    scene = Frames(walk).scene(len(walk) - 1)
    said = [text.text for text in texts(scene)]
    assert "window" in said
    digits = numerals_of([walk.output])
    assert len(digits(float(walk.output[0, 0])).replace("−", "")) >= 5
    assert all(digits(float(value)) in said for value in walk.output.flat)


def test_what_is_written_as_zero_has_no_sign():
    assert "−0.00" not in written(st.animate([1.0, 1.0, -1e-4], [0.5, -1e-5, 1.0]), 0)
    channels, weight = (
        np.array([[1.0, 2.0], [3.0, 1.0], [-1e-5, 0.0]]),
        np.array([[[0.5, 0.5], [1.0, 0.5], [1.0, 1.0]]]),
    )
    assert "− 0.00" not in written(st.animate(channels, weight), 0)


def test_the_title_may_be_another():
    walk = st.animate([1.0, 2.0, 3.0], [1.0, -1.0]).walk
    assert "1-D convolution" in written(st.animate([1.0, 2.0, 3.0], [1.0, -1.0]), 0)
    said = [text.text for text in texts(Frames(replace(walk, title="derivative")).scene(0))]
    assert "derivative, 1-D convolution" in said


def test_a_slice_is_named_where_nothing_else_stands():
    said = [text.text for text in texts(Frames(shown("volume").walk).scene(30))]
    assert any(re.fullmatch(r"output 4×5×5, slice \d", text) for text in said)


def test_the_output_grows_by_a_number_each_step():
    animation = st.animate([1.25, 2.5, 3.5, 5.0], [1.0, 1.0])
    for step in range(3):
        said = [text.text for text in texts(Frames(animation.walk).scene(step))]
        for place, value in enumerate(("3.75", "6.00", "8.50")):
            assert (value in said) == (place <= step)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_its_ground(theme):
    def luminance(colour):
        parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(a, b):
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    found = THEMES[theme]
    for colour in (found.ink, found.faint, found.result):
        assert contrast(colour, found.page) >= 4.5
    assert contrast(found.selection, found.page) >= 2.5
    for palette in ("signed", "unsigned", "grey"):
        for stop in found.ramp(palette):
            assert contrast(found.text_on(stop), stop) >= 4.5


def test_an_svg_holds_the_same_text_and_is_well_formed():
    animation = shown("channels")
    frames = Frames(animation.walk, "dark")
    scene = frames.scene(2)
    document = ElementTree.fromstring(svg(scene, 1280, 720, "a < b"))
    name = "{http://www.w3.org/2000/svg}"
    assert [element.text for element in document.iter(f"{name}text")] == [text.text for text in texts(scene)]
    assert document.find(f"{name}title").text == "a < b"
    assert document.get("viewBox") == "0 0 1280 720"


def test_digits():
    assert numerals_of([np.array([1.0, -20.0])])(-20.0) == "−20"
    assert numerals_of([np.array([0.5, 0.25])])(0.5) == "0.50"
    assert numerals_of([np.array([0.1234, 12.3456])])(12.3456) == "12.3"
    assert numerals_of([np.array([1.2e-9])])(-1.2e-9) == "−1.2e−09"
    assert numerals_of([np.array([0.301, -0.0004])])(-0.0004) == "0.0"
    assert numerals_of([np.array([0.5, 0.25])]).exact
    assert not numerals_of([np.array([1 / 3])]).exact


@pytest.mark.parametrize(("kind", "theme", "step"), KEPT)
def test_frames_look_as_they_did(kind, theme, step):
    """Few pixels may differ by much: fonts are drawn a little otherwise by other versions of FreeType."""
    frames = Frames(shown(kind).walk, theme, (640, 360))
    picture = np.asarray(raster(frames.scene(step), frames.scale), int)
    path = GOLDEN / f"{kind}.png"
    with Image.open(path) as kept:
        wanted = np.asarray(kept.convert("RGB"), int)
    assert picture.shape == wanted.shape
    difference = np.abs(picture - wanted).max(axis=2)
    assert (difference > 80).mean() < 0.004, f"{path} is drawn anew by running this file"
    assert difference.mean() < 1.5


if __name__ == "__main__":  # look at them before they go in
    for kind, theme, step in KEPT:
        frames = Frames(shown(kind).walk, theme, (640, 360))
        raster(frames.scene(step), frames.scale).save(GOLDEN / f"{kind}.png", optimize=True)
