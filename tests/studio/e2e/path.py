"""The path through all that the studio shows: each step by mouse, by keys, and what is seen then."""

from __future__ import annotations

from dataclasses import dataclass

from tests.studio.e2e import changing, looking
from tests.studio.e2e.walk import Act


@dataclass(frozen=True)
class Step:
    """A step of the path.

    Args:
        name: What it is for.
        mouse: With the mouse.
        keys: With the keyboard.
        seen: What has to be seen then.
    """

    name: str
    mouse: Act
    keys: Act
    seen: Act


def keys(*names: str) -> Act:
    return lambda walk: walk.press(*names)


def click(name: str, within: str = "body", exact: bool = False) -> Act:
    return lambda walk: walk.click(name, walk.page.locator(within), exact)


def radio(name: str) -> Act:
    return lambda walk: walk.radio(name)


PATH = (
    Step("open", looking.open_by_mouse, looking.open_by_keys, looking.network_is_there),
    Step("find a layer", looking.find_by_mouse, looking.find_by_keys, looking.layer_is_chosen),
    Step("page through all channels", looking.page_by_mouse, looking.page_by_keys, looking.layer_is_chosen),
    Step("open a map", looking.open_by_tile, looking.open_by_stepping, looking.map_is_open),
    Step("scale of the map", radio("Unit"), keys("u"), looking.scale_is("Unit")),
    Step("scale of the network", radio("Network"), keys("n"), looking.scale_is("Network")),
    Step("scale of the layer", radio("Layer"), keys("l"), looking.scale_is("Layer")),
    Step("go to a cell", looking.hover_and_choose, looking.go_by_arrows, looking.cell_is_chosen),
    Step("read the sum", click("all digits", "aside"), keys("d"), looking.sum_in_all_digits),
    Step("down to the source", looking.down_by_mouse, looking.down_by_keys, looking.nothing_more),
    Step("back up", looking.up_by_mouse, looking.up_by_keys, looking.back_at_the_cell),
    Step("a step on", click("One cell on"), keys("."), looking.one_cell_on),
    Step("play", looking.play_by_mouse, keys(">", ">", ">", ">", " "), looking.window_slides),
    Step("stop", click("Play", "aside"), keys(" "), looking.stopped),
    Step("pin and compare", looking.pin_two_by_mouse, looking.pin_two_by_keys, looking.pins_tell_the_cell),
    Step("unpin", looking.unpin_by_mouse, looking.unpin_by_keys, looking.nothing_is_pinned),
    Step("a link", click("Link", ".open"), looking.copy_by_keys, looking.link_opens_the_unit),
    Step("edit a weight", changing.weight_by_mouse, changing.weight_by_keys, changing.weight_is_edited),
    Step("switch a channel off", click("Switch off", ".open"), keys("x"), changing.channel_is_off),
    Step("edit the input", changing.edit_the_input_by_mouse, changing.edit_the_input_by_keys, changing.input_is_edited),
    Step("see the difference", radio("Difference"), keys("v"), changing.difference_is_shown),
    Step("return", click("Return all"), keys("r"), changing.nothing_is_edited),
    Step("dark", click("Dark theme"), keys("t"), changing.theme_is("dark")),
    Step("light", click("Light theme"), keys("t"), changing.theme_is("light")),
    Step("help", click("Keys", "header"), keys("h"), changing.help_is_open),
    Step("close the help", click("Close the help"), keys("Escape"), changing.help_is_closed),
)
