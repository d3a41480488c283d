"""Markdown as agents write it: all of it is there, styled as far as Telegram can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.card import Card, Markdown
from adapters.telegram.markup import Kind
from adapters.telegram.render import drawn_text, rendered
from adapters.telegram.render_markdown import markdown_passage

pytestmark = pytest.mark.telegram


def spans(text: str) -> list[tuple[Kind, str]]:
    """What is styled how, in order."""
    passage = markdown_passage(text)
    found = sorted(passage.spans, key=lambda span: (span.start, -span.end))
    return [(span.kind, passage.text[span.start : span.end]) for span in found]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("cost $5 and $HOME/bin:$PATH", "cost $5 and $HOME/bin:$PATH"),
        ("a || b || c", "a || b || c"),
        ("a Vec<String> and <b>tags</b>", "a Vec<String> and <b>tags</b>"),
        ("<details>\n<summary>x</summary>\nhidden\n</details>", "<details>\n<summary>x</summary>\nhidden\n</details>"),
        ("see <https://x.example/a>", "see https://x.example/a"),
        ("- [ ] open\n- [x] done", "☐ open\n✅ done\n"),
        ("- a\n  - b\n    1. c", "• a\n  • b\n    1. c\n"),
        ("[bank](https://evil.example)", "bank (https://evil.example)"),
        ("[https://bank.example](https://evil.example)", "https://evil.example"),
        ("[file](tg://user?id=5)", "file (tg://user?id=5)"),
        ("![plot](https://x.example/a.png)", "plot (https://x.example/a.png)"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("\ue000 private", "� private"),
    ],
)
def test_nothing_that_was_written_is_lost_or_changed(written: str, shown: str) -> None:
    assert markdown_passage(written).text == shown


def test_headings_and_stress_are_bold_and_code_is_code() -> None:
    assert spans("# Title\n\n**bold** `code`") == [(Kind.BOLD, "Title"), (Kind.BOLD, "bold"), (Kind.CODE, "code")]


def test_a_fence_keeps_its_language_and_its_letters() -> None:
    passage = markdown_passage('```python title="x"\nif a < $b || c:\n```')
    [span] = passage.spans
    assert (passage.text, span.kind, span.value) == ("if a < $b || c:", Kind.PRE, "python")


def test_a_fence_that_is_never_closed_ends_with_the_text() -> None:
    assert spans("```diff\n-a\n+b") == [(Kind.PRE, "-a\n+b")]


def test_a_table_is_as_wide_as_a_phone_and_numbers_are_to_the_right() -> None:
    assert spans("| a | n |\n|---|---|\n| `x \\| y` | 1 |\n| z | 10 |") == [
        (Kind.PRE, "a       n\n─────────\nx | y   1\nz      10")
    ]


def test_a_table_that_is_too_wide_is_lines() -> None:
    heads = "| What was done here | Where it was done then | Who did it |"
    assert markdown_passage(f"{heads}\n|---|---|---|\n| a change | in a file | the builder |").text == (
        "a change\nWhere it was done then: in a file\nWho did it: the builder"
    )


def test_code_that_looks_like_a_table_stays_as_it_is() -> None:
    written = " a | b\n---+---\n 1 | 2"
    assert spans(f"```\n{written}\n```") == [(Kind.PRE, written)]


def test_a_long_answer_folds_its_rest_and_cuts_no_fence() -> None:
    text = "Before\n\n```python\n" + "\n".join(f"line = {number}" for number in range(200)) + "\n```\n\nAfter *it*."
    made = rendered(Card(key="T1", title="", sections=(Markdown(text=text),)))
    said = "\n".join(page.text for page in made.pages)
    assert "```" not in said
    assert said.endswith("After it.")
    assert [line for line in said.split("\n") if line.startswith("line")] == [f"line = {at}" for at in range(200)]


@given(text=st.text(alphabet="abc <$|\n", max_size=60))
def test_signs_that_mean_something_elsewhere_survive(text: str) -> None:
    kept = [character for character in text if character in "abc<$|"]
    assert [character for character in markdown_passage(text).text if character in "abc<$|"] == kept


def test_an_answer_takes_as_many_messages_as_it_needs() -> None:
    pages = drawn_text("A sentence of an answer.\n\n" * 900)
    assert len(pages) == 6
    assert all(page.text.endswith("answer.") for page in pages)
