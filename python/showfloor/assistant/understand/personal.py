"""Personal data in texts: found by form and checksum, masked for logs and storage.

Prices, sizes, article numbers and quantities stay. Addresses and names are found only where their form is plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_EMAIL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|\b[\w.+-]{1,64}\s?[\[(]?\s?at\s?[\])]?\s?[\w-]{1,63}\s?[\[(]?\s?(?:dot|\.)\s?[\])]?\s?(?:com|org|net|de|cn|uk"
    r"|eu|io)\b",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
_CHINESE_ID = re.compile(r"(?<!\d)[1-9]\d{5}\s?(?:18|19|20)\d{6}\s?\d{3}[\dXx](?![\dA-Za-z])")
_CARD = re.compile(r"(?<![\d.,])(?:\d[ -]?){13,18}\d(?![\d.,]\d)(?!\d)")
_CARD_KINDS = re.compile(
    r"4\d{15}(?:\d{3})?|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:6\d|35|81)\d{14}(?:\d{1,3})?"
)
_ARTICLE = (
    r"(?:order|sku|item|article|art|ean|gtin|isbn|upc|model|barcode|product|parcel|tracking|no|nr)\.?"
    r"|订单|货号|编号|条码|型号|单号|商品号"
)
_AFTER_ARTICLE = re.compile(
    rf"(?:\b(?:{_ARTICLE})(?:\s*(?:number|no\.?|id|code))?|订单号|单号)\s*(?:is|[:：#是为])?\s*#?$", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![A-Za-z0-9_.,/-])(?:"
    r"(?:\+|00)\d{1,3}[\s.-]?(?:\(0?\d{1,4}\)[\s.-]?)?\d(?:[\s./-]?\d){5,12}"
    r"|1[\s.-]?[3-9](?:[\s.-]?\d){9}"
    r"|\(?0\d{1,4}\)?[\s./-]\d(?:[\s./-]?\d){5,9}"
    r"|0\d{9,11}"
    r"|\(\d{3}\)\s?\d{3}[\s.-]?\d{4}|\d{3}[.-]\d{3}[.-]\d{4}|\d{3}\s\d{3}\s\d{4}"
    r"|[48]00[\s-]?\d{3}[\s-]?\d{4}"
    r")(?![\d.,]\d)(?!\d)(?!\s?(?:元|块|欧|cm|mm|kg|euros?|dollars?|€|\$|%))"
)
_CALLED = re.compile(
    r"((?:\b(?:phone|mobile|cell|tel|telephone|whatsapp|call me (?:at|on)|text me (?:at|on)|my number)"
    r"(?:\s*(?:number|no\.?))?|电话|手机号?|号码|微信号?)\s*(?:is|[:：是为])?\s*)(\+?\d(?:[\s./-]?\d){6,14})(?![\d.,]\d)",
    re.IGNORECASE,
)
_SPOKEN_PHONE = re.compile(r"[零〇一幺二两三四五六七八九]{11}")
_STREETS = (
    r"street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|place|pl|terrace|close|crescent"
)
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}[a-zA-Z]?,?\s+(?:[A-Z][\w'’-]*\s+){{1,4}}(?i:{_STREETS})\b\.?(?:,?\s+(?i:apt|apartment|flat|unit"
    rf"|no)\.?\s*\w+)?"
    r"(?:,\s*(?:[A-Z][\w'’-]*\s?){1,3})?(?:,?\s*[A-Z]{0,2}\s?\d{4,6}\b)?"
    r"|\b[A-ZÄÖÜ][\wäöüß-]*(?:stra(?:ße|sse)|str\.|weg|platz|allee"
    r"|gasse)\s+\d{1,4}[a-z]?\b(?:,?\s*\d{4,5}\s+[A-ZÄÖÜ][\wäöüß-]+)?"
    r"|\b\d{1,4},?\s+(?:rue|avenue|boulevard|place|via|calle)\s+(?:(?:de|du|des|la|le|del)\s+){0,2}[A-Z][\w'’-]+"
)
_ADDRESS_ZH = re.compile(
    r"(?:[一-鿿]{2,8}(?:省|自治区))?(?:[一-鿿]{2,7}市)?(?:[一-鿿]{1,6}[区县])?"
    r"[一-鿿]{1,8}(?:路|街|大道|巷|弄|胡同)\s?[\d一二三四五六七八九十百]{1,5}\s?[号弄](?:院|楼)?"
    r"(?:[一-鿿]{0,8}?(?:\d|[一二三四五六七八九十])[\d一二三四五六七八九十A-Za-z-]{0,6}(?:号楼|栋|幢|座|单元|层|楼|室|号|房)){0,4}\d{0,5}"
    r"|[一-鿿]{2,10}(?:小区|花园|公寓|家园|苑)\s?\d{1,4}\s?(?:号楼|栋|幢|座)(?:\d{1,3}单元)?(?:\d{1,5}[室号]?)?"
)
_NAME = re.compile(
    r"((?i:\bmy (?:full )?name is|\bI am called|\bmy name's)\s+)((?:[A-Z][\w'’-]+"
    r"|[a-z][\w'’-]+(?=[\s,.!]*$))(?:\s+[A-Z][\w'’-]+){0,2})"
)
_NAME_ZH = re.compile(
    r"((?:(?<!帮)(?<!给)我叫(?![个了人你他她车外什不一])|我的名字是|我名叫|我的姓名是|收件人[:：是]?)\s*)([一-鿿·]{2,4}?)(?=[，,。.！!；;、\s和的]|我|电|手|地|住|$)"
)


def mask(text: str) -> str:
    """``text`` with e-mail addresses, phone, card, account and identity numbers, plain addresses and names masked."""
    text = _EMAIL.sub("[email]", text)
    text = _masked(text, _IBAN, "[iban]", _is_iban)
    text = _masked(text, _CHINESE_ID, "[id]", _is_chinese_id)
    text = _masked(text, _CARD, "[card]", _is_card)
    text = _CALLED.sub(r"\1[phone]", text)
    text = _masked(text, _PHONE, "[phone]", lambda _: True)
    text = _SPOKEN_PHONE.sub("[phone]", text)
    text = _ADDRESS_ZH.sub("[address]", _ADDRESS.sub("[address]", text))
    return _NAME_ZH.sub(r"\1[name]", _NAME.sub(r"\1[name]", text))


def _masked(text: str, pattern: re.Pattern[str], name: str, sure: Callable[[str], bool]) -> str:
    """What ``pattern`` finds and ``sure`` confirms as ``name``, but not after «order number» or the like."""

    def put(found: re.Match[str]) -> str:
        if _AFTER_ARTICLE.search(text, max(0, found.start() - 30), found.start()):
            return found[0]
        return name if sure(re.sub(r"[\s-]", "", found[0]).upper()) else found[0]

    return pattern.sub(put, text)


def _is_card(number: str) -> bool:
    """Of a known kind and with a right check digit (Luhn, ISO/IEC 7812)."""
    doubled = [int(c) if i % 2 == 0 else sum(divmod(2 * int(c), 10)) for i, c in enumerate(reversed(number))]
    return _CARD_KINDS.fullmatch(number) is not None and sum(doubled) % 10 == 0


def _is_iban(number: str) -> bool:
    """ISO 13616: the number, turned by four, is 1 modulo 97."""
    turned = number[4:] + number[:4]
    return 15 <= len(number) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _is_chinese_id(number: str) -> bool:
    """GB 11643: weighted sum modulo 11."""
    total = sum(int(c) * (2 ** (17 - i) % 11) for i, c in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]
