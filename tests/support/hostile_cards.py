"""Any card at all: strategies over the neutral vocabulary, with text that wants to break out."""

from datetime import UTC, datetime

from hypothesis import strategies as st

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
    StepList,
    StepRow,
    Table,
    Text,
    Tone,
    Weight,
)
from core.domain.identity import PersonId
from core.domain.task import StepState

ATTACKS = (
    "<!channel>",
    "<!here|here>",
    "@everyone @here",
    "<@U0123ABCD>",
    "<!subteam^S0123>",
    "<#C0123|general>",
    "<https://evil.example|https://bank.example>",
    "[https://bank.example](https://evil.example)",
    '[pay](https://evil.example/?a=1&b=2 "t")',
    "https://bank.example@evil.example/",
    "&lt;!channel&gt; &amp;lt;",
    "```\ncode\n",
    "`tick` *bold* _it_ ~no~ __init__",
    "| a | b |\n|---|---|\n| <!here> | x |",
    "> quote\n> <!here>\n\n1. one\n7. two\n   - deep\n     - deeper\n",
    "\ud83d lone \udc00",
    "\u202egnp.exe \u200b \x1b[31mred",
    "@durov, /cancel@shop_bot #tag $USD a@b.example README.md evil.example 10.0.0.1",
    "[@durov](tg://user?id=5) tg://resolve?domain=durov ![x](tg://emoji?id=5368324170671202286) ton://x",
    "||hidden|| a || b $HOME/bin:$PATH Vec<String> <a href='https://evil.example'>bank</a>",
    "👩‍👩‍👧‍👦" * 3,
    "ﷺ" * 20,
    "",
    " \n\t ",
)

short = st.one_of(st.sampled_from(ATTACKS), st.text(max_size=12))
long = st.one_of(
    short,
    st.builds(lambda text, times: (text + "\n") * times, st.sampled_from(ATTACKS), st.sampled_from((2, 30, 500))),
    st.builds(lambda text, times: (text or "x") * times, st.sampled_from(ATTACKS), st.sampled_from((9, 300, 2_000))),
)
medium = st.one_of(short, st.builds(lambda text: text * 40, st.sampled_from(ATTACKS)))
tokens = st.text(alphabet="abcdef0123456789", min_size=1, max_size=40) | st.just("")
options = st.builds(Option, label=short, description=short, value=short, token=tokens, command=short)
sections = st.one_of(
    st.builds(Text, text=long, weight=st.sampled_from(Weight)),
    st.builds(Markdown, text=long),
    st.builds(Meter, label=short, share=st.floats(), text=short),
    st.builds(
        Fields,
        fields=st.lists(
            st.builds(
                Field, label=short, value=medium, at=st.none() | st.just(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
            ),
            max_size=11,
        ).map(tuple),
    ),
    st.builds(
        StepList,
        rows=st.lists(
            st.builds(
                StepRow,
                name=short,
                role=short,
                state=st.sampled_from(StepState),
                activity=medium,
                cost=short,
                duration=short,
                round=st.integers(1, 9),
            ),
            max_size=20,
        ).map(tuple),
    ),
    st.builds(
        Table,
        columns=st.lists(st.builds(Column, label=short, number=st.booleans()), max_size=5).map(tuple),
        rows=st.lists(st.lists(short, max_size=6).map(tuple), max_size=13).map(tuple),
        total=st.lists(short, max_size=4).map(tuple),
    ),
    st.builds(Code, text=long, language=st.sampled_from(["", "diff"])),
    st.builds(Choices, text=long, options=st.lists(options, max_size=8).map(tuple), multiple=st.booleans()),
)
actions = st.builds(
    Action,
    token=tokens,
    label=short,
    style=st.sampled_from(ActionStyle),
    command=short,
    typed=short,
    minor=st.booleans(),
)
people = st.sampled_from(["slack:T0/U0123ABCD", "slack:T9/W1", "telegram:5", "slack:T0/U0>|<!here", "slack:U1"])
cards = st.builds(
    Card,
    key=short,
    title=short,
    status=short,
    tone=st.sampled_from(Tone),
    url=short,
    sections=st.lists(sections, max_size=4).map(tuple),
    actions=st.lists(actions, max_size=8).map(tuple),
    footer=st.lists(short, max_size=4).map(tuple),
    mentions=st.lists(people.map(PersonId), max_size=4).map(tuple),
    about=short,
)
