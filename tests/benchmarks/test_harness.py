"""The benchmarks take fair turns, check what they time, and calculate rightly. No time is asserted."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from benchmarks import command, peak
from benchmarks.case import Case, Entry
from benchmarks.compete import compete
from benchmarks.contestant import Contestant, Library
from benchmarks.exactness import largest_error
from benchmarks.machine import Usage, share_of_others
from benchmarks.peak import Peak
from benchmarks.peers.striate_calls import Calls
from benchmarks.peers.striate_networks import Public
from benchmarks.peers.table import chosen_peers
from benchmarks.processes import memories, starts
from benchmarks.race import WARM_CALLS, Rules, race
from benchmarks.results import Lap, Row, geometric_means
from benchmarks.sets import convolutions, depthwise, one_d, small, three_d
from benchmarks.sets.architectures import resnet18
from benchmarks.sets.single_convolution import convolution
from benchmarks.spread import Spread, geometric_mean, spread
from striate import bundled
from striate.graph import Array
from striate.lenses.layers import parameter_count


@pytest.fixture(autouse=True)
def _threads_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("striate.engine.threads._wanted", None)


@dataclass
class Stage:
    """A clock that only goes on when somebody works or sleeps, and a diary."""

    now: float = 0.0
    diary: list[str] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.diary.append("pause")

    def runner(self, name: str, *seconds: float) -> Contestant:
        """Takes so many seconds for its first call, its second ..., the last for all that follow."""
        taken = list(seconds)

        def call() -> None:
            self.now += taken.pop(0) if len(taken) > 1 else taken[0]
            self.diary.append(name)

        return Contestant(name, call, lambda _: np.zeros(1))


# ---- turns


def test_contestants_take_turns_and_each_begins_with_a_call_that_is_not_timed() -> None:
    stage = Stage()
    rules = Rules(repeat=3, turn=1.0, pause=0.25, clock=stage.clock, sleep=stage.sleep)
    times = race([stage.runner("a", 0.5), stage.runner("b", 4.0)], rules)
    warm = (WARM_CALLS + 1) * ["a"] + (WARM_CALLS + 1) * ["b"]
    assert stage.diary == warm + 3 * ["pause", "a", "a", "a", "pause", "b", "b"]
    assert times == {"a": [0.5, 0.5, 0.5], "b": [4.0, 4.0, 4.0]}


def test_slow_first_calls_do_not_count() -> None:
    stage = Stage()
    rules = Rules(repeat=2, turn=0.0, pause=0.0, clock=stage.clock, sleep=stage.sleep)
    times = race([stage.runner("a", *WARM_CALLS * [100.0], 1.0, 50.0, 2.0, 60.0, 3.0)], rules)
    assert times == {"a": [2.0, 3.0]}  # 50 and 60: the first calls of the turns


# ---- statistics


def test_spread() -> None:
    assert spread([5.0, 1.0, 2.0, 4.0, 3.0]) == Spread(1.0, 2.0, 3.0, 4.0, 5)
    assert spread([1.0, 2.0]) == Spread(1.0, 1.25, 1.5, 1.75, 2)


def test_geometric_mean() -> None:
    assert geometric_mean([2.0, 0.5]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 2.0, 4.0]) == pytest.approx(2.0)


def lap(median: float, correct: bool = True) -> Lap:
    return Lap(Spread(median, median, median, median, 1), 0.0, correct)


def test_ratios_leave_out_who_was_wrong_or_absent() -> None:
    rows = [
        Row("s", "one", 10**9, 1e-5, {"striate": lap(2.0), "fast": lap(1.0), "wrong": lap(1.0, correct=False)}),
        Row("s", "two", 10**9, 1e-5, {"striate": lap(1.0), "fast": lap(2.0)}, {"wrong": "no such kernel"}),
        Row("s", "three", 10**9, 1e-5, {"striate": lap(1.0), "fast": lap(8.0)}),
    ]
    assert [row.ratio("fast") for row in rows] == [0.5, 2.0, 8.0]
    assert [row.ratio("wrong") for row in rows] == [None, None, None]
    assert geometric_means(rows) == {"fast": pytest.approx(2.0)}
    assert rows[0].gflops() == pytest.approx(1.0)


def test_others_are_what_is_neither_idle_nor_ours() -> None:
    assert share_of_others(Usage(10, 5, 100), Usage(20, 10, 200)) == pytest.approx(0.05)
    assert share_of_others(Usage(10, 5, 100), Usage(12, 8, 200)) == 0.0  # clocks of different grain
    assert share_of_others(None, Usage(20, 10, 200)) is None


# ---- exactness

SMALL = convolution(5, 7, (9, 8), (3, 3), 2)
QUICK = Rules(repeat=2, turn=0.0, pause=0.0)


def test_the_error_is_relative_to_the_largest_number() -> None:
    assert largest_error(np.array([1.0, 2.0], np.float32), np.array([1.0, 4.0])) == 0.5
    assert largest_error(np.zeros((1, 2)), np.zeros(2)) is None
    assert largest_error(np.array([np.nan]), np.zeros(1)) is None


@dataclass(frozen=True)
class Off:
    """A library whose results are off by a factor."""

    name: str
    factor: float
    module: str = "numpy"

    def version(self) -> str:
        return "0"

    def enter(self, entry: Entry, threads: int) -> Contestant:
        return Contestant(self.name, lambda: entry.reference * self.factor, lambda result: result)


@dataclass(frozen=True)
class Failing(Off):
    def enter(self, entry: Entry, threads: int) -> Contestant:
        raise RuntimeError("no kernel\nfor this")


def test_who_is_wrong_is_found_out_and_who_fails_is_left_out() -> None:
    libraries: list[Library] = [Calls(), Off("right", 1.0), Off("wrong", 1.001), Failing("failing", 1.0)]
    (row,) = compete("set", [SMALL], libraries, 1, QUICK)
    assert {name: one.correct for name, one in row.laps.items()} == {"striate": True, "right": True, "wrong": False}
    assert row.laps["wrong"].error == pytest.approx(0.001)
    assert row.absent == {"failing": "RuntimeError: no kernel"}
    assert row.ratio("right") is not None
    assert row.ratio("wrong") is None
    assert {one.time.count for one in row.laps.values()} == {2}


@pytest.mark.parametrize(
    "case",
    [
        SMALL,
        convolution(6, 6, (11,), (3,), dilation=2, groups=3),
        convolution(3, 4, (4, 5, 6), (3, 1, 3)),
    ],
    ids=lambda case: case.name,
)
def test_every_installed_peer_computes_the_same(case: Case, torch: ModuleType, onnxruntime: ModuleType) -> None:
    peers, _ = chosen_peers(None)
    assert {"torch", "torch-channels-last", "onnxruntime"} <= {peer.name for peer in peers}
    (row,) = compete("set", [case], [Calls(), *peers], 1, QUICK)
    assert all(one.correct for one in row.laps.values()), row
    assert set(row.absent) <= ({"torch-channels-last"} if len(case.shape) == 3 else set())


def test_a_network_is_the_same_for_all(torch: ModuleType, onnxruntime: ModuleType) -> None:
    case = Case("ResNet-18", (1, 3, 224, 224), resnet18, 1e-4)
    own: list[Library] = [Public("striate", keep=False), Public("striate-kept", keep=True)]
    (row,) = compete("set", [case], [*own, *chosen_peers(None)[0]], 1, Rules(repeat=1, turn=0.0, pause=0.0))
    assert not row.absent
    assert all(one.correct for one in row.laps.values()), row
    assert row.macs == 1_814_073_344  # 1.81 G, as published


# ---- cases


def test_the_sets_are_those_of_the_networks() -> None:
    assert len(convolutions.cases()) == 23
    assert len(depthwise.cases()) == 10
    names = [case.name for cases in (convolutions, depthwise, one_d, three_d, small) for case in cases.cases()]
    assert len(set(names)) == len(names)


def test_all_agree_on_small_calls(torch: ModuleType, onnxruntime: ModuleType) -> None:
    peers = chosen_peers(["torch", "onnxruntime"])[0]
    rows = list(compete("small", small.cases(), [Calls(), *peers], 1, Rules(repeat=1, turn=0.0, pause=0.0)))
    assert len(rows) == len(small.cases())
    for row in rows:
        assert not row.absent
        assert len(row.laps) == 3
        assert all(lap.correct for lap in row.laps.values()), row


def test_resnet18_has_the_published_number_of_parameters() -> None:
    # torchvision's has 11,689,512; folding leaves one number of the two that each normalised channel had.
    assert parameter_count(resnet18()) == 11_689_512 - 4_800


def test_the_reference_is_in_float64() -> None:
    entry = Entry(SMALL)
    assert entry.reference.dtype == np.float64
    assert entry.macs == 7 * 5 * 4 * 5 * 9
    weight, bias = (entry.graph.constants[name].astype(np.float64) for name in ("weight", "bias"))
    window: Array = entry.x[0, :, 1:4, 1:4].astype(np.float64)
    assert entry.reference[0, 2, 1, 1] == pytest.approx((window * weight[2]).sum() + bias[2], rel=1e-13)


# ---- the command


@pytest.fixture
def _no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "probe", lambda threads: Peak(threads, 100.0, 10.0))


@pytest.mark.usefixtures("_no_probe")
def test_the_command_prints_a_table_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.json"
    options = ["--only", "24→64", "--threads", "1", "--repeat", "2", "--json", str(file)]
    assert command.main(["one_d", *options]) == 0
    printed = capsys.readouterr().out
    assert "24→64 128 k5" in printed
    assert "load average before" in printed
    content = json.loads(file.read_text("utf-8"))
    assert content["rules"]["repeat"] == 2
    assert content["machine"]["versions"]["numpy"] == np.__version__
    (row,) = content["rows"]
    assert row["macs"] == 24 * 64 * 5 * 128
    assert row["laps"]["striate"]["correct"] is True
    assert row["ratios"]["striate"] == 1.0


@pytest.mark.usefixtures("_no_probe")
def test_the_status_tells_that_striate_was_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    strict = replace(SMALL, tolerance=0.0)
    monkeypatch.setitem(command.CASES, "one_d", lambda: [strict])
    assert command.main(["one_d", "--peers", "onnxruntime", "--repeat", "1"]) == 1
    assert "the tolerance is 0e+00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["convolution"], 'no set "convolution"; there are convolutions, depthwise'),
        (["--peers", "tourch"], 'no peer "tourch"; there are torch, torch-channels-last'),
        (["--repeat", "0"], '"0" must be a positive whole number'),
    ],
)
def test_bad_arguments_are_told_what_there_is(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("_no_probe")
def test_a_peer_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.peers.table.find_spec", lambda name: None if name == "torch" else object())
    present, missing = chosen_peers(["torch", "onnxruntime"])
    assert [peer.name for peer in present] == ["onnxruntime"]
    assert missing == ["torch"]
    assert command.main(["depthwise", "--peers", "torch", "--only", "nothing of that name"]) == 0
    printed = capsys.readouterr().out
    assert "not installed, so left out: torch (pip install -e '.[bench]')" in printed
    assert 'depthwise: no case whose name contains "nothing of that name"' in printed


# ---- probes and new processes


def test_the_probe_gives_both_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ROUNDS", 100), ("FLOATS", 4096), ("TRIES", 1)):
        monkeypatch.setattr(peak, name, value)
    found = peak.probe(1)
    assert found.gflops > 0
    assert found.gbytes > 0


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from Linux's /proc")
def test_a_new_process_measures_its_start_and_its_memory() -> None:
    case = Case("bundled", (1, 3, 32, 32), lambda: pytest.fail("not built here"), 0.0, Path(bundled.model_path()))
    found = {one.case: one for one in [*starts(case, [], 1, 1), *memories(case, [], 1, 1)]}
    first = found["first result of bundled"].spread.median
    assert 0 < found["import"].spread.median < first
    assert found["first result of bundled, no kernel cached"].unit == "s"
    assert 0 < found["bundled: after the import"].spread.median < found["bundled: most"].spread.median
