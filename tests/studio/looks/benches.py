"""The workbench in each of its states: what stands in its address, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

from striate.graph import Array
from striate.lessons import WorkedExample, worked_examples

# On a page, with the address of a studio.
Act = Callable[[Page, str], None]
PATIENCE = 30_000


def workbench(told: str, *after: Callable[[Page], None]) -> Act:
    """The workbench in the state that an address tells, and what is done there then."""

    def act(page: Page, address: str) -> None:
        page.goto(f"{address}/?view=workbench#{told}")
        page.reload()
        expect(page.locator('.widget [aria-label^="output, "]')).to_be_visible(timeout=PATIENCE)
        expect(page.locator("aside h3").first).to_be_visible(timeout=PATIENCE)
        for each in after:
            each(page)

    return act


def worked(name: str, at: str = "", **more: str) -> str:
    """A worked example as the address tells it.

    Args:
        name: The example's.
        at: Where its window lies.
        more: Further parts of the address.
    """
    example = next(each for each in worked_examples() if each.name == name)
    return "&".join(f"{key}={value}" for key, value in {**_parts(example), **more, "at": at}.items() if value != "")


def _parts(example: WorkedExample) -> dict[str, str]:
    bench = example.bench

    def numbers(array: Array) -> str:
        return f"{'x'.join(map(str, array.shape))}:{','.join(f'{value:g}' for value in array.ravel())}"

    return {
        "d": str(len(bench.kernel)),
        "op": bench.operation,
        "in": numbers(example.x),
        "k": "" if example.weight is None else ",".join([""] * bench.filters),
        "w": "" if example.weight is None else numbers(example.weight),
        "t": "x".join(map(str, bench.kernel)),
        "s": "x".join(map(str, bench.stride)),
        "p": "x".join(f"{before}+{after}" for before, after in bench.padding),
        "g": "x".join(map(str, bench.dilation)),
        "relu": "1" if bench.relu else "",
    }


def pointing(weight: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_label(f"weight {weight}", exact=True).hover()


def turned_to(panel: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=panel).click()


def written_with(what: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=what).click()


def explained(page: Page) -> None:
    """The layer line that stands there at first, with a shape."""
    turned_to("Paste a layer")(page)
    page.get_by_label("Shape of the input").fill("17x30")
    page.get_by_role("button", name="explain").click()
    expect(page.get_by_role("button", name="try it")).to_be_visible(timeout=PATIENCE)


def explained_keras(page: Page) -> None:
    """A line longer than its field, in Keras's words, with the shape in it."""
    turned_to("Paste a layer")(page)
    line = 'Conv3D(16, (3, 3, 3), strides=2, padding="same", activation="relu", input_shape=(16, 64, 64, 1))'
    page.get_by_label("Layer line").fill(line)
    page.get_by_role("button", name="explain").click()
    expect(page.get_by_role("button", name="try it")).to_be_visible(timeout=PATIENCE)


def misdeclared(page: Page) -> None:
    turned_to("Paste a layer")(page)
    page.get_by_label("Layer line").fill("nn.Conv1d(17, 64)")
    page.get_by_role("button", name="explain").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)


LENET = """nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
    nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10),
)"""
KERAS_NET = """model = keras.Sequential([
    keras.Input(shape=(224, 224, 3)),
    layers.Conv2D(64, (7, 7), strides=2, padding="same", activation="relu", kernel_initializer="he_normal"),
    layers.MaxPooling2D(pool_size=(3, 3), strides=2, padding="same"),
    layers.Conv2D(192, (3, 3), padding="same", activation="relu"), layers.BatchNormalization(),
    layers.Flatten(), layers.Dense(4096, activation="relu"), layers.Dropout(0.5),
    layers.Dense(1000, activation="softmax"),
])"""
# Sixty layers, one below the other.
DEEP = "\n".join(
    f"self.conv{n} = nn.Conv2d({1 if n == 1 else 16}, 16, 3, padding=1)\nself.norm{n} = nn.BatchNorm2d(16)\n"
    f"self.relu{n} = nn.ReLU(inplace=True)"
    for n in range(1, 21)
)


def sequence(text: str, shape: str, layer: int) -> Callable[[Page], None]:
    """Layers pasted one after the other, and one of them chosen, counted from 1."""

    def act(page: Page) -> None:
        turned_to("Paste a layer")(page)
        page.get_by_label("Layer line").fill(text)
        page.get_by_label("Shape of the input").fill(shape)
        page.get_by_role("button", name="explain").click()
        row = page.locator(f'[data-layer="{layer - 1}"]')
        expect(row).to_be_attached(timeout=PATIENCE)
        row.click()
        expect(page.get_by_role("group", name="The layer")).to_contain_text(f"layer {layer} of", timeout=PATIENCE)
        page.mouse.move(0, 0)

    return act


def played(page: Page) -> None:
    """The chosen layer on the stage."""
    page.get_by_role("button", name="try it").click()
    expect(page.locator(".widget .caption").first).to_contain_text("6 × 14 × 14", timeout=PATIENCE)
    page.locator("aside").evaluate("(aside) => aside.scrollTo(0, 0)")
    page.mouse.move(0, 0)


def misfitting(page: Page) -> None:
    """A shape that a layer in the middle does not fit."""
    turned_to("Paste a layer")(page)
    page.get_by_label("Layer line").fill(LENET)
    page.get_by_label("Shape of the input").fill("1x28x28")
    page.get_by_role("button", name="explain").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)


def mistyped(page: Page) -> None:
    """A dilation that does not fit and a weight that is no number."""
    field = page.get_by_label("dilation", exact=True)
    field.fill("9")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)


def filmed(page: Page) -> None:
    """A film drawn and saved; what it is stands beside its buttons."""
    with page.expect_download(timeout=PATIENCE):
        page.get_by_role("button", name="GIF").click()
    said = page.get_by_label("Save the running window")
    expect(said.get_by_role("status")).to_be_visible(timeout=PATIENCE)
    said.scroll_into_view_if_needed()


def growing(steps: int) -> Callable[[Page], None]:
    """The window some positions on, with the output only as far as that."""

    def act(page: Page) -> None:
        for _ in range(steps):
            page.keyboard.press(".")

    return act


PICTURE = "d=2&x=house:grey&k=sobel&p=1&at=88,133"

BENCHES: Mapping[str, Act] = {
    "workbench": workbench("d=2&x=house:grey&k=sobel,sobel@0&p=1&sum=magnitude&at=88,133"),
    "workbench-figures": workbench(worked("chapter", "1,2")),
    "workbench-growing": workbench(worked("square", "0,0"), growing(2)),
    "workbench-picture": workbench(PICTURE),
    "workbench-colours": workbench("d=2&x=house&k=gaussian&p=1&at=88,133"),
    "workbench-signal": workbench("d=1&x=ecg&k=derivative&p=1&at=47"),
    "workbench-smoothing": workbench(worked("smoothing", "1")),
    "workbench-volume": workbench("d=3&x=ball&k=sobel&p=1&at=4,6,9"),
    "workbench-transposed": workbench(worked("upsampling", "2,2")),
    "workbench-strided": workbench(worked("strided", "1,1")),
    "workbench-dilated": workbench(worked("dilated", "1,2")),
    "workbench-pool": workbench(worked("max-pool", "1,1")),
    "workbench-mean": workbench(worked("average-pool", "1,1")),
    "workbench-pool-picture": workbench("d=2&op=max_pool&x=house:grey&t=2&at=40,60"),
    "workbench-together": workbench(worked("lines", "3,1", sum="magnitude", f="-1")),
    "workbench-filters": workbench("d=2&x=house:grey&k=sobel,sobel@0,laplacian,gaussian,sharpen,emboss&p=1&f=2&at=9,9"),
    "workbench-flat": workbench(worked("max-pool", "0,1", flat="1")),
    "workbench-flat-maps": workbench(worked("lines", "3,1", flat="1")),
    "workbench-convolve": workbench(worked("chapter", "1,1", **{"def": "convolve"})),
    "workbench-weight": workbench(worked("dilated", "2,2"), pointing("0, 2")),
    "workbench-weight-picture": workbench(PICTURE, pointing("0, 2")),
    "workbench-weight-signal": workbench(worked("smoothing", "3"), pointing("2")),
    "workbench-layer": workbench("d=2&x=noise:3x32x32&k=untrained*32&t=3&p=1&bs=1&at=9,9"),
    "workbench-large-kernel": workbench("d=2&x=house:grey&k=untrained&t=15&p=7&at=50,50"),
    "workbench-channels": workbench("d=1&x=noise:17x30&k=untrained*64&t=3&p=1&bs=1&at=9"),
    "workbench-many": workbench("d=2&x=noise:3x32x32&k=untrained*512&t=3&p=1&at=9,9"),
    "workbench-blocks": workbench("d=2&x=noise:1x1080x1920&k=sobel&p=1&at=500,900"),
    "workbench-volume-figures": workbench("d=3&x=noise:1x4x5x5&k=untrained&t=3&p=1&at=1,2,2"),
    "workbench-one-cell": workbench("d=2&x=noise:3x8x8&k=untrained*4&t=1&at=2,2"),
    "workbench-signal-transposed": workbench("d=1&op=transposed&x=noise:1x8&k=untrained&t=3&s=2&at=5"),
    "workbench-signal-pool": workbench("d=1&op=max_pool&x=noise:1x16&t=2&at=3"),
    "workbench-declaration-keras": workbench(worked("chapter", "1,1"), explained_keras),
    "workbench-declaration": workbench(worked("chapter", "1,1"), explained),
    "workbench-sequence": workbench(worked("chapter", "1,1"), sequence(LENET, "1x32x32", 4), played),
    "workbench-sequence-keras": workbench(worked("chapter", "1,1"), sequence(KERAS_NET, "", 7)),
    "workbench-sequence-deep": workbench(worked("chapter", "1,1"), sequence(DEEP, "", 43)),
    "workbench-misfitting": workbench(worked("chapter", "1,1"), misfitting),
    "workbench-misdeclared": workbench(worked("chapter", "1,1"), misdeclared),
    "workbench-code": workbench(PICTURE, turned_to("Python")),
    "workbench-layers": workbench(worked("square", "0,0"), turned_to("Python"), written_with("Keras")),
    "workbench-film": workbench(worked("smoothing", "1"), filmed),
    "workbench-error": workbench(worked("strided", "1,1"), mistyped),
}
