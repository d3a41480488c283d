"""Long answers are cut where nothing breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.pages import closing, first_page, open_fence

pytestmark = pytest.mark.slack
markdown = st.lists(
    st.sampled_from(["```", "```python", "text", "", "a much longer line of text", "  ```"]), max_size=12
)


@given(text=st.text(alphabet="ab\n", max_size=60), room=st.integers(0, 40))
def test_a_page_and_the_rest_are_the_whole(text, room):
    head, rest = first_page(text, room=room)

    assert head + rest == text
    assert len(head) <= max(1, room)
    assert head or not text


def test_a_page_ends_with_a_whole_line_where_there_is_one():
    assert first_page("one\ntwo three", room=8) == ("one\n", "two three")
    assert first_page("onetwothree", room=3) == ("one", "twothree")


@given(lines=markdown)
def test_what_closes_a_text_leaves_no_fence_open(lines):
    text = "\n".join(lines)

    assert open_fence(text + closing(text)) == ""


def test_the_fence_that_is_open_is_the_one_to_go_on_with():
    assert open_fence("a\n```python\nx = 1\n") == "```python"
    assert open_fence("a\n```python\nx = 1\n```\n") == ""
