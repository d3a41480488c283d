"""A card as one rich message, for servers that take it."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.card import Card, Code, Column, Markdown, Table
from adapters.telegram import limits
from adapters.telegram.render_rich import rich
from core.domain.identity import PersonId
from tests.platforms.sample_cards import sample_cards
from tests.platforms.telegram.rich import words_of
from tests.support.hostile_cards import ATTACKS, cards

pytestmark = pytest.mark.telegram

ALICE, BOB = PersonId("telegram:4711"), PersonId("telegram:4712")
TAGS = {
    *("p", "br", "b", "i", "s", "code", "pre", "blockquote", "details", "summary", "a", "tg-time"),
    *("table", "tr", "td", "th"),
}
OWN = {"format", "unix", "class", "align", "bordered"}


class Reader(HTMLParser):
    """Every tag with its attributes, and the words of each link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[list[str]] = []
        self._inside = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append([str(dict(attrs)["href"]), ""])
            self._inside += 1

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "a"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.links[-1][1] += data


@given(card=cards, mentions=st.lists(st.sampled_from([ALICE, PersonId("slack:T0/U1")])), name=st.sampled_from(ATTACKS))
def test_a_rich_message_is_taken_and_holds_only_tags_and_links_of_ours(
    card: Card, mentions: list[PersonId], name: str
) -> None:
    card = Card(**{each: getattr(card, each) for each in Card.__slots__} | {"mentions": tuple(mentions)})
    made = rich(card, names={ALICE: name})
    assert made is not None
    assert len(made.html.encode()) <= limits.RICH_TEXT
    assert made.payload()["skip_entity_detection"] is True
    words_of(made.payload())
    reader = Reader(made.html)
    for tag, attributes in reader.tags:
        assert tag in TAGS
        assert set(attributes) <= (OWN if tag != "a" else {"href"})
    for address, shown in reader.links:
        if address.startswith("tg://"):
            assert address == "tg://user?id=4711"
            assert ALICE in mentions
        else:
            bare = re.sub(r"^https?://", "", shown)
            assert re.match(r"https?://", address)
            assert shown in address or address.split("/")[2] == bare.split("/")[0]


@pytest.mark.parametrize("name", list(sample_cards(alice=ALICE, bob=BOB)))
def test_the_cards_of_the_program_are_rich_messages_with_the_same_buttons(name: str) -> None:
    made = rich(sample_cards(alice=ALICE, bob=BOB)[name], names={BOB: "bob"})
    assert made is not None
    assert words_of(made.payload())


def test_a_table_is_telegrams_own() -> None:
    table = Table(
        columns=(Column(label="Agent"), Column(label="Cost", number=True)),
        rows=(("build <b>", "$0.31"),),
        total=("Total", "$0.31"),
    )
    made = rich(Card(key="T1", title="", sections=(table,)))
    assert made is not None
    assert made.html == (
        '<table bordered><tr><th align="left">Agent</th><th align="right">Cost</th></tr>'
        '<tr><td align="left">build &lt;b&gt;</td><td align="right">$0.31</td></tr>'
        '<tr><th align="left">Total</th><th align="right">$0.31</th></tr></table>'
    )


def test_rows_that_are_left_out_are_in_the_file() -> None:
    rows = tuple((f"build {row}", "$0.31") for row in range(250))
    made = rich(Card(key="costs", title="", sections=(Table(columns=(Column(label="Agent"),), rows=rows),)))
    assert made is not None
    assert "… 50 more rows" in made.html
    assert made.file is not None
    assert b"build 249\t$0.31" in made.file.data


def test_long_code_is_one_message_whose_rest_unfolds() -> None:
    code = "\n".join(f"line {number:04} of a long file" for number in range(600))
    made = rich(Card(key="A1", title="A1", sections=(Code(text=code, language="diff"),)))
    assert made is not None
    assert made.file is None
    assert made.html.startswith('<p><b>A1</b></p><pre><code class="language-diff">line 0000')
    assert "<details><summary>More</summary>" in made.html
    assert "line 0599" in made.html


def test_markdown_keeps_its_styles() -> None:
    made = rich(Card(key="A1", title="", sections=(Markdown(text="**a `b`** [c](https://x.example)\n\n> q\n\n- d"),)))
    assert made is not None
    assert made.html == (
        '<p><b>a</b> <code>b</code> c (<a href="https://x.example">https://x.example</a>)</p>'
        "<blockquote>q</blockquote><p>• d</p>"
    )
