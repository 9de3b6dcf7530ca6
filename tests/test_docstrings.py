"""Every public name says what it takes, what it gives and shows itself in an example (which the doctests run)."""

import inspect
import re
from types import ModuleType

import pytest

import striate

MODULES = (
    striate, striate.functional, striate.filters, striate.lessons, striate.layers
)  # fmt: skip
# Those that need a file of others (a data set), give nothing, are a base of others or an alias of a type.
NO_EXAMPLE = {"cmapss", "cmapss_channels", "cmapss_engines", "Layer", "Input"}
NO_RESULT = {"set_threads", "exact"}
TYPES = {"Boundary", "Mode"}


def public():
    seen = set()
    for module in MODULES:
        for name in module.__all__:
            thing = getattr(module, name)
            if callable(thing) and not isinstance(thing, ModuleType) and name not in TYPES and id(thing) not in seen:
                seen.add(id(thing))
                yield f"{module.__name__}.{name}", thing


PUBLIC = dict(public())


def sections(text):
    return set(re.findall(r"^(Args|Returns|Raises|Example|Source|Exactness|Cost):", text, re.MULTILINE))


def described(text):
    """Names in the section of arguments."""
    block = re.search(r"^Args:\n((?:[ ]{4}.*\n?|\n)*)", text, re.MULTILINE)
    rows = re.findall(r"^ {4}(\S[^:]*):", block.group(1), re.MULTILINE) if block else []
    return {name.strip().lstrip("*") for row in rows for name in row.split(",")}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_documented_whole(name):
    thing, short = PUBLIC[name], name.rsplit(".", 1)[1]
    text = inspect.getdoc(thing) or ""
    parameters = [each for each in inspect.signature(thing).parameters.values() if each.name != "self"]
    named = {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}
    wanted = {"Args"} if parameters else set()
    if not inspect.isclass(thing):
        wanted |= {"Example"} | ({"Returns"} if short not in NO_RESULT else set())
    elif issubclass(thing, striate.layers.Layer):
        wanted |= {"Example"}
    assert text.split("\n\n")[0].endswith((".", ".``"))
    assert wanted - ({"Example"} if short in NO_EXAMPLE else set()) <= sections(text)
    assert named <= described(text)
