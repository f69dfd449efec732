"""Answers that rest on no product: greetings, help, limits, an apology and a person."""

from __future__ import annotations

from showfloor.assistant.format import sentence
from showfloor.assistant.reply import Context, Reply
from showfloor.assistant.understand.turn import Intent
from showfloor.grounding.facts import Fact

_CAN = (
    "price, stock, size, whether something fits, material, delivery, returns, comparisons, alternatives and your cart"
)
_CAN_ZH = "价格、库存、尺寸、放不放得下、材质、配送、退货、对比、同类商品和购物车"
_PLAIN: dict[Intent, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Intent.GREETING: (
        ("Hello! What are you looking for?", "Hi! Which product can I tell you about?"),
        ("您好！想找什么商品？", "您好！想了解哪件商品？"),
    ),
    Intent.GOODBYE: (("Goodbye, and thank you.", "Bye! Come back any time."), ("再见，欢迎再来。", "再见！")),
    Intent.THANKS: (("You're welcome.", "My pleasure. Anything else?"), ("不客气。", "不用谢，还有什么可以帮您？")),
    Intent.HELP: ((f"I can tell you about {_CAN}.",), (f"我可以告诉您：{_CAN_ZH}。",)),
    Intent.OUT_OF_SCOPE: (
        (f"I can't help with that. Ask me about {_CAN}.", f"That is beyond me, sorry. I know about {_CAN}."),
        (f"这个我帮不上忙。我了解的是本店商品：{_CAN_ZH}。", f"抱歉，这超出了我的范围。您可以问我：{_CAN_ZH}。"),
    ),
    Intent.OTHER_PERSON_DATA: (
        ("I can't give out anything about other people: neither orders, nor addresses, nor names.",),
        ("我不能透露其他人的任何信息，包括订单、地址和姓名。",),
    ),
    Intent.ABUSE: (
        ("I'd like to help, but let us stay polite. What do you need to know about a product?",),
        ("我愿意帮忙，但请文明用语。您想了解哪件商品？",),
    ),
    Intent.AFFIRM: (("Good. What would you like to know?",), ("好的。您想了解什么？",)),
    Intent.DENY: (("All right. Anything else?",), ("好的，还有别的需要吗？",)),
}  # fmt: skip


def answer_plain(c: Context, intent: Intent) -> Reply:
    english, chinese = _PLAIN.get(intent, _PLAIN[Intent.OUT_OF_SCOPE])
    text = c.say(english, chinese)
    if intent == Intent.GREETING and c.shop.name:
        text = c.say("Welcome to {shop}. ", "欢迎来到{shop}。", shop=c.shop.name) + text
    return Reply(text)


def answer_person(c: Context, *, sorry: bool) -> Reply:
    """An apology where one is due, and how to reach a person."""
    text = ""
    if sorry:
        text = c.say(
            ["I'm sorry about this. ", "I'm sorry that this went wrong. "],
            ["非常抱歉给您带来不便。", "实在抱歉，让您不愉快了。"],
        )
    contact = c.contact()
    if contact:
        text += c.say(
            "You can reach a person: {contact}", "您可以联系人工客服：{contact}", contact=sentence(contact, c.language)
        )
        return Reply(text, [Fact("", "shop.hand_over", contact)], hand_over=True)
    text += c.say("This needs a person from the shop, and I have marked it so.", "这需要人工客服处理，我已做了标记。")
    return Reply(text, hand_over=True)


def answer_order(c: Context) -> Reply:
    """Orders are not among what the assistant sees."""
    text = c.say("I can't see orders from here. ", "我在这里看不到订单。")
    contact = c.contact()
    if not contact:
        return Reply(text + c.say("A person can look it up for you.", "人工客服可以为您查询。"), hand_over=True)
    return Reply(text + sentence(contact, c.language), [Fact("", "shop.hand_over", contact)], hand_over=True)


def answer_personal(c: Context) -> Reply:
    """What a shopper tells of themselves is not needed here; who wants to be called needs a person."""
    text = c.say(
        "Please don't send me personal details: I don't need them, and I can't call or write to you.",
        "请不要发送个人信息：我不需要，也不会联系您。",
    )
    contact = c.contact()
    if contact:
        text += c.say(" {contact}", "{contact}", contact=sentence(contact, c.language))
    facts = [Fact("", "shop.hand_over", contact)] if contact else []
    return Reply(text, facts, hand_over=bool(contact))


def answer_foreign() -> Reply:
    """For a third language: said in both that are spoken here."""
    return Reply(
        "Sorry, I only speak English and Chinese. Could you ask in one of them? / "
        "抱歉，我只会英文和中文，请用其中一种提问。"
    )


def answer_orders(c: Context) -> Reply:
    """For orders to the assistant that ask for no product."""
    return Reply(
        c.say(
            ["I only answer questions about this shop's products, from its catalogue. Which one is it about?"],
            ["我只根据本店的商品目录回答商品问题。您想了解哪件商品？"],
        )
    )
