"""The notebook in examples/ runs in a real kernel, and its cells show what they should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import striate as st
from striate.studio.pages import FOLDER

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "look_inside.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"


def shown(cell):
    """What a cell shows, by its MIME type, and what it prints."""
    bundle = {"printed": ""}
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            bundle["printed"] += output["text"]
        else:
            bundle |= output["data"]
    return bundle


# ZMQ's sockets in the kernel's client are closed by the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_cell_shows_itself(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    for name in ("ipykernel", "anywidget"):
        pytest.importorskip(name)
    if not (FOLDER / "alone" / "widget.js").is_file():
        pytest.skip("the studio's page is not built: python scripts/npm.py run build")
    notebook = nbformat.read(EXAMPLE, 4)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env={**os.environ, "PYTHONPATH": str(EXAMPLE.parents[1] / "src")})
    network, run, unit, view, trace, report = (shown(cell) for cell in notebook.cells if cell.cell_type == "code")

    net = st.load(st.bundled.model_path())
    here = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
    address = "shapes/Conv:3@50,24"
    assert network["text/html"] == net._repr_html_()
    assert run["text/html"] == here._repr_html_()
    assert unit["text/html"] == here.unit(address)._repr_html_()
    assert WIDGET in view
    assert view["text/html"] == unit["text/html"]
    assert address in trace["text/plain"]
    assert (tmp_path / "house.html").is_file()
    assert report["printed"].endswith(f"explains {address}\n")
