"""Forms as modals, and cards as a home page."""

import pytest

from adapters.chat.card import Action, Card, Column, Field, Fields, Option, StepList, StepRow, Table
from adapters.chat.form import Form, SelectField, TextField
from adapters.slack.views import home, modal
from core.domain.task import StepState
from tests.platforms.slack.block_rules import view_problems

pytestmark = pytest.mark.slack

REASON = Form(
    token="tok",
    title="Deny A17",
    submit="Deny",
    intro="The agent reads your reason.",
    fields=(TextField(name="reason", label="Why not?", multiline=True, hint="One sentence is enough."),),
)


def test_a_form_is_a_modal_that_carries_its_token_and_names_its_fields() -> None:
    view = modal(REASON)
    intro, reason = view["blocks"]
    assert (view["private_metadata"], view["title"]["text"], view["submit"]["text"]) == ("tok", "Deny A17", "Deny")
    assert intro["elements"][0]["elements"][0]["text"] == "The agent reads your reason."
    assert (reason["block_id"], reason["element"]["action_id"]) == ("reason", "reason")
    assert reason["element"]["multiline"] is True
    assert reason["hint"]["text"] == "One sentence is enough."


def test_what_stands_in_a_field_already_fits_it() -> None:
    view = modal(Form(token="t", title="New", fields=(TextField(name="a", label="A", value="x" * 50, max_length=10),)))
    assert view["blocks"][0]["element"]["initial_value"] == "x" * 9 + "…"


def chosen(*options: Option, value: str = "") -> dict[str, object]:
    """The element of a select with these options."""
    field = SelectField(name="project", label="Project", options=options, value=value)
    view = modal(Form(token="t", title="New task", fields=(field,)))
    assert view_problems(view) == []
    return view["blocks"][0]["element"]


def test_a_choice_is_a_menu_whose_values_come_back() -> None:
    element = chosen(Option(label="Shop", value="shop", description="The web shop"), Option(label="api"), value="api")
    assert element["type"] == "static_select"
    assert [option["value"] for option in element["options"]] == ["shop", "api"]  # type: ignore[attr-defined]
    assert element["initial_option"]["value"] == "api"  # type: ignore[index]


def test_more_than_a_hundred_options_are_offered_in_groups() -> None:
    element = chosen(*(Option(label=f"choice {number}") for number in range(130)))
    assert [len(group["options"]) for group in element["option_groups"]] == [100, 30]  # type: ignore[attr-defined]
    assert [group["label"]["text"] for group in element["option_groups"]] == ["1 to 100", "101 to 130"]  # type: ignore[attr-defined]


def test_a_value_that_slack_could_not_bring_back_is_typed_instead() -> None:
    field = SelectField(
        name="path", label="Path", options=(Option(label="long", value="p" * 80), Option(label="short"))
    )
    block = modal(Form(token="t", title="New", fields=(field,)))["blocks"][0]
    assert block["element"]["type"] == "plain_text_input"
    assert "short" in block["hint"]["text"]


def test_a_home_page_uses_only_what_a_home_page_takes() -> None:
    steps = StepList(rows=(StepRow(name="build", role="builder", state=StepState.RUNNING, activity="Editing"),))
    table = Table(columns=(Column(label="Agent"), Column(label="Cost", number=True)), rows=(("builder", "$0.31"),))
    view = home([Card(key="T1", title="T1 · Fix", sections=(steps, table)), Card(key="costs", title="This week")])
    types = {block["type"] for block in view["blocks"]}
    assert types <= {"header", "section", "context", "actions", "divider", "rich_text"}
    assert view_problems(view) == []


def test_a_home_page_with_too_many_cards_says_how_many_more_there_are() -> None:
    facts = Fields(fields=(Field(label="Project", value="shop"),))
    go = (Action(token="a", label="Go"),)
    cards = [
        Card(key=f"T{number}", title=f"T{number}", status="Working", sections=(facts,), actions=go)
        for number in range(60)
    ]
    view = home(cards)
    assert view_problems(view) == []
    assert "more" in view["blocks"][-1]["elements"][0]["text"]


def test_an_empty_home_page_says_so() -> None:
    assert home([])["blocks"][0]["elements"][0]["text"] == "Nothing here yet."
