"""The assistant's engine against bare llama.cpp: first token and tokens a second, warm.

    showfloor models pull smollm2-135m
    python benchmarks/bench_engine.py [--model NAME_OR_GGUF] [--write]

Both sides run the same model with the same parameters in this process and get the same requests in turn: a system
prompt that they have read before, and facts and a question that are new. Bare is xllamacpp called by itself, ours is
``Engine.stream`` from an event loop. The last rows say what a shopper of a server waits for who is not alone.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import page
from showfloor.llm import Message, llama
from showfloor.llm.embedded import EmbeddedEngine
from showfloor.llm.engine import DEFAULT_MODEL
from showfloor.llm.gguf import find_gguf
from showfloor.llm.wire import chat_request, delta_text

ROUNDS = 20
MAX_TOKENS = 48
TARGET, TARGET_MS = 1.05, 30.0
SYSTEM = (
    "You phrase the answers of a shop's assistant. Use only the facts that are given. Keep every number, unit, price "
    "and name as it is. Write one or two short, friendly sentences, without greetings and without advertising."
)
FACTS = "Product: Oak chair {n}. Price: {p}.50 EUR. In stock: {s}. Height: {h} cm. Material: oak. Question: {q}"
QUESTIONS = ("How much is it?", "How tall is it?", "Is it in stock?", "What is it made of?")


def messages(n: int) -> list[Message]:
    facts = FACTS.format(n=n, p=50 + n, s=3 * n % 7, h=80 + n, q=QUESTIONS[n % len(QUESTIONS)])
    return [Message("system", SYSTEM), Message("user", facts)]


Times = tuple[float, float]
"""Milliseconds to the first token; tokens a second after it."""


def times(begin: float, arrived: Sequence[float]) -> Times:
    first, last = arrived[0], arrived[-1]
    return 1000 * (first - begin), (len(arrived) - 1) / (last - first) if last > first else 0.0


def bare(server: Any, asked: Sequence[Message]) -> Times:
    arrived: list[float] = []

    def take(chunk: dict[str, Any]) -> bool:
        if delta_text(chunk):
            arrived.append(time.perf_counter())
        return False

    begin = time.perf_counter()
    server.handle_chat_completions(chat_request(asked, MAX_TOKENS), take)
    return times(begin, arrived)


async def ours(engine: EmbeddedEngine, asked: Sequence[Message]) -> Times:
    begin, arrived = time.perf_counter(), []
    async with aclosing(engine.stream(asked, max_tokens=MAX_TOKENS)) as pieces:
        async for _ in pieces:
            arrived.append(time.perf_counter())
    return times(begin, arrived)


async def measure(path: Path) -> list[tuple[str, list[Times]]]:
    with tempfile.TemporaryDirectory() as folder:
        server = llama.open_server(path, Path(folder))
        engine = EmbeddedEngine(path.stem, lambda: path, 120.0)
        await engine.warm(SYSTEM)
        for slot in range(llama.SLOTS):
            request = chat_request([Message("system", SYSTEM), Message("user", "Hello")], 1)
            server.handle_chat_completions({**request, "id_slot": slot}, lambda _: False)
        alone: dict[str, list[Times]] = {"bare": [], "ours": []}
        for n in range(ROUNDS):
            for who in ("bare", "ours") if n % 2 else ("ours", "bare"):
                asked = messages(n)
                alone[who].append(bare(server, asked) if who == "bare" else await ours(engine, asked))
        pairs = [
            found
            for n in range(0, ROUNDS, llama.SLOTS)
            for found in await asyncio.gather(*(ours(engine, messages(100 + n + slot)) for slot in range(llama.SLOTS)))
        ]
        await engine.close()
        del server
    return [
        ("bare llama.cpp", alone["bare"]),
        ("ours", alone["ours"]),
        (f"ours, {llama.SLOTS} shoppers at once", pairs),
    ]


def table(found: Sequence[tuple[str, list[Times]]]) -> str:
    rows = ["| | first token, median | p95 | tokens a second, each |", "|---|---:|---:|---:|"]
    for name, taken in found:
        firsts = sorted(t[0] for t in taken)
        p95 = firsts[round(0.95 * (len(firsts) - 1))]
        speed = statistics.median(t[1] for t in taken)
        rows.append(f"| {name} | {statistics.median(firsts):.0f} ms | {p95:.0f} ms | {speed:.0f} |")
    base, own = (statistics.median(t[0] for t in taken) for _, taken in found[:2])
    limit = TARGET * base + TARGET_MS
    rows += [
        "",
        f"Target: {TARGET} × bare + {TARGET_MS:.0f} ms = {limit:.0f} ms; {'met' if own <= limit else 'missed'}.",
    ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args()
    gguf = find_gguf(arguments.model, commercial_only=False)
    found = table(asyncio.run(measure(gguf.check())))
    head = (
        f"{page.measured()} {gguf.name}, {llama.cores()} threads; {ROUNDS} requests each, system prompt read before, "
        f"{MAX_TOKENS} tokens at most.\n\n"
    )
    print(head + found)
    if arguments.write:
        page.put("bench_engine.py", head + found)


if __name__ == "__main__":
    main()
