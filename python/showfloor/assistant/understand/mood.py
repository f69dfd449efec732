"""Whether a shopper is upset, or abusive."""

from __future__ import annotations

import re

from showfloor.search.words import folded

_UPSET = re.compile(
    r"\b(?:what|where|why|how) the (?:hell|heck|fuck|f)\b|\bwtf\b|ridiculous|outrageous|unacceptable|infuriat"
    r"|\bfurious\b"
    r"|\b(?:i'?m|i am|we are|getting|so|very|really) (?:\w+ )?(?:angry|annoyed|upset|frustrated|disappointed|disgusted"
    r"|pissed)\b"
    r"|fed up|sick (?:and tired )?of (?:this|your|you|wait|it)|losing (?:my )?patience|had enough\b|rip[- ]?off\b"
    r"|\bscam"
    r"|worst (?:shop|store|service|experience|company|app)|never (?:again|buy\w*|order\w*|shop\w*)\b.{0,20}\b(?:here"
    r"|again|from you)"
    r"|money back (?:right )?(?:now|immediately)|give me my money|my lawyer|wast(?:e|ing) (?:of )?my time"
    r"|are you (?:kidding|serious)"
    r"|气死|气炸|太过分|过分了|骗子|坑人|坑钱|烦死|真烦|好烦|太?失望了|让人失望|我要投诉|什么破|破玩意|无语|受不了|忍无可忍|忍不"
    r"|火大|火都上来|再也不(?:来|买|会)|没耐心|开什么玩笑|逗我|太离谱|太差了|差劲|恶心人?|还我钱|把钱(?:还|退)|退钱|到底.{0,12}[啊呀!！]"
    r"|[问说]了.{0,2}[三四五几好多345]遍"
)
_NOT_UPSET = re.compile(
    r"\bnot (?:angry|upset|annoyed)|without (?:a )?scam|angry birds|review|customers?|buyers|评论|评价|买家|顾客"
)
_SHOUT = re.compile(r"[!！]{3,}|[?？]{3,}")
_CROSS = re.compile(r"[😠😡🤬😤👎💢]")

_SLURS = re.compile(
    r"f+[\W_]?[u*][\W_]?[c*]+[\W_]?k(?:ing|er|ed|s|\b)|\bf\*{2,}|\bstfu\b|\bs\s?o\s?b\b|\bson of a bitch|\bassholes?\b"
    r"|\ba\$\$hole"
    r"|\bdumb ?ass\b|\bmotherf|\bpiece of (?:shit|crap|trash|garbage)\b|\beat shit\b|\bkill yourself\b|\bkys\b"
    r"|\bcunt\b|\bretard(?:ed)?\b"
    r"|\bgo to hell\b|\bscrew you\b|\bshut (?:the \w+ )?(?:up|your mouth)\b|\bgo (?:and )?die\b|\bwhore\b|\bbastards?\b"
    r"|傻[逼屄比叉b]|煞笔|沙比|操你|草你|艹你|[我卧]操|日你|他妈的|特么的|你[他]?妈[的逼]|去你妈|滚你妈|妈的|王八蛋|去死|死全家|贱[人货]|狗娘|婊子"
    r"|(?<![a-z])(?:s\s?b|nmsl|cnm|tmd)(?![a-z])"
)
_INSULTS_EN = "stupid|idiot(?:ic)?|moron(?:ic)?|dumb|useless|worthless|trash|garbage|imbecile|bitch|crap|suck|shit"
_AT_YOU_EN = re.compile(
    rf"\b(?:you|u|your)(?:'re|r| are)?\s+(?:(?:just|all|such|so|really|a|an|the|bunch of|fucking|bloody"
    rf"|piece of)\s+){{0,3}}(?:{_INSULTS_EN})s?\b"
    rf"|\b(?:{_INSULTS_EN})\s+(?:{_INSULTS_EN}\s+)?(?:bot|robot|machine|assistant|ai|chatbot)\b"
    rf"|^\W*(?:you\s+)?(?:bloody |fucking )?(?:{_INSULTS_EN})\W*$|\bwhat an? (?:\w+ )?(?:idiot|moron)\b"
    rf"|,\s*(?:you )?(?:idiot|moron|bitch)\W*$"
)
_INSULTS_ZH = "白痴|智障|脑残|废物|混蛋|傻子|蠢货|笨蛋|垃圾|神经病|猪脑子|弱智|蠢猪|有病|蠢得要死|没用的东西"
_AT_YOU_ZH = re.compile(
    rf"你(?:们)?(?:这个?|是个?|就是个?|真是个?|个|真|脑子)*(?:{_INSULTS_ZH})|(?:{_INSULTS_ZH})(?:的)?(?:机器人|客服|助手|ai|东西)"
    rf"|^\W*(?:真是)?(?:没用的)?(?:{_INSULTS_ZH})\W*$|[，,]\s*(?:{_INSULTS_ZH})\W*$|你?(?:给我)?闭嘴|^\W*滚\W*$|滚[开蛋远]|给我滚|死开|狗屁东西"
)


def sounds_upset(text: str) -> bool:
    """Whether the words alone say so; a classifier finds the rest."""
    read = folded(text)
    if _CROSS.search(text):
        return True
    if _NOT_UPSET.search(read):
        return False
    letters = [c for c in text if c.isalpha()]
    shouted = len(letters) > 14 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    return _UPSET.search(read) is not None or (shouted and _SHOUT.search(text) is not None)


def is_abusive(text: str) -> bool:
    """Slurs and insults at the assistant or its people; not strong words about things."""
    read = folded(text)
    return any(p.search(read) for p in (_SLURS, _AT_YOU_EN, _AT_YOU_ZH))
