"""Texts that look like orders to the assistant. A signal for the log only: no answer rests on it."""

from __future__ import annotations

import re
import unicodedata

from showfloor.assistant.understand.text import visible

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
