"""What agents write calls nobody at GitHub and closes nothing, and reads the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.github.harmless import JOINER, harmless

pytestmark = pytest.mark.github


@pytest.mark.parametrize(
    "text",
    [
        "Thanks @maria and @acme/money!",
        "Fixes #12, closes acme/shop#7 and resolves GH-9",
        "fixes https://github.com/acme/shop/issues/1",
        "Closed: https://github.com/acme/shop/issues/1",
        "`` not closed @maria",
        "a ```fence in a line @maria",
    ],
)
def test_what_would_do_something_reads_the_same_and_does_nothing(text: str) -> None:
    made = harmless(text)
    assert made.replace(JOINER, "") == text
    assert not re.search(r"@[a-z]|#\d|GH-\d|\b(?:fixes|closed):?\s+http", made, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "Use `@property` here",
        "```python\n@property\ndef total(self): ...  # 12\n```",
        "~~~\n#12 @maria\n~~~\n",
        "````md\n```\n@maria\n```\n````",
        "mail bob@example.com, see https://example.com/@maria",
        "Nothing special.",
    ],
)
def test_code_and_ordinary_words_stay_to_the_letter(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet="@#a1`~ \n-/", max_size=60))
def test_any_text_reads_the_same_and_doing_it_again_changes_nothing(text: str) -> None:
    made = harmless(text)
    assert made.replace(JOINER, "") == text
    assert harmless(made) == made
