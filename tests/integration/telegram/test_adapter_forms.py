"""A form is asked field by field, of one person, and goes on after a restart; its answers are nothing else."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.chat.card import Option
from adapters.chat.form import Form, SelectField, TextField
from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, MessageReceived
from adapters.telegram.asking import asking_of
from tests.integration.telegram.adapter_running import PATIENT, Live, asking_card, memory, place_of, running
from tests.platforms.telegram.message import Message
from tests.platforms.telegram.person import Person
from tests.platforms.telegram.places import Chat
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram

FORM = Form(
    token="form-token",
    title="Why not?",
    fields=(
        TextField(name="reason", label="What should be different?"),
        SelectField(
            name="then", label="And then?", options=(Option(label="Stop", value="stop"), Option(label="Go on"))
        ),
        TextField(name="note", label="A note", optional=True, max_length=20),
    ),
)


async def asked(live: Live, telegram: TelegramSimulator, person: Person, chat: Chat, form: Form = FORM) -> Message:
    """The first question of a form that a press on a card in `chat` opened."""
    await live.adapter.post(place_of(chat), asking_card(), key="A1:card")
    await person.presses("Approve", await telegram.shows(lambda each: "Approve" in each.labels, in_=chat))
    heard = await live.hears(ButtonPressed)
    await live.adapter.ask(heard.trigger, form)
    return await question(telegram, "(1 of 3)")


async def question(telegram: TelegramSimulator, words: str) -> Message:
    return await telegram.shows(lambda each: words in each.text)


async def test_alone_with_us_every_message_answers_the_question() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        first = await asked(live, telegram, alice, alice.direct)
        assert "What should be different?" in first.text
        await alice.writes("use tabs\nplease")
        second = await question(telegram, "(2 of 3)")
        assert second.labels == ["Stop", "Go on", "Cancel"]
        await alice.presses("Go on", second)
        await alice.presses("Skip", await question(telegram, "(3 of 3)"))

        heard = await live.hears(FormSubmitted)
        assert heard.values == {"reason": "use tabs\nplease", "then": "Go on", "note": ""}
        assert (heard.token, heard.person.id, heard.place) == ("form-token", alice.key, place_of(alice.direct))
        assert not any(isinstance(each, MessageReceived) for each in live.ears.heard)
        await telegram.until(lambda: True if first.text == "What should be different?: use tabs please" else None)
        assert first.labels == []


async def test_no_secret_lies_in_the_database_because_it_was_typed_into_a_form() -> None:
    values = memory()

    def mask(text: str) -> str:
        return text.replace("hunter2", "•••")

    async with TelegramSimulator(pace=20) as telegram, running(telegram, values=values, mask=mask) as live:
        alice = telegram.person("alice")
        await alice.starts()
        await asked(live, telegram, alice, alice.direct)
        await alice.writes("the password is hunter2")
        await question(telegram, "(2 of 3)")
        kept = await values.get(f"form/D{alice.id}/{alice.id}")
        assert kept is not None
        assert "hunter2" not in kept
        assert asking_of(kept).values["reason"] == "the password is •••"


async def test_in_a_group_the_reply_box_opens_for_who_is_asked_and_only_their_answer_to_it_counts() -> None:
    async with TelegramSimulator(pace=20, privacy=False) as telegram, running(telegram, **PATIENT) as live:
        alice, bob, shop = telegram.person("alice"), telegram.person("bob"), telegram.supergroup("shop")
        first = await asked(live, telegram, alice, shop)
        assert first.asks
        assert first.pieces("text_mention") == ["alice"]
        await alice.says("lunch?", shop)
        await bob.replies("nothing at all", first)
        await alice.replies("use tabs", first)
        second = await question(telegram, "(2 of 3)")
        press = await telegram.answers(await bob.presses("Stop", second))
        assert "asked of somebody else" in press.text
        await alice.presses("Stop", second)
        await alice.replies("soon", await question(telegram, "(3 of 3)"))

        assert (await live.hears(FormSubmitted)).values == {"reason": "use tabs", "then": "stop", "note": "soon"}


async def test_an_answer_that_does_not_fit_is_asked_for_again_with_what_would() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        await asked(live, telegram, alice, alice.direct)
        await alice.writes("use tabs")
        await question(telegram, "(2 of 3)")
        await alice.writes("perhaps")
        again = await question(telegram, "Please choose one of the buttons.")
        await alice.presses("Stop", again)
        await question(telegram, "(3 of 3)")
        await alice.writes("x" * 21)
        await question(telegram, "That is too long: 20 characters at most.")
        await alice.writes("short")

        assert (await live.hears(FormSubmitted)).values == {"reason": "use tabs", "then": "stop", "note": "short"}


async def test_a_form_can_be_left_by_button_and_by_word() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        await alice.starts()
        first = await asked(live, telegram, alice, alice.direct)
        await alice.presses("Cancel", first)
        await telegram.until(lambda: True if first.text == "Why not?: Cancelled." else None)
        await alice.writes("a new thought")
        await live.hears(MessageReceived, lambda each: each.text == "a new thought")

        live.ears.heard.clear()
        await alice.replies("/cancel", await asked(live, telegram, alice, shop))
        await question(telegram, "Why not?: Cancelled.")
        await telegram.quiet()
        assert not any(isinstance(each, CommandReceived | MessageReceived) for each in live.ears.heard)


async def test_commands_are_commands_also_while_a_form_is_asked() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        await asked(live, telegram, alice, alice.direct)
        await alice.writes("/tasks")
        await live.hears(CommandReceived, lambda each: each.verb == "tasks")
        await alice.writes("use tabs")

        assert await question(telegram, "(2 of 3)")


async def test_a_restart_in_the_middle_loses_no_answer() -> None:
    values = memory()
    async with TelegramSimulator(pace=20) as telegram:
        alice = telegram.person("alice")
        async with running(telegram, values=values) as live:
            await alice.starts()
            await asked(live, telegram, alice, alice.direct)
            await alice.writes("use tabs")
            second = await question(telegram, "(2 of 3)")
        async with running(telegram, values=values) as live:
            await alice.presses("Stop", second)
            await alice.presses("Skip", await question(telegram, "(3 of 3)"))

            assert (await live.hears(FormSubmitted)).values == {"reason": "use tabs", "then": "stop", "note": ""}


async def test_an_answer_that_is_delivered_again_answers_nothing_else() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        one = Form(
            token="one", title="Why not?", fields=(TextField(name="a", label="A"), TextField(name="b", label="B"))
        )
        await live.adapter.post(place_of(alice.direct), asking_card(), key="A1:card")
        await alice.presses("Approve", await telegram.shows(lambda each: "Approve" in each.labels))
        await live.adapter.ask((await live.hears(ButtonPressed)).trigger, one)
        await question(telegram, "(1 of 2)")
        for answer, words in (("first", "(2 of 2)"), ("second", "B: second")):
            await alice.writes(answer)
            await question(telegram, words)
            await telegram.quiet()
            telegram.updates.repeat()
            await telegram.quiet()
        await live.hears(FormSubmitted)

        assert not any(isinstance(each, MessageReceived) for each in live.ears.heard)
        assert {str(each.values) for each in live.ears.heard if isinstance(each, FormSubmitted)} == {
            "{'a': 'first', 'b': 'second'}"
        }


async def test_after_a_quarter_of_an_hour_a_question_is_over_and_a_late_answer_to_it_is_told_so() -> None:
    late = timedelta()
    async with (
        TelegramSimulator(pace=20) as telegram,
        running(telegram, now=lambda: datetime.now(UTC) + late, **PATIENT) as live,
    ):
        alice = telegram.person("alice")
        await alice.starts()
        first = await asked(live, telegram, alice, alice.direct)
        late = timedelta(minutes=16)
        await alice.writes("something else")
        await live.hears(MessageReceived, lambda each: each.text == "something else")
        await alice.replies("use tabs", first)
        await question(telegram, "That came too late")
        press = await telegram.answers(await alice.presses("Cancel", first))
        assert "over" in press.text


async def test_a_question_waits_out_what_telegram_refuses_for_a_moment() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        await asked(live, telegram, alice, alice.direct)
        telegram.faults.flood("sendMessage", retry_after_s=1)
        await alice.writes("use tabs")

        assert await question(telegram, "(2 of 3)")


async def test_a_second_form_takes_the_place_of_the_first() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        first = await asked(live, telegram, alice, alice.direct)
        await alice.writes("/new")
        heard = await live.hears(CommandReceived, lambda each: each.verb == "new")
        await live.adapter.ask(
            heard.trigger, Form(token="two", title="New task", fields=(TextField(name="text", label="What?"),))
        )
        await telegram.until(lambda: True if "Another question" in first.text else None)
        await alice.writes("fix it")

        assert (await live.hears(FormSubmitted)).values == {"text": "fix it"}


async def test_who_answers_before_telegram_has_told_us_that_the_question_stands_is_heard() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        await live.adapter.post(place_of(shop), asking_card(), key="A1:card")
        await alice.presses("Approve", await telegram.shows(lambda each: "Approve" in each.labels, in_=shop))
        heard = await live.hears(ButtonPressed)
        told = telegram.faults.hold("sendMessage", after=True)
        asking = asyncio.create_task(live.adapter.ask(heard.trigger, FORM))
        first = await question(telegram, "(1 of 3)")
        await alice.replies("use tabs", first)
        told.set()
        await asking
        await alice.presses("Stop", await question(telegram, "(2 of 3)"))
        await alice.presses("Skip", await question(telegram, "(3 of 3)"))

        assert (await live.hears(FormSubmitted)).values == {"reason": "use tabs", "then": "stop", "note": ""}
        assert not any(isinstance(each, MessageReceived) for each in live.ears.heard)
