"""What goes into the workbench and out of it: engines, uploads, films, links, in a real browser."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

import striate as st
from benchmarks.studio.serving import Served
from striate import bundled
from striate.lenses.animation import Walk, walk
from striate.lessons import Workbench
from striate.lessons.workbench import LAYER
from striate.render.animation.numerals import numerals_of
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.networks import kinds, sensor, volume
from tests.studio.e2e.screen import Screen, number

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three engines of 24 cycles."""
    folder = tmp_path_factory.mktemp("cmapss")
    rows = np.random.default_rng(4).random((72, 26)).round(4)
    rows[:, 0], rows[:, 1] = np.repeat([1, 2, 3], 24), np.tile(np.arange(1, 25), 3)
    np.savetxt(folder / "train_FD001.txt", rows, fmt="%.4f")
    return folder


@pytest.fixture(scope="module")
def studio(serve: Callable[..., Served], engines: Path) -> Served:
    return serve("open", bundled.model_path(), "--data", engines)


@pytest.fixture
def page(browser: Browser, studio: Served) -> Generator[Page]:
    with fresh_page(browser) as found:
        yield found


def bench(page: Page, studio: Served, state: str) -> None:
    """Opens a state by its link, as in a new tab."""
    page.goto("about:blank")
    page.goto(f"{studio.entrance}&view=workbench#{state}")
    expect(page.get_by_label("The arithmetic of this position")).to_have_text(re.compile("[=≈(]"))


def figures(page: Page, which: str) -> list[float]:
    texts = page.locator(f'.widget [aria-label^="{which}"] text:not(.tick)').all_text_contents()
    return [number(text) for text in texts]


# ---- engines


def test_an_engine_and_a_sensor_are_chosen_and_named(page: Page, studio: Served, engines: Path) -> None:
    bench(page, studio, "d=1&x=cmapss&k=spike")
    group = page.get_by_role("group", name="Engine and sensors")
    expect(group).to_contain_text("24 cycles")
    group.get_by_label("Engine", exact=True).fill("3")
    group.get_by_label("Engine", exact=True).press("Enter")
    aside = page.locator("aside")
    expect(aside).to_contain_text("C-MAPSS FD001, engine 3: NASA C-MAPSS train_FD001.txt")
    channel = page.get_by_role("combobox", name="channel")
    expect(channel.locator("option")).to_have_count(17)
    group.locator("summary").click()
    wanted = group.get_by_label("sensor 7 (P30, total pressure at HPC outlet)")
    for name in (
        "setting 1",
        "setting 2",
        "setting 3",
        *(f"sensor {n}" for n in (2, 3, 4, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21)),
    ):
        box = group.get_by_role("checkbox", name=re.compile(rf"^{name}($| \()"))
        box.uncheck()
    expect(wanted).to_be_disabled()
    expect(page).to_have_url(re.compile("x=cmapss/3/7&"))
    expect(page.locator(".widget .caption").first).to_contain_text("1 × 24")
    expect(page.locator(".widget .caption").first).to_contain_text("sensor 7")
    rows = np.loadtxt(engines / "train_FD001.txt")
    low, high = rows[:, 11].min(), rows[:, 11].max()
    expect(aside).to_contain_text(f"sensor 7 (P30, total pressure at HPC outlet) from {low:g} to {high:g} psia")
    truth = (rows[rows[:, 0] == 3, 11] - low) / (high - low)
    np.testing.assert_allclose(figures(page, "input"), truth, atol=6e-3)
    page.keyboard.press("c")
    shown = page.get_by_label("Python that does the same")
    expect(shown).to_contain_text("st.lessons.cmapss('train_FD001.txt', engine=3, channels=('sensor 7',))")


def test_formulas_and_sources_are_on_the_screen(page: Page, studio: Served) -> None:
    for source, said in (
        ("ecg", "five Gaussian waves P, Q, R, S, T a beat"),
        ("sensor", "0.3 + 0.6 t³ + 0.05 sin(2π n/16) + 0.04 noise"),
        ("steps", "0, 1, 0.4, 0.8 in turn"),
    ):
        bench(page, studio, f"d=1&x={source}&k=spike")
        expect(page.locator("aside")).to_contain_text(said)


# ---- uploads


def test_wrong_files_are_refused_in_the_words_of_python(page: Page, studio: Served, tmp_path: Path) -> None:
    bench(page, studio, "d=1&x=ecg&k=spike")
    chooser = page.locator('input[type="file"][accept*=".csv"]').last
    wrong = tmp_path / "broken.csv"
    wrong.write_text("a;b\nx;y\n")
    chooser.set_input_files(wrong)
    with pytest.raises(st.errors.StriateError) as refused:
        st.signal(wrong)
    expect(page.locator(".stage").get_by_role("alert")).to_have_text(str(refused.value).replace(str(wrong), wrong.name))
    torn = tmp_path / "torn.png"
    torn.write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    chooser.set_input_files(torn)
    expect(page.locator(".stage").get_by_role("alert")).to_contain_text("torn.png")


def test_a_huge_picture_is_made_smaller_with_a_word(page: Page, studio: Served, tmp_path: Path) -> None:
    bench(page, studio, "d=2&x=house:grey&k=sobel&p=1")
    ramp = np.broadcast_to(np.linspace(0, 255, 8000).astype(np.uint8), (6000, 8000))
    Image.fromarray(np.ascontiguousarray(ramp)).save(tmp_path / "huge.jpg")
    page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(tmp_path / "huge.jpg")
    expect(page.locator("aside")).to_contain_text(
        "huge.jpg: uploaded; made smaller, from 6000 × 8000 to", timeout=60_000
    )


@pytest.mark.parametrize("kind", ["csv", "npy", "volume", "wav"])
def test_an_upload_becomes_the_input(page: Page, studio: Served, tmp_path: Path, kind: str) -> None:
    bench(page, studio, "d=1&x=ecg&k=spike")
    x = np.round(np.random.default_rng(1).random((6, 5, 7) if kind == "volume" else (2, 12)), 2).astype(np.float32)
    path = tmp_path / f"run.{'npy' if kind == 'volume' else kind}"
    if kind == "csv":
        np.savetxt(path, x.T, delimiter=",")
    elif kind == "wav":
        from scipy.io import wavfile

        wavfile.write(path, 8000, (x.T * 30000).astype(np.int16))
    else:
        np.save(path, x)
    page.locator('input[type="file"][accept*=".csv"]').last.set_input_files(path)
    shape = (1, *x.shape) if kind in ("volume", "npy") else x.shape
    expect(page.locator("aside")).to_contain_text(f"{path.name}: uploaded, {'×'.join(map(str, shape))}")
    expect(page.locator(".widget .caption").first).to_contain_text(" × ".join(map(str, shape)))


# ---- links


def test_a_link_with_many_numbers_says_how_long_it_holds(page: Page, studio: Served, browser: Browser) -> None:
    bench(page, studio, "d=1&x=noise:17x30&k=untrained*64&t=3")
    expect(page.get_by_text("many numbers: the link holds")).to_have_count(0)
    weight = page.get_by_label("weight 0", exact=True)
    weight.focus()
    for key in ("Control+a", "2", ".", "5", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("many numbers: the link holds while this studio runs")).to_be_visible()
    expect(page).to_have_url(re.compile("w=@[0-9a-f]{16}"))
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    said = page.get_by_label("The arithmetic of this position").inner_text()
    with fresh_page(browser) as other:
        other.goto(studio.entrance)
        other.goto("about:blank")
        other.goto(link)
        expect(other.get_by_label("weight 0", exact=True)).to_have_value("2.5")
        expect(other.get_by_label("The arithmetic of this position")).to_have_text(said, use_inner_text=True)
        other.goto("about:blank")
        other.goto(re.sub("w=@[0-9a-f]{16}", "w=@gone", link))
        expect(other.locator(".widget")).to_contain_text("holds only while the studio runs that gave it")


# ---- films


def saved(page: Page, panel: Locator, form: str) -> Download:
    with page.expect_download(timeout=120_000) as waiting:
        panel.get_by_role("button", name=form).click()
    return waiting.value


def steps_of(download: Download) -> list[ElementTree.Element]:
    """The frames of saved SVGs."""
    with zipfile.ZipFile(io.BytesIO(download.path().read_bytes())) as archive:
        return [
            ElementTree.fromstring(archive.read(name)) for name in sorted(archive.namelist()) if name.endswith("svg")
        ]


def shows(frames: list[ElementTree.Element], truth: Walk) -> None:
    """Each frame has a number more of the output, as the Python API has it."""
    assert len(frames) == len(truth)
    digits = numerals_of([truth.output])
    for step, frame in zip(truth, frames, strict=True):
        said = [element.text for element in frame.iter(f"{SVG}text")]
        assert digits(step.value) in said
        at = ", ".join(map(str, step.position))
        assert any(text in said for text in (f"position {at}", f"position ({at})"))


STATES = {
    "1-D": ("d=1&x=sensor&k=derivative&p=1&at=40", {"x": "sensor", "weight": "derivative", "padding": 1}),
    "1-D strided": ("d=1&x=ecg&k=smoothing&s=3&at=16", {"x": "ecg", "weight": "smoothing", "stride": 3}),
    "1-D pooled": ("d=1&x=ecg&op=max_pool&t=3&at=16", {"x": "ecg", "operation": "max_pool", "kernel": 3}),
    "2-D dilated": (
        "d=2&x=house:grey&k=laplacian&g=2&p=2&at=30,40",
        {"weight": "laplacian", "dilation": 2, "padding": 2},
    ),
    "2-D strided": ("d=2&x=house:grey&k=sobel&s=2&p=1&at=30,40", {"weight": "sobel", "stride": 2, "padding": 1}),
    "2-D transposed": (
        "d=2&x=house:grey&k=box&op=transposed&s=2&at=30,40",
        {"weight": "box", "operation": "transposed", "stride": 2},
    ),
    "2-D pooled": ("d=2&x=house:grey&op=average_pool&t=2&at=30,40", {"operation": "average_pool"}),
    "3-D": ("d=3&x=ball&k=sobel&p=1&at=5,11,11", {"x": "ball", "weight": "sobel", "padding": 1}),
}  # fmt: skip


def truth_of(options: dict[str, object], at: tuple[int, ...]) -> Walk:
    given = dict(options)
    source = str(given.pop("x", "house"))
    house = st.image(st.bundled.picture_path(), size=None, preprocess="grey")[0]
    x = house if source == "house" else getattr(st.lessons, source)()[None]
    if "weight" in given:
        axes = x.ndim - 1
        weight, _ = st.lessons.bank_filters([str(given["weight"])], axes)
        given["weight"] = weight
    elif "kernel" not in given:
        given["kernel"] = (2,) * (x.ndim - 1)
    made = Workbench(x, **given)  # type: ignore[arg-type]
    return walk(made.run.recording, f"{LAYER}:0", around=at)


@pytest.mark.parametrize("name", STATES)
def test_films_of_the_workbench_have_its_numbers(page: Page, studio: Served, name: str) -> None:
    state, options = STATES[name]
    bench(page, studio, state)
    panel = page.get_by_role("group", name="Save the running window")
    found = re.search(r"at=([\d,]+)", state)
    assert found is not None
    truth = truth_of(options, tuple(int(place) for place in found[1].split(",")))
    shows(steps_of(saved(page, panel, "SVG frames")), truth)
    expect(panel.get_by_role("status")).to_contain_text(f"{len(truth)} steps")


@pytest.mark.parametrize("form", ["GIF", "MP4"])
def test_a_film_is_one_that_players_open(page: Page, studio: Served, form: str) -> None:
    bench(page, studio, "d=1&x=sensor&k=derivative&p=1&at=40")
    panel = page.get_by_role("group", name="Save the running window")
    if form == "MP4" and shutil.which("ffmpeg") is None:
        expect(panel).to_contain_text("MP4 needs the program ffmpeg")
        return
    data = saved(page, panel, form).path().read_bytes()
    if form == "GIF":
        with Image.open(io.BytesIO(data)) as picture:
            assert (picture.n_frames, picture.size) == (14, (1280, 720))  # type: ignore[attr-defined]
    else:
        assert data[4:8] == b"ftyp"


def test_a_film_says_how_far_it_is_and_can_be_stopped(page: Page, studio: Served) -> None:
    bench(page, studio, "d=2&x=house:grey&k=gaussian&t=5&p=2&at=90,90")
    panel = page.get_by_role("group", name="Save the running window")
    panel.get_by_role("button", name="GIF").click()
    expect(panel).to_contain_text(re.compile(r"drawing frames \d+ of 49"))
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("button", name="GIF")).to_be_visible()
    expect(panel.get_by_role("alert")).to_have_count(0)
    shows(steps_of(saved(page, panel, "SVG frames")), truth_of({"weight": "gaussian", "padding": 2}, (90, 90)))


@pytest.mark.parametrize(
    ("make", "units"),
    [
        (kinds, ("plain:2@4,4", "strided:1@2,2", "dilated:0@2,2", "up:1@5,5", "max:0@2,2", "mean:1@2,2")),
        (sensor, ("c1/Conv:2@20", "p1/MaxPool:1@9", "c2/Conv:3@8")),
        (volume, ("c1/Conv:1@3,4,5", "p1/MaxPool:0@1,2,2")),
    ],
    ids=["kinds", "sensor", "volume"],
)
def test_films_of_real_layers_have_their_numbers(
    browser: Browser,
    serve: Callable[..., Served],
    tmp_path: Path,
    make: Callable[[Path], object],
    units: tuple[str, ...],
) -> None:
    scene = make(tmp_path)
    studio = serve("open", scene.model, scene.given)  # type: ignore[attr-defined]
    for unit in units:
        with fresh_page(browser) as page:
            screen = Screen(page, studio, scene.run).at(unit)  # type: ignore[attr-defined]
            panel = page.get_by_role("group", name="Save the running window")
            expect(panel).to_be_visible()
            layer, _, at = unit.partition("@")
            truth = walk(screen.run.recording, layer, around=tuple(int(place) for place in at.split(",")))
            shows(steps_of(saved(page, panel, "SVG frames")), truth)
