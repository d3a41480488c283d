"""What people wrote is read as they saw it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.mentions import mentioned, mentions, undone, without_us
from tests.unit.slack.payloads import name_of

pytestmark = pytest.mark.slack


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("ask <@U1> and <@U2|bobby>", "ask @alice and @bobby"),
        ("ask <@U404>", "ask @U404"),
        ("in <#C9> and <#C8|web> and <#C7|>", "in #api and #web and #C7"),
        ("see <https://example.org/a?b=1&amp;c=2>", "see https://example.org/a?b=1&c=2"),
        ("see <https://example.org/a|the plan>", "see https://example.org/a"),
        ("fix <http://main.py|main.py>", "fix main.py"),
        ("mail <mailto:a@b.org|a@b.org>", "mail a@b.org"),
        ("<!here> <!channel> <!subteam^S1|@team> <!subteam^S2>", "@here @channel @team @S2"),
        ("<!date^1392734382^{date}|yesterday>", "yesterday"),
        ("```\nif a &lt; b:\n    run(`x`)\n```", "```\nif a < b:\n    run(`x`)\n```"),
        ("typed <T> and <a b>", "typed <T> and <a b>"),
        ("quoted \"fix 'this'\" and “that”", "quoted \"fix 'this'\" and “that”"),
    ],
)
def test_markup_is_undone(raw, seen):
    assert undone(raw, name_of=name_of) == seen


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("<@UBOT> fix it", "fix it"),
        ("  <@UBOT>: <@UBOT> fix it", "fix it"),
        ("<@UBOT|orchestrator>, fix it", "fix it"),
        ("please <@UBOT> fix it <@U1>", "please fix it <@U1>"),
        ("fix it\n<@UBOT>", "fix it"),
        ("<@UBOT>\n```\n  indented\n```", "```\n  indented\n```"),
    ],
)
def test_the_mention_of_us_is_left_out(raw, left):
    assert without_us(raw, "UBOT") == left


def test_only_a_mention_of_us_is_one_of_us():
    assert mentions("hi <@UBOT|x>", "UBOT")
    assert not mentions("hi <@UBOTX> &lt;@UBOT&gt; @UBOT", "UBOT")


def test_names_are_asked_for_only_where_they_are_not_told():
    assert mentioned("<@U1> <@W2|x> <#C9> <#C8|web>") == (frozenset({"U1", "W2"}), frozenset({"C9"}))


@given(text=st.text(max_size=60))
def test_what_slack_escapes_is_what_comes_back(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert undone(escaped, name_of=name_of) == text
