"""Results as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.machine import BUSY, LOADED, Machine
from benchmarks.peak import Peak
from benchmarks.results import Lap, Measure, Row, Wait, contestants, geometric_means
from benchmarks.spread import Spread

WRONG = "bold red"
SLOWER = "yellow"
FASTER = "green"


def print_machine(console: Console, machine: Machine, threads: int, peak: Peak) -> None:
    """Where and with what."""
    console.print(f"{machine.processor}, {machine.cores} cores, {machine.isa}, {machine.system}")
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    console.print(f"{versions}; commit {machine.commit}")
    console.print(
        f"{threads} threads; at most {peak.gflops:.0f} GFLOP/s (a multiply-add is two operations), "
        f"{peak.gbytes:.0f} GB/s read from memory"
    )


def print_rows(console: Console, name: str, rows: Sequence[Row], peak: Peak) -> None:
    """A set's table: striate's time and speed, then each peer's time and how many times striate's it is."""
    others = [who for who in contestants(rows) if who != "striate"]
    unit, scale = _unit(rows)
    table = Table(
        title=f"{name}: median {unit}, in brackets the quartiles; then times striate's median", title_justify="left"
    )
    table.add_column("case", no_wrap=True)
    for column in ("striate", "GFLOP/s", "of peak", *others):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(row.case, *_own(row, peak, scale), *(_other(row, who, scale) for who in others))
    means = geometric_means(rows)
    if means:
        table.add_section()
        table.add_row("geometric mean", "", "", "", *(_ratio(means[who]) if who in means else "–" for who in others))
    console.print(table)
    print_complaints(console, rows)


def print_complaints(console: Console, rows: Sequence[Row]) -> None:
    """Who was wrong, and who could not take part."""
    absences: dict[str, list[str]] = {}
    for row in rows:
        for who, lap in row.laps.items():
            if not lap.correct:
                error = "of another shape or not finite" if lap.error is None else f"off by {lap.error:.1e}"
                console.print(f"{row.case}: {who} is {error}; the tolerance is {row.tolerance:.0e}", style=WRONG)
        for who, why in row.absent.items():
            absences.setdefault(f"{who} did not run ({why})", []).append(row.case)
    for absence, cases in absences.items():
        console.print(f"{absence}: {', '.join(cases)}", style="dim", markup=False)


def print_measures(console: Console, name: str, measures: Sequence[Measure]) -> None:
    """A table of what new processes measured."""
    unit = measures[0].unit
    table = Table(title=f"{name}: median, in brackets the quartiles, in {unit}", title_justify="left")
    names = list(dict.fromkeys(one.contestant for one in measures))
    table.add_column("case", no_wrap=True)
    for who in names:
        table.add_column(who, justify="right")
    found = {(one.case, one.contestant): one.spread for one in measures}
    for case in dict.fromkeys(one.case for one in measures):
        table.add_row(case, *(_spread(found[case, who], 1) if (case, who) in found else "–" for who in names))
    console.print(table)


def print_waits(console: Console, name: str, found: Sequence[Wait]) -> None:
    """A table of how long a person waits, beside what was promised."""
    table = Table(title=f"{name}: browser, server and engine on this one machine", title_justify="left")
    table.add_column("what", no_wrap=True)
    for column in ("median", "p95", "most", "", "of", "target"):
        table.add_column(column, justify="left" if column == "" else "right")
    for one in found:
        style = "" if one.reached is None else FASTER if one.reached else SLOWER
        target = "" if one.target is None else f"{_digits(one.target)} at {one.judged}"
        values = (_digits(value) for value in (one.median, one.p95, one.most))
        table.add_row(one.case, *values, one.unit, str(one.count), Text(target, style=style))
    console.print(table)


def print_load(console: Console, when: str, load: tuple[float, float, float] | None, cores: int) -> None:
    """The load average, with a warning where the machine is not idle before the start."""
    if load is None:
        return
    console.print(f"load average {when}: " + " ".join(f"{value:.2f}" for value in load))
    if when == "before" and load[0] > LOADED * cores:
        console.print("warning: the machine is not idle; wait, or take these times for a rough guess", style=WRONG)


def print_others(console: Console, share: float | None) -> None:
    """What others took of the machine meanwhile."""
    if share is None:
        return
    console.print(f"others used {share:.0%} of the machine meanwhile")
    if share > BUSY:
        console.print("warning: that is more than these times can bear; run again on an idle machine", style=WRONG)


def _unit(rows: Sequence[Row]) -> tuple[str, float]:
    """Milliseconds, or microseconds where all that striate does is below a tenth of one."""
    times = [row.laps["striate"].time.median for row in rows if "striate" in row.laps]
    return ("µs", 1e6) if times and max(times) < 1e-4 else ("ms", 1e3)


def _own(row: Row, peak: Peak, scale: float) -> tuple[Text | str, str, str]:
    lap, speed = row.laps.get("striate"), row.gflops()
    if lap is None or speed is None:
        return "–", "", ""
    return _time(lap, scale), f"{speed:.0f}", f"{speed / peak.gflops:.0%}"


def _other(row: Row, who: str, scale: float) -> Text | str:
    lap = row.laps.get(who)
    if lap is None:
        return "–"
    return Text.assemble(_time(lap, scale), "  ", _ratio(row.ratio(who)))


def _time(lap: Lap, scale: float) -> Text:
    return Text(_spread(lap.time, scale), style="" if lap.correct else WRONG)


def _spread(times: Spread, scale: float) -> str:
    middle, lower, upper = (_digits(scale * value) for value in (times.median, times.lower, times.upper))
    return f"{middle} ({lower}–{upper})"


def _digits(value: float) -> str:
    """Three digits that count, never an exponent."""
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _ratio(ratio: float | None) -> Text:
    if ratio is None:
        return Text("wrong", style=WRONG)
    return Text(f"{ratio:.2f}x", style=FASTER if ratio >= 1 else SLOWER)
