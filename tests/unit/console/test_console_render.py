"""Cards in a terminal and on paper."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from rich.cells import cell_len
from rich.console import Console as RichConsole

from adapters.chat.card import (
    Action,
    Card,
    Choices,
    Code,
    Column,
    Field,
    Fields,
    Option,
    StepList,
    StepRow,
    Table,
    Text,
    Tone,
    Weight,
)
from adapters.console.glyphs import LETTERS, SIGNS, glyphs_for
from adapters.console.limits import MAX_LINES, MIN_WIDTH
from adapters.console.render import card_lines, card_panel, printed_lines, rendered
from bot.cards.approval import approval_card
from bot.cards.bill import bill_card
from bot.cards.task import task_card
from bot.sample_task import NOW, sample_view
from core.domain.task import StepState

ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Mn", "So", "Lo"]), max_size=60),
    st.sampled_from(
        ["\x1b[31mred", "[bold]markup[/]", ":smile:", "‘{x}’", "日本語のテキスト" * 9, "a" * 300, "\n\n", "👩‍💻" * 40]
    ),
)
ANY_CARD = st.builds(
    Card,
    key=ANY_TEXT,
    title=ANY_TEXT,
    status=ANY_TEXT,
    tone=st.sampled_from(Tone),
    footer=st.tuples(ANY_TEXT, ANY_TEXT),
    actions=st.tuples(st.builds(Action, token=ANY_TEXT, label=ANY_TEXT, command=ANY_TEXT)),
    sections=st.tuples(
        st.builds(
            StepList,
            rows=st.tuples(
                st.builds(
                    StepRow,
                    name=ANY_TEXT,
                    role=ANY_TEXT,
                    state=st.sampled_from(StepState),
                    activity=ANY_TEXT,
                    cost=ANY_TEXT,
                    duration=ANY_TEXT,
                    round=st.integers(min_value=1, max_value=99),
                ),
            ),
        ),
        st.builds(Text, text=ANY_TEXT, weight=st.sampled_from(Weight)),
        st.builds(Fields, fields=st.tuples(st.builds(Field, label=ANY_TEXT, value=ANY_TEXT))),
        st.builds(Code, text=ANY_TEXT),
        st.builds(Choices, text=ANY_TEXT, options=st.tuples(st.builds(Option, label=ANY_TEXT, description=ANY_TEXT))),
        st.builds(
            Table,
            columns=st.just((Column(label="Agent"), Column(label="Cost", number=True))),
            rows=st.tuples(st.tuples(ANY_TEXT, ANY_TEXT)),
            total=st.tuples(ANY_TEXT, ANY_TEXT),
        ),
    ),
)


@settings(deadline=None, max_examples=25)
@given(ANY_CARD, st.integers(min_value=MIN_WIDTH, max_value=110), st.sampled_from([SIGNS, LETTERS]))
def test_whatever_a_card_says_no_line_is_too_wide_and_no_escape_gets_through(
    card: Card, width: int, glyphs: object
) -> None:
    assert glyphs is SIGNS or glyphs is LETTERS
    lines = [
        *card_lines(card, glyphs=glyphs, width=width, prefix="orchestrator "),
        *printed_lines(card_panel(card, glyphs=glyphs, width=width), width=width),
    ]
    assert max(map(cell_len, lines)) <= width
    text = "".join(lines)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)
    text.encode("utf-8")


def test_a_live_card_on_paper() -> None:
    lines = card_lines(task_card(sample_view(), now=NOW), glyphs=SIGNS, width=100, prefix="orchestrator ")
    assert "\n".join(lines) == snapshot("""\
T142 · Fix issue #123: bulk discount missing at exactly 10 items
  Waiting for you · 2m 41s · $0.10

  ✓  analyse  analyst   The bulk price starts one unit too late                           36s  $0.02
  ✓  plan     planner   One comparison to change, one test to add                         33s  $0.02
  ◆  build    builder   Asks: Run a command that changes file permissions              1m 30s  $0.06
  ○  test     tester
  ○  review   reviewer

  A17 needs your answer: Run a command that changes file permissions

  Project  shop
  Branch   orchestrate/T142-fix-issue-123

  Approve: orchestrator approve A17
  Deny: orchestrator deny A17
  Cancel task: orchestrator cancel T142\
""")


def test_an_approval_on_paper() -> None:
    card = approval_card(sample_view().approvals[0], role="builder")
    assert "\n".join(card_lines(card, glyphs=SIGNS, width=80, prefix="orchestrator ")) == snapshot("""\
A17 · May the agent do this?
  Needs your answer

  Run a command that changes file permissions

    chmod +x scripts/check.sh

  Asked by  builder, step build of T142
  Why       commands that change permissions are asked about
  Risk      medium

  Approve: orchestrator approve A17
  Always for this task: orchestrator approve A17 --always
  Deny: orchestrator deny A17\
""")


def test_a_bill_on_paper() -> None:
    assert "\n".join(card_lines(bill_card(sample_view()), glyphs=SIGNS, width=100)) == snapshot("""\
T142 · Bill
  $0.10

  Agent     Model             Calls   Tokens in   Tokens out    Cost
  analyst   claude-sonnet-5       4      18,100          856   $0.02
  planner   claude-sonnet-5       5      22,625        1,070   $0.02
  builder   claude-sonnet-5       6      27,150        1,284   $0.06

  Total                          15      67,875        3,210   $0.10

  61,800 of the tokens in were read from the cache.\
""")


def test_a_terminal_without_unicode_gets_letters() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    console = RichConsole(file=file, width=80, force_terminal=True, color_system=None)
    console.print(rendered(task_card(sample_view(), now=NOW)))
    file.seek(0)
    assert file.read() == snapshot("""\
+- T142 - Fix issue #123: bulk discount missing at exactly 10 items -----------+
|  Waiting for you - 2m 41s - $0.10                                            |
|                                                                              |
|  +  analyse  analyst   The bulk price starts one unit too la     36s  $0.02  |
|  +  plan     planner   One comparison to change, one test to     33s  $0.02  |
|  ?  build    builder   Asks: Run a command that changes file  1m 30s  $0.06  |
|  .  test     tester                                                          |
|  .  review   reviewer                                                        |
|                                                                              |
|  A17 needs your answer: Run a command that changes file permissions          |
|                                                                              |
|  Project  shop                                                               |
|  Branch   orchestrate/T142-fix-issue-123                                     |
|                                                                              |
|  Approve: orchestrator approve A17                                           |
|  Deny: orchestrator deny A17                                                 |
|  Cancel task: orchestrator cancel T142                                       |
+------------------------------------------------------------------------------+
""")


def test_a_narrow_terminal_leaves_out_the_roles() -> None:
    lines = card_lines(task_card(sample_view(), now=NOW), glyphs=SIGNS, width=50)
    assert not any("analyst" in line for line in lines)
    assert any("analyse" in line for line in lines)


def test_a_command_is_shown_to_its_last_character_however_long() -> None:
    command = "rm " + " ".join(f"file{number}" for number in range(100))
    lines = card_lines(Card(key="A1", title="", sections=(Code(text=command),)), glyphs=SIGNS, width=60)
    assert "".join("".join(lines).split()) == command.replace(" ", "")


def test_a_text_without_end_says_how_much_is_left_out() -> None:
    card = Card(key="A1", title="", sections=(Text(text="line\n" * (MAX_LINES + 49) + "line"),))
    assert card_lines(card, glyphs=SIGNS, width=60)[-1].strip() == "… and 50 more lines"


def test_a_command_is_shown_as_it_is_typed_and_minor_ones_are_left_out() -> None:
    change = Action(label="Change…", command="revise A1", typed='revise A1 "…"')
    card = Card(key="A1", title="", actions=(change, Action(label="View log", command="logs T1", minor=True)))
    assert card_lines(card, glyphs=SIGNS, width=60, prefix="orchestrator ") == (
        "",
        '  Change: orchestrator revise A1 "…"',
    )


def test_markup_in_a_text_is_text() -> None:
    card = Card(key="A1", title="[red]x[/red]", sections=(Text(text="[bold]loud[/bold] :smile:"),))
    assert card_lines(card, glyphs=SIGNS, width=60) == ("[red]x[/red]", "  [bold]loud[/bold] :smile:")


def test_bold_words_lose_their_stars_and_paths_keep_theirs() -> None:
    card = Card(key="A1", title="", sections=(Text(text="**Steps**\n1. move src/**/x and **/y"),))
    assert [line.strip() for line in card_lines(card, glyphs=SIGNS, width=60)] == [
        "",
        "Steps",
        "1. move src/**/x and **/y",
    ]


def test_a_diff_has_its_usual_colours() -> None:
    card = Card(key="A1", title="", sections=(Code(text="@@ 1 @@\n-old\n+new\n same", language="diff"),))
    console = RichConsole(file=io.StringIO(), width=40, force_terminal=True, color_system="standard")
    with console.capture() as capture:
        console.print(rendered(card))
    drawn = capture.get()
    assert "\x1b[31m-old" in drawn
    assert "\x1b[32m+new" in drawn


def test_signs_are_used_only_where_they_can_be_encoded() -> None:
    assert [glyphs_for(name) for name in ("utf-8", "UTF8", "ascii", "latin-1", None)] == [SIGNS, SIGNS, *[LETTERS] * 3]
