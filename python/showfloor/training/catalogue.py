"""Questions about a product and their answers, made by code from its facts; one question has no answer there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from showfloor.grounding.facts import Fact, product_facts
from showfloor.v1 import catalog_pb2 as pb


@dataclass(frozen=True)
class Question:
    """``prompt`` holds the facts and the question, ``answer`` says what the facts say."""

    prompt: str
    answer: str
    facts: tuple[Fact, ...]


_EN = {
    "price": ("How much does the {title} cost?", "The {title} costs {value}."),
    "stock": ("Is the {title} in stock?", "Yes, there are {value} pieces of the {title} in stock."),
    "size.x_m": ("How wide is the {title}?", "The {title} is {value} wide."),
    "size.y_m": ("How tall is the {title}?", "The {title} is {value} tall."),
    "size.z_m": ("How deep is the {title}?", "The {title} is {value} deep."),
    "brand": ("Which brand is the {title}?", "The {title} is made by {value}."),
    "attributes.material": ("What is the {title} made of?", "The material of the {title} is {value}."),
    "attributes.colour": ("Which colour is the {title}?", "The colour of the {title} is {value}."),
}
_ZH = {
    "price": ("{title}多少钱？", "{title}的价格是{value}。"),
    "stock": ("{title}有货吗？", "有货，{title}现有{value}件。"),
    "size.x_m": ("{title}有多宽？", "{title}的宽度是{value}。"),
    "size.y_m": ("{title}有多高？", "{title}的高度是{value}。"),
    "size.z_m": ("{title}有多深？", "{title}的深度是{value}。"),
    "brand": ("{title}是什么品牌？", "{title}的品牌是{value}。"),
    "attributes.material": ("{title}是什么材质？", "{title}的材质是{value}。"),
    "attributes.colour": ("{title}是什么颜色？", "{title}的颜色是{value}。"),
}
_SOLD_OUT = {"en": "The {title} is out of stock.", "zh": "{title}目前缺货。"}
_UNKNOWN = {
    "en": "I do not know that about the {title}; I can ask a colleague.",
    "zh": "关于{title}，我没有这项信息，可以请同事为您确认。",
}
_FORMS = {"en": (_EN, "Facts:\n{facts}\n\nQuestion: {question}"), "zh": (_ZH, "资料：\n{facts}\n\n问题：{question}")}
_LONGEST = 300
"""Characters of a value that still belongs into a prompt of facts; descriptions are longer."""


def questions(product: pb.Product) -> list[Question]:
    """English for a title in English or without a language, Chinese for one in Chinese; others are left out."""
    found = []
    for language, title in sorted(product.titles.items()):
        kind = {"en": "en", "und": "en", "zh": "zh"}.get(language.partition("-")[0])
        if kind:
            found += _questions(kind, title, _shown(product, language))
    return found


def _questions(language: str, title: str, facts: Sequence[Fact]) -> list[Question]:
    forms, prompt = _FORMS[language]
    values = {f.field: f.value for f in facts}
    text = "\n".join(f"{f.field}: {f.value}" for f in facts)
    unknown = next((field for field in forms if field not in values), None)
    found = []
    for field, (question, answer) in forms.items():
        if field in values:
            said = _SOLD_OUT[language] if (field, values[field]) == ("stock", "0") else answer
        elif field == unknown:
            said = _UNKNOWN[language]
        else:
            continue
        asked = prompt.format(facts=text, question=question.format(title=title))
        found.append(Question(asked, said.format(title=title, value=values.get(field, "")), tuple(facts)))
    return found


def _shown(product: pb.Product, language: str) -> list[Fact]:
    return [
        f
        for f in product_facts(product)
        if len(f.value) <= _LONGEST
        and (not f.field.startswith(("titles.", "descriptions.")) or f.field == f"titles.{language}")
    ]
