"""Reviews that look fake, each with the reason. Few false alarms matter more than finding all."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from scipy.special import bdtrc, pdtrc

from showfloor.language.contacts import has_contact, has_link
from showfloor.language.features import tokens
from showfloor.language.injection import gives_orders
from showfloor.language.regression import Array
from showfloor.reviews.lexicon import counts
from showfloor.reviews.opinions import Opinion, Text, review_sentiment

SHINGLE = 4
MIN_TOKENS = 10
"""A shorter text is often written twice by honest people: «Great product!»"""
HASHES, BANDS = 64, 16
ALIKE = 0.75
"""Share of four-word runs in common (Jaccard), estimated by MinHash (Broder, 1997)."""
WINDOW = timedelta(hours=24)
BURST = 6
BURST_CHANCE = 1e-6
ONE_SIDED_CHANCE = 1e-2
AGAINST_STARS = 0.75
"""Sentiment from which a text contradicts 5 stars or 1 star."""
PRAISE_TOKENS, PRAISE_SHARE = 8, 0.4


def suspicious(reviews: Sequence[Text], said: Sequence[Opinion], chinese: bool) -> list[tuple[str, str]]:
    """Review id and reason in the reader's language, in the order of the reviews."""
    reasons: dict[int, list[str]] = defaultdict(list)
    sentiment = review_sentiment(len(reviews), said)
    by_review: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in said:
        by_review[opinion.review].append(opinion)
    for i, review in enumerate(reviews):
        for en, zh in _of_one(review, float(sentiment[i]), by_review[i]):
            reasons[i].append(zh if chinese else en)
    for i, other in copies([r.text for r in reviews]).items():
        first = reviews[other].id
        reasons[i].append(f"与评论 {first} 几乎逐字相同" if chinese else f"nearly the same words as review {first}")
    for i, (size, usual) in bursts(reviews, sentiment).items():
        reasons[i].append(
            f"24 小时内集中出现 {size} 条同一倾向的评论，平时约每天 {usual:.2g} 条"
            if chinese
            else f"one of {size} alike in their verdict within 24 hours, where {usual:.2g} a day are usual"
        )
    return [(reviews[i].id, _sentence(reasons[i], chinese)) for i in sorted(reasons)]


def _of_one(review: Text, sentiment: float, said: Sequence[Opinion]) -> Iterator[tuple[str, str]]:
    if gives_orders(review.text):
        yield "speaks to a machine instead of shoppers", "内容像是写给机器的指令"
    if has_link(review.text):
        yield "holds a link", "含有链接"
    if has_contact(review.text):
        yield "holds a phone number, an address or an account", "含有电话、邮箱或账号"
    if review.stars == 5 and sentiment <= -AGAINST_STARS:
        yield "5 stars, but the text complains", "打了 5 星，文字却是差评"
    if review.stars == 1 and sentiment >= AGAINST_STARS:
        yield "1 star, but the text praises", "打了 1 星，文字却是好评"
    if review.stars in (0, 5) and _only_praise(review.text, said):
        yield "praise alone, nothing about the product", "只有夸奖，没有谈到商品本身"


def _only_praise(text: str, said: Sequence[Opinion]) -> bool:
    """Long, mostly words of praise, of no aspect, without a doubt."""
    words = [t for t in tokens(text) if t.isalnum()]
    praise, complaint = counts(text)
    chinese = sum(len(t) == 1 and t > "一" for t in words) > len(words) / 2
    weight = 2 * praise if chinese else praise
    concrete = any(o.aspects for o in said) or any(c.isdigit() for c in text)
    return (
        len(words) >= (2 if chinese else 1) * PRAISE_TOKENS
        and not complaint
        and not concrete
        and weight >= PRAISE_SHARE * len(words)
    )


def copies(texts: Sequence[str]) -> dict[int, int]:
    """Texts that nearly repeat another one, each with the first of its kind."""
    signatures: dict[int, Array] = {}
    random = np.random.default_rng(0)
    a, b = (random.integers(1, 2**31 - 1, HASHES, dtype=np.uint64)[:, None] for _ in range(2))
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for i, text in enumerate(texts):
        words = [t for t in tokens(text) if t.isalnum()]
        if len(words) < MIN_TOKENS:
            continue
        runs = {" ".join(words[k : k + SHINGLE]) for k in range(len(words) - SHINGLE + 1)}
        hashed = np.fromiter((zlib.crc32(r.encode()) for r in runs), np.uint64, len(runs))
        signatures[i] = ((a * hashed[None, :] + b) % np.uint64(2**32 - 5)).min(1)
        for band, part in enumerate(signatures[i].reshape(BANDS, -1)):
            buckets[band, part.tobytes()].append(i)
    first: dict[int, int] = {}
    for members in buckets.values():
        for i in members[1:]:
            if (signatures[i] == signatures[members[0]]).mean() >= ALIKE:
                first[i] = min(first.get(i, i), members[0])
    return {i: first.get(j, j) for i, j in first.items()}


def bursts(reviews: Sequence[Text], sentiment: Array) -> dict[int, tuple[int, float]]:
    """Reviews of one verdict within a day that the product's own rate does not explain: size of the burst, usual a day.

    The rate is that of all other days. Times that most reviews share are those of an import and say nothing.
    """
    timed = sorted((r.time, i) for i, r in enumerate(reviews) if r.time is not None)
    if len(timed) < 2 * BURST:
        return {}
    times = [t for t, _ in timed]
    days = (times[-1] - times[0]) / timedelta(days=1)
    if max(times.count(t) for t in set(times)) > len(times) / 2 or days < 14:
        return {}
    verdicts = {i: _verdict(reviews[i], float(sentiment[i])) for _, i in timed}
    found: dict[int, tuple[int, float]] = {}
    end = 0
    for begin, (start, _) in enumerate(timed):
        while end < len(timed) and timed[end][0] < start + WINDOW:
            end += 1
        inside = timed[begin:end]
        usual = (len(timed) - len(inside) + 1) / max(days - 1, 1)
        if len(inside) < BURST or pdtrc(len(inside) - 1, usual) * len(timed) > BURST_CHANCE:
            continue
        rest = [verdicts[i] for _, i in (*timed[:begin], *timed[end:])]
        for side in (1, -1):
            alike = [i for _, i in inside if verdicts[i] == side]
            share = (rest.count(side) + 1) / (len(rest) + 2)
            if len(alike) >= BURST and bdtrc(len(alike) - 1, len(inside), share) <= ONE_SIDED_CHANCE:
                for i in alike:
                    size = max(len(alike), found.get(i, (0, 0.0))[0])
                    found[i] = (size, usual)
    return found


def _verdict(review: Text, sentiment: float) -> int:
    """1 praise, -1 complaint, 0 neither; by stars, else by the text."""
    if review.stars:
        return (review.stars == 5) - (review.stars == 1)
    return int(sentiment > 0.5) - int(sentiment < -0.5)


def _sentence(reasons: Sequence[str], chinese: bool) -> str:
    text = ("；" if chinese else "; ").join(reasons)
    return text + "。" if chinese else text[0].upper() + text[1:] + "."
