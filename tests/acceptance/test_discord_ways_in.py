"""Ways to hand work over in Discord: a command, a mention, a direct message, a message of somebody's, a forum post."""

import pytest

from tests.platforms.discord.world import BOT_USER
from tests.support.discord_team import Crew

pytestmark = [pytest.mark.discord, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_a_message_of_somebody_becomes_a_task_whose_thread_grows_from_its_card(crew: Crew) -> None:
    async with crew.serving():
        complaint = await crew.sam.says("the note about discounts is missing <@" + crew.vera.id + ">", crew.shop)
        form = await crew.opens_form(crew.alice, lambda: crew.alice.uses_message_command("Orchestrate this", complaint))
        await crew.alice.submits({"What should be done?": "add the missing note", "May cost at most (US dollars)": "4"})
        card = await crew.shows("T1:card", "add the missing note", "of $4.00")
        await crew.sam.uses_message_command("Orchestrate this", complaint)
        await crew.whispered(crew.sam, "You have not been given access")
        await crew.vera.uses_message_command("Orchestrate this", complaint)
        await crew.whispered(crew.vera, "hand work over")
        await crew.bob.uses("/orchestrate cancel", {"task": "T1", "reason": "seen enough"}, crew.shop)
        await crew.shows("T1:ended:1", "Cancelled", "seen enough")
        await crew.settled()

    begun = [each for each in form.modal["components"] if each["component"]["custom_id"] == "request"]
    assert "the note about discounts is missing @Vera" in str(begun)
    assert crew.vera.form is None
    assert await crew.tasks() == ["T1"]
    assert card.channel in {crew.shop.id, complaint.id}


async def test_while_somebody_types_the_program_suggests_what_they_may_see_and_nothing_to_others(crew: Crew) -> None:
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build")
        await crew.shows("T1:card", "Working")
        tasks = await crew.suggested(crew.bob, "/orchestrate cancel", "task", "no")
        workflows = await crew.suggested(crew.bob, "/orchestrate run", "workflow", "s")
        projects = await crew.suggested(crew.vera, "/orchestrate run", "project")
        none = await crew.sam.autocompletes("/orchestrate cancel", "task", "", where=crew.shop)
        crew.cast.let_go()
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert tasks == ["T1 · write a note"]
    assert "solo" in workflows
    assert projects == ["shop"]
    assert none == []


async def test_a_mention_a_direct_message_and_a_forum_post_each_become_a_task_that_is_told_where_it_began(
    crew: Crew,
) -> None:
    forum = crew.discord.forum("ideas", tags=("working", "done"))
    crew.write_settings(chat=f'channels = ["{crew.named(crew.shop)}", "{crew.named(forum)}"]')
    async with crew.serving():
        await crew.alice.mentions("write a note --workflow solo", crew.shop)
        first = await crew.shows("T1:card")
        await crew.bob.writes("write another note --workflow solo")
        second = await crew.shows("T2:card")
        post = await crew.alice.posts("A third note", f"<@{BOT_USER}> write a third note --workflow solo", forum)
        third = await crew.shows("T3:card")
        ends = [await crew.shows(f"T{number}:ended:1", "Done") for number in (1, 2, 3)]
        await crew.settled()

    assert first.channel == crew.shop.id
    assert {second.channel, ends[1].channel} == {crew.bob.direct.id}
    assert {third.channel, ends[2].channel} == {post.channel}
    assert crew.discord.threads(forum) == [crew.discord.world.channels[post.channel]]
    assert await crew.tasks() == ["T1", "T2", "T3"]


async def test_what_is_only_asked_is_answered_or_asked_about_and_costs_nothing(crew: Crew) -> None:
    async with crew.serving():
        await crew.alice.mentions("how long does it usually take?", crew.shop)
        asked = await crew.whispered(crew.alice, "Shall I work on this?")
        await crew.bob.mentions("thanks!", crew.shop)
        await crew.whispered(crew.bob, "/orchestrate")
        await crew.bob.uses("/orchestrate whoami", {}, crew.shop)
        await crew.whispered(crew.bob, "developer")
        await crew.vera.uses("/orchestrate help", {}, crew.shop)
        await crew.whispered(crew.vera, "/orchestrate")
        await crew.settled()

    assert await crew.tasks() == []
    assert "Yes, begin" in asked.labels
    assert crew.public(crew.shop) == []


async def test_what_is_asked_for_in_the_thread_of_a_task_at_work_gets_a_thread_of_its_own(crew: Crew) -> None:
    crew.cast.hold("build")
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        await crew.cast.hears("build", task="T1")
        first = await crew.shows("T1:card", "Working")
        await crew.asks(crew.bob, "write another note", first)
        told = await crew.whispered(crew.bob, "T2 is taken on: write another note")
        await crew.cast.hears("build", task="T2")
        second = await crew.shows("T2:card", "Working")
        await crew.alice.says("keep it short", first)
        await crew.whispered(crew.alice, "The builder (T1.1) hears it.")
        crew.cast.let_go()
        ends = [await crew.shows(f"T{number}:ended:1", "Done") for number in (1, 2)]
        await crew.settled()

    assert [first.channel, second.channel] == [crew.shop.id] * 2
    assert [each.channel for each in ends] == [first.id, second.id]
    assert (told.channel, told.only_for) == (first.id, crew.bob.id)
