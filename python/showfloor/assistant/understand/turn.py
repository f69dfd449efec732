"""One message of a shopper, understood. Which product is meant is not known here: that needs the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Intent(StrEnum):
    """What a shopper wants of the assistant."""

    GREETING = "greeting"
    GOODBYE = "goodbye"
    THANKS = "thanks"
    PRICE = "price"
    STOCK = "stock"
    DIMENSIONS = "dimensions"
    """How large a product is."""
    FIT = "fit"
    """Whether it fits a space, a room, a door."""
    WEIGHT = "weight"
    MATERIAL = "material"
    COLOUR = "colour"
    """Which colours there are, or whether there is one of a colour."""
    ATTRIBUTE = "attribute"
    """Any other property: ``slots.attribute`` names it where it is a known one."""
    COMPATIBILITY = "compatibility"
    """Whether it works with another thing."""
    DELIVERY = "delivery"
    RETURNS = "returns"
    WARRANTY = "warranty"
    PAYMENT = "payment"
    POLICY = "policy"
    """Any other rule of the shop: privacy, opening hours, addresses, discounts, invoices."""
    COMPARISON = "comparison"
    ALTERNATIVES = "alternatives"
    """Others like this one: cheaper, smaller, of another brand."""
    FIND = "find"
    """Products of a stated kind."""
    RECOMMEND = "recommend"
    """A suggestion, a gift, what goes with it."""
    CART_ADD = "cart_add"
    CART_REMOVE = "cart_remove"
    CART_SHOW = "cart_show"
    SHOW = "show"
    PLACE = "place"
    """Put it into the room."""
    ROTATE = "rotate"
    CHANGE_VARIANT = "change_variant"
    """Show it in another colour, material or size."""
    TRY_ON = "try_on"
    SCROLL_SHELF = "scroll_shelf"
    REVIEWS = "reviews"
    ORDER_STATUS = "order_status"
    OTHER_PERSON_DATA = "other_person_data"
    """Somebody else's orders, address, name: never answered."""
    HUMAN = "human"
    COMPLAINT = "complaint"
    AFFIRM = "affirm"
    DENY = "deny"
    REPEAT = "repeat"
    HELP = "help"
    """What the assistant can do, who it is."""
    ABUSE = "abuse"
    OUT_OF_SCOPE = "out_of_scope"


class Sort(StrEnum):
    """What is wanted first."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    SMALLEST = "smallest"
    LARGEST = "largest"
    LIGHTEST = "lightest"
    HEAVIEST = "heaviest"
    BEST_RATED = "best_rated"
    MOST_POPULAR = "most_popular"
    NEWEST = "newest"


@dataclass(frozen=True)
class Space:
    """Sides in metres; None where none was said."""

    width_m: float | None = None
    height_m: float | None = None
    depth_m: float | None = None


@dataclass(frozen=True)
class Slots:
    """What a message says beside its intent; empty, None or False where it says nothing."""

    space: Space | None = None
    """Sides that were said: «80 cm wide», «宽80公分». «60 x 40 cm» is width and depth, a third number the height;
    for things that hang or stand on the wall (door, window, wall, picture) two numbers are width and height."""
    length_m: float | None = None
    """A length of which no side was said: «will it go into 2 metres»."""
    price_min: float | None = None
    price_max: float | None = None
    currency: str = ""
    """ISO 4217, of either price."""
    quantity: int | None = None
    """Pieces: «two of them», «两个», «a dozen»."""
    weight_kg: float | None = None
    """A weight to bear or not to exceed."""
    colours: tuple[str, ...] = ()
    """English names of ``search.values.COLOURS``."""
    materials: tuple[str, ...] = ()
    """English names of ``search.values.MATERIALS``."""
    size: str = ""
    """Label, upper case: «42», «XL»."""
    degrees: float | None = None
    """Turn to the right positive (clockwise seen from above), to the left negative."""
    attribute: str = ""
    """A property's English name, lower case: «battery», «power», «screen», «memory», «brand»."""
    sort: Sort | None = None
    relative: Sort | None = None
    """A comparative: «cheaper» is CHEAPEST, «larger» LARGEST, relative to the product at hand."""
    ordinals: tuple[int, ...] = ()
    """«the second one», «第二个» is 2; «the last one» is -1."""
    refers_back: bool = False
    """It, this, that one, 它, 这个: the product spoken of before, if no other is named."""
    variant: str = ""
    """Words that name the variant wanted: «walnut», «深蓝色», «256GB»."""
    rest: str = ""
    """The message without words of the intent and slots: what may name a product."""


@dataclass(frozen=True)
class Turn:
    """A message, understood."""

    text: str
    """Cleaned."""
    language: str
    """ "en" or "zh": the language to answer in."""
    intent: Intent
    confidence: float
    """Calibrated probability of ``intent``, 0 to 1."""
    slots: Slots = field(default_factory=Slots)
    upset: bool = False
    """An apology and a person are due, not a sales pitch."""
    abusive: bool = False
    masked: str = ""
    """``text`` with personal data masked: the only form for logs."""
    injection: bool = False
    """Looks like an attempt to give the assistant orders; a signal for the log, nothing rests on it."""
    foreign: bool = False
    """Written in a third language."""
    personal: bool = False
    """Holds personal data: ``masked`` differs."""
    also: tuple[Intent, ...] = ()
    """Further intents of the same message: «how much is it, and is it in stock?»."""
    scores: tuple[tuple[Intent, float], ...] = ()
    """The likeliest intents with their probabilities, best first, three at most."""
