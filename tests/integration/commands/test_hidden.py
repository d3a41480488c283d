"""What one may not see and what is not there are answered in the same words, whatever is asked."""

from pathlib import Path

import pytest

from bot.commands.chat import chat_commands
from bot.commands.reply import AskForm, Private, Reply
from bot.commands.verbs import TYPED, Target, Verb
from bot.commands.vocabulary import ENTRIES
from core.domain.identity import Place
from tests.integration.commands.conftest import OPEN, Talk

pytestmark = pytest.mark.slack

HIDDEN = {"TASK": "T3", "RUN": "T3.1", "APPROVAL": "A1", "PROJECT": "docs", "TEMPLATE": "docs-only"}
"""What there is, in a project the person may not see."""
MISSING = {"TASK": "T9", "RUN": "T9.1", "APPROVAL": "A9", "PROJECT": "dcos", "TEMPLATE": "dcos-only"}
ASKED = (
    "status TASK", "task TASK", "agent RUN", "logs TASK", "logs RUN", "logs RUN --follow", "diff TASK",
    "compare T1 TASK", "compare TASK T1", "approve APPROVAL", "approve APPROVAL --always", "deny APPROVAL no",
    "revise APPROVAL more", "answer APPROVAL yes", "steer TASK hello", "steer T2 hello --to RUN", "cancel TASK",
    "pause TASK", "resume TASK", "retry TASK", "retry TASK --from build", "rewind TASK build", "fork TASK",
    "fork TASK --at build", "fork T2 --at RUN", "fork T2 --at RUN:9", "keep TASK", "priority TASK high",
    "budget TASK", "budget TASK 7.50", "budget TASK raise", "budget set --project PROJECT --monthly 5",
    "budget remove --project PROJECT", "budget raise 5 --of project=PROJECT/month",
    "tasks --project PROJECT", "status --project PROJECT",
    "agents --project PROJECT", "costs --project PROJECT", "costs --task TASK --by role",
    "costs --forecast --project PROJECT", "costs --unusual --project PROJECT",
    "costs --advice --project PROJECT",
    "ask how much did TASK cost?", "ask why was TASK so expensive?", "budget --project PROJECT",
    "estimate fix it --project PROJECT", "fix it --dry-run --project PROJECT",
    "estimate fix it --workflow docs_only --project PROJECT", "fix it --project PROJECT", "new --project PROJECT",
    "fix it --project PROJECT --template docs-onyl", "template run TEMPLATE", "template run TEMPLATE --project shop",
    "template run docs-lcoal --project PROJECT", "template show TEMPLATE", "template show docs-lcoal",
    "template show docs-lcoal --project PROJECT", "template list --project PROJECT", "project show PROJECT",
    "project use PROJECT", "project archive PROJECT", "project restore PROJECT", "project list", "whoami", "help",
    "address TASK", "publish TASK", "address TASK review", "review PR #45 --project PROJECT", "notify", "schedule",
    "schedule list --project PROJECT",
    "schedule every day at 9 fix it --project PROJECT", "audit --task TASK", "audit", "audit --person dev",
)  # fmt: skip


def named(text: str, names: dict[str, str]) -> str:
    """`text` about these names."""
    for kind, name in names.items():
        text = text.replace(kind, name)
    return text


def told(reply: Reply) -> object:
    """All of an answer that a person gets to see."""
    match reply:
        case Private():
            return reply.card
        case AskForm():
            return reply.make("t"), reply.instead
        case _:
            return reply


@pytest.fixture
def asking(talk: Talk, tmp_path: Path) -> Talk:
    """With every command, and templates that are about the hidden project."""
    talk.registry = chat_commands()
    own = tmp_path / "home" / "projects" / "docs" / "templates"
    everywhere = tmp_path / "home" / "templates"
    for folder in (own, everywhere):
        folder.mkdir(parents=True, exist_ok=True)
    (own / "docs-local.yaml").write_text("name: docs-local\nrequest: Write it down.\n")
    (everywhere / "docs-only.yaml").write_text("name: docs-only\nproject: docs\nrequest: Write it down.\n")
    return talk


def test_every_verb_that_names_something_is_asked() -> None:
    asked = {text.split()[0] for text in ASKED}
    naming = {
        verb
        for verb in TYPED
        if ENTRIES[verb].target is not Target.NONE
        or any(each.name in {"project", "task"} for each in ENTRIES[verb].options)
    }
    assert {verb.value for verb in naming | {Verb.PROJECT, Verb.TEMPLATE}} <= asked


@pytest.mark.parametrize("text", ASKED)
async def test_what_one_may_not_see_is_not_there(asking: Talk, text: str) -> None:
    """Vic may look at another project, Ada do everything there."""
    for name in ("vic", "ada"):
        hidden = str(told(await asking.says(name, named(text, HIDDEN))))
        missing = str(told(await asking.says(name, named(text, MISSING))))
        for kind, name_there in HIDDEN.items():
            missing = missing.replace(MISSING[kind], name_there)
        assert hidden == missing
    assert not [row for row in await asking.audit() if row.allowed and row.subject in HIDDEN.values()]


@pytest.mark.parametrize(
    "text", ["fix it", "new", "whoami", "project list", "status", "project use shop", "estimate x"]
)
async def test_a_channel_about_a_hidden_project_does_not_name_it(asking: Talk, text: str) -> None:
    here = Place(platform="slack", space="T1", channel="CDOCS")
    for name in ("vic", "ada"):
        assert "docs" not in str(told(await asking.says(name, text, place=here)))


async def test_who_may_see_it_gets_it(asking: Talk) -> None:
    """The questions above are good ones."""
    for text in ("task TASK", "agent RUN", "tasks --project PROJECT", "template show TEMPLATE", "project show PROJECT"):
        there = str(told(await asking.says("dev", named(text, HIDDEN), place=OPEN)))
        assert "There is no" not in there
        assert "There is no" in str(told(await asking.says("dev", named(text, MISSING), place=OPEN)))
