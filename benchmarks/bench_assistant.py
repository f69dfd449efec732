"""The assistant's answers against the raw catalogue, beside a bare language model that is given the product's row.

    showfloor models pull e5-small smollm2-135m
    python benchmarks/bench_assistant.py products.json [--write]      # of dummyjson

Each set of questions, ``assistant_questions*.txt``, is in English and Chinese, half of it traps; ``--questions`` takes
others. The assistant was tuned on the first set; who wrote the others had not seen it, nor its makers those sets before
they were run. ``assistant_check.py`` judges, from the raw rows. The bare model gets the right row
in its prompt, which spares it the search.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import page
from assistant_check import Row, invented, right
from dummyjson_catalogue import load_catalogue, read_products
from showfloor.assistant.phrasing import prompt
from showfloor.llm.engine import Engine, Message, open_engine
from showfloor.services.assistant import AssistantService
from showfloor.services.call import Call
from showfloor.services.shelf import Shelf
from showfloor.settings import Settings
from showfloor.shop import Shop
from showfloor.store.database import Database
from showfloor.store.tables import Product
from showfloor.v1 import assistant_pb2 as pb
from sqlalchemy import func, select

FOLDER = Path(__file__).parent
NAMES = {
    "assistant_questions.txt": "set A, tuned on",
    "assistant_questions_b.txt": "set B, by another author; 70.0 % when it was first run, then its causes were fixed",
    "assistant_questions_c.txt": "set C, by another author; 76.0 % when it was first run, then its causes were fixed",
    "assistant_questions_d.txt": "set D, by another author; 86.2 % when it was first run, then its causes were fixed",
    "assistant_questions_e.txt": "set E, by another author; 86.2 % when it was first run, nothing was changed for it",
}
NAMES_OF = {"en": "English", "zh": "Chinese"}
BASELINE = 48
PATIENCE_S = 60.0
"""For the bare model to end; the assistant waits as long as a server does."""
BARE = "You are the assistant of a shop. Answer in one or two short sentences, only from these facts:\n{row}"
CALL = Call()


@dataclass(frozen=True)
class Question:
    language: str
    turns: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class Answer:
    text: str
    cards: list[int]
    done: pb.ChatDone
    first_ms: float
    said_by_engine: str = ""


def questions(file: Path) -> list[Question]:
    found = []
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            language, asked, check = (part.strip() for part in line.split(" | "))
            found.append(Question(language, tuple(t.strip() for t in asked.split(" -> ")), check))
    return found


async def ask(service: AssistantService, turns: tuple[str, ...]) -> Answer:
    conversation, answer = "", None
    for text in turns:
        begin, first, tokens, cards, done = time.perf_counter(), 0.0, [], [], pb.ChatDone()
        async for event in service.chat(pb.ChatRequest(conversation_id=conversation, text=text), CALL):
            kind = event.WhichOneof("event")
            if kind == "token":
                first = first or 1000 * (time.perf_counter() - begin)
                tokens.append(event.token)
            elif kind == "card":
                cards.append(int(event.card.id.removeprefix("dj-")))
            elif kind == "done":
                done = event.done
        conversation = done.conversation_id
        answer = Answer("".join(tokens), cards, done, first, "".join(tokens[1:]))
    assert answer is not None
    return answer


async def bare(engine: Engine, asked: list[Message]) -> tuple[str, float]:
    begin, first, text = time.perf_counter(), 0.0, ""
    async with aclosing(engine.stream(asked, max_tokens=60)) as pieces:
        async for piece in pieces:
            first = first or 1000 * (time.perf_counter() - begin)
            text += piece
    return text, first


@dataclass
class Score:
    right: int = 0
    asked: int = 0
    inventions: int = 0

    def add(self, fine: bool, wrong: list[str]) -> None:
        self.asked += 1
        self.right += fine
        self.inventions += bool(wrong)

    @property
    def cells(self) -> str:
        return f"{100 * self.right / max(1, self.asked):.1f} % of {self.asked} | {self.inventions}"


def total(scores: Iterable[Score]) -> Score:
    scores = list(scores)
    return Score(*(sum(getattr(s, f) for s in scores) for f in ("right", "asked", "inventions")))


async def measure(
    service: AssistantService, asked: list[Question], rows: dict[int, Row], verbose: bool
) -> tuple[dict[str, Score], list[float], Counter[str]]:
    scores = {"en": Score(), "zh": Score()}
    firsts: list[float] = []
    engine: Counter[str] = Counter()
    for q in asked:
        answer = await ask(service, q.turns)
        firsts.append(answer.first_ms)
        engine["said"] += bool(answer.said_by_engine)
        fine = right(q.check, answer.text, answer.cards, answer.done, rows)
        wrong = invented(answer.text, " ".join(q.turns), answer.cards, rows)
        scores[q.language].add(fine, wrong)
        if verbose and (not fine or wrong):
            print(f"{'INVENTED' if fine else 'WRONG'} {wrong} [{q.check}] {' -> '.join(q.turns)}")
            print(f"    {answer.done.intent} {answer.done.confidence:.2f}: {answer.text} {answer.cards}")
    return scores, firsts, engine


async def baseline(engine: Engine, asked: list[Question], rows: dict[int, Row]) -> tuple[Score, list[float]]:
    """The bare model with the right row in its prompt."""
    score, firsts = Score(), []
    usable = [q for q in asked if len(q.turns) == 1 and len(q.check.split()) > 1 and q.check.split()[1].isdigit()]
    usable = [q for q in usable if q.check.split()[0] not in ("findmax", "find", "cart", "moqask", "stocklimit", "ask")]
    for q in usable[:: max(1, len(usable) // BASELINE)][:BASELINE]:
        ids = [int(i) for i in q.check.split()[1:] if i.isdigit() and int(i) in rows][
            : 2 if "compare" in q.check else 1
        ]
        facts = json.dumps([_facts(rows[i]) for i in ids])
        text, first = await bare(engine, [Message("system", BARE.format(row=facts)), Message("user", q.turns[0])])
        firsts.append(first)
        score.add(right(q.check, text, ids, pb.ChatDone(), rows), invented(text, q.turns[0], ids, rows))
    return score, firsts


def _facts(row: Row) -> Row:
    left_out = ("reviews", "meta", "images", "thumbnail", "discountPercentage", "id", "sku")
    return {k: v for k, v in row.items() if k not in left_out}


async def ready(engine: Engine | None) -> None:
    for _ in range(600):
        if engine is None or engine.ready():
            return
        await asyncio.sleep(0.1)


async def run(options: argparse.Namespace, folder: Path) -> str:
    settings = Settings(data_dir=folder, engine="none" if options.no_engine else "embedded")
    db = Database(settings.database)
    db.migrate()
    shelf = Shelf(db)
    if not db.look(lambda session: session.scalar(select(func.count()).select_from(Product))):
        await asyncio.to_thread(load_catalogue, options.products, db, shelf)
    rows = {r["id"]: r for r in read_products(options.products)}
    shelf.meaning.load()
    while shelf.meaning.step():
        pass
    engine = open_engine(settings.model_copy(update={"engine_timeout_s": PATIENCE_S}))
    await ready(engine)
    outcomes: Counter[str] = Counter()
    service = AssistantService(db, shelf, Shop(), settings, engine, lambda what: outcomes.update([what]))
    if engine is not None:
        await engine.warm(prompt("", "", [], "en")[0].text)
    await ask(service, ("Hello",))
    lines = ["| | right | replies with an invented number or attribute |", "|---|---|---|"]
    firsts: list[float] = []
    engine_use: Counter[str] = Counter()
    whole = Score()
    for file in options.questions:
        if options.verbose:
            print(f"== {file.name}")
        scores, waits, use = await measure(service, questions(file), rows, options.verbose)
        both = total(scores.values())
        whole = total([whole, both])
        firsts += waits
        engine_use += use
        lines.append(f"| **assistant, {NAMES.get(file.name, file.name)}** (targets ≥ 97 %, 0) | {both.cells} |")
        lines += [f"| {NAMES_OF[k]} | {s.cells} |" for k, s in scores.items()]
    half, high = np.percentile(firsts, [50, 95])
    if engine is not None:
        score, bare_firsts = await baseline(engine, questions(options.questions[0]), rows)
        lines.append(f"| bare {engine.name} with the product's row | {score.cells} |")
        bare_half = float(np.median(bare_firsts))
        wait = f"{half:.0f} ms | {high:.0f} ms | {bare_half:.0f} ms, so at most {1.05 * bare_half + 30:.0f} ms"
    else:
        wait = f"{half:.0f} ms | {high:.0f} ms | not measured"
    lines += [
        "",
        "| first token of the assistant | p50 (target ≤ 50 ms) | p95 | the bare engine's first token, median |",
        "|---|---|---|---|",
        f"| engine {'warm' if engine else 'none'} | {wait} |",
        "",
        f"The engine's sentences: {outcomes['said']} said, {outcomes['dropped']} dropped by the check, "
        f"{outcomes['failed']} failures; {engine_use['said']} of {whole.asked} replies hold one."
        if engine
        else "",
    ]
    if engine is not None:
        await engine.close()
    shelf.close()
    db.close()
    return "\n".join(lines).rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("products", type=Path)
    parser.add_argument(
        "--questions", type=Path, nargs="+", default=sorted(FOLDER.glob("assistant_questions*.txt")), metavar="FILE"
    )
    parser.add_argument("--no-engine", action="store_true", help="templates only, and no baseline")
    parser.add_argument("--verbose", action="store_true", help="print what was wrong")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    parser.add_argument("--keep", type=Path, help="folder for the catalogue, to be used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = asyncio.run(run(options, options.keep or Path(folder)))
    print(table)
    if options.write:
        page.put("bench_assistant.py", f"{page.measured()}\n\n{table}")


if __name__ == "__main__":
    main()
