"""An issue file is read as its author wrote it, and a malformed one says what to mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.localforge.issue_file import parse_issue
from core.domain.errors import ConfigurationError
from core.forge import Issue

WHOLE = """---
title: Exactly 10 pieces cost the full price
labels: [bug, 2024]
author: maria
created: 2024-05-01
---

The body.

---

```
## Comment by nobody: this is code
```

## Comment by Jonas Öz

Same here.

## Comment by maria ##
Thanks.
### Not a comment
"""


def parse(text: str) -> Issue:
    return parse_issue(text, reference="7", source="issues/7.md")


def test_title_labels_author_body_and_comments_are_read():
    assert parse(WHOLE) == Issue(
        reference="7",
        title="Exactly 10 pieces cost the full price",
        body="The body.\n\n---\n\n```\n## Comment by nobody: this is code\n```",
        author="maria",
        labels=("bug", "2024"),
        comments=("Jonas Öz: Same here.", "maria: Thanks.\n### Not a comment"),
    )


def test_only_a_title_is_needed():
    assert parse("---\ntitle: 404\n---\n") == Issue(reference="7", title="404", body="")


def test_windows_line_ends_and_a_byte_order_mark_are_fine():
    assert parse("\ufeff---\r\ntitle: A\r\n---\r\nB\r\n") == Issue(reference="7", title="A", body="B")


@pytest.mark.parametrize(
    ("text", "says", "hints"),
    [
        ("", "no front matter", "---"),
        ("title: A\n", "no front matter", "---"),
        ("---\ntitle: A\n", "has no end", "three dashes"),
        ("---\ntitle: A: b\n---\n", "not YAML at line 2", "quotes"),
        ("---\ntitle: !!python/object/apply:os.getcwd []\n---\n", "not YAML", "quotes"),
        ("---\njust text\n---\n", "not a list of `name: value` lines", "title"),
        ("---\nlabels: [bug]\n---\n", "no title", "title: …"),
        ("---\ntitle: [a]\n---\n", "title is not text", "one line"),
        ("---\ntitle: a\nlabels: bug\n---\n", "labels are not a list", "[bug, urgent]"),
        ("---\ntitle: a\nlabels: [[bug]]\n---\n", "one of its labels", "[bug, urgent]"),
        ("---\ntitle: a\ncreated: 2024-99-99\n---\n", "not YAML", "quotes"),
    ],
)
def test_what_is_malformed_names_the_file_and_what_to_mend(text, says, hints):
    with pytest.raises(ConfigurationError) as refused:
        parse(text)
    assert refused.value.source == "issues/7.md"
    assert "issues/7.md" in refused.value.message
    assert says in refused.value.message
    assert hints in refused.value.hint


@given(st.text(st.characters()))
def test_any_text_is_an_issue_or_a_clear_refusal(text):
    for document in (text, f"---\n{text}\n---\n", f"---\ntitle: a\n---\n{text}"):
        try:
            assert parse(document).title
        except ConfigurationError as refused:
            assert refused.hint
