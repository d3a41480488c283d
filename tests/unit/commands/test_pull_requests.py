"""Pull requests as people name them: what is a review, what is more work on one of ours, and what stays a request."""

import pytest

from bot.commands.command import Command, written
from bot.commands.grammar import Verb, read, read_command
from bot.conversation.messages import InThread, said_in_thread, spoken, typed_in_thread
from core.domain.errors import InvalidInputError
from core.domain.identity import TaskId

pytestmark = pytest.mark.github

THREAD = InThread(task=TaskId("T142"))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("review PR #45", "45"),
        ("review pr 45", "45"),
        ("Review PR#45.", "45"),
        ("review pull request #45", "45"),
        ("review the pull-request 45 please", "45"),
        ("please review PR #45", "45"),
        ("review #45", "45"),
        ("review 45", "45"),
        ("review acme/shop#45", "acme/shop#45"),
        ("review https://github.com/acme/shop/pull/45", "https://github.com/acme/shop/pull/45"),
        ("review <https://github.com/acme/shop/pull/45>", "https://github.com/acme/shop/pull/45"),
        ("review https://github.com/acme/shop/pull/45/files#diff-1", "https://github.com/acme/shop/pull/45"),
        ("can you review PR #45?", "45"),
        ("could you please review pull request 45 for me?", "45"),
        ("please do a review of PR #45", "45"),
    ],
)
def test_a_pull_request_that_is_to_be_reviewed_is_understood_however_it_is_named(text: str, reference: str) -> None:
    assert read_command(text) == Command(verb=Verb.REVIEW, target=reference)


@pytest.mark.parametrize(
    "text",
    [
        "review the login code",
        "review PR #45 and fix what you find",
        "review 45 files of the importer",
        "review acme/shop",
        "review the code of PR handling",
        "look at issue #45",
        "fix what was said in PR #45",
    ],
)
def test_anything_else_that_begins_with_review_stays_a_request(text: str) -> None:
    assert read_command(text) == Command(verb=Verb.SUBMIT, text=text)


def test_a_review_may_name_its_project_on_either_side() -> None:
    wanted = Command(verb=Verb.REVIEW, target="45", options={"project": ("api",)})

    assert read_command("review PR #45 --project api") == wanted
    assert read_command("review --project api PR #45") == wanted
    assert read_command(written(wanted)) == wanted


def test_what_a_review_should_look_at_is_said_behind_two_dashes() -> None:
    wanted = Command(verb=Verb.REVIEW, target="45", text="look at the locking")

    assert read_command("review PR #45 -- look at the locking") == wanted
    assert read_command(written(wanted)) == wanted


def test_a_review_that_names_no_pull_request_is_asked_about_where_the_command_was_surely_meant() -> None:
    with pytest.raises(InvalidInputError, match="the name of one pull request"):
        read("review", "the login code")


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("address review", "review"),
        ("address the review", "review"),
        ("Address all the review comments, please".replace(",", ""), "review"),
        ("apply the feedback", "review"),
        ("fix the review comments", "review"),
        ("fix the checks", "checks"),
        ("fix ci", "checks"),
        ("please fix the failing checks", "checks"),
    ],
)
def test_in_a_tasks_thread_its_review_and_its_checks_are_seen_to_without_naming_the_task(text: str, about: str) -> None:
    wanted = Command(verb=Verb.ADDRESS, target="T142", text=about)

    assert said_in_thread(text, THREAD, addressed=False) == wanted
    assert typed_in_thread("", text, THREAD) == wanted


@pytest.mark.parametrize("text", ["fix the test", "fix the review page", "address the first point", "check it"])
def test_other_words_in_a_tasks_thread_are_for_its_agents(text: str) -> None:
    assert said_in_thread(text, THREAD, addressed=False) == Command(verb=Verb.STEER, target="T142", text=text)


def test_outside_of_a_thread_the_task_is_named() -> None:
    assert read_command("address T142 review") == Command(verb=Verb.ADDRESS, target="T142", text="review")
    assert spoken("address t142 also handle empty carts").command == Command(
        verb=Verb.ADDRESS, target="T142", text="also handle empty carts"
    )
    with pytest.raises(InvalidInputError, match="the name of one task"):
        read_command("address review")
    assert read_command("address the flaky test").verb is Verb.SUBMIT


def test_the_buttons_commands_are_read_as_what_they_say() -> None:
    for text in ("address T142 checks", "address T142 review"):
        command = read_command(text)
        assert read_command(written(command)) == command


def test_a_task_is_published_by_name_and_anything_else_is_a_request() -> None:
    assert read_command("publish T142") == Command(verb=Verb.PUBLISH, target="T142")
    assert read_command("publish the package to our index").verb is Verb.SUBMIT
