"""A card as a Slack message."""

from datetime import UTC, datetime
from typing import Any

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
    Section,
    StepList,
    StepRow,
    Table,
    Text,
    Tone,
    Weight,
)
from adapters.slack.limits import MESSAGE_BLOCKS, MESSAGE_WEIGHT
from adapters.slack.measure import weight
from adapters.slack.render import rendered
from adapters.slack.surface import Surface
from bot.cards.approval import approval_card
from bot.cards.task import task_card
from bot.sample_task import NOW, sample_view
from core.domain.identity import PersonId
from core.domain.task import StepState
from tests.platforms.slack.block_rules import message_problems
from tests.platforms.slack.published import block_problem

pytestmark = pytest.mark.slack

DONE = StepRow(name="plan", role="planner", state=StepState.COMPLETED, activity="One change", cost="$0.02")
WORKING = StepRow(
    name="build",
    role="builder",
    state=StepState.RUNNING,
    activity="Editing prices.py",
    cost="$0.31",
    duration="1m 05s",
    round=2,
)
FAILED = StepRow(name="test", role="tester", state=StepState.FAILED, activity="3 tests fail")
NEXT = StepRow(name="review", role="reviewer", state=StepState.PENDING)


def drawn(*sections: Section, actions: tuple[Action, ...] = (), **card: Any) -> list[dict[str, Any]]:
    """The blocks of a card with these parts, which Slack takes."""
    message = rendered(Card(key="T1", title="T1 · Fix it", sections=sections, actions=actions, **card))
    parts = list(message.blocks)
    assert message_problems(parts) == []
    assert [problem for part in parts if (problem := block_problem(part))] == []
    return parts


def of_type(parts: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The blocks of one type."""
    return [part for part in parts if part["type"] == kind]


def words(value: Any) -> str:
    """Every text in `value`."""
    if isinstance(value, dict):
        held = [value[name] for name in value if name not in {"type", "block_id", "action_id", "style"}]
        return "\n".join(words(each) for each in held)
    if isinstance(value, list | tuple):
        return "\n".join(words(each) for each in value)
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("card", [task_card(sample_view(), now=NOW), approval_card(sample_view().approvals[0])])
def test_the_cards_of_the_program_are_taken_by_slack(card: Card) -> None:
    message = rendered(card)
    assert message_problems(list(message.blocks)) == []
    assert [problem for part in message.blocks if (problem := block_problem(part))] == []


def test_where_it_stands_is_one_line_with_a_sign_and_a_word() -> None:
    line = drawn(status="Working", tone=Tone.WORKING, footer=("2m 41s", "$0.31"), url="https://x.example/pull/1")[1]
    assert line["type"] == "context"
    assert line["elements"][0]["text"] == (
        "🔵  *Working*  ·  2m 41s  ·  $0.31  ·  <https://x.example/pull/1|x.example/pull/1>"
    )


def test_an_answer_of_a_few_words_has_no_heading() -> None:
    assert [part["type"] for part in drawn(Text(text="Ask an admin."))] == ["rich_text", "rich_text"]
    assert drawn(Text(text="Go on?"), actions=(Action(token="t", label="Go"),))[0]["type"] == "header"


def test_only_people_of_this_platform_are_called() -> None:
    message = rendered(Card(key="A1", title="A1", mentions=(PersonId("slack:T1/U1AB"), PersonId("telegram:5"))))
    assert message.blocks[1]["elements"][0]["elements"] == [{"type": "user", "user_id": "U1AB"}]
    assert message.text == "<@U1AB> A1"


def test_each_step_at_work_is_a_task_card_whose_title_says_what_goes_on() -> None:
    plan, build, review = of_type(drawn(StepList(rows=(DONE, WORKING, NEXT))), "task_card")
    assert [part["status"] for part in (plan, build, review)] == ["complete", "in_progress", "pending"]
    assert plan["title"] == "plan · planner · $0.02"
    assert words(plan["details"]).strip() == "One change"
    assert build["title"] == "build · builder · round 2 · 1m 05s · $0.31 — Editing prices.py"
    assert "details" not in build


def test_steps_that_are_over_are_folded_into_one_line() -> None:
    assert of_type(drawn(StepList(rows=(DONE, DONE))), "plan")[0]["title"] == "2 steps done"
    failed = of_type(drawn(StepList(rows=(DONE, FAILED, NEXT))), "plan")[0]
    assert failed["title"] == "1 of 3 steps done · test failed"
    assert [task["status"] for task in failed["tasks"]] == ["complete", "error", "pending"]


def test_of_very_many_steps_those_around_the_work_are_shown() -> None:
    parts = drawn(StepList(rows=(*[DONE] * 30, WORKING, *[NEXT] * 30)))
    assert len(of_type(parts, "task_card")) == 15
    assert "in_progress" in [part["status"] for part in of_type(parts, "task_card")]
    assert [words(part).strip() for part in of_type(parts, "context")] == ["… 26 steps before", "… 20 more steps"]


def test_facts_are_lines_and_beside_steps_they_are_small() -> None:
    facts = Fields(
        fields=(Field(label="Project", value="shop"), Field(label="Pull request", value="https://x.example/1"))
    )
    (lines,) = of_type(drawn(facts), "section")
    assert lines["text"]["text"] == "*Project:*  shop\n*Pull request:*  <https://x.example/1>"
    aside = of_type(drawn(StepList(rows=(WORKING,)), facts), "context")[0]
    assert [element["text"] for element in aside["elements"]] == lines["text"]["text"].split("\n")


def test_a_label_that_ends_a_sentence_by_itself_gets_no_colon() -> None:
    (line,) = of_type(drawn(Fields(fields=(Field(label="deny A17 …", value="say no"),))), "section")
    assert line["text"]["text"] == "*deny A17 …*  say no"


def test_a_moment_is_in_the_readers_own_time() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    (line,) = of_type(drawn(Fields(fields=(Field(label="When", value="09:30 UTC", at=at),))), "section")
    assert line["text"]["text"] == "*When:*  <!date^1772443800^{date_short_pretty} {time}|09:30 UTC>"


def test_a_meter_is_a_bar_and_says_when_it_is_full() -> None:
    half, over = of_type(
        drawn(Meter(label="Budget", share=0.5, text="$1 of $2"), Meter(label="Budget", share=1.2, text="$3")), "context"
    )
    assert words(half).strip() == "Budget  ▰▰▰▰▰▰▱▱▱▱▱▱  $1 of $2"
    assert words(over).strip().startswith("⚠️  Budget  ▰▰▰▰▰▰▰▰▰▰▰▰")


def test_long_code_is_folded_after_its_first_lines_and_nothing_of_it_is_lost() -> None:
    code = "\n".join(f"+line {number}" for number in range(60))
    seen, folded = drawn(Code(text=code))[1:]
    assert folded["type"] == "container"
    assert folded["default_collapsed"] is True
    assert folded["title"]["text"] == "… 36 more lines"
    shown = [part["elements"][0]["elements"][0]["text"] for part in (seen, folded["child_blocks"][0])]
    assert "\n".join(shown) == code


def test_what_is_far_too_long_says_how_much_more_there_is() -> None:
    parts = drawn(Code(text="\n".join(f"line {number}" for number in range(2_000))), Text(text="Go on?"))
    assert weight(parts) <= MESSAGE_WEIGHT
    assert "more lines" in words(parts[2]["child_blocks"][-1])
    assert words(parts[-1]).strip() == "Go on?"


def test_a_card_of_very_many_parts_says_how_many_are_missing_and_keeps_its_buttons() -> None:
    parts = drawn(*(Text(text=f"part {number}") for number in range(80)), actions=(Action(token="t", label="Go"),))
    assert len(parts) == MESSAGE_BLOCKS
    assert parts[-1]["type"] == "actions"
    assert words(parts[-2]).strip() == "… 33 more parts"


def test_a_dangerous_button_asks_back_unless_it_opens_a_form() -> None:
    cancel = Action(token="c", label="Cancel", style=ActionStyle.DANGER)
    deny = Action(token="d", label="Deny…", style=ActionStyle.DANGER)
    first, second = of_type(drawn(actions=(cancel, deny)), "actions")[0]["elements"]
    assert first["confirm"]["title"]["text"] == "Cancel?"
    assert first["confirm"]["text"]["text"] == "T1 · Fix it"
    assert (first["confirm"]["confirm"]["text"], first["confirm"]["deny"]["text"]) == ("Cancel", "Not now")
    assert "confirm" not in second
    assert (first["action_id"], first.get("style"), second["style"]) == ("c", None, "danger")


def test_one_button_at_most_is_the_primary_one_and_minor_ones_are_in_a_menu() -> None:
    offered = (
        Action(token="a", label="Approve", style=ActionStyle.PRIMARY),
        Action(token="b", label="Again", style=ActionStyle.PRIMARY),
        Action(token="l", label="View log", minor=True),
        Action(token="a", label="Twice"),
    )
    first, second, menu = of_type(drawn(actions=offered), "actions")[0]["elements"]
    assert (first["style"], second.get("style")) == ("primary", None)
    assert menu["type"] == "overflow"
    assert [(option["text"]["text"], option["value"]) for option in menu["options"]] == [("View log", "l")]


def test_without_a_token_the_command_is_told() -> None:
    parts = drawn(actions=(Action(label="Deny…", command="deny A17", typed='deny A17 "…"'),))
    assert words(parts[-1]).strip() == 'Deny: /orchestrate deny A17 "…"'


def test_offered_answers_are_buttons_and_those_that_need_explaining_have_a_line_each() -> None:
    plain = Choices(text="Which table?", options=(Option(label="prices", token="p"), Option(label="rates", token="r")))
    buttons = of_type(drawn(plain), "actions")[0]["elements"]
    assert [(button["text"]["text"], button["action_id"]) for button in buttons] == [("prices", "p"), ("rates", "r")]
    explained = Choices(text="Which?", options=(Option(label="prices", description="The old one", token="p"),))
    (line,) = of_type(drawn(explained), "section")
    assert line["text"]["text"] == "*prices*\nThe old one"
    assert line["accessory"]["action_id"] == "p"


COSTS = Table(
    columns=(Column(label="Agent"), Column(label="Cost", number=True)),
    rows=(("builder", "$0.31"), ("tester", "")),
    total=("Total", "$0.31"),
)


def test_a_table_is_slacks_own_with_numbers_to_the_right_and_a_bold_total() -> None:
    (table,) = of_type(drawn(COSTS), "table")
    assert [settings["align"] for settings in table["column_settings"]] == ["left", "right"]
    assert [[words(cell).strip() for cell in row] for row in table["rows"]] == [
        ["Agent", "Cost"],
        ["builder", "$0.31"],
        ["tester", ""],
        ["Total", "$0.31"],
    ]


def test_tables_that_stand_together_are_one_since_slack_takes_one_a_message() -> None:
    roles = Table(columns=(Column(label="Role"), Column(label="Cost", number=True)), rows=(("test", "$1"),))
    (table,) = of_type(drawn(COSTS, roles), "table")
    assert [words(row[0]).strip() for row in table["rows"]] == ["Agent", "builder", "tester", "Total", "Role", "test"]


def test_a_table_further_down_is_text_in_columns() -> None:
    parts = drawn(COSTS, Text(text="and"), COSTS)
    assert len(of_type(parts, "table")) == 1
    assert "builder  $0.31" in words(parts[-1])


def test_a_long_table_has_pages_and_numbers_that_sort() -> None:
    rows = tuple((f"T{number}", f"${number}.50") for number in range(30))
    (table,) = of_type(drawn(Table(columns=COSTS.columns, rows=rows)), "data_table")
    assert table["rows"][2][1] == {"type": "raw_number", "value": 1.5, "text": "$1.50"}
    assert table["caption"] == "T1 · Fix it"


def test_markdown_keeps_its_structure() -> None:
    text = (
        "# Done\n\nThe *bulk* price is **right** now:\n\n- `prices.py`\n- a test\n\n```python\nassert 1\n```\n> quoted"
    )
    elements = drawn(Markdown(text=text))[-1]["elements"]
    assert [part["type"] for part in elements] == [
        "rich_text_section",
        "rich_text_list",
        "rich_text_preformatted",
        "rich_text_quote",
    ]
    assert {"type": "text", "text": "Done", "style": {"bold": True}} in elements[0]["elements"]
    assert elements[1]["elements"][0]["elements"] == [{"type": "text", "text": "prices.py", "style": {"code": True}}]
    assert elements[2]["elements"][0]["text"] == "assert 1"


def test_a_link_in_markdown_says_where_it_goes() -> None:
    shown = drawn(Markdown(text="[https://bank.example](https://evil.example/x) and [this](https://a.example)"))[-1]
    elements = shown["elements"][0]["elements"]
    assert [part for part in elements if part["type"] == "link"] == [
        {"type": "link", "url": "https://evil.example/x"},
        {"type": "link", "url": "https://a.example"},
    ]
    assert "bank.example" not in words(shown)


@pytest.mark.parametrize(
    ("weight_", "kind"), [(Weight.NORMAL, "rich_text_section"), (Weight.PROBLEM, "rich_text_quote")]
)
def test_how_loud_a_text_is_shows(weight_: Weight, kind: str) -> None:
    assert drawn(Text(text="It failed", weight=weight_))[-1]["elements"][0]["type"] == kind


def test_what_can_be_done_next_is_bold_and_side_remarks_are_small() -> None:
    go = Action(token="t", label="Go")
    parts = drawn(Text(text="Answer A17", weight=Weight.NEXT), Text(text="3 of 5", weight=Weight.MUTED), actions=(go,))
    assert parts[1]["elements"][0]["elements"][0]["style"] == {"bold": True}
    assert parts[2]["type"] == "context"


def test_a_refusal_says_what_then_whom_to_ask() -> None:
    people = (PersonId("slack:T1/U1AB"),)
    hint = Text(text="This person can help:", weight=Weight.NEXT)
    message = rendered(Card(key="note", title="You may not " * 20, sections=(hint,), mentions=people))
    said, help_, who = message.blocks
    assert "…" not in words(said)
    assert words(help_).strip() == "This person can help:"
    assert who["elements"][0]["elements"] == [{"type": "user", "user_id": "U1AB"}]


def test_long_markdown_is_folded_between_its_parts() -> None:
    text = "\n\n".join(f"```\n{'x' * 300}\n```" for _ in range(12))
    seen, folded = drawn(Markdown(text=text))[1:]
    assert folded["type"] == "container"
    shown = [*seen["elements"], *folded["child_blocks"][0]["elements"]]
    assert [part["elements"][0]["text"] for part in shown] == ["x" * 300] * 12


def test_blocks_keep_their_ids_from_edit_to_edit() -> None:
    first, second = drawn(status="Working"), drawn(status="Done")
    assert [part["block_id"] for part in first] == [part["block_id"] for part in second] == ["T1/0", "T1/1"]


def test_a_workspace_without_the_new_blocks_is_shown_the_same_in_old_ones() -> None:
    card = Card(key="T1", title="T1", sections=(StepList(rows=(WORKING,)), COSTS, Code(text="+x\n" * 90)))
    parts = rendered(card, surface=Surface.VIEW).blocks
    assert {part["type"] for part in parts} <= {"header", "section", "context", "actions", "divider", "rich_text"}
    assert "build · builder · round 2" in words(parts)
