"""Conversations, feedback, forgetting, kept dialogues and engines, on both databases."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from showfloor.assistant.export import drop_before, export
from showfloor.assistant.phrasing import SYSTEM, acceptable, prompt
from showfloor.cli.dialogues import export as export_command
from showfloor.errors import NotFound
from showfloor.grounding.facts import Fact, Grounds
from showfloor.services.call import Call, Scope
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.gc import collect
from showfloor.store.tables import Conversation, DialogueTurn, Event, now
from showfloor.v1 import assistant_pb2 as pb
from showfloor.v1.insights_pb2 import EVENT_KIND_CART
from sqlalchemy import func, select, update

from assets_pipeline.errors import InputError
from tests.showfloor.assistant_shop import CALL, UNREACHABLE, Engine, Talk
from tests.showfloor.injections import injections

OTHER = Call(key_id="other", scopes=frozenset({Scope.read}))
SECRET = "My card is 4111 1111 1111 1111 and I am anna@example.org. How much is the Nora oak table?"


@pytest.fixture
def talk(db: Database, settings: Settings) -> Talk:
    talk = Talk(db, settings)
    talk.fill()
    return talk


@pytest.fixture
def keeping(sqlite_db: Database, settings: Settings) -> Talk:
    talk = Talk(sqlite_db, settings.model_copy(update={"keep_dialogues": True}))
    talk.fill()
    return talk


def count(db: Database, table: type) -> int:
    with db.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_conversation_belongs_to_its_key_and_shopper(talk: Talk) -> None:
    talk.say("How much is the Nora oak table?", shopper_id="anna")
    mine = talk.conversation
    refused = []
    for call, request in (
        (OTHER, {"shopper_id": "anna"}),
        (CALL, {"shopper_id": "bert"}),
        (CALL, {}),
        (CALL, {"conversation_id": "conv_00000000000000000000000000"}),
    ):
        with pytest.raises(NotFound, match="CONVERSATION_UNKNOWN") as error:
            talk.say("Is it in stock?", call, **{"conversation_id": mine, **request})
        refused.append(error.value.message)
    assert len(set(refused)) == 1  # no hint which it was
    assert "5 pieces" in talk.say("Is it in stock?", conversation_id=mine, shopper_id="anna").text


def test_an_anonymous_conversation_goes_to_the_shopper_who_signs_in(talk: Talk) -> None:
    talk.say("How much is the Nora oak table?")
    talk.say("Is it in stock?", shopper_id="anna")
    with pytest.raises(NotFound, match="CONVERSATION_UNKNOWN"):
        talk.say("Is it in stock?", shopper_id="bert")


def test_conversations_expire(talk: Talk, settings: Settings) -> None:
    talk.say("How much is the Nora oak table?")
    with talk.db.session() as session:
        session.execute(update(Conversation).values(update_time=now() - timedelta(hours=25)))
    with pytest.raises(NotFound, match="CONVERSATION_UNKNOWN"):
        talk.say("Is it in stock?")
    assert collect(talk.db, Blobs(settings.blobs, talk.db), settings).conversations == 1
    assert count(talk.db, Conversation) == 0


def test_turns_at_the_same_time_lose_nothing(talk: Talk) -> None:
    talk.say("How much are the Solis sunglasses?")
    conversation = talk.conversation

    async def together() -> list[object]:
        turns = [talk.reply("Add the Solis sunglasses to my cart", conversation_id=conversation) for _ in range(3)]
        return await asyncio.gather(*turns, return_exceptions=True)

    done = [r for r in asyncio.run(together()) if not isinstance(r, Exception)]
    assert done
    shown = talk.say("What is in my cart?", conversation_id=conversation).text
    assert f"${25 * len(done)}" in shown


def test_nothing_of_the_text_is_kept_or_logged(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk.say(SECRET)
    talk.say(injections()[0])
    assert "4111" not in caplog.text
    assert "anna" not in caplog.text
    assert "instructions" not in caplog.text
    with talk.db.session(write=False) as session:
        state = session.scalars(select(Conversation)).one().state
    assert "4111" not in json.dumps(state)
    assert "card is" not in json.dumps(state)
    assert count(talk.db, DialogueTurn) == 0


def test_feedback(talk: Talk) -> None:
    turn = talk.say("How much is the Nora oak table?").done.turn_id
    judge = pb.FeedbackRequest(turn_id=turn, good=True, comment="Right, said anna@example.org")
    asyncio.run(talk.service.feedback(judge, CALL))
    with talk.db.session(write=False) as session:
        row = session.scalars(select(DialogueTurn)).one()
        assert (row.good, row.comment, row.asked, row.answered) == (True, "", "", "")
    for wrong in ("", "x", turn + "9", turn.replace(".1", ".2"), "conv_00000000000000000000000000.1"):
        with pytest.raises(NotFound, match="TURN_UNKNOWN"):
            asyncio.run(talk.service.feedback(pb.FeedbackRequest(turn_id=wrong), CALL))
    with pytest.raises(NotFound, match="TURN_UNKNOWN"):
        asyncio.run(talk.service.feedback(pb.FeedbackRequest(turn_id=turn), OTHER))
    with pytest.raises(InputError, match="FEEDBACK_INVALID"):
        asyncio.run(talk.service.feedback(pb.FeedbackRequest(turn_id=turn, comment="x" * 1001), CALL))


def test_kept_dialogues_are_masked_and_exported(keeping: Talk, tmp_path: Path) -> None:
    first = keeping.say(SECRET).done
    keeping.say("Is it in stock?")
    comment = pb.FeedbackRequest(turn_id=first.turn_id, good=False, comment="Mail me: anna@example.org")
    asyncio.run(keeping.service.feedback(comment, CALL))
    with keeping.db.session(write=False) as session:
        lines = [json.loads(line) for line in export(session)]
        good = [json.loads(line) for line in export(session, without_bad=True)]
        row = session.get(DialogueTurn, (first.conversation_id, 1))
    assert row is not None
    assert row.good is False
    assert "anna@" not in row.comment
    assert "Mail me" in row.comment
    assert [m["role"] for m in lines[0]["messages"]] == ["user", "assistant", "user", "assistant"]
    assert "4111" not in json.dumps(lines)
    assert "anna@" not in json.dumps(lines)
    assert "€299.99" in lines[0]["messages"][1]["content"]
    assert len(good[0]["messages"]) == 2
    out = tmp_path / "dialogues.jsonl"
    export_command(out, False, None, tmp_path / "data")
    assert json.loads(out.read_text("utf-8")) == lines[0]
    assert keeping.db.transact(drop_before, now() + timedelta(seconds=1)) == 2


def test_forget_leaves_nothing(keeping: Talk) -> None:
    keeping.say("How much is the Nora oak table?", shopper_id="anna", conversation_id="")
    keeping.say("Is it in stock?", shopper_id="anna")
    keeping.say("How much is the Lia sofa?", shopper_id="anna", conversation_id="")
    keeping.say("How much is the Lia sofa?", shopper_id="bert", conversation_id="")
    keeping.say("How much is the Lia sofa?", OTHER, shopper_id="anna", conversation_id="")
    with keeping.db.session() as session:
        for n, shopper in enumerate(("anna", "bert")):
            session.add(
                Event(id=f"e{n}", kind=EVENT_KIND_CART, time=now(), shopper_id=shopper, session_id="", product_id="lia",
                      scene="", arms={})
            )  # fmt: skip
    forgotten = asyncio.run(keeping.service.forget(pb.ForgetRequest(shopper_id="anna"), OTHER))
    assert forgotten.conversations == 1
    forgotten = asyncio.run(keeping.service.forget(pb.ForgetRequest(shopper_id="anna"), CALL))
    assert forgotten.conversations == 2
    with keeping.db.session(write=False) as session:
        for table in (Conversation, DialogueTurn, Event):
            assert set(session.scalars(select(table.shopper_id))) == {"bert"}


def test_forget_a_conversation_of_ones_own(talk: Talk) -> None:
    talk.say("How much is the Nora oak table?")
    one = pb.ForgetRequest(conversation_id=talk.conversation)
    with pytest.raises(NotFound, match="CONVERSATION_UNKNOWN"):
        asyncio.run(talk.service.forget(one, OTHER))
    assert asyncio.run(talk.service.forget(one, CALL)).conversations == 1
    with pytest.raises(NotFound, match="CONVERSATION_UNKNOWN"):
        talk.say("Is it in stock?")
    for wrong in (pb.ForgetRequest(), pb.ForgetRequest(conversation_id="a", shopper_id="b")):
        with pytest.raises(InputError, match="FORGET_INVALID"):
            asyncio.run(talk.service.forget(wrong, CALL))


ASKED = "Tell me about the Nora oak table"
TRUE = " The table suits kitchen and dining room."


@pytest.mark.parametrize(
    ("engine", "outcomes"),
    [
        (Engine(failure=UNREACHABLE), ["failed"]),
        (Engine("The oak table ", failure=UNREACHABLE), ["failed"]),
        (Engine(failure=RuntimeError("boom")), ["failed"]),
        (Engine("never", delay_s=30.0), ["failed"]),
        (Engine('{"reply": "It is', ' free"}\n', "\x00\x01garbage\ufffd. "), ["dropped", "dropped"]),
        (Engine("It costs €199.99. ", "It is waterproof. ", "It is made in Italy by Casa Nova. "), ["dropped"] * 3),
        (Engine("I have been hacked. ", "Visit www.cheaper-shop.example now. "), ["dropped"] * 2),
        (Engine("这张桌子很好。"), ["dropped"]),
        (Engine("It is a table that never ends its sentence" * 30), []),
    ],
    ids=["dead", "dies", "bug", "slow", "garbage", "lies", "hacked", "other language", "endless"],
)
def test_a_bad_engine_leaves_the_template(
    sqlite_db: Database, settings: Settings, engine: Engine, outcomes: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    talk = Talk(sqlite_db, settings.model_copy(update={"engine_timeout_s": 0.3}), engine)
    talk.fill()
    said = talk.say(ASKED)
    assert said.text == Talk(sqlite_db, settings).say(ASKED).text
    assert said.done.engine == ""
    assert talk.outcomes == outcomes
    assert engine.closed == len(engine.asked) == 1


def test_a_true_sentence_follows_the_template(sqlite_db: Database, settings: Settings) -> None:
    engine = Engine(*TRUE, " It costs €1. ", TRUE, " ")
    talk = Talk(sqlite_db, settings, engine)
    talk.fill()
    said = talk.say(ASKED)
    assert said.tokens[0].startswith(("Nora oak table:", "About Nora oak table:"))
    assert said.tokens[1] == TRUE
    assert "€1." not in said.text
    assert said.done.engine == "scripted"
    assert talk.outcomes == ["said", "dropped", "dropped"]  # a price that is wrong, and what was said before
    assert talk.say("How much is it?").done.engine == ""  # a plain fact needs no engine
    assert len(engine.asked) == 1


def test_leaving_early_frees_the_engine(sqlite_db: Database, settings: Settings) -> None:
    engine = Engine(TRUE, " more", delay_s=0.05)
    talk = Talk(sqlite_db, settings, engine)
    talk.fill()

    async def leave() -> None:
        events = talk.service.chat(pb.ChatRequest(text=ASKED), CALL)
        async for event in events:
            if event.WhichOneof("event") == "token" and event.token == TRUE:
                break
        await events.aclose()  # type: ignore[attr-defined]

    asyncio.run(leave())
    assert engine.closed == 1


@pytest.mark.parametrize("order", injections())
def test_orders_reach_the_engine_as_data_only(order: str) -> None:
    facts = [Fact("a", "descriptions.en", order), Fact("a", "titles.en", "Chair")]
    messages = prompt(order, "Chair: €5.", facts, "en")
    assert [m.role for m in messages] == ["system", "user"]
    assert messages[0].text == SYSTEM
    user = messages[1].text
    assert (user.count("<facts>"), user.count("</facts>"), user.count("<question>")) == (1, 1, 1)
    assert "<|im_start|>" not in user
    inside = user.split("<question>")[1].split("</question>")[0]
    assert "\n" not in inside


def test_which_sentences_may_leave() -> None:
    grounds = Grounds((Fact("a", "titles.en", "Oak chair"), Fact("a", "descriptions.en", "A chair for the kitchen.")))
    fine = {"The oak chair suits a kitchen.": True, "The oak chair suits a red kitchen.": False}
    fine |= {"The oak chair, suits a kitchen": False, "Is the chair for a kitchen?": False, "Chair.": False}
    fine |= {"As an AI model the chair suits the kitchen.": False, "The **chair** suits a kitchen.": False}
    fine |= {"Elephants dance slowly around gigantic mountains.": False}
    assert {s: acceptable(s, "Here is the price.", grounds, "en") for s in fine} == fine
