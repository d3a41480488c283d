"""How cards look in Discord."""

from datetime import UTC, datetime

import pytest

from adapters.chat.card import (
    Action,
    ActionStyle,
    Card,
    Choices,
    Code,
    Column,
    Field,
    Fields,
    Markdown,
    Meter,
    Option,
    StepList,
    StepRow,
    Table,
    Text,
    Tone,
    Weight,
)
from adapters.discord.components import texts_of
from adapters.discord.left_out import left_out
from adapters.discord.markup import code, escaped
from adapters.discord.needs import invite_url, missing, permissions
from adapters.discord.render import rendered
from adapters.discord.render_markdown import discord_markdown
from core.domain.identity import PersonId
from core.domain.task import StepState

pytestmark = pytest.mark.discord


def words(card: Card) -> str:
    """All its text, one under the other."""
    return "\n".join(texts_of(rendered(card).components))


def parts(card: Card) -> list[dict]:
    """What stands in its container."""
    (container,) = rendered(card).components
    return list(container["components"])  # type: ignore[call-overload]


def test_a_card_says_what_it_is_where_it_stands_and_what_can_be_done() -> None:
    card = Card(
        key="T142",
        title="T142 Fix the *discount*",
        status="Working",
        tone=Tone.WORKING,
        url="https://example.com/pull/12",
        sections=(Text(text="Looks at **prices.py**.", weight=Weight.NORMAL),),
        actions=(Action(token="t" * 40, label="Pause", style=ActionStyle.PRIMARY, command="pause T142"),),
        footer=("2m 41s", "$0.31"),
        mentions=(PersonId("discord:998877665544"),),
    )
    (container,) = rendered(card).components
    assert container["accent_color"] == 0x3B82F6
    head, text, line, row = parts(card)
    assert head["components"][0]["content"] == (
        "### T142 Fix the \\*discount\\*\n🔵 **Working** · 2m 41s · $0.31\n<@998877665544>"
    )
    assert head["accessory"] == {"type": 2, "style": 5, "label": "Open", "url": "https://example.com/pull/12"}
    assert text["content"] == "Looks at **prices.py**."
    assert line["type"] == 14
    assert row["components"] == [{"type": 2, "style": 3, "label": "Pause", "custom_id": "t" * 40}]
    assert rendered(card).body["allowed_mentions"] == {"parse": [], "users": ["998877665544"]}


def test_steps_show_what_each_does_and_detail_is_folded_before_a_step_is_left_out() -> None:
    rows = (
        StepRow(name="plan", role="planner", state=StepState.COMPLETED, activity="Two steps", cost="$0.02"),
        StepRow(name="build", role="builder", state=StepState.RUNNING, activity="Edits prices.py", round=2),
        StepRow(name="review", role="reviewer", state=StepState.PENDING),
    )
    assert words(Card(key="T1", title="T1", sections=(StepList(rows=rows),))).split("\n")[1:] == [
        "✅ **plan** · planner · $0.02",
        "-# Two steps",
        "🔵 **build** · builder · round 2",
        "-# Edits prices.py",
        "▫️ **review** · reviewer",
    ]
    many = tuple(
        StepRow(name=f"step {n}", role="builder", state=StepState.COMPLETED if n < 6 else StepState.RUNNING,
                activity="x" * 300)
        for n in range(12)
    )  # fmt: skip
    text = words(Card(key="T1", title="T1", sections=(StepList(rows=many), Text(text="y" * 1_500))))
    assert all(f"step {n}" in text for n in range(12))


def test_of_very_many_steps_those_around_the_work_are_shown() -> None:
    rows = tuple(
        StepRow(name=f"step {n}", role="builder", state=StepState.RUNNING if n == 40 else StepState.PENDING)
        for n in range(80)
    )
    text = words(Card(key="T1", title="T1", sections=(StepList(rows=rows),)))
    assert "… 36 steps before" in text
    assert "**step 40**" in text
    assert "… 29 more steps" in text


def test_facts_meters_tables_and_code_are_readable() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    text = words(
        Card(
            key="bill",
            title="Costs",
            sections=(
                Fields(fields=(Field(label="Project", value="shop"), Field(label="Since", value="9:30", at=at))),
                Meter(label="Budget", share=0.5, text="$1 of $2"),
                Table(
                    columns=(Column(label="Agent"), Column(label="Cost", number=True)),
                    rows=(("builder", "$0.20"), ("reviewer", "$1.00")),
                    total=("Total", "$1.20"),
                ),
                Code(text="- a\n+ b", language="diff"),
            ),
        )
    )
    assert f"**Project:** shop\n**Since:** <t:{int(at.timestamp())}:f>" in text
    assert "Budget  ▰▰▰▰▰▰▱▱▱▱▱▱  $1 of $2" in text
    assert "```\nAgent      Cost\nbuilder   $0.20\nreviewer  $1.00\n───────────────\nTotal     $1.20\n```" in text
    assert "```diff\n- a\n+ b\n```" in text


def test_answers_that_need_explaining_have_a_line_each_and_many_are_a_menu() -> None:
    few = tuple(Option(label=f"Way {n}", description="because", token=str(n) * 40) for n in range(3))
    _, question, *answers = parts(Card(key="A1", title="A1", sections=(Choices(text="Which?", options=few),)))
    assert question["content"] == "**Which?**"
    assert [each["accessory"]["custom_id"] for each in answers] == [str(n) * 40 for n in range(3)]
    assert answers[0]["components"][0]["content"] == "**Way 0**\nbecause"
    many = tuple(Option(label=f"Way {n}", token=f"{n:040}") for n in range(20))
    row = parts(Card(key="A1", title="A1", sections=(Choices(text="Which?", options=many),)))[-1]
    assert [each["value"] for each in row["components"][0]["options"]] == [f"{n:040}" for n in range(20)]


def test_dangerous_buttons_ask_back_those_that_open_a_form_need_not_and_minor_ones_are_in_a_menu() -> None:
    actions = (
        Action(token="a", label="Stop", style=ActionStyle.DANGER, command="cancel T1"),
        Action(token="b", label="Deny…", style=ActionStyle.DANGER, command="deny A1"),
        Action(token="c", label="Logs", command="logs T1", minor=True),
        Action(label="Raise", command="budget T1 5"),
    )
    *_, row, menu, typed = parts(Card(key="T1", title="T1", actions=actions))
    assert [(each["custom_id"], each["style"]) for each in row["components"]] == [("?a", 4), ("b", 4)]
    assert [each["value"] for each in menu["components"][0]["options"]] == ["c"]
    assert typed["content"] == "-# Raise: /orchestrate say budget T1 5"


def test_a_few_words_are_no_heading() -> None:
    assert words(Card(key="", title="T142 is paused.")) == "**T142 is paused.**"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("snake_case and *stars*", "snake\\_case and \\*stars\\*"),
        ("# no heading\n- no list\n> no quote\n1. none", "\\# no heading\n\\- no list\n\\> no quote\n1\u200b. none"),
        ("-# small", "\\-# small"),
        ("see https://example.com/a_b?c=1.", "see https://example.com/a_b?c=1."),
        ("@everyone a@b.org", "@\u200beveryone a@b.org"),
        ("[bank](https://evil.example)", "\\[bank\\](https://evil.example)"),
        ("<@5> ||spoiler||", "\\<@5> \\|\\|spoiler\\|\\|"),
        ("a -1 + 2 = 1. Yes", "a -1 + 2 = 1. Yes"),
    ],
)
def test_text_is_shown_to_the_letter(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_code_cannot_end_itself() -> None:
    assert code("a ``` b ````").count("```") == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** and *it* `x_y`", "**bold** and *it* `x_y`"),
        ("[pay](https://evil.example)", "pay (https://evil.example)"),
        ("[https://bank.example](https://evil.example)", "https://evil.example"),
        ("- one\n  - two\n- three\n\n1. a\n2. b", "- one\n  - two\n- three\n\n1. a\n2. b"),
        ("# Title\n\ntext\n\n> quote", "**Title**\n\ntext\n\n> quote"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "```\na  b\n1  2\n```"),
        ("```py\nx = 1\n```", "```py\nx = 1\n```"),
        ("a ||b|| <@5> ~~c~~", "a \\|\\|b\\|\\| \\<@5> ~~c~~"),
    ],
)
def test_what_models_write_keeps_its_structure(text: str, shown: str) -> None:
    assert discord_markdown(text) == shown


def test_long_text_says_how_much_is_missing() -> None:
    text = words(Card(key="", title="Log", sections=(Markdown(text="\n".join(f"line {n}" for n in range(5_000))),)))
    assert "more lines" in text


def test_the_invitation_asks_for_what_is_used_and_nothing_else() -> None:
    assert invite_url("42").startswith("https://discord.com/oauth2/authorize?client_id=42&permissions=")
    assert missing(permissions()) == ()
    assert missing(1 << 3) == ()
    assert missing(permissions() & ~(1 << 35)) == ("Create Public Threads",)


def test_what_a_card_has_no_room_for_is_a_file_and_nothing_else_is() -> None:
    lines = "\n".join(f"+ line {n}" for n in range(100))
    card = Card(key="A17", title="A17", sections=(Code(text=lines, language="diff"), Text(text="short")))
    file = left_out(card)
    assert file is not None
    assert (file.name, file.data.decode()) == ("A17.diff", lines)
    assert "+ line 29\n```\n-# … 70 more lines" in words(card)
    assert left_out(Card(key="A17", title="A17", sections=(Text(text="short"), Markdown(text="**short**")))) is None
    both = left_out(Card(key="T1:ended/1", title="x", sections=(Text(text=lines * 9), Markdown(text=lines * 9))))
    assert both is not None
    assert both.name == "T1-ended-1.md"
