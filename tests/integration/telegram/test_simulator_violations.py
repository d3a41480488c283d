"""What no bot should ever send: the simulated Telegram refuses it, remembers it, and fails the test at its end."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.platforms.telegram.published import methods
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram

ONE = {"text": "x", "callback_data": "t"}


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"text": "x", "reply_markup": {"inline_keyboard": list(rows)}}


def entity(**given: Any) -> dict[str, Any]:
    return {"text": "👍 ok", "entities": [{"type": "bold", "offset": 0, "length": 2} | given]}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no text": ({"text": " \n"}, "message text is empty"),
    "too long a text": ({"text": "x" * 4097}, "message is too long"),
    "too long in UTF-16": ({"text": "👍" * 2049}, "message is too long"),
    "HTML that is not closed": ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
    "a tag that is unknown": ({"text": "<h1>x</h1>", "parse_mode": "HTML"}, "Unsupported start tag"),
    "Markdown that is not escaped": ({"text": "a.b", "parse_mode": "MarkdownV2"}, "Character '.' is reserved"),
    "an unknown mode": ({"text": "x", "parse_mode": "wiki"}, "unsupported parse_mode"),
    "an entity past the end": (entity(length=9), "ends after the end of the text"),
    "an entity in the middle of a sign": (entity(offset=1), "begins in a middle of a UTF-16 symbol"),
    "a negative entity": (entity(offset=-1), "incorrect offset"),
    "a button that says too much": (keyboard([ONE | {"callback_data": "é" * 33}]), "BUTTON_DATA_INVALID"),
    "a button without data": (keyboard([ONE | {"callback_data": ""}]), "BUTTON_DATA_INVALID"),
    "a button that does nothing": (keyboard([{"text": "x"}]), "Text buttons are unallowed"),
    "a button that does two things": (keyboard([ONE | {"url": "https://x.org"}]), "2 kinds of button"),
    "a button without words": (keyboard([ONE | {"text": ""}]), "Button text must not be empty"),
    "a button with a bad address": (keyboard([{"text": "x", "url": "not an address"}]), "is invalid"),
    "a button to a host without a dot": (keyboard([{"text": "x", "url": "http://localhost:8080"}]), "Wrong HTTP URL"),
    "a button of an unknown style": (keyboard([ONE | {"style": "pink"}]), "invalid button style"),
    "nine buttons in a row": (keyboard([ONE] * 9), "reply markup is too long"),
    "too many buttons": (keyboard(*[[ONE]] * 101), "reply markup is too long"),
    "JSON that is none": ({"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
}
AGAINST_THE_DESCRIPTION: dict[str, tuple[dict[str, Any], str]] = {
    "no text at all": ({}, "text is missing"),
    "a number that is none": ({"text": "x", "message_thread_id": "first"}, "message_thread_id is 'first'"),
    "a keyboard that is none": ({"text": "x", "reply_markup": [[ONE]]}, "reply_markup is not"),
    "a button without a label": (keyboard([{"callback_data": "t"}]), "text is missing"),
    "a reply without a message": ({"text": "x", "reply_parameters": {}}, "message_id is missing"),
    "a field nobody knows": (keyboard([ONE | {"colour": "red"}]), "colour is no field of InlineKeyboardButton"),
}
needs_description = pytest.mark.skipif(not methods(), reason="Telegram's published description is not at hand")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator(pace=100) as telegram:
        yield telegram


async def called(telegram: TelegramSimulator, method: str, **arguments: Any) -> dict[str, Any]:
    """A call that the library would not let through."""
    async with httpx.AsyncClient(timeout=60.0) as client:
        response = await client.post(f"{telegram.api_url}/bot{telegram.token}/{method}", json=arguments)
    answer: dict[str, Any] = response.json()
    assert answer.get("error_code", 200) == response.status_code
    return answer


def one_violation(telegram: TelegramSimulator) -> str:
    """The only violation, taken away so that it does not fail the test."""
    [violation] = telegram.violations
    telegram.violations.clear()
    return violation


@pytest.mark.parametrize("what", REFUSED)
async def test_a_message_that_is_malformed_is_refused_and_remembered(telegram: TelegramSimulator, what: str) -> None:
    arguments, why = REFUSED[what]
    answer = await called(telegram, "sendMessage", chat_id=telegram.group("shop").id, **arguments)
    assert (answer["ok"], answer["error_code"]) == (False, 400)
    assert why in answer["description"]
    assert answer["description"].startswith("Bad Request: ")
    assert why in one_violation(telegram)
    assert telegram.messages() == []


@needs_description
@pytest.mark.parametrize("what", AGAINST_THE_DESCRIPTION)
async def test_a_call_against_the_published_description_is_refused(telegram: TelegramSimulator, what: str) -> None:
    arguments, why = AGAINST_THE_DESCRIPTION[what]
    answer = await called(telegram, "sendMessage", chat_id=telegram.group("shop").id, **arguments)
    assert why in answer["description"]
    assert why in one_violation(telegram)


@needs_description
async def test_an_unknown_argument_is_ignored_and_remembered(telegram: TelegramSimulator) -> None:
    answer = await called(telegram, "sendMessage", chat_id=telegram.group("shop").id, text="x", colour="red")
    assert answer["ok"]
    assert "unknown parameter colour" in one_violation(telegram)


async def test_an_unknown_method_is_remembered(telegram: TelegramSimulator) -> None:
    assert (await called(telegram, "sendLetter"))["description"] == "Not Found"
    assert "sendLetter" in one_violation(telegram)


async def test_methods_may_be_written_in_any_case_and_called_by_get(telegram: TelegramSimulator) -> None:
    async with httpx.AsyncClient(timeout=60.0) as client:
        url = f"{telegram.api_url}/bot{telegram.token}/SENDMESSAGE"
        response = await client.get(url, params={"chat_id": telegram.group("shop").id, "text": "x"})
    assert response.json()["result"]["text"] == "x"


async def test_captions_and_notices_have_their_own_limits(telegram: TelegramSimulator) -> None:
    alice, shop = telegram.person("alice"), telegram.group("shop")
    sent = await alice.sends_file("a.txt", b"a", shop)
    assert sent.file
    answer = await called(telegram, "sendDocument", chat_id=shop.id, document=sent.file.id, caption="x" * 1025)
    assert answer["description"] == "Bad Request: message caption is too long"
    one_violation(telegram)
    await called(telegram, "sendMessage", chat_id=shop.id, **keyboard([ONE]))
    press = await alice.presses("x", await telegram.shows())
    answer = await called(telegram, "answerCallbackQuery", callback_query_id=press.id, text="x" * 201)
    assert answer["description"] == "Bad Request: MESSAGE_TOO_LONG"
    one_violation(telegram)
    answer = await called(telegram, "answerCallbackQuery", callback_query_id=press.id, url="https://example.org")
    assert answer["description"] == "Bad Request: URL_INVALID"
    one_violation(telegram)


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<blink>x</blink>", "unsupported start tag"),
        ("<p>x", "can't find end tag"),
        ("<p>x</b>", "unexpected end tag"),
        ("<i>" * 17 + "x" + "</i>" * 17, "too many blocks or levels"),
        ("x" * 32_769, "too long"),
        ("<p> </p>", "empty"),
    ],
)
async def test_rich_messages_have_limits_of_their_own(telegram: TelegramSimulator, html: str, why: str) -> None:
    shop = telegram.supergroup("shop")
    answer = await called(telegram, "sendRichMessage", chat_id=shop.id, rich_message={"html": html})
    assert why in answer["description"]
    assert why in one_violation(telegram)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("setMyCommands", {"commands": [{"command": "Run it", "description": "x"}]}),
        ("setMyCommands", {"commands": [{"command": "run", "description": " "}]}),
        ("setWebhook", {"url": "http://example.org"}),
        ("setWebhook", {"url": "https://example.org:9000/hook"}),
        ("setWebhook", {"url": "https://example.org", "secret_token": "not allowed!"}),
        ("sendChatAction", {"action": "dancing"}),
        ("createForumTopic", {"name": "x" * 129}),
        ("sendMessageDraft", {"draft_id": 1, "text": "x"}),
        ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "x"}]}),
    ],
)
async def test_other_calls_are_checked_as_well(
    telegram: TelegramSimulator, method: str, arguments: dict[str, Any]
) -> None:
    forum = telegram.forum("api")
    await telegram.person("alice").says("hello", forum)
    chat: dict[str, Any] = {} if method in {"setMyCommands", "setWebhook"} else {"chat_id": forum.id}
    assert (await called(telegram, method, **chat, **arguments))["error_code"] == 400
    one_violation(telegram)


async def test_leaving_fails_when_something_was_violated() -> None:
    with pytest.raises(AssertionError, match="message is too long"):
        async with TelegramSimulator() as telegram:
            await called(telegram, "sendMessage", chat_id=telegram.group("shop").id, text="x" * 4097)
