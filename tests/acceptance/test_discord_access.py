"""Who may do what in Discord: a polite private line for everybody else, a row in the trail, and nothing happens."""

import copy
from pathlib import Path

import pytest

from bot.demo.repository import make_sample_repository
from tests.platforms.discord.person import Person
from tests.platforms.discord.world import BOT_USER
from tests.support.discord_team import Crew
from tests.support.waiting import eventually_awaited

pytestmark = [pytest.mark.discord, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_who_may_not_is_told_so_alone_once_and_politely_and_nothing_happens(crew: Crew) -> None:
    elsewhere = crew.discord.channel("elsewhere")
    foreign = crew.discord.guild("foreign")
    lobby = crew.discord.channel("lobby", guild=foreign)
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        card = await crew.shows("T1:card", "Waiting for you")

        await crew.asks(crew.sam, "delete everything")
        await crew.whispered(crew.sam, "You have not been given access to anything here yet.")
        await crew.vera.clicks("Approve plan", plan)
        await crew.whispered(crew.vera, "You may look in shop, but not decide: that takes a developer.")
        await crew.ada.mentions("delete everything", lobby)
        await crew.whispered(crew.ada, "This server is not set up for me.")
        await crew.asks(crew.bob, "delete everything", elsewhere)
        await crew.whispered(crew.bob, "I am not used in this channel.")
        await crew.dealt_with(await crew.sam.says("do it all differently", card))
        await crew.dealt_with(await crew.sam.replies("<@" + BOT_USER + "> approve", plan))
        await crew.settled()

        told = {each.name: crew.private(each) for each in (crew.sam, crew.vera, crew.ada, crew.bob)}
        assert {name: len(each) for name, each in told.items()} == {"sam": 2, "vera": 1, "ada": 1, "bob": 1}
        assert [len(await crew.refusals(each)) for each in (crew.sam, crew.vera, crew.ada, crew.bob)] == [2, 1, 1, 1]
        assert await crew.tasks() == ["T1"]
        view = await crew.studio.view()
        assert [each.state.value for each in view.approvals] == ["pending"]
        assert "Approve plan" in plan.labels, "it can still be answered"
        assert [each.id for each in crew.public(crew.shop)] == [card.id], "others were bothered"
        assert [each.id for each in crew.public(card)] == [plan.id], "others were bothered"
        assert crew.public(lobby) == crew.public(elsewhere) == []


async def test_a_second_click_and_a_click_on_an_old_card_say_what_is_the_case(crew: Crew) -> None:
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        card = await crew.shows("T1:card", "Waiting for you", label="Cancel task")
        old_plan, old_card = copy.deepcopy(plan), copy.deepcopy(card)
        await crew.dealt_with(await crew.alice.clicks("Approve plan", plan))
        await crew.bob.clicks("Approve plan", old_plan)
        late = await crew.whispered(crew.bob, "A1 was approved by Alice at")
        await crew.shows("T1:ended:1", "Done")
        await crew.bob.clicks("Cancel task", old_card)
        asked = await crew.whispered(crew.bob, "Cancel task?")
        await crew.bob.clicks("Cancel task", asked)
        ended = await crew.whispered(crew.bob, "T1 has already ended: it is completed.")
        before = len(crew.private(crew.bob))
        await crew.bob.clicks("Deny…", old_plan)
        await crew.discord.until(lambda: crew.private(crew.bob)[before:] or None)
        await crew.settled()

    assert [each.only_for for each in (late, ended)] == [crew.bob.id] * 2
    assert crew.bob.form is None, "a form was opened for what is decided"
    assert "A1 was approved by Alice" in crew.private(crew.bob)[-1].words
    view = await crew.studio.view()
    assert (view.task.state.value, [each.decided_by for each in view.approvals]) == ("completed", [crew.alice.key])


async def test_roles_of_the_server_say_who_may_look_work_and_decide_and_can_be_taken_away(crew: Crew) -> None:
    guild = crew.discord.guild()
    viewers, builders, owners = (crew.discord.role(name) for name in ("viewers", "builders", "owners"))
    crew.write_settings(
        access=f'viewers = ["discord:{guild.id}/role:{viewers.id}"]\n'
        f'developers = ["discord:{guild.id}/role:{builders.id}"]\nadmins = ["discord:{guild.id}/role:{owners.id}"]'
    )
    crew.sam.gets(viewers)
    crew.alice.gets(builders)
    crew.bob.gets(builders)
    crew.ada.gets(owners)
    async with crew.serving():
        await crew.asks(crew.vera, "delete everything")
        await crew.whispered(crew.vera, "You have not been given access to anything here yet.")
        await crew.asks(crew.sam, "delete everything")
        await crew.whispered(crew.sam, "You may look in shop, but not hand work over")
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        _takes_roles(crew, crew.bob)
        await crew.bob.clicks("Approve plan", plan)
        await crew.whispered(crew.bob, "You have not been given access to anything here yet.")
        assert "Approve plan" in plan.labels
        crew.sam.gets(builders)
        await crew.sam.clicks("Approve plan", plan)
        await crew.shows("A1:card", "Approved by Sam")
        await crew.ada.uses("/orchestrate budget", {"task": "T1", "usd": "3"}, crew.shop)
        await crew.whispered(crew.ada, "3.00")
        await crew.shows("T1:ended:1", "Done")
        await crew.bob.uses("/orchestrate task", {"task": "T1"}, crew.bob.direct)
        await crew.discord.shows(lambda each: "You have not been given access" in each.words, in_=crew.bob.direct)
        await crew.settled()

    assert await crew.tasks() == ["T1"]


async def test_who_has_closed_direct_messages_is_called_in_the_thread(crew: Crew) -> None:
    crew.alice.closes_direct_messages()
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        plan = await crew.shows("A1:card", label="Approve plan")
        called = await crew.discord.shows(lambda each: crew.alice.id in each.pings, in_=crew.posted("T1:card")[0])
        await crew.alice.clicks("Approve plan", plan)
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert "allow direct messages" in called.words
    assert crew.discord.messages(crew.alice.direct) == []


async def _is_turned_away(crew: Crew, person: Person) -> bool:
    """Whether they are told that they are none of us; nobody waits long for Discord to say so, they ask again."""
    before = len(crew.private(person))
    await person.writes("status")
    answer = await crew.discord.until(lambda: crew.private(person)[before:] or None)
    return "You are in none of the servers I am used in." in answer[-1].words


def _takes_roles(crew: Crew, person: Person) -> None:
    """Every role is taken away from somebody."""
    crew.discord.guild().members[person.id].roles.clear()


async def test_several_servers_are_kept_apart_for_each_person(crew: Crew, tmp_path: Path) -> None:
    docs = await make_sample_repository(tmp_path / "docs")
    other = crew.discord.guild("other")
    pages = crew.discord.channel("pages", guild=other)
    writers = crew.discord.role("devs", guild=other)
    namesake = crew.discord.role("devs")
    crew.vera.gets(writers, other)
    crew.sam.gets(namesake)
    crew.write_settings(
        f'[projects.docs]\npath = "{docs}"\nverify = "true"\n'
        f'[projects.docs.access]\ndevelopers = ["discord:{other.id}/role:{writers.id}"]\n'
        f'[projects.docs.chat]\nchannels = ["{crew.named(pages)}"]',
        guilds=(other,),
    )
    async with crew.serving():
        await crew.asks(crew.vera, "write a note", pages)
        card = await crew.shows("T1:card", "docs")
        await crew.asks(crew.vera, "delete everything", crew.shop)
        await crew.whispered(crew.vera, "You may look in shop, but not hand work over")
        await crew.asks(crew.bob, "delete everything", pages)
        await crew.whispered(crew.bob, "This channel is about a project that you may not see.")
        await crew.asks(crew.sam, "delete everything", pages)
        await crew.whispered(crew.sam, "You have not been given access to anything here yet.")
        mine = await crew.suggested(crew.vera, "/orchestrate task", "task")
        hidden = await crew.bob.autocompletes("/orchestrate task", "task", "", where=crew.shop)
        await crew.bob.uses("/orchestrate task", {"task": "T1"}, crew.shop)
        await crew.whispered(crew.bob, "T1")
        await crew.shows("T1:ended:1", "Done")
        await crew.settled()

    assert card.channel == pages.id
    assert hidden == []
    assert mine == ["T1 · write a note"]
    assert "write a note" not in "\n".join(each.words for each in crew.private(crew.bob))
    assert await crew.tasks() == ["T1"]


async def test_thrown_out_of_the_server_it_tells_the_one_who_asked_alone_and_is_answered_there(crew: Crew) -> None:
    async with crew.serving():
        await crew.asks(crew.alice, "write a note", workflow="trio")
        await crew.shows("A1:card", label="Approve plan")
        direct = await crew.shows(f"A1:direct:{crew.alice.key}", label="Approve plan")
        crew.discord.removes_app(crew.discord.guild())
        await crew.alice.clicks("Approve plan", direct)
        await crew.shows(f"A1:direct:{crew.alice.key}", "Approved by Alice")
        result = await crew.whispered(crew.alice, "T1", "Done", "Total")
        # what stands in the channel waits to be let in again, so it is never settled
        closed = await crew.whispered(crew.alice, "I may not write")

    assert result.channel == crew.alice.direct.id
    assert closed.channel == crew.alice.direct.id


async def test_who_has_left_the_server_is_heard_no_more_although_the_settings_name_them(crew: Crew) -> None:
    crew.bob.leaves(crew.discord.guild())
    async with crew.serving():
        await eventually_awaited(lambda: _is_turned_away(crew, crew.bob), what="the news that Bob has left")
        await crew.alice.writes("status")
        told = await crew.whispered(crew.alice, "Nothing")
        await crew.settled()

    assert await crew.refusals(crew.bob)
    assert "none of the servers" not in told.words
