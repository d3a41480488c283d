"""A card as Telegram messages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.chat.card import (
    Action,
    Card,
    Choices,
    Code,
    Column,
    Field,
    Fields,
    Meter,
    Option,
    Section,
    StepList,
    StepRow,
    Table,
    Text,
    Tone,
    Weight,
)
from adapters.chat.measure import units
from adapters.telegram import limits
from adapters.telegram.page import Page
from adapters.telegram.render import PAGES, rendered
from core.domain.identity import PersonId
from core.domain.task import StepState
from tests.platforms.sample_cards import sample_cards
from tests.platforms.telegram import parser

pytestmark = pytest.mark.telegram

ALICE, BOB = PersonId("telegram:4711"), PersonId("telegram:4712")
DONE = StepRow(name="plan", role="planner", state=StepState.COMPLETED, activity="One change", cost="$0.02")
WORKING = StepRow(
    name="build",
    role="builder",
    state=StepState.RUNNING,
    activity="Editing prices",
    cost="$0.31",
    duration="1m 05s",
    round=2,
)
NEXT = StepRow(name="review", role="reviewer", state=StepState.PENDING)


def drawn(*sections: Section, actions: tuple[Action, ...] = (), **card: Any) -> tuple[Page, ...]:
    """The messages of a card with these parts."""
    return rendered(Card(key="T1", title="T1 · Fix it", sections=sections, actions=actions, **card)).pages


def body(*sections: Section) -> str:
    """What stands under the title of a card of one message."""
    [page] = drawn(*sections)
    return page.text.removeprefix("T1 · Fix it").strip()


def styles(page: Page) -> list[tuple[str, str]]:
    """What is styled how."""
    text = page.text.encode("utf-16-le")
    shown = [(dict(each), text[int(str(each["offset"])) * 2 :]) for each in page.entities]
    return [(each["type"], rest[: each["length"] * 2].decode("utf-16-le")) for each, rest in shown]


@pytest.mark.parametrize("name", list(sample_cards(alice=ALICE, bob=BOB)))
def test_the_cards_of_the_program_are_one_message_each_that_telegram_takes(name: str) -> None:
    [page] = rendered(sample_cards(alice=ALICE, bob=BOB)[name], names={BOB: "bob"}).pages
    made = [dict(each) for each in page.entities]
    assert parser.given(page.text, made) == (page.text, made)
    # times of day are pressed in vain: there is no video they could belong to
    assert [each for each in parser.found(page.text, made) if each["type"] != "mediatimestamp"] == made


def test_two_lines_say_what_it_is_about_how_it_stands_and_who_is_called() -> None:
    [page] = rendered(
        Card(
            key="A1",
            title="A1 · May the agent do this?",
            status="Needs your answer",
            tone=Tone.WAITING,
            footer=("2m",),
            mentions=(BOB, PersonId("slack:T1/U1"), ALICE),
        ),
        names={BOB: "bob"},
    ).pages
    assert page.text == "🟠 A1 · May the agent do this?\nNeeds your answer · 2m · 🔔 bob, you"
    assert [each["user"] for each in page.entities if each["type"] == "text_mention"] == [
        {"id": 4712, "is_bot": False, "first_name": "bob"},
        {"id": 4711, "is_bot": False, "first_name": "you"},
    ]


def test_an_answer_of_a_few_words_has_no_sign() -> None:
    [page] = rendered(Card(key="n", title="T1 goes on.")).pages
    assert page.text == "T1 goes on."


def test_a_step_is_a_line_and_what_goes_on_now_stands_under_it() -> None:
    assert body(StepList(rows=(DONE, WORKING, NEXT))) == (
        "✅ plan · $0.02\n🔵 build · round 2 · 1m 05s · $0.31\n   ↳ Editing prices\n⚪ review\n\nplan: One change"
    )


def test_what_has_come_out_of_steps_is_folded_away() -> None:
    rows = tuple(StepRow(name=f"step{at}", role="", state=StepState.COMPLETED, activity="Done") for at in range(5))
    [page] = drawn(StepList(rows=rows))
    assert [kind for kind, _ in styles(page) if "quote" in kind] == ["expandable_blockquote"]


def test_of_very_many_steps_those_around_the_work_are_shown() -> None:
    lines = body(StepList(rows=(*[DONE] * 30, WORKING, *[NEXT] * 30))).split("\n")
    assert lines[0] == "… 27 steps before"
    assert "🔵 build · round 2 · 1m 05s · $0.31" in lines
    assert "… 22 steps more" in lines


def test_facts_are_lines_and_beside_steps_they_are_behind_a_bar() -> None:
    facts = Fields(fields=(Field(label="Project", value="shop"), Field(label="Why?", value="so")))
    assert body(facts) == "Project: shop\nWhy? so"
    [page] = drawn(StepList(rows=(NEXT,)), facts)
    assert ("blockquote", "Project: shop\nWhy? so") in styles(page)


def test_an_address_shows_where_it_goes_and_opens_with_a_button() -> None:
    [page] = drawn(Fields(fields=(Field(label="Pull request", value="https://x.example/pull/1"),)))
    assert "Pull request: x.example/pull/1" in page.text
    assert [(each.text, each.url) for row in page.keyboard for each in row] == [
        ("Pull request ↗", "https://x.example/pull/1")
    ]


def test_a_moment_is_in_the_readers_own_time() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    [page] = drawn(Fields(fields=(Field(label="When", value="09:30 UTC", at=at),)))
    [moment] = [each for each in page.entities if each["type"] == "date_time"]
    assert moment["unix_time"] == int(at.timestamp())


@pytest.mark.parametrize(
    ("share", "line"),
    [
        (0.01, "Budget ▰▱▱▱▱▱▱▱ $1 of $100"),
        (0.5, "Budget ▰▰▰▰▱▱▱▱ $1 of $100"),
        (3.0, "⚠️ Budget ▰▰▰▰▰▰▰▰ $1 of $100"),
        (float("nan"), "Budget ▱▱▱▱▱▱▱▱ $1 of $100"),
    ],
)
def test_a_meter_is_one_line(share: float, line: str) -> None:
    assert body(Meter(label="Budget", share=share, text="$1 of $100")) == line


def test_a_table_that_fits_a_phone_stands_in_columns() -> None:
    table = Table(
        columns=(Column(label="Agent"), Column(label="Cost", number=True)),
        rows=(("builder", "$0.31"), ("日本", "$12.00")),
        total=("Total", "$12.31"),
    )
    [page] = drawn(table)
    assert ("pre", "Agent      Cost\n───────────────\nbuilder   $0.31\n日本     $12.00\nTotal    $12.31") in styles(
        page
    )


def test_a_wide_table_is_some_lines_for_each_row() -> None:
    columns = tuple(
        Column(label=label, number=label != "Agent") for label in ("Agent", "Calls", "Time", "A longer one")
    )
    table = Table(columns=columns, rows=(("builder", "12", "2m 41s", "1,234,567"),))
    assert body(table) == "builder\nCalls 12 · 2m 41s · A longer one 1,234,567"


def test_rows_begin_with_what_names_them() -> None:
    columns = tuple(Column(label=label) for label in ("Task", "State", "Request"))
    table = Table(columns=columns, rows=(("T130", "completed", "Fix the bulk discount of exactly ten items"),) * 2)
    row = "T130 · completed\nFix the bulk discount of exactly ten items"
    assert body(table) == f"{row}\n\n{row}"


def test_a_quiet_line_stands_right_above_the_facts_it_is_a_heading_of() -> None:
    facts = Fields(fields=(Field(label="status", value="what is running"),))
    assert body(Text(text="Look", weight=Weight.MUTED), facts) == "Look\nstatus: what is running"
    assert body(Text(text="Look", weight=Weight.MUTED), Text(text="There", weight=Weight.MUTED)) == "Look\n\nThere"
    assert body(Text(text="As of now.", weight=Weight.MUTED), facts) == "As of now.\n\nstatus: what is running"


def test_long_words_give_way_to_numbers_in_a_table() -> None:
    table = Table(
        columns=(Column(label="Agent"), Column(label="Cost", number=True)), rows=(("a" * 26, "$1,234,567.89"),)
    )
    assert "$1,234,567.89" in body(table)
    assert max(map(len, body(table).split("\n"))) == 34


def test_what_can_be_done_next_is_bold_only_where_there_is_something_to_press() -> None:
    text = Text(text="Say yes.", weight=Weight.NEXT)
    assert ("bold", "Say yes.") in styles(drawn(text, actions=(Action(label="Yes", token="t"),))[0])
    assert ("bold", "Say yes.") not in styles(drawn(text)[0])


def test_what_went_wrong_stands_behind_a_bar_and_a_long_one_is_folded() -> None:
    assert ("blockquote", "It broke.") in styles(drawn(Text(text="It broke.", weight=Weight.PROBLEM))[0])
    long = "\n".join(["It broke."] * 9)
    assert ("expandable_blockquote", long) in styles(drawn(Text(text=long, weight=Weight.PROBLEM))[0])


def test_a_command_without_a_button_can_be_copied() -> None:
    [page] = drawn(actions=(Action(label="Change…", command="revise A1", typed='revise A1 "…"'),))
    assert page.text.endswith('Change: /orchestrate revise A1 "…"')
    assert ("code", '/orchestrate revise A1 "…"') in styles(page)


def test_answers_are_buttons_and_only_what_they_do_not_say_is_text() -> None:
    options = (
        Option(label="Postgres", token="a"),
        Option(label="SQLite", description="one file", token="b"),
    )
    [page] = drawn(Choices(text="Which database?", options=options))
    assert page.text.endswith("Which database?\n• SQLite one file")
    assert [[each.text for each in row] for row in page.keyboard] == [["Postgres", "SQLite"]]


def test_long_code_shows_its_beginning_and_folds_the_rest() -> None:
    code = "\n".join(f"+ line {number}" for number in range(60))
    shown = dict(styles(drawn(Code(text=code, language="diff"))[0]))
    assert shown["pre"].endswith("line 13")
    assert shown["expandable_blockquote"].startswith("+ line 14")
    assert shown["expandable_blockquote"].endswith("+ line 59")


def test_what_does_not_fit_one_message_goes_on_in_the_next_and_buttons_are_under_the_last() -> None:
    code = "\n".join(f"line {number:04} of a long file" for number in range(300))
    made = rendered(
        Card(key="A1", title="A1", sections=(Code(text=code),), actions=(Action(label="Approve", token="t"),))
    )
    assert 1 < len(made.pages) <= PAGES
    assert made.file is None
    assert all(units(page.text) <= limits.TEXT for page in made.pages)
    assert [bool(page.keyboard) for page in made.pages] == [False] * (len(made.pages) - 1) + [True]
    assert [line for page in made.pages for line in page.text.split("\n") if line.startswith("line")] == code.split(
        "\n"
    )


def test_what_does_not_fit_a_few_messages_is_a_file_with_all_of_it() -> None:
    code = "\n".join(f"line {number:04} of a long file" for number in range(1_000))
    made = rendered(Card(key="A1:x/../y", title="A1", sections=(Code(text=code, language="diff"),)))
    assert len(made.pages) <= PAGES
    assert made.file is not None
    assert (made.file.name, made.file.data) == ("A1-x-y.diff", f"{code}\n".encode())
    assert "more lines" in made.pages[-1].text


def test_a_card_with_steps_is_one_message_however_much_it_says() -> None:
    assert len(drawn(StepList(rows=(WORKING,)), Text(text="so much to say " * 900))) == 1


def test_a_message_full_of_styles_is_cut_before_telegram_would_drop_some() -> None:
    pages = drawn(Text(text=" ".join(f"@user{number}" for number in range(250))))
    assert len(pages) == 3
    for page in pages:
        made = [dict(each) for each in page.entities]
        assert len(made) <= limits.ENTITIES
        assert parser.found(page.text, made) == made


def test_a_card_of_nothing_says_so() -> None:
    assert [page.text for page in rendered(Card(key="x", title=" \n")).pages] == ["Nothing to show."]
