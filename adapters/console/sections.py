"""The sections of a card as rich renderables."""

from typing import assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from adapters.chat.card import Choices, Code, Fields, Markdown, Meter, Section, StepList, Table, Text, Weight
from adapters.chat.emphasis import emphasised
from adapters.console.glyphs import Glyphs
from adapters.console.limits import MAX_LINES, MAX_SECTION_CHARACTERS
from adapters.console.steps import step_grid

_WEIGHT = {Weight.NORMAL: "", Weight.MUTED: "dim", Weight.NEXT: "bold", Weight.PROBLEM: "red"}
_LONGEST_LABEL = 14
_INDENT = (0, 0, 0, 2)
_METER_CELLS = 10
_DIFF = {"+": "green", "-": "red", "@": "cyan"}


def has_content(section: Section) -> bool:
    """Whether there is anything of `section` to see."""
    match section:
        case Fields():
            return bool(section.fields)
        case StepList():
            return bool(section.rows)
        case Text() | Markdown() | Code():
            return bool(section.text.strip())
        case Table() | Choices() | Meter():
            return True
        case _:
            assert_never(section)


def section_renderable(section: Section, *, glyphs: Glyphs, width: int) -> RenderableType:
    """`section` for `width` columns."""
    match section:
        case Text():
            return _prose(_block(section.text, glyphs=glyphs), style=_WEIGHT[section.weight])
        case Markdown():
            return _prose(_block(section.text, glyphs=glyphs), style="")
        case Meter():
            return _meter(section, glyphs=glyphs)
        case Fields():
            return _fields(section, glyphs=glyphs)
        case StepList():
            return step_grid(section.rows, glyphs=glyphs, width=width)
        case Table():
            return _table(section, glyphs=glyphs)
        case Code():
            return Padding(_code(_block(section.text, glyphs=glyphs), language=section.language), _INDENT)
        case Choices():
            return _choices(section, glyphs=glyphs)
        case _:
            assert_never(section)


def _prose(text: str, *, style: str) -> RichText:
    """`text` with `**words**` in bold; no other markup is looked for."""
    prose = RichText(style=style, overflow="fold")
    for part, stands_out in emphasised(text):
        prose.append(part, style="bold" if stands_out else "")
    return prose


def _code(text: str, *, language: str) -> RichText:
    """`text` to the letter; the lines of a diff in their usual colours."""
    code = RichText(overflow="fold")
    for line in text.splitlines(keepends=True):
        code.append(line, style=_DIFF.get(line[0], "") if language == "diff" else "")
    return code


def _fields(section: Fields, *, glyphs: Glyphs) -> RenderableType:
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", max_width=_LONGEST_LABEL, overflow="fold")
    grid.add_column(ratio=1, overflow="fold")
    for field in section.fields:
        grid.add_row(RichText(glyphs.line(field.label)), RichText(glyphs.line(field.value)))
    return grid


def _meter(section: Meter, *, glyphs: Glyphs) -> RenderableType:
    """A bar of ten cells: `Budget  ███████─── $3.50 of $5.00`."""
    full = min(_METER_CELLS, max(0, round(section.share * _METER_CELLS)))
    signs = ("#", ".") if glyphs.ascii_only else ("█", "─")
    bar = signs[0] * full + signs[1] * (_METER_CELLS - full)
    return RichText.assemble(
        (f"{glyphs.line(section.label)}  ", "dim"), bar, f"  {glyphs.line(section.text)}", overflow="fold"
    )


def _table(section: Table, *, glyphs: Glyphs) -> RenderableType:
    """Columns under dim headings; the total is bold, under an empty line."""
    table = RichTable(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for column in section.columns:
        justify = "right" if column.number else "left"
        table.add_column(RichText(glyphs.line(column.label)), justify=justify, overflow="fold")
    for row in section.rows:
        table.add_row(*(RichText(glyphs.line(cell)) for cell in row))
    if section.total:
        table.add_row()
        table.add_row(*(RichText(glyphs.line(cell)) for cell in section.total), style="bold")
    return table


def _choices(section: Choices, *, glyphs: Glyphs) -> RenderableType:
    lines: list[RenderableType] = [RichText(_block(section.text, glyphs=glyphs), style="bold", overflow="fold")]
    for number, option in enumerate(section.options, start=1):
        line = RichText(f"{number}. {glyphs.line(option.label)}", overflow="fold")
        if option.description:
            line.append(f"  {glyphs.line(option.description)}", style="dim")
        lines.append(Padding(line, _INDENT))
    return Group(*lines)


def _block(text: str, *, glyphs: Glyphs) -> str:
    """`text` with its line breaks, as much of it as anybody reads."""
    lines = glyphs.shown(text[:MAX_SECTION_CHARACTERS]).strip("\n").split("\n")
    left_out = text.count("\n", MAX_SECTION_CHARACTERS) + max(0, len(lines) - MAX_LINES)
    if left_out:
        lines = [*lines[:MAX_LINES], f"{glyphs.ellipsis} and {left_out:,} more lines"]
    elif len(text) > MAX_SECTION_CHARACTERS:
        lines[-1] += glyphs.ellipsis
    return "\n".join(line.rstrip() for line in lines)
