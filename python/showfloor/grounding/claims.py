"""Statements without a number that need a fact behind them. One line for each: name | English | Chinese, by regular expression.

The lists are maintained by hand: add what a model was seen to make up.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CLAIMS = r"""
free of charge | (?<!feel )(?<!-)\bfree\b(?! to (?:ask|contact|reach|browse))|complimentary|no (?:extra )?cost|at no charge | 免费|包邮|赠送|白送|免运费|零元
guarantee | \bguarantee[ds]? | 保证|包退|包换|假一赔
warranty | \bwarrant(?:y|ies) | 保修|质保|联保
returns | \breturn(?:s|able|ed)?\b|\brefund(?:s|able|ed)?\b|money[ -]back|send it back | 退货|退款|退换|无理由
delivery | \bdeliver(?:y|ed|s)?\b|\bshipp?(?:s|ing|ed)?\b|dispatch(?:es|ed)? | 发货|配送|送达|送货|快递|次日达|送到
speed | \bovernight\b|\btomorrow\b|\btoday\b|same[ -]day|next[ -]day|immediately|instant(?:ly)? | 次日|当天|当日|明天|今天|立即|马上|隔天
best | \bbest\b(?! regards)|number one|\b#1\b|finest|unbeatable|world[ -]class|top[ -](?:rated|quality|notch|selling|of)|premium|superior|highest quality | 最好|最佳|第一品牌|顶级|极品|最优|首选|全网最|最高级|国家级|优质|高品质|一流|最新|最先进
popular | best[ -]?sell(?:er|ing)|most popular|\bpopular\b|customers love|loved by|trending|favou?rite | 热销|畅销|爆款|受欢迎|网红|销量|好评|深受
cheapest | cheapest|lowest price|best price|unbeatable price | 最便宜|最低价|全网最低|史低
bargain | \bdiscount(?:s|ed)?\b|\bon sale\b|special offer|\bdeal\b|\bbargain\b|percent off|% off|limited[ -]time|coupon|promo(?:tion)?\b | 折扣|优惠|特价|打折|促销|秒杀|限时|立减|[一二三四五六七八九\d]折|清仓|满减
value | good value|great value|worth (?:the|every)|value for money | 性价比|超值|物有所值|划算
in stock | in stock|(?<!not )(?<!un)\bavailable\b|ready to ship|can be bought | 有货|现货|有库存|库存充足
sold out | sold[ -]out|out of stock|unavailable|not available|no longer available | 无货|缺货|售罄|卖完|没货|没有库存|断货|没有现货
fits | \bfits?\b(?!ness)|will go (?:in|into|through) | 放得下|放得进|装得下|摆得下|能放|可以放|放不下|放不进
cheaper | \bcheaper\b|less expensive|costs? less|lower price | 更便宜|便宜一些|便宜些|价格更低
dearer | more expensive|costs? more|\bdearer\b|higher price | 更贵|价格更高
larger | \b(?:larger|bigger|wider|taller|deeper|longer)\b | 更大|更宽|更高(?!级|端|品)|更深|更长
smaller | \b(?:smaller|narrower|shorter|more compact|shallower)\b | 更小|更窄|更矮|更短|更浅
lighter | \blighter\b | 更轻
heavier | \bheavier\b | 更重(?!要|视)
waterproof | water[ -]?proof|water[ -]?resist(?:ant|ance)|water[ -]?repellent|splash[ -]?proof | 防水|防泼水|耐水
weatherproof | weather[ -]?(?:proof|resistant)|outdoor use|uv[ -]resistant|rust[ -]?(?:proof|free|resistant) | 防晒|耐候|防锈|不生锈|户外使用
fireproof | fire[ -]?(?:proof|resistant)|flame[ -]?retardant|heat[ -]?(?:proof|resistant) | 防火|阻燃|耐高温|耐热|隔热
scratchproof | scratch[ -]?(?:proof|resistant)|shatter[ -]?proof|stain[ -]?(?:proof|resistant)|shock[ -]?proof|unbreakable|tear[ -]resistant | 防刮|耐磨|防摔|防污|防震|抗震|摔不坏|防滑
durable | \bdurable\b|\bdurability\b|\bsturdy\b|long[ -]lasting|\brobust\b|built to last|lasts? (?:for )?(?:years|a lifetime|long) | 耐用|结实|坚固|牢固|经久|持久
lightweight | light[ -]?weight|\bportable\b | 轻便|轻巧|便携
breathable | \bbreathable\b|quick[ -]dry(?:ing)?|moisture[ -]wicking | 透气|速干|吸汗
washable | (?:machine[ -])?\bwashable\b|dishwasher|microwave[ -]safe|oven[ -]safe|easy to clean|easy[ -]care | 可机洗|可水洗|洗碗机|微波炉加热|易清洗|易清洁|好打理
natural | \borganic\b|all[ -]natural|\bnatural\b|\bvegan\b|cruelty[ -]free|plant[ -]based|gluten[ -]free|sugar[ -]free | 有机|纯天然|天然|纯素|零残忍|无糖|无麸质|无添加
safe | non[ -]?toxic|bpa[ -]free|hypo[ -]?allergenic|dermatologist|chemical[ -]free|food[ -](?:grade|safe)|child[ -]?(?:safe|proof)|\bsafe for\b | 无毒|食品级|低敏|不含双酚|无甲醛|零甲醛|母婴|儿童可用|安全无害
green | eco[ -]?friendly|sustainabl[ey]|recycl(?:ed|able)|biodegradable|carbon neutral|environmentally | 环保|可回收|可降解|可持续|碳中和
certified | \bcertifi(?:ed|cate|cation)\b|\bapproved\b|\btested\b|award|patent(?:ed)?|\bce mark|iso \d | 认证|获奖|专利|检测合格|质检|国标
genuine | \bauthentic\b|\boriginal\b|genuine(?! leather)|\bofficial\b|licensed | 正品|原装|官方|原厂|正版
handmade | hand[ -]?(?:made|crafted|woven|stitched|painted)|craftsm[ae]n(?:ship)?|artisan | 手工|匠心|手作|工匠|手绘
origin | made in\b|imported|italian|french|german|swiss|japanese|american[ -]made|scandinavian design | 进口|国产|原产|产自|意大利|德国|法国|瑞士|日本制|北欧
medical | \bcures?\b|\bheals?\b|\btreats?\b|anti[ -]?(?:aging|ageing|bacterial|viral|microbial)|therapeutic|\bhealth(?:y|ier)?\b|clinically|pain relief|improves? sleep | 治疗|治愈|抗菌|抗衰老|疗效|养生|健康|除菌|抑菌|祛痘|美白|助眠|缓解疼痛
wireless | \bwireless(?:ly)?\b|bluetooth|wi-?fi|\b5g\b|\bnfc\b | 无线|蓝牙|无线网
chargeable | rechargeable|fast[ -]charging|battery (?:life|lasts)|usb(?:-c)?\b | 快充|可充电|续航|充电接口
compatible | \bcompatible\b|compatibility|works with|supports? (?:ios|android) | 兼容|适配|通用|适用于
adjustable | \badjustable\b|foldable|\bfolds?\b|collapsible|extendable|swivel|reclin(?:es|er|ing) | 可调节|可折叠|折叠|可伸缩|旋转
ergonomic | ergonomic(?:ally)?|lumbar|orthop(?:a)?edic | 人体工学|护腰|护脊
comfortable | \bcomfort(?:able|ably)?\b|\bcosy\b|\bcozy\b|\bsoft(?:ness)?\b(?! drink)|plush|cushioned | 舒适|舒服|柔软
assembly | no assembly|easy to (?:assemble|install)|assembly (?:is )?(?:required|included|needed)|pre[ -]?assembled|tools? included | 免安装|无需安装|包安装|易安装|组装简单|需要组装
limited | limited[ -]edition|exclusive|only a few|last chance|\brare\b|hurry|act (?:now|fast) | 限量|独家|绝版|最后机会|抓紧|仅此
included | \bincluded\b|comes? with|\bincludes?\b|\bbundle[ds]?\b | 附赠|附带|包含|随附|自带|配有
gift | gift[ -](?:wrap(?:ped|ping)?|box)|perfect gift | 礼盒|送礼
reviews | (?:good|great|positive|excellent) reviews|highly rated|\brated\b|star rating | 口碑|评分|评价很高
variants | (?:other|different|various|many|several|more|multiple|range of|variety of) (?:colou?rs|sizes|styles|finishes|materials|designs) | (?:多种|其他|不同|各种|多款)(?:颜色|尺码|尺寸|款式|材质|配色)
payment | instal?lments?|credit card|paypal|pay later|\bcash\b|alipay|wechat pay | 分期|信用卡|支付宝|微信支付|货到付款|花呗
high quality | (?:high|good|great|excellent)[ -]quality|well[ -]made | 质量好|品质好|做工精|用料扎实
precise | \b(?:hd|4k|8k|oled|retina|high[ -]definition|full hd)\b | 高清|超清
"""
_LINK = re.compile(r"https?://\S+|www\.\S+|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|net|org|cn|shop|io)\b")
_NOT = re.compile(
    r"(?:\b(?:not|no|never|without|nor|neither|cannot|isn't|aren't|doesn't|don't|can't|won't|wasn't)\b(?:\W+\w+){0,3}\W*|"
    r"(?:不|没有|没|无法|无|未|并非|非)(?:能|会|可以|是|提供|支持|含|带|可|再|太|有|到|具备|属于|用|享受|接受|要)*)$"
)
_SPLIT_NEGATIVE = re.compile(r"放不下|放不进")
_OPPOSITE = {"in stock": "sold out", "sold out": "in stock"}
_NEAR = 40


def _table() -> dict[str, re.Pattern[str]]:
    found = {}
    for line in _CLAIMS.strip().splitlines():
        name, _, rest = line.partition(" | ")
        english, _, chinese = rest.rpartition(" | ")
        found[name] = re.compile(f"{english.strip()}|{chinese.strip()}")
    return found


CLAIMS = _table()


class Claim(NamedTuple):
    """``yes`` is False where it is denied. ``word``: as it stood there."""

    name: str
    yes: bool
    word: str


def claims(text: str) -> list[Claim]:
    """Claims of a folded text."""
    found = []
    for name, pattern in CLAIMS.items():
        for match in pattern.finditer(text):
            before = re.split(r"[.,;:!?，。；：！？\n]", text[max(0, match.start() - _NEAR) : match.start()])[-1]
            denied = bool(_NOT.search(before)) != bool(_SPLIT_NEGATIVE.search(match[0]))
            found.append(Claim(name, not denied, match[0]))
    return found + [Claim("link", True, m[0]) for m in _LINK.finditer(text)]


def held(text: str) -> set[tuple[str, bool]]:
    """What a folded text of the grounds says: each claim with its polarity; a link with itself."""
    found = {(c.name if c.name != "link" else c.word, c.yes) for c in claims(text)}
    return found | {(_OPPOSITE[name], not yes) for name, yes in found if name in _OPPOSITE}


def holds(said: Claim, ground: set[tuple[str, bool]]) -> bool:
    return (said.word if said.name == "link" else said.name, said.yes) in ground
