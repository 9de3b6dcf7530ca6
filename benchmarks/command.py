"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from benchmarks import report
from benchmarks.case import Case
from benchmarks.compete import compete
from benchmarks.contestant import Library
from benchmarks.machine import Machine, load_average, share_of_others, this_machine, usage
from benchmarks.peak import Peak, better, probe
from benchmarks.peers.striate_calls import Calls
from benchmarks.peers.striate_networks import Public
from benchmarks.peers.table import PEERS, chosen_peers
from benchmarks.processes import memories, starts
from benchmarks.race import Rules
from benchmarks.results import Measure, Row, Wait, geometric_means
from benchmarks.sets import convolutions, depthwise, networks, one_d, small, three_d
from benchmarks.studio import measures
from benchmarks.studio.browser import NoBrowserError
from benchmarks.studio.measures import NothingToShowError
from striate.errors import StriateError

CASES: dict[str, Callable[[], list[Case]]] = {
    "convolutions": convolutions.cases,
    "depthwise": depthwise.cases,
    "one_d": one_d.cases,
    "three_d": three_d.cases,
    "small": small.cases,
    "networks": networks.cases,
}
PROCESSES = {"start": starts, "memory": memories}
PARTS_TEXT = ", ".join(measures.PARTS)
SETS = (*CASES, *PROCESSES, "studio", "peak")

EXAMPLES = """\
sets:
  convolutions  the 23 distinct convolutions of ResNet-50
  depthwise     the distinct depthwise convolutions of MobileNetV2
  one_d         convolutions of signals
  three_d       convolutions of volumes and video
  small         calls of a few hundred numbers, by the public functions, and tiny networks
  networks      MobileNetV2, ResNet-18, ResNet-50, VGG-16; "striate-kept" keeps every value
  start         seconds to import, and to the first result, in a new process
  memory        most memory that a process with an inference holds
  studio        what a person waits for in the studio, in headless Chromium: start, edits, hover, scroll,
                the workbench (bench), bundle
  peak          what the processor can do at most, for 1, 2, ... threads

examples:
  python -m benchmarks                                     everything
  python -m benchmarks convolutions --peers torch,onnxruntime --repeat 5
  python -m benchmarks networks --only ResNet --json resnet.json
  python -m benchmarks depthwise one_d --threads 1
  python -m benchmarks studio --only edits --repeat 3
"""


@dataclass
class Findings:
    """All that a call of the command found, as it is written to JSON."""

    machine: Machine
    threads: int
    rules: dict[str, float]
    peaks: list[Peak]
    missing: list[str]
    load_before: tuple[float, float, float] | None
    load_after: tuple[float, float, float] | None = None
    others: float | None = None
    rows: list[Row] = field(default_factory=list[Row])
    measures: list[Measure] = field(default_factory=list[Measure])
    waits: list[Wait] = field(default_factory=list[Wait])

    def as_json(self) -> str:
        """The findings, and for each set the geometric means."""
        sets = dict.fromkeys(row.set for row in self.rows)
        means = {name: geometric_means([row for row in self.rows if row.set == name]) for name in sets}
        rows = [{**asdict(row), "ratios": {who: row.ratio(who) for who in row.laps}} for row in self.rows]
        content = {**asdict(self), "rows": rows, "geometric_means": means}
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line; the status is 1 if striate was wrong or could not run somewhere."""
    options = _parser().parse_args(arguments)
    console = Console(width=None if Console().is_terminal else 200, highlight=False, markup=False)
    peers, missing = chosen_peers(options.peers)
    findings = _begin(console, options, peers, missing)
    before = usage()
    for name in options.sets or SETS:
        if name == "peak":
            _peaks(console, findings)
        elif name == "studio":
            _studio(console, options, findings)
        elif name in PROCESSES:
            _processes(console, name, peers, options, findings)
        else:
            _race(console, name, peers, options, findings)
    findings.load_after, findings.others = load_average(), share_of_others(before, usage())
    report.print_load(console, "after", findings.load_after, findings.machine.cores)
    report.print_others(console, findings.others)
    if options.json:
        options.json.write_text(findings.as_json(), "utf-8")
        console.print(f"written to {options.json}")
    wrong = any("striate" not in row.laps or not row.laps["striate"].correct for row in findings.rows)
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description="Races striate's engine against the libraries that are installed beside it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sets", nargs="*", metavar="SET", type=_set_name, help="what to race; everything if left out")
    names = ", ".join(peer.name for peer in PEERS)
    parser.add_argument("--peers", type=_peer_names, metavar="A,B", help=f"only these of {names}")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose name contains this")
    parser.add_argument("--threads", type=_positive, default=2, metavar="N", help="of each contestant (default: 2)")
    parser.add_argument("--repeat", type=_positive, default=15, metavar="N", help="turns of each (default: 15)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all results there, too")
    return parser


def _set_name(text: str) -> str:
    if text not in SETS:
        raise argparse.ArgumentTypeError(f'no set "{text}"; there are {", ".join(SETS)}')
    return text


def _peer_names(text: str) -> list[str]:
    names, known = text.split(","), [peer.name for peer in PEERS]
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f'no peer "{name}"; there are {", ".join(known)}')
    return names


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f'"{text}" must be a positive whole number')
    return int(text)


def _begin(console: Console, options: argparse.Namespace, peers: list[Library], missing: list[str]) -> Findings:
    machine, load, rules = this_machine(peers), load_average(), Rules(options.repeat)
    limits = {"repeat": rules.repeat, "turn": rules.turn, "pause": rules.pause}
    findings = Findings(machine, options.threads, limits, [probe(options.threads)], missing, load)
    report.print_machine(console, machine, options.threads, findings.peaks[0])
    report.print_load(console, "before", load, machine.cores)
    if missing:
        console.print(f"not installed, so left out: {', '.join(missing)} (pip install -e '.[bench]')")
    return findings


def _race(console: Console, name: str, peers: list[Library], options: argparse.Namespace, findings: Findings) -> None:
    cases = [case for case in CASES[name]() if options.only in case.name]
    if not cases:
        console.print(f'{name}: no case whose name contains "{options.only}"')
        return
    whole = name == "networks"
    own: list[Library] = [Public("striate", keep=False), Public("striate-kept", keep=True)] if whole else [Calls()]
    if whole and networks.mobilenet_file() is None:
        console.print(f"MobileNetV2 is left out: set {networks.VARIABLE} to the folder that has models/")
    rows: list[Row] = []
    with console.status(name) as status:
        for row in compete(
            name,
            cases,
            [*own, *peers],
            options.threads,
            Rules(options.repeat),
            lambda case: status.update(f"{name}: {case.name}"),
        ):
            rows.append(row)
    findings.peaks[0] = better(findings.peaks[0], probe(options.threads))
    report.print_rows(console, name, rows, findings.peaks[0])
    findings.rows += rows


def _processes(
    console: Console, name: str, peers: list[Library], options: argparse.Namespace, findings: Findings
) -> None:
    modules = list(dict.fromkeys(peer.module for peer in peers))
    for case in networks.cases():
        # A start is measured on the first network at hand that is wanted, memory on each.
        if options.only not in case.name:
            continue
        with console.status(f"{name}: {case.name}"):
            measures = PROCESSES[name](case, modules, options.threads, min(options.repeat, 5))
        report.print_measures(console, name, measures)
        findings.measures += measures
        if name == "start":
            return


def _studio(console: Console, options: argparse.Namespace, findings: Findings) -> None:
    parts = [part for part in measures.PARTS if options.only in part]
    if not parts:
        console.print(f'studio: nothing to measure whose name contains "{options.only}"; there are ' + PARTS_TEXT)
        return
    with console.status("studio") as status:
        try:
            for found in measures.measure(parts, min(options.repeat, 5), lambda what: status.update(f"studio: {what}")):
                findings.waits.append(found)
        except (NoBrowserError, NothingToShowError, StriateError) as error:
            console.print(f"studio: what needs a browser is left out: {error}")
    report.print_waits(console, "studio", findings.waits)


def _peaks(console: Console, findings: Findings) -> None:
    for threads in range(1, findings.machine.cores + 1):
        if threads != findings.threads:
            findings.peaks.append(probe(threads))
    for peak in sorted(findings.peaks, key=lambda one: one.threads):
        console.print(f"peak of {peak.threads} threads: {peak.gflops:.1f} GFLOP/s, {peak.gbytes:.1f} GB/s read")
