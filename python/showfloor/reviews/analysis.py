"""The whole analysis of a product's reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from showfloor.reviews.opinions import Opinion, Text, opinions, review_sentiment
from showfloor.reviews.safe import quotable
from showfloor.reviews.sentiment import Embed
from showfloor.reviews.summary import nothing, summary
from showfloor.reviews.suspicious import suspicious
from showfloor.search.words import is_chinese
from showfloor.v1 import catalog_pb2 as pb

QUOTES = 3
"""Of each side of an aspect."""
SIDE = 0.35
"""Sentiment from which a review or a quote takes a side."""
MIN_QUOTE, MAX_QUOTE = 4, 200


def analyse(
    reviews: Sequence[Text], embed: Embed | None, chinese: bool, check: Callable[[], None] = lambda: None
) -> pb.AnalyzeReviewsResponse:
    """Aspects by mentions, a summary, and reviews that look fake; the latter are counted but never quoted.

    ``embed`` None: by words alone. ``chinese``: the reader's language. ``check`` is called often, and raises to end it.
    """
    if not reviews:
        return pb.AnalyzeReviewsResponse(summary=nothing(chinese))
    said = opinions(reviews, embed, check)
    check()
    doubtful = suspicious(reviews, said, chinese)
    fake = {i for i, _ in doubtful}
    by_aspect: dict[str, list[Opinion]] = defaultdict(list)
    for opinion in said:
        for name in opinion.aspects:
            by_aspect[name].append(opinion)
    aspects = [_aspect(name, found, reviews, fake, chinese) for name, found in by_aspect.items()]
    aspects.sort(key=lambda a: (-a.mentions, a.name))
    verdicts = [(s >= SIDE) * 1 - (s <= -SIDE) * 1 for s in np.nan_to_num(review_sentiment(len(reviews), said))]
    stars = [r.stars for r in reviews if r.stars]
    return pb.AnalyzeReviewsResponse(
        aspects=aspects,
        summary=summary(aspects, list(map(int, verdicts)), stars, len(doubtful), chinese),
        suspicious=[pb.SuspiciousReview(review_id=i, reason=reason) for i, reason in doubtful],
    )


def _aspect(name: str, found: Sequence[Opinion], reviews: Sequence[Text], fake: set[str], chinese: bool) -> pb.Aspect:
    by_review: dict[int, list[float]] = defaultdict(list)
    for opinion in found:
        by_review[opinion.review].append(opinion.sentiment)
    means = {i: float(np.mean(values)) for i, values in by_review.items()}
    months: dict[str, list[float]] = defaultdict(list)
    for i, mean in means.items():
        time = reviews[i].time
        if time is not None:
            months[f"{time:%Y-%m}"].append(mean)
    overall = float(np.mean(list(means.values())))
    return pb.Aspect(
        name=name,
        sentiment=round(overall, 3),
        mentions=len(means),
        quotes=_quotes(found, reviews, fake, overall, chinese),
        trend=[
            pb.AspectMonth(month=month, sentiment=round(float(np.mean(values)), 3), mentions=len(values))
            for month, values in sorted(months.items())
        ],
    )


def _quotes(
    found: Sequence[Opinion], reviews: Sequence[Text], fake: set[str], overall: float, chinese: bool
) -> list[pb.Quote]:
    """Both sides, that of the aspect first; of each, the reader's language and clauses of one aspect first."""

    def rank(opinion: Opinion) -> tuple[float, ...]:
        text = opinion.clause.text
        foreign = is_chinese(text) != chinese
        length = len(text) * (3 if is_chinese(text) else 1)
        return (foreign, len(opinion.aspects) > 1, not 15 <= length <= 120, -round(abs(opinion.sentiment), 2))

    good = [o for o in found if MIN_QUOTE <= len(o.clause.text) <= MAX_QUOTE and quotable(o.clause.text)]
    good = [o for o in good if reviews[o.review].id not in fake]
    sides = [[o for o in good if o.sentiment >= SIDE], [o for o in good if o.sentiment <= -SIDE]]
    if overall < 0:
        sides.reverse()
    quotes, texts, taken = [], set(), set()
    for side in sides:
        count = 0
        for opinion in sorted(side, key=rank):
            review, text = reviews[opinion.review], opinion.clause.text
            if count < QUOTES and text not in texts and review.id not in taken:
                quotes.append(pb.Quote(review_id=review.id, text=text))
                texts.add(text)
                taken.add(review.id)
                count += 1
    return quotes
