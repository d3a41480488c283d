"""Slack's blocks as JSON: the library's models where it has them, else plain objects, in this one place."""

from collections.abc import Sequence
from typing import Any, cast

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContainerBlock,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    PlanBlock,
    RichTextBlock,
    SectionBlock,
    TableBlock,
    TaskCardBlock,
)

from adapters.chat.measure import fitted
from adapters.slack import limits

Block = dict[str, Any]
"""One block, or an element of one, as JSON."""


def plain(text: str, *, limit: int = limits.MRKDWN) -> PlainTextObject:
    """Text that Slack shows as it is; `text` must not be empty."""
    return PlainTextObject(text=fitted(text, limit=limit), emoji=False)


def plain_json(text: str, *, limit: int = limits.MRKDWN) -> Block:
    """`plain` as JSON."""
    return _json(plain(text, limit=limit))


def mrkdwn(text: str) -> MarkdownTextObject:
    """Our own markup; what others wrote must have been escaped. Slack looks for no names or addresses in it."""
    return MarkdownTextObject(text=text, verbatim=True)


def header(text: str) -> Block:
    """A title in large letters."""
    return _json(HeaderBlock(text=plain(text, limit=limits.HEADER)))


def divider() -> Block:
    """A line."""
    return _json(DividerBlock())


def context(*elements: PlainTextObject | MarkdownTextObject) -> Block:
    """Small, calm text."""
    return _json(ContextBlock(elements=list(elements[: limits.CONTEXT_ELEMENTS])))


def section(text: str) -> Block:
    """A paragraph of mrkdwn, all of it seen at once."""
    return _json(SectionBlock(text=mrkdwn(text), expand=True))


def section_with(text: str, button: Block) -> Block:
    """A paragraph of mrkdwn with a button beside it."""
    return _json(SectionBlock(text=mrkdwn(text), accessory=button))


def rich_text(elements: Sequence[Block]) -> Block:
    """Structured text; `elements` are those of `adapters.slack.rich`."""
    return _json(RichTextBlock(elements=list(elements)))


def container(title: str, blocks: Sequence[Block]) -> Block:
    """Blocks that are folded away until somebody wants them."""
    return _json(
        ContainerBlock(
            title=plain(title, limit=limits.CONTAINER_TITLE),
            child_blocks=list(blocks[: limits.CONTAINER_BLOCKS]),
            is_collapsible=True,
            default_collapsed=True,
        )
    )


def task_card(*, task_id: str, title: str, status: str, details: Block | None = None) -> Block:
    """One step with its sign; `details` unfold."""
    title = fitted(title, limit=limits.TASK_TEXT)
    return _json(TaskCardBlock(task_id=task_id, title=title, status=status, details=details))


def plan(title: str, tasks: Sequence[Block]) -> Block:
    """Steps folded under one line."""
    return _json(PlanBlock(title=fitted(title, limit=limits.TASK_TEXT), tasks=list(tasks)))


def table(rows: Sequence[Sequence[Block]], *, numbers: Sequence[bool]) -> Block:
    """A table whose first row is its headings; columns of numbers are aligned to the right."""
    settings: list[Block] = [{"align": "right" if number else "left", "is_wrapped": True} for number in numbers]
    return _json(TableBlock(rows=[list(row) for row in rows], column_settings=settings))


def data_table(rows: Sequence[Sequence[Block]], *, caption: str, page_size: int) -> Block:
    """A table with pages that can be sorted; the library has no model of it yet."""
    return {"type": "data_table", "caption": caption, "page_size": page_size, "rows": [list(row) for row in rows]}


def actions(buttons: Sequence[Block]) -> Block:
    """Buttons in a row."""
    return _json(ActionsBlock(elements=list(buttons[: limits.ACTIONS])))


def button(*, label: str, token: str, style: str = "", spoken: str = "", confirm: Block | None = None) -> Block:
    """A button; `spoken` is what a screen reader says of it."""
    return _json(
        ButtonElement(
            text=plain(label, limit=limits.BUTTON),
            action_id=token,
            style=style or None,
            confirm=confirm,
            accessibility_label=fitted(spoken, limit=limits.BUTTON) or None,
        )
    )


def menu(action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """A button with three dots that opens a menu; of each option its words and its value."""
    offered = [Option(text=plain(label, limit=limits.OPTION), value=value) for label, value in options]
    return _json(OverflowMenuElement(action_id=action_id, options=offered))


def confirmation(*, title: str, text: str, confirm: str, deny: str) -> Block:
    """What is asked before a dangerous button does anything."""
    return _json(
        ConfirmObject(
            title=plain(title, limit=limits.CONFIRM_TITLE),
            text=plain(text, limit=limits.CONFIRM_TEXT),
            confirm=plain(confirm, limit=limits.CONFIRM_BUTTON),
            deny=plain(deny, limit=limits.CONFIRM_BUTTON),
            style="danger",
        )
    )


def _json(model: JsonObject) -> Block:
    return cast("Block", model.to_dict())  # pyright: ignore[reportUnknownMemberType]  # the library leaves it open
