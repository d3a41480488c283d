"""The scripted model speaks the Messages API: streaming and not, with faults where a script wants them."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.demo.scripted import (
    Conversation,
    Cut,
    Fault,
    Held,
    Reply,
    Script,
    ScriptedModel,
    Text,
    Thinking,
    ToolUse,
    Turn,
    conversation,
    say,
    use,
)

BODY: dict[str, Any] = {
    "model": "claude-x",
    "system": [{"type": "text", "text": "Role: tester\nYou test."}],
    "tools": [{"name": "Bash"}],
    "messages": [
        {"role": "user", "content": "Please test."},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls"}}],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "a.py"}]}],
        },
    ],
}


async def post(script: Script, body: dict[str, Any], *, path: str = "/v1/messages") -> tuple[int, str]:
    async with (
        ScriptedModel(script) as model,
        aiohttp.ClientSession() as client,
        client.post(model.url + path, json=body) as response,
    ):
        return response.status, await response.text()


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def test_a_request_is_read_into_role_prompt_tools_and_results() -> None:
    asked = conversation(BODY)

    assert (asked.role, asked.prompt, asked.tools) == ("tester", "Please test.", frozenset({"Bash"}))
    assert [(result.tool, result.tool_input, result.text) for result in asked.results] == [
        ("Bash", {"command": "ls"}, "a.py")
    ]


def test_a_request_of_a_strange_shape_is_read_as_far_as_it_goes() -> None:
    asked = conversation({"messages": [{"role": "user", "content": [7, {"type": "tool_result"}]}], "tools": "none"})

    assert (asked.role, asked.prompt, len(asked.results)) == ("", "", 1)


async def test_an_answer_that_does_not_stream_is_one_document() -> None:
    status, text = await post(lambda _: use("Bash", {"command": "ls"}, saying="Look:"), BODY)

    answer = json.loads(text)
    assert status == 200
    assert [block["type"] for block in answer["content"]] == ["text", "tool_use"]
    assert answer["stop_reason"] == "tool_use"
    assert answer["content"][1]["id"].startswith("toolu_")


async def test_a_streamed_answer_carries_each_block_and_the_final_usage() -> None:
    reply = Reply(blocks=(Thinking(thinking="Hm."), Text(text="Look."), ToolUse(name="Bash", input={"command": "ls"})))

    _, text = await post(lambda _: reply, {**BODY, "stream": True})

    told = events(text)
    kinds = [event["type"] for event in told]
    assert kinds[0] == "message_start"
    assert kinds[-2:] == ["message_delta", "message_stop"]
    deltas = [event["delta"] for event in told if event["type"] == "content_block_delta"]
    assert {"type": "input_json_delta", "partial_json": '{"command": "ls"}'} in deltas
    assert told[0]["message"]["usage"]["output_tokens"] == 1
    assert told[-2]["usage"]["output_tokens"] > 1


async def test_messages_have_ids_of_their_own_and_bigger_requests_cost_more() -> None:
    async with ScriptedModel(lambda _: say("ok")) as model, aiohttp.ClientSession() as client:

        async def answer(body: dict[str, Any]) -> dict[str, Any]:
            async with client.post(model.url + "/v1/messages", json=body) as response:
                return await response.json()

        small, big = await answer(BODY), await answer({**BODY, "metadata": "x" * 4000})

    assert small["id"] != big["id"]
    assert sum(big["usage"].values()) > sum(small["usage"].values()) + 900


@pytest.mark.parametrize("status", [400, 401, 429, 529])
async def test_a_fault_is_an_error_in_the_apis_words(status: int) -> None:
    given, text = await post(lambda _: Fault(status=status, kind="some_error", message="words"), BODY)

    assert given == status
    assert json.loads(text)["error"] == {"type": "some_error", "message": "words"}


async def test_a_cut_breaks_the_connection_after_the_beginning() -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await post(lambda _: Cut(), {**BODY, "stream": True})


async def test_a_held_answer_comes_when_the_test_lets_it_go() -> None:
    until = asyncio.Event()
    asked = asyncio.Event()

    def script(_: Conversation) -> Turn:
        asked.set()
        return Held(until=until, then=say("now"))

    answer = asyncio.create_task(post(script, BODY))
    await asked.wait()
    assert not answer.done()
    until.set()

    assert "now" in (await answer)[1]


async def test_requests_without_tools_are_answered_beside_the_script() -> None:
    async with ScriptedModel(lambda _: pytest.fail("the script was asked")) as model, aiohttp.ClientSession() as client:
        async with client.post(model.url + "/v1/messages", json={**BODY, "tools": []}) as response:
            assert response.status == 200
        assert model.conversations == []


async def test_tokens_are_counted_and_anything_else_is_not_found() -> None:
    assert (await post(lambda _: say(""), BODY, path="/v1/messages/count_tokens"))[0] == 200
    assert (await post(lambda _: say(""), BODY, path="/v1/other"))[0] == 404


def test_the_url_of_a_model_that_does_not_run_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = ScriptedModel(lambda _: say("")).url
