"""Colours and materials by their exact names; a kind covers what is of that kind: oak is wood, wood is not oak."""

from __future__ import annotations

import re

_TERMS = """
red | 红色
crimson < red | 深红
scarlet < red | 猩红
burgundy < red | 酒红
blue | 蓝色
navy < blue | 藏青 海军蓝 深蓝
turquoise < blue | 青绿 绿松石
teal < blue | 
cyan < blue | 青色
green | 绿色
olive green < green | 橄榄绿
mint green < green | 薄荷绿
black | 黑色
white | 白色
ivory < white | 象牙白
off-white < white | 米白
grey, gray | 灰色
charcoal grey, charcoal gray < grey | 炭灰
yellow | 黄色
orange | 橙色 橘色
pink | 粉色 粉红
magenta < pink | 洋红
purple | 紫色
violet < purple | 紫罗兰
lavender < purple | 薰衣草紫
brown | 棕色 褐色
tan < brown | 
chocolate brown < brown | 巧克力色
beige | 米色
cream-coloured, cream-colored < beige | 奶油色
golden, gold < gold | 金色
rose gold < gold | 玫瑰金
silver | 银色
bronze | 古铜色 青铜
transparent | 透明
multicoloured, multicolored | 彩色
wood, wooden | 木制 木质 实木 木头
oak < wood | 橡木
walnut < wood | 胡桃木
pine < wood | 松木
beech < wood | 榉木
birch < wood | 桦木
teak < wood | 柚木
mahogany < wood | 红木
maple < wood | 枫木
acacia < wood | 相思木
bamboo | 竹 竹制
rattan | 藤编 藤条
plywood < wood | 胶合板
mdf | 密度板
leather | 皮革 皮质 皮制
genuine leather, real leather < leather | 真皮
faux leather, pu leather, vegan leather | 人造革 仿皮 合成革
suede | 麂皮 绒面革
fabric | 布艺 织物
cotton | 棉 纯棉 棉质
linen | 亚麻
wool, woollen | 羊毛
cashmere < wool | 羊绒
silk | 丝绸 真丝 蚕丝
satin | 缎面
velvet | 天鹅绒 丝绒
polyester | 涤纶 聚酯
nylon | 尼龙
acrylic | 亚克力 腈纶
denim | 牛仔布
canvas | 帆布
rubber | 橡胶
silicone | 硅胶
plastic | 塑料
polypropylene < plastic | 聚丙烯
metal | 金属
steel < metal | 钢
stainless steel < steel | 不锈钢
carbon steel < steel | 碳钢
iron < metal | 铁制 铸铁
cast iron < iron | 铸铁
aluminium, aluminum < metal | 铝
titanium < metal | 钛
brass < metal | 黄铜
copper < metal | 纯铜 紫铜
zinc < metal | 锌合金
carbon fibre, carbon fiber | 碳纤维
glass | 玻璃
crystal | 水晶
ceramic | 陶瓷
porcelain < ceramic | 瓷器 骨瓷
stoneware < ceramic | 炻瓷
marble | 大理石
granite | 花岗岩
stone | 石材
concrete | 混凝土
paper | 纸质
cardboard | 纸板
foam | 泡沫 海绵
memory foam < foam | 记忆棉
down feathers | 羽绒
cork | 软木
diamond | 钻石
pearl | 珍珠
"""
_SINGLE = "红蓝绿黑白灰黄粉紫棕"
_COLOUR_OF = dict(zip(_SINGLE, "red blue green black white grey yellow pink purple brown".split(), strict=True))
_SHORT = re.compile(
    rf"(?:(?<=纯)|(?<=亮)|(?<=淡)|(?<=浅)|(?<=深)|(?<![明空坦蛋]))([{_SINGLE}])(?=款|版|的(?!确)|、|和[{_SINGLE}]|$)"
)


def _table() -> tuple[dict[str, str], dict[str, str]]:
    terms: dict[str, str] = {}
    parents: dict[str, str] = {}
    for line in _TERMS.strip().splitlines():
        english, _, chinese = line.partition("|")
        names, _, parent = english.partition("<")
        own = [name.strip() for name in names.split(",")]
        terms |= {name: own[0] for name in own} | {name: own[0] for name in chinese.split()}
        if parent.strip() and parent.strip() not in own:
            parents[own[0]] = parent.strip()
    return terms, parents


TERMS, PARENTS = _table()
_NAMES = sorted(TERMS, key=len, reverse=True)
_PATTERN = re.compile(
    r"(?<![a-z])(?:"
    + "|".join(re.escape(n) for n in _NAMES if n < "一")
    + r")(?:s|ish)?(?![a-z])(?!-free)|"
    + "|".join(n for n in _NAMES if n > "一")
)
_OTHERWISE = re.compile(
    r"silver lining|gold standard|green light|orange juice|black friday|glass of|white paper|on paper"
)


def terms(text: str) -> dict[str, str]:
    """Colours and materials that a folded text names, under their English name, each with the word that stood there."""
    text = _OTHERWISE.sub(" ", text)
    found = {}
    for match in _PATTERN.finditer(text):
        word = match[0]
        key = word if word in TERMS else word.removesuffix("ish").removesuffix("s")
        found[TERMS[key]] = word
    for match in _SHORT.finditer(text):
        found.setdefault(_COLOUR_OF[match[1]], match[1])
    return found


def covered(named: set[str]) -> set[str]:
    """``named`` and all that they are kinds of."""
    found = set(named)
    for name in named:
        while name in PARENTS:
            name = PARENTS[name]
            found.add(name)
    return found
