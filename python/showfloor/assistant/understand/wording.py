"""Words of properties, rankings and places in line, in English and Chinese."""

from __future__ import annotations

import re

from showfloor.assistant.understand.turn import Sort

_BEST = (
    r"(?:best|highest|top)[ -]?(?:rated|rating|reviewed|reviews|score)|best (?:customer )?reviews"
    r"|评分最高|评价最好|口碑最好|最好评"
)
_SORTS: tuple[tuple[Sort, str, str], ...] = (
    (Sort.BEST_RATED, _BEST, r"better rated|better reviews|评价更好|评分更高"),
    (
        Sort.MOST_POPULAR,
        r"most popular|best[ -]?sell\w*|sells? best|最火|最热|最受欢迎|卖得最[好火]|销量最[高好]",
        r"more popular|更受欢迎",
    ),
    (
        Sort.CHEAPEST,
        r"cheapest|lowest price|least expensive|lowest[ -]priced|最便宜|价格最低|最低价",
        r"cheaper|less expensive|less pricey|(?:not|isn't|n't) so expensive|for less|less money|lower price"
        r"|more affordable|便宜[一1]?[点些]|更便宜|省钱[一1]?点|平价|实惠",
    ),
    (
        Sort.DEAREST,
        r"most expensive|dearest|priciest|highest price|最贵",
        r"more expensive|pricier|更贵|贵[一1]?[点些]的",
    ),
    (
        Sort.SMALLEST,
        r"smallest|narrowest|shortest|最[小窄矮短]",
        r"smaller|narrower|shorter|slimmer|lower than|更[小窄矮短]|[小窄矮短][一1]?[点些号]",
    ),
    (
        Sort.LARGEST,
        r"largest|biggest|widest|tallest|longest|最[大宽高长]",
        r"larger|bigger|wider|taller|longer|higher than|更[大宽高长]|[大宽高长][一1]?[点些号]",
    ),
    (Sort.LIGHTEST, r"lightest|最轻", r"lighter|更轻|轻[一1]?[点些]|weighs? less|less heavy"),
    (Sort.HEAVIEST, r"heaviest|最重", r"heavier|更重|重[一1]?[点些]|weighs? more"),
    (Sort.NEWEST, r"newest|latest|most recent|最新", r"newer|更新的|新[一1]?点"),
)
_SUPERLATIVES = [(sort, re.compile(most)) for sort, most, _ in _SORTS]
_COMPARATIVES = [(sort, re.compile(more)) for sort, _, more in _SORTS]

_ATTRIBUTES = {
    name: re.compile(pattern)
    for name, pattern in {
        "battery": r"batter|\bcharge lasts?|one charge|电池|续航|充一次电",
        "power": r"\bwatts?\b|\bpower\b|功率|多少瓦|几瓦",
        "voltage": r"\bvolts?\b|voltage|电压",
        "screen": r"screen|display size|resolution|屏幕|分辨率",
        "memory": r"\bram\b|memory|gigabytes?|\bgb\b|内存",
        "storage": r"storage|disk|存储|硬盘|容量",
        "camera": r"camera|megapixel|像素|摄像头",
        "brand": r"\bbrand\b|who makes|manufacturer|\bmaker\b|牌子|品牌|厂家",
        "waterproof": r"water ?proof|water resist|rain ?proof|防水|防雨",
        "bluetooth": r"bluetooth|蓝牙",
        "assembly": r"assembl|put together|组装|安装",
        "care": r"wash|clean|dishwasher|清洗|机洗|洗碗机|可以洗|保养",
        "seats": r"how many seats|\bseats\b|people (?:can )?sit|几个座位|坐几个",
        "drawers": r"drawers?|抽屉",
        "origin": r"where is it (?:made|from)|country of origin|made in|产地|哪里产|原产",
        "load": r"max(?:imum)? load|hold \d|carry \d|load capacity|承重|承受",
        "model": r"model (?:number|name)|型号",
        "ingredients": r"ingredients?|配料|成分表",
        "shelf life": r"shelf life|expir|best before|保质期",
        "energy class": r"energy (?:class|rating|label)|能效",
        "barcode": r"barcode|\bean\b|条码",
        "age": r"how old must|for what age|age (?:group|rating)|几岁",
        "adjustable": r"adjustable|能调|可调",
        "foldable": r"fold|折叠",
        "features": r"features?|functions?|specs?\b|specification|参数|功能|特点|规格",
    }.items()
}

_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINAL = re.compile(
    rf"\b({'|'.join(_ORDER)})\b(?!\s+(?:hand|time|floor))|\b(\d{{1,2}})(?:st|nd|rd|th)\b(?!\s+floor)"
    r"|\b(?:number|no\.?|nr\.?)\s?(\d{1,2})\b|#(\d{1,2})\b"
    r"|第\s?(\d{1,2})(?!\s?[层楼次天页])|(?<!\d)([1-9]|10)\s?号(?!码)"
    r"|(\blast\s+(?:one|item|product|result)\b|最后[一1]?[个款件张把条双]?"
    r"|\bthe last\b(?!\s+(?:time|order|week|month|year|customer|buyer)))"
)


_NUMBERS = {"two": 2, "couple": 2, "2": 2, "两": 2, "二": 2, "three": 3, "3": 3, "三": 3, "four": 4, "4": 4, "四": 4}
_SEVERAL = re.compile(
    r"\b(first|last) (two|couple|three|four|[234])\b|(前|最?后)(?:面)?([两二三四234])(?=[个款件张把条双种只台样])"
)


def superlative(text: str) -> Sort | None:
    return next((sort for sort, pattern in _SUPERLATIVES if pattern.search(text)), None)


def comparative(text: str) -> Sort | None:
    return next((sort for sort, pattern in _COMPARATIVES if pattern.search(text)), None)


def attribute(text: str) -> str:
    return next((name for name, pattern in _ATTRIBUTES.items() if pattern.search(text)), "")


def ordinals(text: str) -> tuple[int, ...]:
    """Places in line in their order, from 1; -1 is the last."""
    if several := _SEVERAL.search(text):
        number, first = _NUMBERS[several[2] or several[4]], several[1] == "first" or several[3] == "前"
        return tuple(range(1, number + 1) if first else range(-number, 0))
    found = []
    for m in ORDINAL.finditer(text):
        if m[7]:
            found.append(-1)
        else:
            found.append(_ORDER.index(m[1]) + 1 if m[1] else int(next(g for g in m.groups()[1:6] if g)))
    return tuple(dict.fromkeys(n for n in found if n))
