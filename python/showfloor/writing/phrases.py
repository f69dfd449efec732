"""Sentences that frame the facts, by language and tone. None of them says anything of the product by itself."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Phrases = dict[str, tuple[str, ...]]
"""By tone."""

OPEN_EN: Phrases = {
    "plain": ("{name}{by}.",),
    "warm": (
        "Meet {name}{by}.",
        "Here is {name}{by}, with everything you may like to know about it.",
        "Let us introduce {name}{by}.",
        "A warm welcome to {name}{by}.",
    ),
    "luxury": ("Presenting {name}{by}.", "{name}{by}, in every detail.", "Introducing {name}{by}."),
    "playful": (
        "Say hello to {name}{by}!",
        "Psst, have you met {name}{by}?",
        "Drum roll, please: {name}{by}!",
        "Look who is here: {name}{by}!",
    ),
}
CLOSE_EN: Phrases = {
    "plain": ("",),
    "warm": (
        "Take your time and see whether it suits you.",
        "Have a question? Just ask us.",
        "We are happy to help you choose.",
    ),
    "luxury": ("Discover it at your leisure.", "We invite you to take a closer look.", "Yours to discover."),
    "playful": ("Go on, take a closer look!", "Your turn!", "Ready when you are!"),
}
CALL_EN: Phrases = {
    "plain": ("See all details in the shop.", "Find out more in the shop.", "Take a look in the shop."),
    "warm": ("Come and have a look.", "Stop by and see it for yourself.", "See it up close, in your own time."),
    "luxury": ("Discover it now.", "Take a closer look.", "Explore every detail."),
    "playful": ("Come and play!", "Go and see it!", "Tap, turn, take a look!"),
}
OPEN_ZH: Phrases = {
    "plain": ("{name}。", "这是 {name}。"),
    "warm": ("来认识一下 {name}。", "为您介绍 {name}。", "遇见 {name}。", "想了解 {name}？都在这里。"),
    "luxury": ("谨此呈现：{name}。", "{name}，细节如下。", "敬请品鉴 {name}。"),
    "playful": ("嗨，快来看 {name}！", "登登登，{name} 来啦！", "叮咚，{name} 到场！"),
}
CLOSE_ZH: Phrases = {
    "plain": ("",),
    "warm": ("慢慢看，合心意再选。", "有问题，随时问我们。", "我们乐意帮您挑选。"),
    "luxury": ("静待您细细品味。", "期待您的到来。", "敬请细赏。"),
    "playful": ("快来看看吧！", "心动了吗？来瞧一眼！", "该你出场啦！"),
}
CALL_ZH: Phrases = {
    "plain": ("详情请见店铺。", "更多信息请到店铺查看。", "欢迎到店铺了解。"),
    "warm": ("欢迎来看看。", "来店里慢慢看吧。", "有空来看一眼吧。"),
    "luxury": ("敬请细赏。", "静候您的光临。", "诚邀您细看。"),
    "playful": ("快来围观！", "点开看看吧！", "走，去瞧瞧！"),
}
TELL_EN: Phrases = {
    "plain": ("The details – {points}.", "At a glance – {points}."),
    "warm": ("Good to know – {points}.", "A few things to know – {points}."),
    "luxury": ("In detail – {points}.", "The particulars – {points}."),
    "playful": ("The facts, please – {points}.", "Quick facts – {points}."),
}
TELL_ZH: Phrases = {
    "plain": ("主要信息：{points}。", "规格说明：{points}。"),
    "warm": ("这些信息供您参考：{points}。", "您可能想知道：{points}。"),
    "luxury": ("细节：{points}。", "详细规格：{points}。"),
    "playful": ("小档案：{points}。", "快速了解：{points}。"),
}


def pick(options: Sequence[str], *seed: str) -> str:
    """Always the same for the same seed, evenly over different ones."""
    return options[zlib.crc32("\n".join(seed).encode()) % len(options)]
