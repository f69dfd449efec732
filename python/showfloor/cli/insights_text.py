"""What ``showfloor insights`` prints."""

from __future__ import annotations

import json as json_module
from collections.abc import Sequence
from math import isinf

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich.console import Console
from rich.text import Text

from showfloor.cli.lists import print_rows
from showfloor.v1 import insights_pb2 as pb

STEPS = {
    pb.EVENT_KIND_EXPOSURE: "Shown",
    pb.EVENT_KIND_CARD_OPENED: "Opened",
    pb.EVENT_KIND_AR_PLACED: "AR",
    pb.EVENT_KIND_TRY_ON: "Try-on",
    pb.EVENT_KIND_VR_VISIT: "VR",
    pb.EVENT_KIND_CART: "Cart",
    pb.EVENT_KIND_PURCHASE: "Bought",
}
NO_EVENTS = "No events in this time. Apps send them with RecordEvents; docs/insights.md shows how."
_BAR = 24


def print_funnel(found: pb.FunnelResponse, json: bool) -> None:
    if json:
        return _print_json(found)
    shown = found.steps[0].shoppers
    if not shown:
        return print(NO_EVENTS)
    rows = [
        (STEPS[step.kind], f"{step.shoppers:,}", _percent(step.rate), "█" * round(_BAR * step.shoppers / shown))
        for step in found.steps
    ]
    print_rows(("Step", "Shoppers", "Rate", ""), rows, "")
    _say(
        f"With AR, try-on or VR {_percent(found.conversion_with)} of {found.shoppers_with:,} shoppers bought, "
        f"without {_percent(found.conversion_without)} of {found.shoppers_without:,}."
    )
    if not found.lift_high:
        return _say("The lift is not known: one side has no shoppers, or that without has no purchase.")
    high = "any" if isinf(found.lift_high) else f"{found.lift_high:.2f}"
    _say(
        f"Lift: {found.lift:.2f} times (95 %: {found.lift_low:.2f} to {high}). Shoppers choose by themselves whether "
        "they use AR, so this shows what goes together, not what causes what; an experiment does that."
    )


def print_breakdown(found: pb.BreakdownResponse, by: str, json: bool) -> None:
    if json:
        return _print_json(found)
    rows = [(row.name, *(f"{step.shoppers:,}" for step in row.steps)) for row in found.rows]
    print_rows((by.capitalize(), *STEPS.values()), rows, NO_EVENTS)
    if found.next_page_token:
        print("There are more: --limit.")


def print_retention(found: pb.RetentionResponse, json: bool) -> None:
    if json:
        return _print_json(found)
    weeks = max((len(c.shares) for c in found.cohorts), default=0)
    rows = [
        (c.week, f"{c.shoppers:,}", *(f"{100 * share:.0f} %" for share in c.shares), *[""] * (weeks - len(c.shares)))
        for c in found.cohorts
    ]
    print_rows(("Week of", "Shoppers", *(f"+{n}" for n in range(weeks))), rows, NO_EVENTS)
    if rows:
        print("The last value of each row is of this week, which is not over.")


def print_experiments(found: pb.ListExperimentsResponse, json: bool) -> None:
    if json:
        return _print_json(found)
    rows = [(name,) for name in found.experiments]
    print_rows(
        ("Experiment",), rows, "No event names an experiment. Apps do by Event.arms; docs/insights.md shows how."
    )


def print_experiment(found: pb.ExperimentResponse, json: bool) -> None:
    if json:
        return _print_json(found)
    rows = [
        (a.name, f"{a.shoppers:,}", f"{a.successes:,}", _percent(a.rate), f"{_percent(a.low)} – {_percent(a.high)}")
        for a in found.arms
    ]
    print_rows(("Arm", "Shoppers", "Successes", "Rate", "95 %, at any moment"), rows, "")
    _say(found.conclusion)


def print_audit(found: pb.AuditResponse, by: str, json: bool) -> None:
    if json:
        return _print_json(found)
    rows: list[Sequence[str | Text]] = [
        (
            g.name,
            f"{g.size:,}",
            f"{g.exposures:,}",
            f"{g.exposure_ratio:.2f}" if g.exposure_ratio else "–",
            f"{100 * g.hit_rate:.0f} % of {g.tried:,}" if g.tried else "–",
            Text("under-served", "bold yellow") if g.under_served else "",
        )
        for g in found.groups
    ]
    size = "Shoppers" if by == "shoppers" else "Products"
    print_rows((by.capitalize(), size, "Exposures", "Exposure ratio", "Found", ""), rows, "Nothing to compare.")
    _say(found.conclusion)


def _percent(share: float) -> str:
    return f"{100 * share:.{1 if share >= 0.01 or share == 0 else 2}f} %"


def _say(text: str) -> None:
    Console().print(Text(text))


def _print_json(found: Message) -> None:
    fields = MessageToDict(found, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    print(json_module.dumps(fields))
