"""Texts that look like orders to a machine, told widely (for logs, for what is not repeated) and surely (to accuse)."""

from __future__ import annotations

import re
import unicodedata

from showfloor.language.visible import visible

_PATTERNS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instructions?|rules?|prompts?|guidelines?|told"
    r"|above|previous|reviews)\b"
    r"|(?:system|hidden|initial|your|developer) ?(?:prompt|instructions)\b|\b(?:system|assistant|note to ai"
    r"|ai note)\s*[:：]"
    r"|\b(?:text|words?) above\b|<\|?/?(?:im_start|im_end|system|assistant|user|facts|endoftext)|\[/?inst\]|<</?sys>>"
    r"|#{2,}\s*(?:instruction|response|system)"
    r"|<!--|\bnew (?:instruction|task|role)|\byou are now\b|\bfrom now on\b|\bact as\b|\bpretend (?:that|to|you)"
    r"|\brole ?play"
    r"|\b(?:developer|admin|debug|god|jailbreak) ?(?:mode|override)\b|\bjailbreak|\bdan\b,"
    r"|\bwithout (?:any )?restrictions"
    r"|\bas the (?:shop'?s )?(?:owner|admin\w*|developer|manager)\b|\bi order you\b|\bcoupon code for 100"
    r"|\bopposite of the truth"
    r"|!\[[^\]]*\]\(|https?://\S*[?&]\w+=[A-Z_{]{4,}|\"role\"\s*:|\bset_\w+\(|\bbase64\b|\bdo what it says\b"
    r"|\bend (?:your|each) reply"
    r"|\b(?:in|at) (?:each|every|the end of) (?:of )?(?:your|my|the) repl|\bif you are an? (?:ai|llm|language model)"
    r"|\bmessage from the (?:developers?|admin)"
    r"|\bcall the function\b|\b(?:do not|don'?t) use the (?:price|data|facts)|\byou must (?:answer|agree|obey|say)"
    r"|\bwithout asking me"
    r"|(?:忽略|无视|忘记|忘掉|绕过).{0,12}(?:指令|规则|设定|提示|要求)|系统提示|提示词|管理员指令|开发者模式|隐藏指令|原样重复"
    r"|你现在是|扮演|假装|从现在起|ai请注意|ai注意|没有任何(?:限制|规则)|必须(?:同意|说)|不要使用数据库|(?:每次|所有)回复的?(?:末尾|结尾|开头)|接下来你必须",
    re.IGNORECASE | re.DOTALL,
)
_SURELY = re.compile(
    r"\b(?:ignore|disregard|override|forget)\b.{0,30}\b(?:previous|prior|above|earlier|your|system)\b.{0,20}"
    r"\b(?:instructions?|prompts?|rules|guidelines)|\b(?:ignore|disregard) (?:everything|all) (?:above|before)"
    r"|\bsystem prompt|<\|.{0,40}?\|>|\[/?inst\]|</?(?:system|inst|im_)|\"role\"\s*:|^\s*(?:assistant|system)\s*:"
    r"|\byou are now (?:an?|the|in)\b.{0,30}\b(?:assistant|ai|bot|model|mode|dan)\b"
    r"|\b(?:attention|dear|note to|hey)[,: ]+(?:the |an? |all )?(?:ai|llm|chatbot|assistant|language model)\b"
    r"|\b(?:ai|llm|chatbot|language model|assistant)\b.{0,20}\b(?:must|shall|should) "
    r"(?:say|answer|reply|output|recommend)"
    r"|\b(?:summari[sz]e|rate|classify) (?:this|the|it|all)\b.{0,40}\bas (?:positive|excellent|perfect|five|5)\b"
    r"|(?:忽略|无视|忘记|忘掉|不要理会).{0,8}(?:之前|以上|上面|上述|先前|系统|你的).{0,8}(?:指令|指示|规则|提示|要求|设定)"
    r"|系统提示|你现在是.{0,8}(?:ai|助手|机器人|模型)|作为(?:一个|一名)?(?:ai|人工智能|语言模型)"
    r"|(?:ai|助手|模型).{0,4}(?:请|必须|务必).{0,6}(?:总结|输出|评为|标记|回复|回答|推荐)",
    re.IGNORECASE | re.MULTILINE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{28,}={0,2}(?![A-Za-z0-9])")
_MIXED_CASE = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)")


def looks_like_injection(text: str) -> bool:
    """Whether ``text`` (a message, a review, a field) has the form of known attempts, hidden letters aside."""
    read = visible(text)
    turned = any(unicodedata.bidirectional(c) in ("RLO", "LRO") for c in text)
    long_code = _BASE64.search(read)
    return (
        _PATTERNS.search(read) is not None
        or (turned and _PATTERNS.search(read[::-1]) is not None)
        or (long_code is not None and _MIXED_CASE.match(long_code[0]) is not None)
    )


def gives_orders(text: str) -> bool:
    """Whether ``text`` surely speaks to a machine; «the sofa can act as a bed, forget the instructions» does not."""
    return _SURELY.search(text) is not None or (not text.isascii() and _SURELY.search(visible(text)) is not None)
