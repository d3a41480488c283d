"""What goes wrong between an agent and its model, each in a story: what the person sees, what becomes of the task."""

import re

import pytest

from bot.demo.scripted import Cut, Fault, Reply, Text, ToolUse, Turn, use
from core.domain.event import AgentRunPostponed, ModelCalled, ModelSwitched
from tests.support.cast import Scene, write
from tests.support.machines import KEY
from tests.support.quick_worker import TurnedClock, working
from tests.support.studio import Studio, reconciled, told_where_it_differs
from tests.support.waiting import eventually_awaited

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

# five minutes, to which the agent program adds up to a quarter of its own
LIMITED = Fault(status=429, kind="rate_limit_error", message="Too many requests", headers={"retry-after": "300"})
OVERLOADED = Fault(status=529, kind="overloaded_error", message="Overloaded")
BROKEN = Fault(status=500, kind="api_error", message="Internal server error")


def told_at_first(studio: Studio, *, task: str = "T1") -> int:
    """How often the builder was begun without anything done: once in one session."""
    return sum(scene.done == 0 for scene in studio.cast.of("build", task=task))


async def postponed(studio: Studio) -> list[str]:
    """The kinds of failure for which the run was put off."""
    return [event.failure for event in await studio.told("agent_run_postponed") if isinstance(event, AgentRunPostponed)]


async def test_a_provider_that_wants_a_pause_is_left_alone_until_then_and_nobody_fails_for_it(studio: Studio) -> None:
    clock = TurnedClock()
    studio.cast.suffers("build", LIMITED, after=1)
    async with (
        working(studio.shop, clock=clock, cli_retries=6),
        studio.shop.started("run", "write a note", "-w", "solo", "--json") as first,
    ):
        await eventually_awaited(lambda: waits(studio, "T1"), within_s=150, what="the pause")
        async with studio.shop.started("run", "write another", "-w", "solo", "--json") as second:
            await eventually_awaited(lambda: waits(studio, "T2"), within_s=150, what="the second task in the queue")
            agents = (await studio.run("agents")).stdout
            card = (await studio.run("task", "1")).stdout
            held = [(await studio.run(*words)).stdout for words in (("task", "2"), ("status",))]
            clock.turn(600)
            await studio.run("pause", "2")
            await studio.run("resume", "2")
            ended = [await first.ended(), await second.ended()]

    assert re.search(r"tries again in [3-6]m", agents)
    assert re.search(r"sonnet-5-5 is held for [3-6]m", agents)
    assert re.search(r"Tries again in [3-6]m", card)
    assert all("sonnet-5-5 is held until" in each for each in held), held
    assert [each.code for each in ended] == [0, 0]
    assert {each.document["task"]["state"] for each in ended} == {"completed"}
    assert await postponed(studio) == ["rate_limited"]
    run = (await studio.run("agent", "T1.1", "--json")).document
    assert (run["attempts"], run["transient_failures"]) == (2, 0)
    assert told_at_first(studio) == 1, "the session did not go on"
    reconciled(await studio.view(), exactly=False)


async def waits(studio: Studio, task: str) -> bool:
    """Whether the task's agent is known and has no place."""
    async with studio.onlooker() as seen:
        entries = await seen.queries.agents(project=None, ended=False, limit=10)
        held = await seen.queries.room()
    return any(entry.run.task == task and entry.run.state == "queued" for entry in entries) and bool(held.models)


async def test_an_overloaded_and_a_broken_provider_are_tried_again_in_the_same_session(studio: Studio) -> None:
    studio.cast.suffers("build", OVERLOADED, BROKEN, after=1)
    async with working(studio.shop):
        ended = await studio.asks("write a note")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    assert await postponed(studio) == ["overloaded", "overloaded"]
    run = (await studio.run("agent", "T1.1", "--json")).document
    assert (run["attempts"], run["transient_failures"], run["error"]) == (3, 0, None)
    assert told_at_first(studio) == 1, "the session did not go on"
    (pattern, *_) = (await studio.run("failures", "--json")).document
    assert (pattern["kind"], pattern["role"]) == ("overloaded", "builder")
    assert reconciled(await studio.view(), exactly=False) > 0


async def test_a_provider_that_stays_broken_fails_the_task_in_the_end_and_a_retry_goes_on_from_there(
    studio: Studio,
) -> None:
    studio.write_settings("[agents]\ntransient_attempts = 2")
    studio.cast.suffers("build", BROKEN, BROKEN, after=1)
    async with working(studio.shop):
        failed = await studio.run("run", "write a note", "-w", "solo", "--yes")
        retried = await studio.run("retry", "1")
        view = await studio.ends()

    assert failed.code == 1
    assert "The Messages API answered 500" in failed.stdout
    assert retried.stdout == "T1 is tried again. Follow it with: orchestrator watch 1\n"
    assert (view.task.state, view.task.life) == ("completed", 2)
    reconciled(view, exactly=False)


async def test_an_answer_cut_off_in_the_middle_is_asked_for_again_and_nothing_it_wanted_is_done(studio: Studio) -> None:
    half = Cut(blocks=(Text(text="I write the note, and"), write("half.md")))
    # the agent program asks up to twice more by itself: for the rest, and for an answer in one piece
    studio.cast.suffers("build", half, half, half, half, after=1)
    async with working(studio.shop):
        ended = await studio.asks("write a note")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    assert set(await postponed(studio)) == {"network"}
    assert told_at_first(studio) == 1, "the session did not go on"
    assert "half.md" not in ended.document["diff"]
    told_where_it_differs(await studio.view())


async def test_a_model_that_is_overloaded_again_and_again_gives_way_to_the_next_one_of_the_role(studio: Studio) -> None:
    studio.write_builder(model="claude-opus-5-5", more="fallback_model: claude-sonnet-5")

    def only_the_other(scene: Scene) -> Turn | None:
        return OVERLOADED if scene.asked.model == "claude-opus-5-5" else None

    studio.cast.plays("build", only_the_other, write("a.md"))
    async with working(studio.shop):
        ended = await studio.asks("write a note")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    (switched,) = [event for event in await studio.told("model_switched") if isinstance(event, ModelSwitched)]
    assert (switched.source, switched.target) == ("claude-opus-5-5", "claude-sonnet-5")


async def test_a_model_that_does_not_exist_gives_way_to_the_other_one_of_the_role(studio: Studio) -> None:
    studio.write_builder(model="claude-nosuch-9", more="fallback_model: claude-sonnet-5")

    def unknown(scene: Scene) -> Turn | None:
        missing = Fault(status=404, kind="not_found_error", message="model: claude-nosuch-9")
        return missing if scene.asked.model == "claude-nosuch-9" else None

    studio.cast.plays("build", unknown, write("a.md"))
    ended = await studio.asks("write a note")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    assert [scene.asked.model for scene in studio.cast.scenes] == ["claude-nosuch-9", *["claude-sonnet-5"] * 2]
    called = [event for event in await studio.told("model_called") if isinstance(event, ModelCalled)]
    assert {event.model for event in called} == {"claude-sonnet-5"}, "the price of another model was paid"
    (switched,) = [event for event in await studio.told("model_switched") if isinstance(event, ModelSwitched)]
    assert (switched.source, switched.target) == ("claude-nosuch-9", "claude-sonnet-5"), "nobody was told"
    assert (await studio.run("agent", "T1.1", "--json")).document["model"] == "claude-sonnet-5"
    reconciled(await studio.view())


async def test_a_malformed_tool_call_is_given_back_to_the_agent_which_makes_it_again(studio: Studio) -> None:
    broken = ToolUse(name="Write", input={}, raw_input='{"file_path": "note.md", "content": "Wri')
    studio.cast.suffers("build", Reply(blocks=(broken,)))
    ended = await studio.asks("write a note")

    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")
    assert "+++ b/build-1.md" in ended.document["diff"]
    view = await studio.view()
    assert view.bill.calls == len(studio.cast.of("build")) == 3
    reconciled(view)


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        (
            Reply(blocks=(Text(text="I will not."),), stop_reason="refusal"),
            "refused",
            "The model refused the task. Say it differently and retry.",
        ),
        (
            Fault(
                status=400, kind="invalid_request_error", message="prompt is too long: 210000 tokens > 200000 maximum"
            ),
            "context_full",
            "Split the task, or take a model with more room.",
        ),
        (
            Fault(status=401, kind="authentication_error", message=f"invalid x-api-key {KEY}"),
            "not_allowed",
            "Set a valid ANTHROPIC_API_KEY and retry.",
        ),
        (
            Fault(status=404, kind="not_found_error", message="model: claude-sonnet-5-5"),
            "not_allowed",
            "Check the model's name",
        ),
    ],
    ids=["refusal", "context overflow", "401", "unknown model"],
)
async def test_what_does_not_pass_by_itself_fails_the_task_with_what_to_do(
    studio: Studio, trouble: Turn, kind: str, words: str
) -> None:
    base = studio.git("rev-parse", "main")
    studio.cast.plays("build", write("a.md"), lambda _scene: trouble)
    ended = await studio.run("run", "write a note", "-w", "solo", "--yes")

    assert ended.code == 1
    assert "T1 Failed" in ended.stdout
    assert words in ended.stdout
    assert KEY not in ended.stdout + ended.stderr
    assert ".." not in ended.stdout, "two full stops"
    document = (await studio.run("task", "1", "--json")).document
    assert document["task"]["state"] == "failed"
    assert (document["task"]["commit"], document["task"]["pull_request"]) == (None, None)
    assert document["task"]["cost_usd"] > 0, "what was done before costs"
    if kind == "context_full":
        # it tries to make the conversation shorter, which only its own count knows of
        assert "the ledger counts $0.00" in ended.stdout
    else:
        reconciled(await studio.view(), exactly=False)
    assert len(studio.cast.scenes) <= 4, "it went on asking although that cannot help"
    assert studio.git("rev-parse", "main") == base
    (pattern,) = (await studio.run("failures", "--json")).document
    assert (pattern["kind"], pattern["role"]) == (kind, "builder")


async def test_an_endless_loop_ends_with_the_turns_of_the_role_and_a_retry_with_more_of_them_succeeds(
    studio: Studio,
) -> None:
    studio.write_builder(turns=3)

    def again_and_again(scene: Scene) -> Turn | None:
        return use("Bash", {"command": f"echo {scene.done}"}) if scene.done < 5 else None

    studio.cast.plays("build", again_and_again, write("a.md"))
    failed = await studio.run("run", "write a note", "-w", "solo", "--yes")
    assert failed.code == 1
    assert "The builder used up its 3 turns without a result." in failed.stdout
    assert "raise `max_turns` of the role and retry" in failed.stdout
    before = reconciled(await studio.view())

    studio.write_builder(turns=30)
    retried = await studio.run("retry", "1")
    assert retried.stdout == "T1 is tried again. It goes on when a worker runs: orchestrator worker\n"
    async with studio.shop.started("worker"):
        await eventually_awaited(studio.has_ended, within_s=150, what="the end of the task")
    document = (await studio.run("task", "1", "--json")).document
    assert document["task"]["state"] == "completed"
    assert "+++ b/a.md" in document["diff"]
    assert reconciled(await studio.view()) > before, "the first life was paid for too"
