"""Whatever a card holds, Telegram takes it; nothing in it calls people, runs commands or hides where a link goes."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.card import Card, Markdown, StepList
from adapters.chat.measure import units
from adapters.telegram import limits
from adapters.telegram.keyboard import ASKS
from adapters.telegram.page import Page
from adapters.telegram.render import PAGES, drawn_text, rendered
from core.domain.identity import PersonId
from tests.platforms.telegram import parser
from tests.support.hostile_cards import ATTACKS, cards, long

pytestmark = pytest.mark.telegram

HARMLESS = {"phone_number", "bankcardnumber", "mediatimestamp"}
"""What Telegram may find by itself in text from anybody: pressing it calls nobody and leads nowhere."""
QUOTES = {"blockquote", "expandable_blockquote"}
SOLID = {"code", "pre", "text_link", "text_mention", "date_time"}

Entity = dict[str, Any]


def words(page: Page, entity: Any) -> str:
    """What an entity of a page covers."""
    text = page.text.encode("utf-16-le")
    return text[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")


def assert_taken(page: Page) -> None:
    """Telegram's own parser takes the message as it is, and so do its written limits and rules."""
    assert 0 < units(page.text) <= limits.TEXT
    assert page.text.strip(" \n\t") == page.text
    page.text.encode()
    assert "\x00" not in page.text
    made = [dict(each) for each in page.entities]
    assert len(made) <= limits.ENTITIES
    assert parser.given(page.text, made) == (page.text, made)
    assert [each["offset"] for each in made] == sorted(each["offset"] for each in made)
    for one, other in combinations(made, 2):
        assert_nested(one, other)


def assert_nested(one: Entity, other: Entity) -> None:
    """What Telegram's page says of entities that share characters."""
    start, end = one["offset"], one["offset"] + one["length"]
    begins, ends = other["offset"], other["offset"] + other["length"]
    if ends <= start or end <= begins:
        return
    assert (start <= begins and ends <= end) or (begins <= start and end <= ends)
    kinds = {one["type"], other["type"]}
    assert not kinds <= QUOTES
    assert not (one["type"] in SOLID and other["type"] in SOLID)
    if kinds & {"code", "pre"}:
        assert kinds & QUOTES


def assert_harmless(page: Page, *, called: frozenset[str] = frozenset()) -> None:
    """Nobody but `called` is called, nothing else can be pressed, and each link shows where it goes."""
    made = [dict(each) for each in page.entities]
    for each in parser.found(page.text, made):
        if each not in made:
            assert each["type"] in HARMLESS, (words(page, each), page.text)
    for each in made:
        if each["type"] == "text_link":
            shown, address = words(page, each), each["url"]
            assert address.startswith(("https://", "http://"))
            bare = shown.removeprefix("https://").removeprefix("http://")
            assert shown in address or address.split("/")[2] == bare.split("/")[0], (shown, address)
        if each["type"] == "text_mention":
            assert str(each["user"]["id"]) in called


def assert_pressable(page: Page) -> None:
    """The keyboard is within its limits and every button does one thing."""
    buttons = [button for row in page.keyboard for button in row]
    assert len(buttons) <= limits.BUTTONS
    for row in page.keyboard:
        assert 1 <= len(row) <= limits.ROW
    for button in buttons:
        assert button.text.strip()
        assert bool(button.url) != bool(button.data)
        assert len(button.data.encode()) <= limits.CALLBACK_DATA
        assert button.url == "" or button.url.startswith(("https://", "http://"))
    tokens = [button.data.removeprefix(ASKS) for button in buttons if button.data]
    assert len(set(tokens)) == len(tokens)


people = st.sampled_from(["telegram:4711", "telegram:5", "slack:T0/U1", "telegram:x", "telegram:²"]).map(PersonId)


@given(card=cards, mentions=st.lists(people, max_size=3), name=st.sampled_from(ATTACKS))
def test_telegram_takes_any_card_and_it_calls_nobody_else_and_hides_no_address(
    card: Card, mentions: list[PersonId], name: str
) -> None:
    card = Card(**{each: getattr(card, each) for each in Card.__slots__} | {"mentions": tuple(mentions)})
    made = rendered(card, names={PersonId("telegram:5"): name})
    called = frozenset(person.removeprefix("telegram:") for person in mentions if person[9:].isdecimal())
    assert 1 <= len(made.pages) <= (1 if any(isinstance(each, StepList) for each in card.sections) else PAGES)
    for page in made.pages:
        assert_taken(page)
        assert_harmless(page, called=called)
    for page in made.pages[:-1]:
        assert page.keyboard == ()
    assert_pressable(made.pages[-1])


pieces = st.one_of(
    st.sampled_from(ATTACKS),
    st.sampled_from(
        [
            "# A title with `code`\n",
            "- one\n  - two\n    1. three\n\n       more of it\n- [ ] open\n- [x] done\n",
            "```python title=x\ndef f():\n    return '@a'\n```\n",
            "~~~\nnever closed @durov\n",
            "````\n```\n/cancel\n```\n````\n",
            "| a | b |\n|---|---|\n| 1 | `x \\| y` |\n",
            "| a very long heading | another very long one |\n|---|---|\n| words and words | @durov |\n",
            "> quote\n>> deeper\n> ```\n> code\n> ```\n",
            "**bold *both* `code` [bank](https://evil.example) ~~gone~~**\n",
            "***\n",
            "<details><summary>x</summary>\n\nhidden @durov\n\n</details>\n",
            "שלום **עולם** مرحبا\n",
            "\x00\x07\u200b\ufeff",
            "😀" * 30 + "\n",
            "[a]: https://evil.example\n[text][a] [^1]\n\n[^1]: note\n",
            "$$x = \\frac{1}{2}$$ and \\(y\\) &amp; &#64;durov &lt;b&gt;\n",
            "    indented /code\n",
            "http://localhost/@durov https://bank.example@evil.example/ https://x.example/a_(b)?q=#tag\n",
        ]
    ),
    st.text(max_size=30),
    st.text(alphabet="`*_~|[]()<>#!-+.>\\ \n\t@/$a1😀", max_size=40),
)
markdown = st.lists(pieces, max_size=8).map("".join)


@given(text=st.one_of(markdown, long, st.builds(lambda text, times: text * times, markdown, st.sampled_from((9, 90)))))
def test_whatever_an_agent_writes_telegram_takes_it_and_it_is_harmless(text: str) -> None:
    for page in (*rendered(Card(key="T1", title="", sections=(Markdown(text=text),))).pages, *drawn_text(text)):
        assert_taken(page)
        assert_harmless(page)


@given(text=st.text(alphabet="@/#$.:a1bCom éरता😀\u200c·-_?=&%~\n\u2060\u00a0[]()<>|", max_size=30))
def test_telegram_reads_nothing_of_its_own_into_any_text(text: str) -> None:
    for page in rendered(Card(key="T1", title=text, status=text)).pages:
        assert_harmless(page)
