"""Words of praise and complaint in English and Chinese, and what turns them round."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from showfloor.language.features import tokens
from showfloor.language.regression import Array
from showfloor.search.words import folded

_POSITIVE_EN = """
good great excellent awesome amazing fantastic wonderful perfect perfectly best love loved loves lovely like liked nice
beautiful beautifully gorgeous elegant happy happier pleased satisfied impressed impressive recommend recommended
comfortable comfy soft sturdy solid durable reliable easy simple intuitive fast quick quickly prompt friendly helpful
polite cheap affordable bargain worth value delicious tasty fresh crisp crispy tender flavorful clear clearly bright
sharp smooth smoothly quiet cozy well works worked enjoy enjoyed enjoyable fun brilliant superb outstanding favorite
favourite beats better stylish classy cool fine generous genuine handy ideal light lightweight neat powerful pretty
pleasant pleasantly quality strong super thrilled terrific useful warm glad delight delighted delightful incredible
exceptional flawless fit fits exactly early charming stunning rich excellent respect masterpiece hilarious
"""
_NEGATIVE_EN = """
bad poor poorly terrible horrible awful worst worse hate hated disappointed disappointing disappointment disappoint
waste wasted useless broken broke break breaks crack cracked defective defect faulty fail fails failed failure cheaply
flimsy thin rough uncomfortable hurt hurts pain tight loose small short slow slowly late delay delayed rude unhelpful
ignored expensive overpriced stale bitter bland disgusting gross nasty smell stink stinks dirty noisy loud crackle dim
dull ugly boring annoying annoyed angry regret return returned refund refused scam fake wrong missing leak leaked leaks
torn scratched scratches damaged damage crushed dead died die problem problems issue issues difficult hard confusing
complicated impossible unreliable unusable unhappy dissatisfied avoid trouble garbage junk trash crap sucks suck suffer
lame mediocre overcooked cold dry tasteless burnt stupid mess messy weak wobbly unacceptable lacking lacks pathetic
ridiculous horrendous mistake misleading unfortunately sick sad sadly worthless terribly disrespected freezes blunt
"""
_POSITIVE_ZH = """
好(?!像|几|多|难|差|贵|慢|久|丑|臭|烂)
好评 不错 满意 喜欢 推荐 超值 划算 实惠 便宜 物美价廉 性价比高 漂亮 好看 美观 大方 精美 精致 精细 细腻
舒服 舒适 柔软 透气 合身 合适 正好 刚好 结实 耐用 扎实 牢固 厚实 方便 简单 轻松 快 迅速 及时 耐心 热情 专业 清晰
清楚 流畅 安静 好吃 好喝 美味 新鲜 香 酥脆 好闻 清新 给力 惊喜 值得 放心 正品 点赞 完美 优秀 棒 赞 爱了 回购 超出预期
超出期待 开心 贴心 用心 靠谱 灵敏 一致 相符 高级 质感 百搭 省心 严实 体面 过瘾 真香
"""
_NEGATIVE_ZH = """
差评 太差 很差 差 失望 后悔 垃圾 难看 丑 土气 廉价 粗糙 劣质 破损 破 坏 断 裂 瑕疵 毛刺 线头 起球 掉色 褪色 缩水 变形
难受 磨脚 挤脚 疼 闷 硬 紧 偏小 偏大 太小 太大 太长 太短 太薄 慢 拖 麻烦 难用 复杂 看不懂 贵 不值 浪费 虚高 骗 假货 假
色差 不符 发错 少发 缺 漏 刺鼻 异味 怪味 难闻 臭 冲 难喝 难吃 发苦 腻 不新鲜 噪音 吵 卡 死机 闪退 失败 坏点 漏光 发烫
掉电 没电 没声音 没效果 没用 没人 不理 拒绝 退货 退款 投诉 恶劣 生气 气死 上当 踩雷 避雷 智商税 别买 不好用 敷衍 推诿
"""
_NEGATORS_EN = {"no", "not", "never", "nothing", "none", "nobody", "neither", "nor", "without", "hardly", "barely"} | {
    "cannot",
    "dont",
}
_NEGATORS_ZH = ("不", "没", "无", "别", "非", "未")
_END = frozenset(".,;:!?…") | {"but", "however", "though", "although"}
_FALSE_NEGATIONS = ("不错", "没得说", "不得不", "不愧", "无比", "非常", "没话说", "不仅", "不但", "不止")
_REACH = 3
"""Words that a negation reaches over."""
POSITIVE = frozenset(_POSITIVE_EN.split())
NEGATIVE = frozenset(_NEGATIVE_EN.split())
_EMOJI = dict.fromkeys("😀😃😄😁😊😍🥰😘🤩👍💯❤🎉👏😋🥳", 1) | dict.fromkeys("😡😠😞😢😭🤮👎💔😤😒🤬😩🙄", -1)


def _zh_pattern(words: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words.split(), key=len, reverse=True)))


_ZH_POSITIVE, _ZH_NEGATIVE = _zh_pattern(_POSITIVE_ZH), _zh_pattern(_NEGATIVE_ZH)


def counts(text: str) -> tuple[int, int]:
    """Words of praise and of complaint; a negated word counts on the other side."""
    praise = complaint = 0
    reach = 0
    for word in tokens(text):
        if word in _END:
            reach = 0
        value = (word in POSITIVE) - (word in NEGATIVE) or _EMOJI.get(word, 0)
        if value:
            value = -value if reach and word not in _EMOJI else value
            praise, complaint = praise + (value > 0), complaint + (value < 0)
        reach = _REACH if _negates(word) else max(0, reach - 1)
    plain = folded(text)
    taken: set[int] = set()
    for pattern, sign in ((_ZH_NEGATIVE, -1), (_ZH_POSITIVE, 1)):
        for found in pattern.finditer(plain):
            if taken.intersection(range(*found.span())):
                continue
            taken.update(range(*found.span()))
            value = -sign if _negated_zh(plain, found.start()) else sign
            praise, complaint = praise + (value > 0), complaint + (value < 0)
    return praise, complaint


def marked(text: str) -> list[str]:
    """Tokens; those that a negation reaches begin with ``not_`` (Pang, Lee and Vaithyanathan, 2002)."""
    found = []
    reach = 0
    for word in tokens(text):
        if word in _END:
            reach = 0
        found.append("not_" + word if reach else word)
        negates = _negates(word) or word in _NEGATORS_ZH
        reach = _REACH if negates else max(0, reach - 1)
    return found


def opinion_features(texts: Sequence[str]) -> Array:
    """``(N, 3) float32``: praise and complaint by words, each 0…1, and their difference."""
    rows = np.array([counts(t) for t in texts], np.float32).reshape(-1, 2)
    rows = rows / (rows + 1)
    return np.column_stack([rows, rows[:, 0] - rows[:, 1]]).astype(np.float32)


def _negates(word: str) -> bool:
    return word in _NEGATORS_EN or word.endswith("n't")


def _negated_zh(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at]
    if any(phrase in text[max(0, at - 4) : at + 2] for phrase in _FALSE_NEGATIONS):
        return False
    return any(negator in before[-3:] for negator in _NEGATORS_ZH) and not re.search(r"[,。;!?、\s]", before[-2:])
