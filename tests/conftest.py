"""What every test may ask for: the example data, and the peers that serve as independent truths.

A test takes a peer by naming it as an argument (``def test_x(torch): ...``). Without the ``peers`` extra such a test is
skipped with a reason; ``make test`` sets STRIATE_REQUIRE_PEERS, and then a missing peer is an error instead.

Compiled kernels go to a folder of the session's own, which the workers of pytest-xdist and every process that a test
starts share: nothing that an earlier run left is met, and the user's cache is not touched.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every run and machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("deterministic")

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Gives the session its kernel cache; xdist's workers have it from the process that started them."""
    if hasattr(config, "workerinput"):
        return
    folder, before = tempfile.mkdtemp(prefix="striate-kernels-"), os.environ.get("STRIATE_CACHE")
    os.environ["STRIATE_CACHE"] = folder

    def clean() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ["STRIATE_CACHE"]
        else:
            os.environ["STRIATE_CACHE"] = before

    config.add_cleanup(clean)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A release takes longest, so it comes first; doctests are short, so they come last: no worker ends long before.

    Workers take whole files in this order (``--dist loadfile --no-loadscope-reorder``).
    """
    release, tests = ROOT / "tests" / "test_packaging.py", ROOT / "tests"
    items.sort(key=lambda item: (item.path != release, not item.path.is_relative_to(tests)))


@pytest.fixture(autouse=True)
def threads_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test sets with st.set_threads ends with it."""
    engine = sys.modules.get("striate.engine.threads")
    if engine is not None:
        monkeypatch.setattr(engine, "_wanted", None)


def peer(name: str) -> ModuleType:
    """Imports a peer by its module name, or skips the test."""
    if os.environ.get("STRIATE_REQUIRE_PEERS"):
        return importlib.import_module(name)
    return pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[peers]'")


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    module = peer("torch")
    module.set_num_threads(1)
    return module


@pytest.fixture(scope="session")
def onnxruntime() -> ModuleType:
    return peer("onnxruntime")


@pytest.fixture(scope="session")
def scipy() -> ModuleType:
    return peer("scipy")


@pytest.fixture(scope="session")
def keras(torch: ModuleType) -> ModuleType:
    os.environ["KERAS_BACKEND"] = "torch"
    return peer("keras")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real models and data beside the repository, or the one that STRIATE_SHARED names."""
    folder = Path(os.environ.get("STRIATE_SHARED") or ROOT.parent / "shared")
    if not (folder / "models").is_dir():
        pytest.skip(f"no models and data in {folder}; set STRIATE_SHARED to the folder that has models/ and data/")
    return folder
