"""Text for Slack's own markup: shown as it is, cut where nothing breaks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.address import addresses, is_address
from adapters.chat.folding import beginning, left_out
from adapters.chat.measure import fitted, units
from adapters.slack.mrkdwn import address_link, linked, literal, moment

HOSTILE = st.text(alphabet="<>&!@#|*_~`:.- aé👩\u200d💻\ud83d\n/hptsUT0", max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("&lt;", "&amp;lt;"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0123> <#C1|general>", "&lt;@U0123&gt; &lt;#C1|general&gt;"),
        ("<https://evil.example|https://bank.example>", "&lt;https://evil.example|https://bank.example&gt;"),
        ("snake_case_name and 2*3", "snake_case_name and 2*3"),
    ],
)
def test_what_others_wrote_is_escaped_once_and_is_no_markup(text: str, shown: str) -> None:
    assert literal(text, limit=200) == shown


@pytest.mark.parametrize("text", ["__init__.py", "*not bold*", "~gone~", "a `b` c", ":tada:", "> quote"])
def test_what_slack_would_format_is_shown_as_code(text: str) -> None:
    shown = literal(text, limit=200)
    assert shown.startswith("`")
    assert shown.endswith("`")
    assert "`" not in shown[1:-1]


def test_nothing_to_show_is_empty() -> None:
    assert literal(" \n ", limit=10) == ""


@given(text=HOSTILE, limit=st.integers(3, 40))
def test_escaped_text_has_its_limit_and_no_broken_entity(text: str, limit: int) -> None:
    shown = literal(text, limit=limit)
    assert units(shown) <= limit
    assert "<" not in shown
    assert ">" not in shown
    assert shown.count("&") == shown.count("&amp;") + shown.count("&lt;") + shown.count("&gt;")


@given(text=HOSTILE, limit=st.integers(1, 40))
def test_a_cut_never_splits_a_character(text: str, limit: int) -> None:
    cut = fitted(text, limit=limit)
    assert units(cut) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))
    assert not cut.removesuffix("…").endswith("\u200d") or text.endswith("\u200d")


@pytest.mark.parametrize(
    "url", ["https://github.com/acme/shop/pull/12", "http://localhost:8080/x?a=1&b=2#c", "https://example.com"]
)
def test_an_address_is_a_link_that_shows_itself(url: str) -> None:
    assert is_address(url)
    assert linked(url, limit=300) == f"<{url.replace('&', '&amp;')}>"


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example@evil.example",
        "javascript:alert(1)",
        "https://ex ample.com",
        "https://exämple.com",
        "https://example.com/|x",
        "https://-bad-.example",
        "https://",
    ],
)
def test_what_is_not_surely_an_address_is_text(text: str) -> None:
    assert not is_address(text)
    assert "<" not in linked(text, limit=300)
    assert all(is_address(piece) for piece, is_link in addresses(text) if is_link)


def test_addresses_are_found_in_a_sentence_without_its_punctuation() -> None:
    found = [piece for piece, is_link in addresses("See (https://a.example/b). Or https://c.example, then.") if is_link]
    assert found == ["https://a.example/b", "https://c.example"]


def test_a_long_address_shows_its_host_and_its_end() -> None:
    link = address_link(f"https://github.com/{'a' * 80}/pull/12", width=30)
    shown = link.rpartition("|")[2].rstrip(">")
    assert shown.startswith("github.com/…")
    assert shown.endswith("/pull/12")


def test_an_address_that_is_none_makes_no_link() -> None:
    assert address_link("javascript:alert(1)", width=30) == ""


def test_a_moment_is_shown_in_the_readers_own_time() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert moment(at, fallback="09:30 UTC") == f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|09:30 UTC>"


def test_a_long_text_begins_with_whole_lines() -> None:
    assert beginning("one\ntwo\nthree\nfour", room=12) == ("one\ntwo", "three\nfour")
    assert beginning("one\ntwo\nthree", room=100, lines=2) == ("one\ntwo", "three")
    assert beginning("short", room=100, lines=5) == ("short", "")


@given(text=HOSTILE.filter(lambda text: "\ud83d" not in text), room=st.integers(0, 50), lines=st.integers(0, 4))
def test_a_beginning_and_the_rest_are_the_whole_text(text: str, room: int, lines: int) -> None:
    kept, rest = beginning(text, room=room, lines=lines)
    assert len(kept.encode()) <= room
    assert text in {kept + rest, f"{kept}\n{rest}"}


def test_what_is_left_out_is_counted() -> None:
    assert left_out("a\nb\nc\n") == "… 3 more lines"
    assert left_out("x" * 1_200) == "… 1,200 more characters"
