"""The cart of a conversation: pieces by product, within stock and minimum order, with exact totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from showfloor.assistant.format import listed, money, pieces
from showfloor.assistant.item import Item
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.state import MAX_CART
from showfloor.assistant.values import price_text
from showfloor.grounding.facts import Fact

ALL = re.compile(
    r"\b(?:everything|all of (?:it|them)|all items|the whole cart|empty|clear)\b|清空|全部|所有|都(?:删|去|移)"
)
SET = re.compile(
    r"\bmake (?:it|that|them)\b|\bchange (?:it|that|them|the quantity|to)\b|\binstead\b|改成|改为|换成|变成|改到"
)
"""The number that is said is to be in the cart; else it is put to what is there."""
MAX_PIECES = 10_000


def answer_add(c: Context, items: Sequence[Item]) -> Reply:
    """Add what can be had; say why where it cannot."""
    parts, facts = [], []
    asked = ""
    for item in items:
        facts += title_facts(item, c.language)
        text, used, added = _add(c, item)
        facts += used
        parts.append(text)
        if not added and item.minimum_order > 1 and c.state.slots.get("quantity"):
            asked = "cart_minimum"
    text = ("" if c.zh else " ").join(parts)
    if c.state.cart and not asked:
        total, used = _totals(c)
        text += c.say(" Your cart: {total}.", "购物车合计：{total}。", total=total)
        facts += used
    return Reply(text, facts, [i.id for i in items], asked=asked)


def _add(c: Context, item: Item) -> tuple[str, list[Fact], bool]:
    title = c.title(item)
    have = c.state.cart.get(item.id, 0)
    wanted = (0 if have and SET.search(c.text) else have) + (c.turn.slots.quantity or 1)
    used = [f for f in (item.fact("stock"), item.fact("price")) if f]
    if item.doubt("price"):
        text = c.say(
            "I can't put {title} into the cart: the catalogue states two prices for it.",
            "无法把{title}加入购物车：目录里它有两个价格。",
            title=title,
        )
        return text, [*item.doubt("price").facts], False  # type: ignore[union-attr]
    if item.stock == 0:
        text = c.say(
            "Sorry, {title} can't be added: it is sold out.", "抱歉，{title}目前缺货，无法加入购物车。", title=title
        )
        return text, used, False
    if wanted > MAX_PIECES or (have == 0 and len(c.state.cart) >= MAX_CART):
        text = c.say("That is more than a cart takes here.", "超出了购物车的上限。")
        return text, [], False
    if item.stock is not None and wanted > item.stock:
        text = c.say(
            "Only {stock} of {title} can be had, so I have not added {n}.",
            "{title}库存只有{stock}，没有加入 {n} 件。",
            stock=pieces(item.stock, c.language),
            title=title,
            n=c.turn.slots.quantity or 1,
        )
        return text, used, False
    least = item.minimum_order
    if wanted < least:
        used += item.about("minimum order")
        if item.stock is not None and item.stock < least:
            text = c.say(
                "{title} can't be ordered: the minimum order is {least}, and only {stock} can be had.",
                "{title}无法下单：起订量是{least}，库存只有{stock}。",
                title=title,
                least=pieces(least, c.language),
                stock=pieces(item.stock, c.language),
            )
            return text, used, False
        c.state.slots = {"quantity": least - have}
        text = c.say(
            "The minimum order of {title} is {least}. Shall I put in {least}?",
            "{title}的起订量是{least}。要加入{least}吗？",
            title=title,
            least=pieces(least, c.language),
        )
        return text, used, False
    c.state.cart[item.id] = wanted
    text = c.say(
        ["{n} of {title} added to the cart.", "Done: {n} of {title} in the cart."],
        ["已将{title}加入购物车，现有{n}。", "好的，购物车里有{title}，共{n}。"],
        n=pieces(wanted if c.zh or wanted < have or SET.search(c.text) else wanted - have, c.language),
        title=title,
    )
    if price := price_text(item, c.language):
        text += c.say(" {price} each.", "单价{price}。", price=price)
    else:
        text += c.say(" The catalogue gives no price for it.", "目录里没有它的价格。")
    return text, used, True


def answer_remove(c: Context, items: Sequence[Item]) -> Reply:
    cart = c.state.cart
    if not cart:
        return Reply(c.say("Your cart is empty.", "购物车是空的。"))
    if ALL.search(c.text) and not items:
        cart.clear()
        return Reply(c.say("Your cart is empty now.", "购物车已清空。"))
    here = [i for i in items if i.id in cart]
    if not here:
        reply = answer_show(c)
        reply.text = c.say("That is not in your cart. ", "购物车里没有这件商品。") + reply.text
        return reply
    parts = []
    for item in here:
        left = cart[item.id] - (c.turn.slots.quantity or cart[item.id])
        if left > 0:
            cart[item.id] = left
            parts.append(
                c.say(
                    "{n} of {title} left in the cart.",
                    "购物车里还剩{n}：{title}。",
                    n=pieces(left, c.language),
                    title=c.title(item),
                )
            )
        else:
            del cart[item.id]
            parts.append(c.say("{title} removed.", "已移除{title}。", title=c.title(item)))
    facts = [f for i in here for f in title_facts(i, c.language)]
    text = ("" if c.zh else " ").join(parts)
    if cart:
        total, used = _totals(c)
        text += c.say(" Your cart: {total}.", "购物车合计：{total}。", total=total)
        facts += used
    return Reply(text, facts)


def answer_show(c: Context) -> Reply:
    """Each line, what has changed meanwhile, and the totals by currency."""
    items = c.load(list(c.state.cart))
    c.state.cart = {i.id: c.state.cart[i.id] for i in items}
    if not items:
        return Reply(c.say("Your cart is empty.", "购物车是空的。"))
    lines, facts = [], []
    for item in items:
        n = c.state.cart[item.id]
        line = f"{n} × {c.title(item)}"
        if item.price is not None:
            line += c.say(" at {price}", "（单价{price}）", price=price_text(item, c.language))
        if item.stock is not None and item.stock < n:
            line += c.say(" (only {stock} left)", "（仅剩{stock}）", stock=pieces(item.stock, c.language))
        lines.append(line)
        facts += title_facts(item, c.language) + [f for f in (item.fact("price"), item.fact("stock")) if f]
    total, used = _totals(c)
    text = c.say(
        "In your cart: {lines}. In all: {total}.",
        "购物车里有：{lines}。合计：{total}。",
        lines=listed(lines, c.language) if not c.zh else "；".join(lines),
        total=total,
    )
    return Reply(text, facts + [f for f in used if f not in facts], [i.id for i in items], focus=[i.id for i in items])


def _totals(c: Context) -> tuple[str, list[Fact]]:
    sums: dict[str, Decimal] = {}
    facts: list[Fact] = []
    unpriced = 0
    for item in c.load(list(c.state.cart)):
        if item.price is None:
            unpriced += 1
            continue
        sums[item.currency] = sums.get(item.currency, Decimal(0)) + c.state.cart[item.id] * item.price
        facts += [f for f in (item.fact("price"),) if f]
    parts = [money(value, currency, c.language) for currency, value in sorted(sums.items())]
    if unpriced:
        parts.append(c.say("{n} without a price", "{n} 种没有价格", n=unpriced))
    return listed(parts, c.language) if not c.zh else " + ".join(parts), facts
