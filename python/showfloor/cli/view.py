"""What a run looks like in a terminal, in a log file, and at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from assets_pipeline.batch import BatchEvent, BatchResult
from assets_pipeline.report import Report

COLOURS = {"pass": "green", "warn": "yellow", "fail": "red"}
WORDS = {"pass": "pass", "warn": "check", "fail": "fail"}
LISTED_PRODUCTS = 5


class View(Protocol):
    """Shows events while a run lasts."""

    def show(self, event: BatchEvent) -> None: ...
    def say(self, text: str) -> None: ...
    def __enter__(self) -> View: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Quiet:
    """Shows nothing."""

    def show(self, event: BatchEvent) -> None:
        pass

    def say(self, text: str) -> None:
        pass

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Lines(Quiet):
    """One line per stage and per end, for logs and pipes."""

    def __init__(self) -> None:
        self._stages: dict[str, str] = {}

    def show(self, event: BatchEvent) -> None:
        if event.kind == "progress" and event.stage and self._stages.get(event.name) != event.stage:
            self._stages[event.name] = event.stage
            self.say(f"{event.name}: {event.stage} ({100 * event.fraction:.0f} %)")
        elif event.report is not None:
            why = f": {event.report.reasons[0]}" if event.report.reasons else ""
            kept = " (done before)" if event.kind == "skipped" else ""
            self.say(f"[{event.done}/{event.total}] {event.name}: {WORDS[event.report.verdict]}{kept}{why}")

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class Bars:
    """A bar for the whole run and one for each product at work."""

    def __init__(self, total: int, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=console,
        )
        self._whole = self._progress.add_task("[bold]All products", total=max(1, total), note="")
        self._tasks: dict[str, TaskID] = {}
        self._shares: dict[str, float] = {}

    def show(self, event: BatchEvent) -> None:
        if event.kind == "started":
            self._tasks[event.name] = self._progress.add_task(f"  {_plain(event.name)}", total=1.0, note="starting")
        elif event.kind == "progress" and event.name in self._tasks:
            self._shares[event.name] = event.fraction
            note = f"{event.stage}: {event.message}" if event.message else event.stage
            self._progress.update(self._tasks[event.name], completed=event.fraction, note=_plain(note))
        elif event.report is not None:
            self._shares.pop(event.name, None)
            if (task := self._tasks.pop(event.name, None)) is not None:
                self._progress.remove_task(task)
            colour = COLOURS[event.report.verdict]
            text = Text.assemble((f"{WORDS[event.report.verdict]:>5} ", colour), event.name)
            self._progress.console.print(text + Text(" done before" if event.kind == "skipped" else "", "dim"))
        done = event.done + sum(self._shares.values())
        self._progress.update(self._whole, completed=done, note=f"{event.done} of {event.total}")

    def say(self, text: str) -> None:
        self._progress.console.print(text, style="yellow")

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def make_view(total: int) -> View:
    """Bars on a terminal, lines elsewhere; both on standard error, so that standard output stays clean."""
    console = Console(stderr=True)
    return Bars(total, console) if console.is_terminal else Lines()


def print_result(result: BatchResult, out_dir: Path, index: Path | None) -> None:
    """The final table, then the names of the files that were made."""
    console = Console()
    if result.reports:
        console.print(report_table(result.reports))
    for r in result.reports[:LISTED_PRODUCTS]:
        for file in (*r.files, "report.json", *(["report.html"] if index else [])):
            path = out_dir / r.name / file
            if path.is_file():
                _print_path(console, path)
    if len(result.reports) > LISTED_PRODUCTS:
        console.print(f"… and {len(result.reports) - LISTED_PRODUCTS} more folders in {out_dir}", highlight=False)
    if index:
        _print_path(console, index)
    if result.cancelled:
        console.print("Cancelled. Run the same command again to go on.", style="yellow")


def report_table(reports: Iterable[Report]) -> Table:
    """One row for each product."""
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0))
    for name in ("Product", "Verdict", "Size (cm)", "Triangles", "MB", "Time", "Reasons"):
        table.add_column(name, justify="right" if name in ("Triangles", "MB", "Time") else "left")
    for r in reports:
        table.add_row(*_row(r))
    return table


def _row(r: Report) -> tuple[Text | str, ...]:
    why = list(r.reasons)
    if r.error:
        why.append(f"{r.error.fix} [{r.error.code}]")
    size = " × ".join(f"{100 * s:.1f}" for s in r.size_m) if r.size_m and r.scale_source != "unknown" else "unknown"
    return (
        Text(r.name, "bold"),
        Text(WORDS[r.verdict], COLOURS[r.verdict]),
        size if r.size_m else "–",
        f"{r.triangles[0]:,}" if r.triangles else "–",
        f"{r.bytes[0] / 1e6:.2f}" if r.bytes else "–",
        f"{r.timings_s.get('total', 0):.0f} s",
        Text("\n".join(why)),
    )


def _print_path(console: Console, path: Path) -> None:
    console.print(Text(str(path)), soft_wrap=True)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
