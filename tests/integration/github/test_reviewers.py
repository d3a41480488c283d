"""Who is asked for a review: those who own what changed, by the repository's CODEOWNERS."""

import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.github.code_owners import Rule
from tests.platforms.github.world import BOT, Reviewed
from tests.support.forge_stage import git

pytestmark = [pytest.mark.github, pytest.mark.slow]


@pytest.fixture
def owned(stage):
    """CODEOWNERS on main."""

    def write(text: str) -> None:
        made = stage.commit(stage.project, text, task="", file=".github/CODEOWNERS")
        git(stage.repository.git, "fetch", "-q", str(stage.folder / "shop"), made)
        stage.repository.run("update-ref", "refs/heads/main", made)

    stage.repository.collaborators |= {"maria", "jonas"}
    stage.repository.teams.add("money")
    return write


def changing(stage, draft, *files: str):
    for file in files:
        commit = stage.commit(stage.project, file, file=file)
    return replace(draft, commit=commit)


async def test_owners_of_the_changed_files_are_asked(forge, stage, draft, owned):
    owned("* @jonas\n/prices/ @maria @acme/money @else/where\n*.md @nobody-asked\n")

    await forge.publish(stage.project, changing(stage, draft, "prices/discount.py"))

    pull = stage.repository.pulls()[0].pull
    assert (pull.reviewers, pull.teams) == (["maria"], ["money"])


async def test_one_who_may_not_review_keeps_nobody_else_away(forge, stage, draft, owned):
    owned("* @jonas @stranger @maria\n")

    await forge.publish(stage.project, changing(stage, draft, "a.py"))

    assert stage.repository.pulls()[0].pull.reviewers == ["jonas", "maria"]


async def test_nobody_is_asked_twice_nor_about_a_draft(forge, stage, github, draft, owned):
    owned("* @jonas\n")
    draft = changing(stage, draft, "a.py")
    await forge.publish(stage.project, replace(draft, unfinished=True))
    assert github.calls("POST", "requested_reviewers") == []
    pull = stage.repository.pulls()[0].pull
    pull.draft = False

    pull.reviews.append(Reviewed(id=1, author="jonas", state="APPROVED", body="", commit=draft.commit))
    await forge.publish(stage.project, draft)

    assert github.calls("POST", "requested_reviewers") == []


async def test_we_do_not_ask_ourselves(forge, stage, github, draft, owned):
    owned(f"* @{BOT}\n")

    await forge.publish(stage.project, changing(stage, draft, "a.py"))

    assert github.calls("POST", "requested_reviewers") == []


async def test_a_pull_request_stands_when_nobody_can_be_asked(forge, stage, github, draft, owned):
    owned("* @jonas\n")
    github.faults.error("/files", 500, times=9)

    assert (await forge.publish(stage.project, changing(stage, draft, "a.py"))).reference


_PATHS = ("a", "b", "a/b", "b/a", "a/b/c", "c/a/b", "a/c", "c.md", "a/c.md", "a/b/c.md", "ab", "ab/c")
_PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/", "**/"]),
    st.lists(st.sampled_from(["a", "b", "c", "*.md", "a*", "?", "**", "c.md"]), min_size=1, max_size=3),
    st.sampled_from(["", "/", "/**"]),
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    place = tmp_path_factory.mktemp("empty")
    git(place, "init", "-q", "--template=")
    return place


@given(pattern=_PATTERNS)
def test_patterns_mean_what_they_mean_in_git(empty, pattern):
    """CODEOWNERS takes its patterns from .gitignore, so git itself tells which paths one names."""
    (empty / "patterns").write_text(f"{pattern}\n")
    ignored = subprocess.run(
        ["git", "-c", "core.excludesFile=patterns", "check-ignore", "--no-index", "--stdin"],
        cwd=empty,
        input="\n".join(_PATHS),
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()

    assert [path for path in _PATHS if Rule(pattern=pattern).matches(path)] == ignored
