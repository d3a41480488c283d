"""What people do in Telegram comes in as it was meant, whoever they are and wherever they do it."""

import pytest

from adapters.chat.inbound import ButtonPressed, CommandReceived, MessagePicked, MessageReceived
from adapters.telegram.questions import CHANGES
from tests.integration.telegram.adapter_running import PATIENT, asking_card, card, memory, place_of, running, task_card
from tests.platforms.telegram.places import BOT_USERNAME
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.waiting import fair_s

pytestmark = pytest.mark.telegram


async def test_short_commands_are_verbs_and_run_hands_over_a_request() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        await alice.says("/approve A17", shop)
        await alice.says(f"/costs@{BOT_USERNAME} --by role", shop)
        await alice.says("/run fix issue #123", shop)
        await alice.says("/run", shop)
        await alice.says("/orchestrate tasks", shop)
        await live.hears(CommandReceived, lambda each: each.text == "tasks")

        heard = [(each.verb, each.text) for each in live.ears.heard if isinstance(each, CommandReceived)]
        assert heard == [
            ("approve", "A17"),
            ("costs", "--by role"),
            ("submit", "fix issue #123"),
            ("new", ""),
            ("", "tasks"),
        ]


async def test_pressing_start_asks_for_help_whatever_the_link_carried() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        await telegram.person("alice").starts("alerts")

        heard = await live.hears(CommandReceived)
        assert (heard.verb, heard.text, heard.place.channel) == ("help", "", f"D{telegram.person('alice').id}")


async def test_commands_for_other_bots_edits_bots_channels_and_chatter_are_not_heard() -> None:
    async with TelegramSimulator(privacy=False) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        robot = telegram.person("robot", is_bot=True)
        await alice.says("/status@another_bot", shop)
        await alice.says("lunch?", shop)
        await robot.says(f"@{BOT_USERNAME} hello", shop)
        await telegram.posts("news of the day", telegram.channel("news"))
        first = await alice.says("/orchestrate status", shop)
        await live.hears(CommandReceived)
        await alice.edits(first, "/orchestrate costs")
        await alice.mentions("the last word", shop)
        await live.hears(MessageReceived)

        assert len(live.ears.heard) == 2


async def test_a_mention_anywhere_in_the_text_means_us_and_is_left_out() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        await telegram.person("alice").says(f"could @{BOT_USERNAME} fix this?", telegram.group("shop"))

        heard = await live.hears(MessageReceived)
        assert (heard.text, heard.mentions_us, heard.direct) == ("could fix this?", True, False)


async def test_the_words_under_a_picture_are_heard_as_any_other() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        await telegram.person("alice").sends_file("bug.png", b"png", caption="the button is cut off", picture=True)

        heard = await live.hears(MessageReceived)
        assert (heard.text, heard.direct) == ("the button is cut off", True)


async def test_an_answer_to_an_answer_in_a_small_group_still_belongs_to_the_thread_of_the_card() -> None:
    async with TelegramSimulator(privacy=False) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        posted = await live.adapter.post(place_of(shop), card(), key="T142:card")
        root = await telegram.shows(in_=shop)
        first = await alice.replies("use tabs", root)
        await live.hears(MessageReceived, lambda each: each.text == "use tabs")
        await telegram.quiet()
        await alice.replies("no, spaces", first)

        heard = await live.hears(MessageReceived, lambda each: each.text == "no, spaces")
        assert heard.place == posted.thread


async def test_threads_are_known_after_a_restart() -> None:
    values = memory()
    async with TelegramSimulator() as telegram:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        async with running(telegram, values=values) as live:
            posted = await live.adapter.post(place_of(shop), card(), key="T142:card")
            await live.adapter.post(posted.thread, card("And then"), key="A1:card")
        async with running(telegram, values=values) as live:
            await alice.replies("use tabs", await telegram.shows(lambda each: "And then" in each.text))

            heard = await live.hears(MessageReceived)
            assert heard.place == posted.thread


async def test_a_task_in_a_forum_has_a_topic_of_its_own_and_what_is_said_there_belongs_to_it() -> None:
    async with TelegramSimulator(privacy=False) as telegram, running(telegram) as live:
        api, alice = telegram.forum("api"), telegram.person("alice")
        posted = await live.adapter.post(place_of(api), task_card(), key="T142:card")
        topic = await telegram.opens_topic(api)
        assert topic.name == "T142 · Fix the discount"
        assert [each.text.splitlines()[0] for each in telegram.messages(topic)]

        await alice.says("use tabs", topic)
        heard = await live.hears(MessageReceived)
        assert heard.place == posted.thread == place_of(api, f"t{topic.id}")
        await live.adapter.post(place_of(api), card("Answers need none"), key="event:1")
        assert len(telegram.topics(api)) == 1


async def test_where_the_bot_may_make_no_topics_the_current_one_is_used() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        api, alice = telegram.forum("api", admin=False), telegram.person("alice")
        topic = await telegram.opens(api, "bugs", by=alice)
        await alice.says("/run fix it", topic)
        heard = await live.hears(CommandReceived)
        posted = await live.adapter.post(heard.place, task_card(), key="T142:card")

        assert posted.thread == heard.place == place_of(api, f"t{topic.id}")
        general = await live.adapter.post(place_of(api), task_card(), key="T143:card")
        assert general.thread.thread == general.message


async def test_a_private_chat_with_topics_gives_each_task_one() -> None:
    async with TelegramSimulator(private_topics=True) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        posted = await live.adapter.post(place_of(alice.direct), task_card(), key="T142:card")
        topic = await telegram.opens_topic(alice.direct)
        await alice.writes("use tabs", topic=topic)

        heard = await live.hears(MessageReceived)
        assert heard.place == posted.thread
        assert heard.direct


async def test_an_anonymous_administrator_is_told_once_why_nothing_happens() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        alice.becomes_admin(shop, anonymous=True)
        await alice.says("/orchestrate status", shop)
        told = await telegram.shows(in_=shop)
        await alice.says("/orchestrate costs", shop)
        await telegram.quiet()

        assert "Remain anonymous" in told.text
        assert len([each for each in telegram.messages(shop) if each.by_app]) == 1
        assert live.ears.heard == []


async def test_a_group_that_becomes_a_supergroup_stays_the_place_it_was() -> None:
    values = memory()
    async with TelegramSimulator() as telegram:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        before = place_of(shop)
        async with running(telegram, values=values) as live:
            new = await telegram.migrates(shop, by=alice)
            await telegram.quiet()
            await alice.says("/orchestrate status", new)
            assert (await live.hears(CommandReceived)).place == before
            await live.adapter.post(before, card("Still here"), key="T142:card")
        async with running(telegram, values=values) as live:
            await live.adapter.post(before, card("And again"), key="T143:card")
            assert [each.text.splitlines()[-1] for each in telegram.messages(new) if each.by_app] == [
                "Still here",
                "And again",
            ]


async def test_a_group_that_moved_while_nobody_listened_is_followed_at_the_first_refusal() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        telegram.updates.hold()
        new = await telegram.migrates(shop, by=alice)
        await live.adapter.post(place_of(shop), card(), key="T142:card")

        assert [each for each in telegram.messages(new) if each.by_app]


async def test_what_is_forwarded_to_us_alone_becomes_a_request() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        await live.hears(CommandReceived)
        telegram.updates.add("message", _forwarded(alice.id, "The total is wrong"))

        heard = await live.hears(MessagePicked)
        assert (heard.text, heard.author) == ("The total is wrong", "Carol")


async def test_a_press_is_answered_within_a_second_whatever_is_done_about_it() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        await live.adapter.post(place_of(shop), asking_card(), key="A1:card")
        live.ears.held = lambda inbound: isinstance(inbound, ButtonPressed)
        message = await telegram.shows(in_=shop)
        presses = [await alice.presses("Approve", message) for _ in range(3)]
        for press in presses:
            await telegram.answers(press)
        live.ears.let_go()

        # the second and the third wait for the first to be kept, but not the person who pressed
        assert [(press.text, press.answered_at - press.at < fair_s(2)) for press in presses] == [("", True)] * 3


async def test_a_dangerous_button_takes_a_second_press_and_can_be_left_alone() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        posted = await live.adapter.post(place_of(shop), asking_card(), key="A1:card")
        message = await telegram.shows(in_=shop)
        await telegram.answers(await alice.presses("Cancel task", message))
        await telegram.until(lambda: True if "Not now" in message.labels else None)
        await live.adapter.edit(posted, asking_card())
        assert "Not now" in message.labels
        await telegram.answers(await alice.presses("Not now", message))
        await telegram.until(lambda: True if "Not now" not in message.labels else None)
        assert message.labels == ["Approve", "Cancel task"]
        assert live.ears.heard == []

        await telegram.answers(await alice.presses("Cancel task", message))
        await telegram.until(lambda: True if "Not now" in message.labels else None)
        await alice.presses(next(each for each in message.labels if each.startswith("Yes")), message)
        assert (await live.hears(ButtonPressed)).token == "cancel-token"


async def test_on_a_message_too_old_to_be_shown_a_dangerous_button_counts_when_pressed_twice() -> None:
    async with TelegramSimulator() as telegram, running(telegram, **PATIENT) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        root = await live.adapter.post(place_of(shop), card(), key="T142:card")
        await live.adapter.post(root.thread, asking_card(), key="A1:card")
        message = await telegram.shows(in_=shop)
        press = await telegram.answers(await alice.presses("Cancel task", message, accessible=False))
        assert press.text == "Press once more to do it."
        assert message.labels == ["Approve", "Cancel task"]
        bob = await telegram.answers(await telegram.person("bob").presses("Cancel task", message, accessible=False))
        assert bob.text == "Press once more to do it.", "the first press of another person counted as the second"
        await alice.presses("Cancel task", message, accessible=False)

        heard = await live.hears(ButtonPressed)
        assert (heard.token, heard.place) == ("cancel-token", root.thread)


async def test_who_presses_a_dangerous_button_again_and_again_does_not_move_the_buttons_of_others_for_ever() -> None:
    async with TelegramSimulator() as telegram, running(telegram, answer_press_s=2.5) as live:
        sam, alice, shop = telegram.person("sam"), telegram.person("alice"), telegram.group("shop")
        await live.adapter.post(place_of(shop), asking_card(), key="A1:card")
        message = await telegram.shows(in_=shop)
        for _ in range(12):
            dangerous = next(each.data for each in message.buttons if "Cancel task" in each.label)
            await telegram.answers(await sam.presses(dangerous if dangerous.startswith("?") else "Not now", message))
            await telegram.quiet()
        changed = [each for each in telegram.called("editMessageReplyMarkup") if each.status == 200]
        assert len(changed) == CHANGES
        assert message.labels == ["Approve", "Cancel task"]

        first = await telegram.answers(await alice.presses("Cancel task", message))
        assert first.text == "Press once more to do it."
        assert not [each for each in live.ears.heard if isinstance(each, ButtonPressed) and each.person.id == alice.key]
        await alice.presses("Cancel task", message)
        await live.hears(ButtonPressed, lambda each: each.person.id == alice.key)


def _forwarded(person: int, text: str) -> dict[str, object]:
    user = {"id": person, "is_bot": False, "first_name": "alice"}
    origin = {"type": "hidden_user", "sender_user_name": "Carol", "date": 1}
    chat = {"id": person, "type": "private", "first_name": "alice"}
    return {"message_id": 900, "from": user, "chat": chat, "date": 1, "text": text, "forward_origin": origin}
