"""``showfloor chat``: talk with the assistant of a server."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from showfloor.cli.remote import Ca, Json, Key, Server

if TYPE_CHECKING:
    from rich.console import Console

    from showfloor.v1 import assistant_pb2, catalog_pb2

ACTIONS = {
    "SHOW": "show",
    "PLACE": "place in the room",
    "ROTATE": "rotate",
    "CHANGE_VARIANT": "change variant",
    "COMPARE": "compare",
    "OPEN_TRY_ON": "open try-on",
    "SCROLL_SHELF": "scroll shelf",
}


def chat(
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="One message; default: a dialogue.")] = None,
    product: Annotated[str, typer.Option(metavar="ID", help="Product that you look at.")] = "",
    shopper: Annotated[str, typer.Option(metavar="ID", help="Who you are, for recommendations.")] = "",
    language: Annotated[str, typer.Option(help="en or zh; default: that of each message.")] = "",
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """Talk with the shop assistant. In a dialogue an empty line ends it.

    Prints the reply, product cards, what the scene would do, and the facts that it rests on.
    """
    from rich.console import Console

    from showfloor.client import Client

    console = Console(highlight=False, soft_wrap=True)
    conversation = ""
    with Client(server, api_key=key, ca=ca) as client:
        for message in [text] if text is not None else _typed(console):
            events = client.chat(
                message, conversation_id=conversation, product_id=product, shopper_id=shopper, language=language
            )
            done = _print_json(events) if json else _print(console, events)
            conversation = done.conversation_id or conversation


def _typed(console: Console) -> Iterator[str]:
    if sys.stdin.isatty():
        console.print("Ask about a product, in English or Chinese. An empty line ends the dialogue.", style="dim")
    while True:
        try:
            line = console.input("[bold cyan]> [/]") if sys.stdin.isatty() else sys.stdin.readline()
        except EOFError:
            return
        if not line.strip():
            return
        yield line.strip()


def _print(console: Console, events: Iterator[assistant_pb2.ChatResponse]) -> assistant_pb2.ChatDone:
    from rich.text import Text

    from showfloor.v1 import assistant_pb2

    done = assistant_pb2.ChatDone()
    cards: list[catalog_pb2.Product] = []
    actions: list[str] = []
    sources: list[str] = []
    for event in events:
        kind = event.WhichOneof("event")
        if kind == "token":
            console.print(Text(event.token), end="")
        elif kind == "card":
            cards.append(event.card)
        elif kind == "action":
            actions.append(_action(event.action))
        elif kind == "source":
            value = event.source.value if len(event.source.value) <= 60 else event.source.value[:59] + "…"
            sources.append(f"{event.source.product_id or 'shop'} {event.source.field} = {value}")
        elif kind == "done":
            done = event.done
    console.print()
    for card in cards:
        console.print(Text(f"  ▢ {_card(card)}", "green"))
    for action in actions:
        console.print(Text(f"  ▶ {action}", "magenta"))
    for source in sources:
        console.print(Text(f"  · {source}", "dim"))
    notes = [f"{done.intent} {done.confidence:.0%}", f"{done.first_token_ms} ms", done.engine or "template"]
    if done.hand_over:
        notes.append("hands over to a person")
    console.print(Text("  " + " · ".join(notes), "dim"))
    return done


def _card(product: catalog_pb2.Product) -> str:
    from showfloor.grounding.facts import amount

    title = product.titles.get("en") or next(iter(product.titles.values()), product.id)
    parts = [f"{title} ({product.id})"]
    if product.HasField("price"):
        parts.append(f"{amount(product.price)} {product.price.currency_code}")
    if product.HasField("stock"):
        parts.append("sold out" if product.stock == 0 else f"{product.stock} in stock")
    return " – ".join(parts)


def _action(action: assistant_pb2.SceneAction) -> str:
    from showfloor.v1 import assistant_pb2

    name = assistant_pb2.SceneActionKind.Name(action.kind).removeprefix("SCENE_ACTION_KIND_")
    detail = [f"{action.value:g}°"] if action.value else []
    detail += [action.text] if action.text else []
    return " ".join([ACTIONS.get(name, name.lower()), ", ".join(action.product_ids), *detail])


def _print_json(events: Iterator[assistant_pb2.ChatResponse]) -> assistant_pb2.ChatDone:
    from google.protobuf.json_format import MessageToDict

    from showfloor.v1 import assistant_pb2

    done = assistant_pb2.ChatDone()
    for event in events:
        print(json_module.dumps(MessageToDict(event, preserving_proto_field_name=True), ensure_ascii=False), flush=True)
        if event.WhichOneof("event") == "done":
            done = event.done
    return done
