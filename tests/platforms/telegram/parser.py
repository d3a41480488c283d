"""Text as Telegram reads it: its own parser (TDLib) for HTML and Markdown, for what people type, and for entities."""

import json
from functools import cache

import tdjson

from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.message import Json, units

_MODES: dict[str, Json] = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}
# how the Bot API calls what TDLib calls otherwise
_NAMES = {
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "EmailAddress": "email",
    "PreCode": "pre",
    "BotCommand": "bot_command",
    "CustomEmoji": "custom_emoji",
    "PhoneNumber": "phone_number",
    "DateTime": "date_time",
}
_BY_NAME = {name: kind for kind, name in _NAMES.items() if kind != "PreCode"} | {
    each.lower(): each
    for each in ("Mention", "Hashtag", "Cashtag", "Url", "Bold", "Italic", "Underline", "Strikethrough", "Spoiler")
}
_LITERAL = {"code", "pre", "text_link", "text_mention"}
"""Inside of these nothing is found."""
_DROPPED = frozenset("\r\u030a\u0333\u033f\u2028\u2029\u202a\u202b\u202c\u202d\u202e")
"""What TDLib drops from every text; other control characters become blanks."""


def parsed(text: str, mode: str) -> tuple[str, list[Json]]:
    """Text and entities of formatted text; RefusedError as the Bot API words it."""
    if mode.lower() not in _MODES:
        raise RefusedError("unsupported parse_mode", defect=True)
    answer = _asked({"@type": "parseTextEntities", "text": text, "parse_mode": _MODES[mode.lower()]})
    _raise_error(answer)
    return answer["text"], [_named(each) for each in answer["entities"]]


def given(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text with entities that were worked out by the bot; RefusedError when they are not within the text."""
    formatted = {"@type": "formattedText", "text": text, "entities": [_for_tdlib(each) for each in entities]}
    # of the calls that work without an account this one checks entities before it does anything else
    _raise_error(_asked({"@type": "getMarkdownText", "text": formatted}))
    return text, entities


def address_problem(url: str) -> str:
    """Why Telegram does not take an address; '' when it does. A host without a dot is none, such as localhost."""
    try:
        given("x", [{"type": "text_link", "offset": 0, "length": 1, "url": url}])
    except RefusedError as refused:
        return refused.description.rpartition("is invalid: ")[2]
    return ""


def found(text: str, entities: list[Json]) -> list[Json]:
    """`entities` with what Telegram finds by itself: commands, mentions, addresses, tags."""
    there = [_named(each) for each in _asked({"@type": "getTextEntities", "text": text})["entities"]]
    literal = [each for each in entities if each["type"] in _LITERAL]
    free = [each for each in there if not any(_overlap(each, other) for other in literal)]
    return sorted([*entities, *free], key=lambda each: (each["offset"], -each["length"]))


def stored(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """As Telegram stores every text: without blank space around it and without signs that control writing."""
    return _trimmed(*_cleaned(text, entities))


def _cleaned(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    lost = [0]
    """How many units were dropped before each unit of the text."""
    for sign in text:
        lost += [lost[-1] + (sign in _DROPPED)] * units(sign)

    def moved(at: int) -> int:
        return at - lost[min(at, len(lost) - 1)]

    kept: list[Json] = []
    for each in entities:
        start, end = moved(each["offset"]), moved(each["offset"] + each["length"])
        kept.append(each | {"offset": start, "length": end - start})
    shown = "".join(" " if sign < " " and sign != "\n" else sign for sign in text if sign not in _DROPPED)
    return shown, kept


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    short = text.rstrip(" \n")
    first = min((each["offset"] for each in entities), default=len(short))
    lead = min(len(short) - len(short.lstrip(" \n")), first)
    end = units(short)
    kept = [each | {"length": min(each["length"], end - each["offset"])} for each in entities if each["offset"] < end]
    return short[lead:], [each | {"offset": each["offset"] - lead} for each in kept if each["length"] > 0]


def _overlap(one: Json, other: Json) -> bool:
    return one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]


def _named(entity: Json) -> Json:
    held = entity["type"]
    kind = held["@type"].removeprefix("textEntityType")
    shown: Json = {"type": _NAMES.get(kind, kind.lower()), "offset": entity["offset"], "length": entity["length"]}
    shown |= {key: held[key] for key in ("url", "language", "custom_emoji_id", "unix_time") if held.get(key)}
    return shown | ({"user": {"id": held["user_id"]}} if "user_id" in held else {})


def _for_tdlib(entity: Json) -> Json:
    name, kind = entity.get("type", ""), _BY_NAME.get(entity.get("type", ""), "Bold")
    held: Json = {"url": entity["url"]} if "url" in entity else {}
    match name:
        case "code":
            kind = "Code"
        case "pre":
            kind = "PreCode" if entity.get("language") else "Pre"
            held = {"language": entity["language"]} if entity.get("language") else {}
        case "custom_emoji":
            held = {"custom_emoji_id": entity.get("custom_emoji_id", "")}
        case "date_time":
            held = {"unix_time": entity.get("unix_time", 0)}
        case "text_mention":
            held = {"user_id": entity.get("user", {}).get("id", 0)}
        case _:
            pass
    place = {"offset": entity.get("offset", 0), "length": entity.get("length", 0)}
    return {"@type": "textEntity", **place, "type": {"@type": f"textEntityType{kind}", **held}}


def _raise_error(answer: Json) -> None:
    if answer["@type"] == "error":
        message = answer["message"]
        raise RefusedError(message[:1].lower() + message[1:], defect=True)


def _asked(question: Json) -> Json:
    _quiet()
    answer = tdjson.td_execute(json.dumps(question).encode())
    assert answer is not None
    return json.loads(answer)


@cache
def _quiet() -> None:
    """Once a process: TDLib writes its log to the standard error otherwise."""
    tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
