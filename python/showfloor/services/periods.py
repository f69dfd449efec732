"""The time range of a question about events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from assets_pipeline.errors import InputError
from showfloor.insights.funnel import Period

DEFAULT = timedelta(days=30)


def period(start: Timestamp | None, end: Timestamp | None, now: datetime) -> Period:
    """None: 30 days before the end, and now.

    Raises:
        InputError: TIME_RANGE_INVALID.
    """
    to = now if end is None else _time("end_time", end)
    begin = to - DEFAULT if start is None else _time("start_time", start)
    if begin >= to:
        raise InputError(
            "TIME_RANGE_INVALID",
            f"start_time, {begin:%Y-%m-%d %H:%M}, is not before end_time, {to:%Y-%m-%d %H:%M} UTC.",
            "Choose an earlier start_time, or a later end_time; without one it is now.",
        )
    return Period(begin, to)


def _time(name: str, value: Timestamp) -> datetime:
    try:
        return value.ToDatetime(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            "TIME_RANGE_INVALID", f"{name} is no time between the years 1 and 9999.", "Use seconds since 1970."
        ) from error
