"""Comments, labels and reviews at GitHub: once whatever breaks, at their lines where possible, refused with reasons."""

from dataclasses import replace

import pytest

from core.domain.forge_news import Remark
from core.forge import ForgeBusyError, ForgeDeniedError, ForgeRefusedError, ForgeUnavailableError, Review
from tests.platforms.github.person import GitHubPerson
from tests.support.forge_stage import git

pytestmark = [pytest.mark.github, pytest.mark.slow]


@pytest.fixture
async def opened(forge, stage, draft):
    return await forge.publish(stage.project, draft)


@pytest.fixture
def review(draft) -> Review:
    return Review(
        commit=draft.commit,
        text="Nearly.",
        remarks=(
            Remark(text="Say why.", path="discount.txt", line=1),
            Remark(text="No such line.", path="discount.txt", line=99),
            Remark(text="The whole of it.", path="discount.txt"),
        ),
    )


@pytest.mark.parametrize("after", [False, True])
async def test_a_comment_whose_answer_is_lost_is_made_once(forge, stage, github, after):
    github.faults.reset("POST /repos/acme/shop/issues/7/comments", after=after)
    try:
        said = await forge.remark(stage.project, "7", "Work has begun.", key="T1")
    except ForgeUnavailableError:
        said = await stage.new_forge().remark(stage.project, "7", "Work has begun.", key="T1")

    ours = [each for each in stage.repository.tickets[7].comments if "Work has begun." in each.body]
    assert len(ours) == 1
    assert said.endswith(f"#issuecomment-{ours[0].id}")


async def test_our_comment_is_found_among_hundreds(forge, stage, github):
    first = await forge.remark(stage.project, "7", "Work has begun.", key="T1")
    for number in range(230):
        github.world.comment(stage.repository.tickets[7], f"Me too {number}")

    assert await forge.remark(stage.project, "7", "Work has begun.", key="T1") == first


async def test_the_key_is_not_shown(forge, stage):
    await forge.remark(stage.project, "7", "Work has begun.", key="T1:started")

    assert "T1:started" not in stage.repository.tickets[7].comments[-1].body
    assert (await forge.issue(stage.project, "7")).comments[-1].endswith("Work has begun.")


async def test_issues_of_a_renamed_repository_are_commented_on(forge, stage, github):
    github.world.rename("acme/shop", "acme/store")

    assert "/acme/store/issues/7#" in await forge.remark(stage.project, "7", "Work has begun.", key="T1")


async def test_an_archived_repository_takes_no_comment(forge, stage):
    stage.repository.archived = True

    with pytest.raises(ForgeRefusedError, match="archived"):
        await forge.remark(stage.project, "7", "Work has begun.", key="T1")
    with pytest.raises(ForgeRefusedError, match="archived"):
        await forge.label(stage.project, "7", add=["done"], remove=[])


async def test_a_token_that_may_not_comment_says_what_it_lacks(forge, stage, github):
    github.access.permissions |= {"issues": "read", "pull_requests": "read"}

    for attempt in (
        forge.remark(stage.project, "7", "Work has begun.", key="T1"),
        forge.label(stage.project, "7", add=["done"], remove=[]),
    ):
        with pytest.raises(ForgeDeniedError) as denied:
            await attempt
        assert "Issues: write" in denied.value.hint


async def test_nothing_is_sent_for_labels_that_are_so_already(forge, stage, github):
    await forge.label(stage.project, "7", add=["BUG"], remove=["done"])

    assert github.calls("POST", "/labels") == github.calls("DELETE") == []


async def test_a_label_that_somebody_took_off_meanwhile_is_no_error(forge, stage, github):
    github.faults.error("DELETE /repos/acme/shop/issues/7/labels/bug", 404, "Label does not exist")

    await forge.label(stage.project, "7", add=[], remove=["bug"])


async def test_remarks_stand_at_their_lines_and_the_others_in_the_text(forge, stage, opened, review):
    await forge.review(stage.project, opened.reference, review, key="T9")

    (made,) = stage.repository.tickets[int(opened.reference)].pull.reviews
    assert [(each.path, each.line, each.body) for each in made.comments] == [("discount.txt", 1, "Say why.")]
    assert "`discount.txt:99`: No such line." in made.body
    assert "`discount.txt`: The whole of it." in made.body
    assert (made.state, made.commit) == ("COMMENTED", opened.commit)


@pytest.mark.parametrize("after", [False, True])
async def test_a_review_whose_answer_is_lost_is_posted_once(forge, stage, github, opened, review, after):
    github.faults.reset(f"POST /repos/acme/shop/pulls/{opened.reference}/reviews", after=after)
    try:
        await forge.review(stage.project, opened.reference, review, key="T9")
    except ForgeUnavailableError:
        await stage.new_forge().review(stage.project, opened.reference, review, key="T9")

    assert len(stage.repository.tickets[int(opened.reference)].pull.reviews) == 1


async def test_a_review_of_what_has_moved_on_says_which_commit_it_means(forge, stage, github, opened, review):
    await GitHubPerson(github).push(opened.branch, file="discount.txt", text="quite\nanother\n")

    await forge.review(stage.project, opened.reference, review, key="T9")

    (made,) = stage.repository.tickets[int(opened.reference)].pull.reviews
    assert made.commit == opened.commit
    assert f"This is about {opened.commit[:12]}" in made.body


async def test_also_when_that_commit_is_no_part_of_it_any_more(forge, stage, draft, opened, review):
    await forge.publish(stage.project, replace(draft, commit=stage.commit(stage.project, "another way")))

    await forge.review(stage.project, opened.reference, review, key="T9")

    (made,) = stage.repository.tickets[int(opened.reference)].pull.reviews
    assert made.comments == []
    assert all(each.text in made.body for each in review.remarks)
    assert f"This is about {opened.commit[:12]}" in made.body


async def test_lines_of_a_diff_too_large_to_be_shown_are_spoken_of_in_the_text(forge, stage, draft, review):
    here = stage.folder / "shop"
    git(here, "checkout", "-q", "--detach", "main")
    (here / "discount.txt").write_text("x" * 50 + "\n" + "y" * 50_000)
    large = stage.commit(stage.project, "large", file="large.txt")
    opened = await forge.publish(stage.project, replace(draft, commit=large))

    await forge.review(stage.project, opened.reference, replace(review, commit=large), key="T9")

    (made,) = stage.repository.tickets[int(opened.reference)].pull.reviews
    assert made.comments == []
    assert "`discount.txt:1`: Say why." in made.body


async def test_what_github_takes_no_line_of_is_said_without_lines(forge, stage, github, opened, review):
    github.faults.error(f"POST /repos/acme/shop/pulls/{opened.reference}/reviews", 422, "Line could not be resolved")

    await forge.review(stage.project, opened.reference, review, key="T9")

    (made,) = stage.repository.tickets[int(opened.reference)].pull.reviews
    assert made.comments == []
    assert "Say why." in made.body


async def test_a_token_that_may_not_review_says_what_it_lacks(forge, stage, github, opened, review):
    github.access.permissions["pull_requests"] = "read"

    with pytest.raises(ForgeDeniedError) as denied:
        await forge.review(stage.project, opened.reference, review, key="T9")
    assert denied.value.hint == "Give the token or App the permission Pull requests: write."


async def test_a_long_limit_is_told_and_nothing_was_posted(forge, stage, github, opened, review):
    github.faults.secondary_limit(f"POST /repos/acme/shop/pulls/{opened.reference}/reviews", retry_after_s=600)

    with pytest.raises(ForgeBusyError):
        await forge.review(stage.project, opened.reference, review, key="T9")
    assert stage.repository.tickets[int(opened.reference)].pull.reviews == []


async def test_merged_and_closed_pull_requests_are_told_as_such(forge, stage, github, opened, draft):
    other = await forge.publish(stage.project, replace(draft, branch="orchestrate/T2-x", commit=draft.commit))
    maria = GitHubPerson(github)
    await maria.close(int(other.reference))
    await maria.merge(int(opened.reference))

    merged = await forge.offered(stage.project, opened.reference)
    closed = await forge.offered(stage.project, other.reference)

    assert (merged.state, closed.state) == ("merged", "closed")
    assert merged.base_commit != merged.commit
