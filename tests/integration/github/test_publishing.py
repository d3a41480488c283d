"""A branch and its pull request at GitHub: pushed once, opened once, whatever happens in between."""

import hashlib
from dataclasses import replace

import pytest

from adapters.github.harmless import JOINER
from core.domain.errors import ConflictError
from core.forge import ForgeDeniedError, ForgeRefusedError, ForgeUnavailableError
from tests.support.forge_stage import git

pytestmark = [pytest.mark.github, pytest.mark.slow]


async def test_the_branch_is_pushed_and_its_pull_request_says_what_it_fixes(forge, stage, github, draft):
    opened = await forge.publish(stage.project, draft)

    assert stage.repository.branches()[draft.branch] == draft.commit
    (pull,) = stage.repository.pulls()
    assert (pull.title, pull.body) == ("Apply the discount", "What was done.\n\nFixes #7")
    assert opened.url == f"{github.web_url}/acme/shop/pull/{pull.number}"


async def test_nothing_is_done_twice(forge, stage, github, draft):
    first = await forge.publish(stage.project, draft)
    changes = len(github.calls("POST")), github.git.pushes

    assert await forge.publish(stage.project, draft) == first
    assert (len(github.calls("POST")), github.git.pushes) == changes
    assert github.calls("PATCH") == []


async def test_fixes_is_said_once(forge, stage, draft):
    await forge.publish(stage.project, replace(draft, body="Done.\n\nFixes #7"))

    assert stage.repository.pulls()[0].body == "Done.\n\nFixes #7"


async def test_what_agents_wrote_calls_nobody_and_closes_nothing_else(forge, stage, github, draft):
    wrote = replace(draft, title="Closes #1", body="Thanks @maria, this fixes #1.")
    await forge.publish(stage.project, wrote)
    await forge.publish(stage.project, wrote)

    (pull,) = stage.repository.pulls()
    assert pull.title == f"Closes #{JOINER}1"
    assert pull.body == f"Thanks @{JOINER}maria, this fixes #{JOINER}1.\n\nFixes #7"
    assert github.calls("PATCH") == []


async def test_what_is_unfinished_is_a_draft(forge, stage, draft):
    await forge.publish(stage.project, replace(draft, unfinished=True))

    assert stage.repository.pulls()[0].pull.draft


async def test_a_draft_becomes_ready_when_the_work_is_finished(forge, stage, github, draft):
    await forge.publish(stage.project, replace(draft, unfinished=True))

    await forge.publish(stage.project, draft)

    assert not stage.repository.pulls()[0].pull.draft
    await forge.publish(stage.project, draft)
    assert len(github.calls("POST", "/graphql")) == 1


async def test_a_very_long_description_is_shortened_before_what_it_fixes(forge, stage, draft):
    await forge.publish(stage.project, replace(draft, title="Long " * 100, body="```\n" + "x\n" * 50_000))

    (pull,) = stage.repository.pulls()
    assert pull.body.endswith("Fixes #7")
    assert pull.body.count("```") == 2
    assert len(pull.title) <= 256


async def test_a_project_that_is_an_address_pushes_from_its_clone(stage, github, draft):
    clone = replace(stage.project, repository=f"{github.web_url}/acme/shop.git")
    place = stage.folder / "home" / "repositories"
    place.mkdir(parents=True)
    name = place / f"shop-{hashlib.sha256(clone.repository.encode()).hexdigest()[:10]}.git"
    git(stage.folder, "clone", "-q", "--bare", str(stage.folder / "shop"), str(name))
    git(name, "fetch", "-q", str(stage.folder / "shop"), draft.commit)

    await stage.new_forge().publish(clone, draft)

    assert stage.repository.branches()[draft.branch] == draft.commit


async def test_a_renamed_repository_gets_the_pull_request(forge, stage, github, draft):
    github.world.rename("acme/shop", "acme/store")

    opened = await forge.publish(stage.project, draft)

    assert "/acme/store/pull/" in opened.url
    assert github.world.repositories["acme/store"].branches()[draft.branch] == draft.commit


async def test_an_archived_repository_is_not_pushed_to(forge, stage, github, draft):
    stage.repository.archived = True

    with pytest.raises(ForgeRefusedError, match="archived"):
        await forge.publish(stage.project, draft)
    assert github.git.pushes == 0


@pytest.mark.parametrize("after", [False, True])
async def test_an_opening_whose_answer_is_lost_leaves_one_pull_request(forge, stage, github, draft, after):
    github.faults.reset("POST /repos/acme/shop/pulls", after=after)
    try:
        await forge.publish(stage.project, draft)
    except ForgeUnavailableError:
        await stage.new_forge().publish(stage.project, draft)

    assert len(stage.repository.pulls()) == 1
    assert github.git.pushes == 1


@pytest.mark.parametrize("after", [False, True])
async def test_a_push_that_is_broken_off_is_found_done_or_done_again(forge, stage, github, draft, after):
    github.faults.reset("POST /acme/shop.git/git-receive-pack", after=after, times=9)
    with pytest.raises(ForgeUnavailableError):
        await forge.publish(stage.project, draft)
    assert stage.repository.pulls() == []
    assert (draft.branch in stage.repository.branches()) == after
    github.faults.clear()
    before = github.git.pushes

    await stage.new_forge().publish(stage.project, draft)

    assert stage.repository.branches()[draft.branch] == draft.commit
    assert len(stage.repository.pulls()) == 1
    assert github.git.pushes - before == (0 if after else 1)


async def test_git_itself_tries_a_lost_push_again_and_finds_it_done(forge, stage, github, draft):
    github.faults.reset("POST /acme/shop.git/git-receive-pack", after=True)

    assert (await forge.publish(stage.project, draft)).commit == draft.commit


async def test_what_somebody_else_pushed_is_not_overwritten(forge, stage, draft):
    await forge.publish(stage.project, draft)
    theirs = _commit_of_a_person(stage, on=draft.commit)
    stage.repository.run("update-ref", f"refs/heads/{draft.branch}", theirs)

    with pytest.raises(ConflictError, match="not overwritten"):
        await forge.publish(stage.project, replace(draft, commit=stage.commit(stage.project, "again")))
    assert stage.repository.branches()[draft.branch] == theirs


async def test_not_even_when_their_commit_was_fetched(forge, stage, draft):
    await forge.publish(stage.project, draft)
    theirs = _commit_of_a_person(stage, on=draft.commit)
    stage.repository.run("update-ref", f"refs/heads/{draft.branch}", theirs)
    git(stage.folder / "shop", "fetch", "-q", str(stage.repository.git), draft.branch)

    with pytest.raises(ConflictError, match="not overwritten"):
        await forge.publish(stage.project, replace(draft, commit=stage.commit(stage.project, "again")))


async def test_our_own_past_is_replaced_after_a_step_back(forge, stage, draft):
    await forge.publish(stage.project, draft)
    other_way = stage.commit(stage.project, "another way")

    await forge.publish(stage.project, replace(draft, commit=other_way))

    assert stage.repository.branches()[draft.branch] == other_way
    assert len(stage.repository.pulls()) == 1


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("error: GH006: Protected branch update failed for refs/heads/x.", ForgeRefusedError, "is protected"),
        ("error: GH013: Repository rule violations found for refs/heads/x.", ForgeRefusedError, "is protected"),
        ("error: GH013: Push cannot contain secrets", ForgeRefusedError, "a secret"),
        ("error: GH001: Large files detected.", ForgeRefusedError, "larger than"),
        (
            "refusing to allow a Personal Access Token to create or update workflow `.github/workflows/ci.yml` "
            "without `workflow` scope",
            ForgeDeniedError,
            "workflows",
        ),
    ],
)
async def test_a_refused_push_says_what_stands_in_the_way(forge, stage, draft, words, kind, said):
    stage.repository.forbid(words)

    with pytest.raises(kind, match=said) as refused:
        await forge.publish(stage.project, draft)
    assert refused.value.hint
    assert stage.repository.pulls() == []


async def test_nothing_new_is_refused_with_githubs_words(forge, stage, draft):
    main = stage.repository.tip("main")

    with pytest.raises(ForgeRefusedError, match="No commits between main"):
        await forge.publish(stage.project, replace(draft, commit=main))


def _commit_of_a_person(stage, *, on: str) -> str:
    tree = stage.repository.run("rev-parse", f"{on}^{{tree}}")
    maria = ("-c", "user.name=Maria", "-c", "user.email=maria@example.invalid")
    return git(stage.repository.git, *maria, "commit-tree", "-p", on, "-m", "By hand\n\nTask: T142", tree)
