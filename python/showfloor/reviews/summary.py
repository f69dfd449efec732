"""What the reviews say as a short text, put together from counts and quotes; no word of it is a model's."""

from __future__ import annotations

from collections.abc import Sequence

from showfloor.reviews.aspects import label
from showfloor.v1 import catalog_pb2 as pb

NAMED = 3
"""Aspects of each side that the summary names."""
GOOD, BAD = 0.25, -0.25


def summary(
    aspects: Sequence[pb.Aspect], verdicts: Sequence[int], stars: Sequence[int], doubtful: int, chinese: bool
) -> str:
    """``verdicts``: 1, 0 or -1 for each review; ``stars``: of those that gave some. Each quote names its review."""
    parts = [_counts(verdicts, stars, chinese)]
    praised = [a for a in aspects if a.sentiment >= GOOD and a.quotes][:NAMED]
    blamed = [a for a in aspects if a.sentiment <= BAD and a.quotes][:NAMED]
    mixed = [a for a in aspects if BAD < a.sentiment < GOOD and len(a.quotes) > 1][:1]
    if praised:
        parts.append(_side("受好评：" if chinese else "Praised: ", praised, chinese))
    if blamed:
        parts.append(_side("受批评：" if chinese else "Criticised: ", blamed, chinese))
    if mixed:
        parts.append(_side("意见不一：" if chinese else "Opinions differ: ", mixed, chinese))
    if doubtful:
        parts.append(_doubtful(doubtful, chinese))
    return ("" if chinese else " ").join(parts)


def nothing(chinese: bool) -> str:
    return "还没有评论。" if chinese else "No reviews yet."


def _counts(verdicts: Sequence[int], stars: Sequence[int], chinese: bool) -> str:
    count, good, bad = len(verdicts), verdicts.count(1), verdicts.count(-1)
    even = count - good - bad
    mean = f"{sum(stars) / len(stars):.1f}" if stars else ""
    if chinese:
        text = f"共 {count} 条评论：好评 {good} 条，差评 {bad} 条，其他 {even} 条"
        return text + (f"；{len(stars)} 条打分平均 {mean} 星。" if stars else "。")
    text = f"{count} review{'s' * (count != 1)}: {good} positive, {bad} negative, {even} neither"
    return text + (f"; {mean} of 5 stars on average over {len(stars)}." if stars else ".")


def _side(head: str, aspects: Sequence[pb.Aspect], chinese: bool) -> str:
    items = []
    for aspect in aspects:
        name = label(aspect.name, chinese)
        quotes = aspect.quotes[:1] if abs(aspect.sentiment) >= GOOD else aspect.quotes[:2]
        said = ("、" if chinese else ", ").join(
            f"“{q.text}” [{q.review_id}]" if chinese else f'"{q.text}" [{q.review_id}]' for q in quotes
        )
        count = f"（{aspect.mentions} 条）" if chinese else f" ({aspect.mentions}) "
        items.append(f"{name}{count}{said}")
    return head + ("；" if chinese else "; ").join(items) + ("。" if chinese else ".")


def _doubtful(count: int, chinese: bool) -> str:
    if chinese:
        return f"有 {count} 条看起来不可信，其文字未被引用。"
    return "1 review looks fake and is not quoted." if count == 1 else f"{count} reviews look fake and are not quoted."
