"""What a message to us means: commands, requests, questions, small talk, words for agents."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.grammar import Command, Verb
from bot.conversation.messages import InThread, Meant, said_in_thread, said_to_question, spoken, typed, typed_in_thread
from core.domain.approval import Approval, ApprovalKind, Choice, Question
from core.domain.errors import InvalidInputError
from core.domain.identity import ApprovalId, StepName, TaskId

pytestmark = pytest.mark.slack

THREAD = InThread(task=TaskId("T142"), waiting=(ApprovalId("A17"),))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("fix issue #123", Meant(command=Command(verb=Verb.SUBMIT, text="fix issue #123"))),
        ("status", Meant(command=Command(verb=Verb.STATUS))),
        ("is T142 done?", Meant(command=Command(verb=Verb.TASK, target="T142"))),
        ("why is T142 slow", Meant(command=Command(verb=Verb.TASK, target="T142"))),
        ("T142?", Meant(command=Command(verb=Verb.TASK, target="T142"))),
        ("show me the status of t142 please", Meant(command=Command(verb=Verb.TASK, target="T142"))),
        ("tell me about T142", Meant(command=Command(verb=Verb.TASK, target="T142"))),
        ("why is T1 older than T2?", Meant(command=Command(verb=Verb.STATUS))),
        ("what does A17 want?", Meant(command=Command(verb=Verb.STATUS))),
        ("what can I ask?", Meant(command=Command(verb=Verb.HELP))),
        ("is anyone there?", Meant(command=Command(verb=Verb.HELP))),
        ("who broke the build", Meant(command=Command(verb=Verb.SUBMIT, text="who broke the build"), sure=False)),
        (
            "when the user leaves, say goodbye",
            Meant(command=Command(verb=Verb.SUBMIT, text="when the user leaves, say goodbye")),
        ),
        (
            "is T1 done with its work on the parser, then remove its branch",
            Meant(
                command=Command(
                    verb=Verb.SUBMIT, text="is T1 done with its work on the parser, then remove its branch"
                ),
                sure=False,
            ),
        ),
        ("why is the sum wrong?", Meant(command=Command(verb=Verb.SUBMIT, text="why is the sum wrong?"), sure=False)),
        ("hello!", Meant(command=Command(verb=Verb.HELP))),
        ("what can you do?", Meant(command=Command(verb=Verb.HELP))),
        ("re-test", Meant(command=Command(verb=Verb.SUBMIT, text="re-test"))),
    ],
)
def test_what_is_said_outside_of_a_tasks_thread(text: str, meant: Meant) -> None:
    assert spoken(text) == meant


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("fix the sum", True),
        ("could you fix the sum?", True),
        ("fix the sum, why does it give three?", True),
        ("why does the sum give three?", False),
        ("who broke the build", False),
    ],
)
def test_what_is_typed_after_our_name_is_asked_about_only_when_it_begins_as_a_question(text: str, sure: bool) -> None:
    assert typed(text) == Meant(command=Command(verb=Verb.SUBMIT, text=text), sure=sure)


def test_a_greeting_typed_after_our_name_asks_for_help() -> None:
    assert typed("hello!") == Meant(command=Command(verb=Verb.HELP))


def steer(text: str) -> Command:
    return Command(verb=Verb.STEER, target="T142", text=text)


@pytest.mark.parametrize("addressed", [True, False])
@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("use tabs", steer("use tabs")),
        ("retry the request when it fails", steer("retry the request when it fails")),
        ("pause", Command(verb=Verb.PAUSE, target="T142")),
        ("Stop!", Command(verb=Verb.CANCEL, target="T142")),
        ("approve", Command(verb=Verb.APPROVE, target="A17")),
        ("approve A18", Command(verb=Verb.APPROVE, target="A18")),
        ("cancel T7", Command(verb=Verb.CANCEL, target="T7")),
        ("diff", Command(verb=Verb.DIFF, target="T142")),
        ("help", Command(verb=Verb.HELP)),
    ],
)
def test_what_is_said_in_a_tasks_thread(text: str, command: Command, *, addressed: bool) -> None:
    assert said_in_thread(text, THREAD, addressed=addressed) == command


@pytest.mark.parametrize("text", ["how long will it take?", "why is it so slow?", "what's happening?", "is it stuck?"])
def test_a_question_to_us_in_a_thread_is_about_its_task(text: str) -> None:
    command = said_in_thread(text, THREAD, addressed=True)

    assert command.target == "T142" or command.verb is Verb.STATUS
    assert command.verb in {Verb.TASK, Verb.STATUS}
    assert said_in_thread(text, THREAD, addressed=False) == steer(text)


@pytest.mark.parametrize("text", ["can you use tabs?", "why not use tabs?", "could you also mend the docs?", "tabs?"])
def test_a_wish_that_is_put_as_a_question_is_for_the_agents(text: str) -> None:
    assert said_in_thread(text, THREAD, addressed=True) == steer(text)


def test_which_question_a_bare_yes_answers_is_not_guessed() -> None:
    several = InThread(task=TaskId("T142"), waiting=(ApprovalId("A17"), ApprovalId("A18")))

    with pytest.raises(InvalidInputError):
        said_in_thread("approve", several, addressed=True)
    assert said_in_thread("approve", several, addressed=False) == steer("approve")


def test_a_command_without_a_name_counts_when_we_are_spoken_to() -> None:
    assert said_in_thread("costs month", THREAD, addressed=True).verb is Verb.COSTS
    assert said_in_thread("costs month", THREAD, addressed=False) == steer("costs month")


@given(text=st.text(max_size=80))
def test_talk_in_a_thread_is_never_refused_and_never_begins_a_task(text: str) -> None:
    assert said_in_thread(text, THREAD, addressed=False).verb is not Verb.SUBMIT


@pytest.mark.parametrize("text", ["how is it going?", "what's happening?", "what are you doing?"])
def test_how_it_goes_is_asked_about_the_threads_task(text: str) -> None:
    command = said_in_thread(text, THREAD, addressed=True)
    assert command == Command(verb=Verb.TASK, target="T142", text=text)


@pytest.mark.parametrize(("text", "verb"), [("retry it", Verb.RETRY), ("cancel it", Verb.CANCEL)])
def test_said_to_us_it_is_the_threads_task_and_to_nobody_words_for_its_agents(text: str, verb: Verb) -> None:
    assert said_in_thread(text, THREAD, addressed=True) == Command(verb=verb, target="T142")
    assert said_in_thread(text, THREAD, addressed=False) == steer(text)


def test_an_amount_that_is_typed_in_a_tasks_thread_is_for_that_task() -> None:
    meant = typed_in_thread("budget", "set $5", InThread(task=TaskId("T7")))
    assert meant == Command(verb=Verb.BUDGET, target="T7", text="$5")
    assert typed_in_thread("budget", "5", InThread(task=TaskId("T7"))) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("in the loft", "in the loft"),
        ("list", "list"),
        ("Stop", "Stop"),
        ("stop the old one first", "stop the old one first"),
        ("status of the order", "status of the order"),
        ("pause", None),
        ("deny.", None),
        ("deny A17 too risky", None),
        ("  ", None),
    ],
)
def test_a_reply_to_a_question_is_its_answer_unless_it_is_surely_a_command(text: str, answer: str | None) -> None:
    asked = Approval(
        id=ApprovalId("A17"),
        key="k",
        task=TaskId("T142"),
        step=StepName("build"),
        kind=ApprovalKind.QUESTION,
        title="Where?",
        questions=(Question(text="Where?", choices=(Choice(label="stop"),)), Question(text="And then?")),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    expected = Command(verb=Verb.ANSWER, target="A17", options={"answer": (answer, answer)}) if answer else None
    assert said_to_question(text, asked) == expected
