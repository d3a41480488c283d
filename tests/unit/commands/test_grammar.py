"""What may follow `/orchestrate`, what is a request, and what is asked back when it is not clear."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.commands.grammar import Command, Verb, read, read_command, read_verb, written
from bot.commands.verbs import ALIASES, TYPED
from bot.commands.vocabulary import ENTRIES, SUBMIT_OPTIONS
from core.domain.errors import InvalidInputError

pytestmark = pytest.mark.slack


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Command(verb=Verb.HELP)),
        ("help", Command(verb=Verb.HELP)),
        ("help retry", Command(verb=Verb.HELP, text="retry")),
        ("status", Command(verb=Verb.STATUS)),
        ("Status?", Command(verb=Verb.STATUS)),
        ("status t142", Command(verb=Verb.STATUS, target="T142")),
        ("cancel 142", Command(verb=Verb.CANCEL, target="T142")),
        ("cancel T142 wrong branch", Command(verb=Verb.CANCEL, target="T142", text="wrong branch")),
        ("cancel T142, wrong branch", Command(verb=Verb.CANCEL, target="T142", text="wrong branch")),
        ("approve A17", Command(verb=Verb.APPROVE, target="A17")),
        ("approve A17.", Command(verb=Verb.APPROVE, target="A17")),
        ("approve A17 --always", Command(verb=Verb.APPROVE, target="A17", options={"always": ("",)})),
        ("Deny a17  use the other table", Command(verb=Verb.DENY, target="A17", text="use the other table")),
        ('deny A17 --reason "no, not so"', Command(verb=Verb.DENY, target="A17", options={"reason": ("no, not so",)})),
        ("answer A18 --choice 2", Command(verb=Verb.ANSWER, target="A18", options={"choice": ("2",)})),
        ("revise A17 also update the docs", Command(verb=Verb.REVISE, target="A17", text="also update the docs")),
        ("steer T1 wait --to T1.3", Command(verb=Verb.STEER, target="T1", text="wait", options={"to": ("T1.3",)})),
        ("retry T142 --from build", Command(verb=Verb.RETRY, target="T142", options={"from": ("build",)})),
        ("retry --from build T142", Command(verb=Verb.RETRY, target="T142", options={"from": ("build",)})),
        ("rewind T142 build", Command(verb=Verb.REWIND, target="T142", text="build")),
        ("fork T1 stdlib --at b", Command(verb=Verb.FORK, target="T1", text="stdlib", options={"at": ("b",)})),
        ("priority T142 high", Command(verb=Verb.PRIORITY, target="T142", text="high")),
        ("compare T142 143", Command(verb=Verb.COMPARE, target="T142 T143")),
        ("agent 142.3", Command(verb=Verb.AGENT, target="T142.3")),
        ("logs T142", Command(verb=Verb.LOGS, target="T142")),
        ("logs t142.3 --tail 50", Command(verb=Verb.LOGS, target="T142.3", options={"tail": ("50",)})),
        ("tasks failed", Command(verb=Verb.TASKS, options={"state": ("failed",)})),
        ("tasks --limit 5", Command(verb=Verb.TASKS, options={"limit": ("5",)})),
        ("costs month --project api", Command(verb=Verb.COSTS, part="month", options={"project": ("api",)})),
        ("project use api", Command(verb=Verb.PROJECT, part="use", text="api")),
        ("projects", Command(verb=Verb.PROJECT)),
        ("template show fix-issue", Command(verb=Verb.TEMPLATE, part="show", text="fix-issue")),
        ("notify quiet 22:00-07:00", Command(verb=Verb.NOTIFY, part="quiet", text="22:00-07:00")),
        ("estimate fix issue #123", Command(verb=Verb.ESTIMATE, text="fix issue #123")),
        ("stop T142", Command(verb=Verb.CANCEL, target="T142")),
        ("please cancel T142", Command(verb=Verb.CANCEL, target="T142")),
        ("/orchestrate approve A17", Command(verb=Verb.APPROVE, target="A17")),
        ("`approve A17`", Command(verb=Verb.APPROVE, target="A17")),
    ],
)  # fmt: skip
def test_commands_are_recognised(text: str, command: Command) -> None:
    assert read_command(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Hi!", Command(verb=Verb.HELP)),
        ("👍", Command(verb=Verb.HELP)),
        ("thanks a lot", Command(verb=Verb.HELP)),
        ("what can you do?", Command(verb=Verb.HELP)),
        ("What's running right now?", Command(verb=Verb.STATUS)),
        ("what’s up", Command(verb=Verb.STATUS)),
        ("who is working?", Command(verb=Verb.AGENTS)),
        ("how much did we spend this month?", Command(verb=Verb.COSTS, part="month")),
        ("what may I do here?", Command(verb=Verb.WHOAMI)),
        ("how is T142 doing?", Command(verb=Verb.TASK, target="T142")),
        ("Why did task T142 fail?", Command(verb=Verb.TASK, target="T142")),
    ],
)
def test_a_short_question_about_the_work_is_answered_and_begins_none(text: str, command: Command) -> None:
    assert read_command(text) == command


@pytest.mark.parametrize("text", ["yes", "OK!", "go ahead", "stop"])
def test_an_answer_to_nobody_knows_what_is_asked_about(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(text)
    assert caught.value.hint


def test_running_a_template_is_a_request_with_its_values() -> None:
    said = "template run fix-issue --set issue=123 --set “scope=src and docs” --project api"
    assert read_command(said) == Command(
        verb=Verb.SUBMIT,
        options={"set": ("issue=123", "scope=src and docs"), "project": ("api",), "template": ("fix-issue",)},
    )


REQUESTS = [
    "fix issue #123",
    "status page is broken",
    "cancel 12 subscriptions at once is slow",
    "approve button has the wrong colour",
    "help page needs a link",
    "help me with the login",
    "quit dialog hangs",
    "template list is slow",
    "project use of unsafe code is too high",
    "notify me when the build is done",
    "please fix the login",
    "task list does not scroll",
    "test",
    "costs are shown wrong",
    "new login page",
    "compare the two parsers and keep the faster",
    "steer clear of globals in the parser",
    'say "use --project api" in the readme',
    "say 'use --project api'",
    "write down what `--project api` means",
    "fix this:\n```\norchestrator run --mode parallel\n```",
    "fix this:\n```\nstatus\n--priority high",
    "they wrote\n> run it with --mode parallel",
    "add a --quiet option",
    "add an option --quiet",
    "document what --mode and --model mean for beginners",
    "see https://example.com/a?b=--project and <#C1|api>, @bob",
    "don't say it's done --eh",
    "5\" and 6\" screens are cut",
    "das Menü geht nicht auf — bitte prüfen",
    "--quiet is ignored",
    "what is running on port 8080?",
    "why does the login fail?",
    "how much memory did we spend on caches?",
    "is T1 done, then remove its branch",
    "why did T1 and T2 fail?",
    "hi, please fix the login",
    "yes or no dialogs need icons",
    "go ahead and remove the old parser",
]  # fmt: skip


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_comes_out_to_the_letter(text: str) -> None:
    assert read_command(text) == Command(verb=Verb.SUBMIT, text=text)


@pytest.mark.parametrize("text", [text for text in REQUESTS if not text.startswith("--")])
@pytest.mark.parametrize("options", ["--project api --priority high", "--priority=high --project api"])
def test_options_are_taken_from_the_beginning_of_any_request(text: str, options: str) -> None:
    command = read_command(f"{options} {text}")
    assert (command.text, command.option("project"), command.option("priority")) == (text, "api", "high")


@pytest.mark.parametrize(
    ("text", "request_text", "options"),
    [
        ("fix it --project api", "fix it", {"project": ("api",)}),
        ("fix it —project api", "fix it", {"project": ("api",)}),
        ("fix it –priority high", "fix it", {"priority": ("high",)}),
        ("-p api fix it", "fix it", {"project": ("api",)}),
        ("fix it\n--project api\n--include-analyst", "fix it", {"project": ("api",), "include-analyst": ("",)}),
        ("fix it --priority HIGH", "fix it", {"priority": ("high",)}),
        ("--mode parallel fix it --model sonnet", "fix it", {"mode": ("parallel",), "model": ("sonnet",)}),
        ("fix `a --b` --plan-gate never", "fix `a --b`", {"plan-gate": ("never",)}),
        ("fix\n```\n--mode parallel\n```\n--mode auto", "fix\n```\n--mode parallel\n```", {"mode": ("auto",)}),
        ("--template fix-issue --set issue=1", "", {"template": ("fix-issue",), "set": ("issue=1",)}),
        ("--project a fix it --project b", "fix it", {"project": ("a", "b")}),
    ],
)
def test_options_stand_at_either_end(text: str, request_text: str, options: dict[str, tuple[str, ...]]) -> None:
    assert read_command(text) == Command(verb=Verb.SUBMIT, text=request_text, options=options)


def test_the_last_of_several_values_counts() -> None:
    assert read_command("--project a fix it --project b").option("project") == "b"


@pytest.mark.parametrize("text", ["status", "approve A17", "--project api", "help", "-- x"])
def test_two_dashes_in_front_make_anything_a_request(text: str) -> None:
    assert read_command(f"-- {text}") == Command(verb=Verb.SUBMIT, text=text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("aprove A17", "Did you mean: approve A17 ?"),
        ("stauts", "Did you mean: status ?"),
        ("tsaks --limit 5", "Did you mean: tasks --limit 5 ?"),
        ("resuem T142", "Did you mean: resume T142 ?"),
        ("projct list", "Did you mean: project list ?"),
        ("estimte fix issue #1", "Did you mean: estimate fix issue #1 ?"),
        ("merge T142", "Type help for the commands."),
        ("close a17", "Type help for the commands."),
        ("fix it --projct api", "Did you mean --project?"),
        ("--modle opus fix it", "Did you mean --mode or --model?"),
        ("tasks --limt 5", "Did you mean --limit?"),
        ("agents --al", "Did you mean --all?"),
        ("fix it --priority urgent", "It can be high, normal or low."),
        ("fix it --mode", "It can be auto, parallel or sequential."),
        ("--project api status", "For example: status T142"),
        ("task T142 is stuck", "To hand it over as a request, put -- in front."),
        ("rewind T142", "For example: rewind T142 build"),
        ("compare T142", "For example: compare T142 T143"),
        ("agents --all=yes", "Write --all alone."),
    ],
)
def test_what_is_nearly_a_command_is_asked_about_and_never_begun(text: str, hint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize("verb", [verb for verb in TYPED if ENTRIES[verb].target and not ENTRIES[verb].target_optional])
def test_a_command_without_its_name_says_what_is_missing(verb: Verb) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(verb.value)
    assert caught.value.hint.startswith(f"For example: {verb.value} ")


def test_a_misspelt_command_names_the_nearest_one() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_verb("aprove", "A17")
    assert caught.value.hint == "Did you mean approve?"


def test_a_word_that_is_no_command_leads_to_help() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_verb("zzz", "")
    assert "help" in caught.value.hint


def test_a_command_of_its_own_is_never_taken_for_a_request() -> None:
    assert read("approve", "17") == Command(verb=Verb.APPROVE, target="A17")
    with pytest.raises(InvalidInputError):
        read("cancel", "the subscriptions")


@pytest.mark.parametrize("verb", list(Verb))
def test_every_example_in_the_help_is_what_it_says(verb: Verb) -> None:
    entry = ENTRIES[verb]
    assert entry.says
    for example in entry.examples:
        command = read_command(example)
        assert command.verb is verb or (verb is Verb.TEMPLATE and command.verb is Verb.SUBMIT), example
        assert read_command(written(command)) == command


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("show T1", "task T1"),
        ("show me T1", "task T1"),
        ("show T1.2", "agent T1.2"),
        ("T1", "task T1"),
        ("t1.2", "agent T1.2"),
        ("view 12", "task 12"),
        ("watch T1", "task T1"),
        ("show the costs", "costs"),
        ("show costs month", "costs month"),
        ("please show me the status", "status"),
        ("list", "tasks"),
        ("list failed", "tasks failed"),
        ("list tasks", "tasks"),
        ("list all agents", "agents"),
        ("list projects", "project"),
        ("show the logs T1", "logs T1"),
        ("changes T1", "diff T1"),
        ("approvals", "status"),
        ("rerun T1", "retry T1"),
        ("hold T1 until monday", "pause T1 until monday"),
        ("tell T1 use tabs", "steer T1 use tabs"),
        ("reply A18 the second", "answer A18 the second"),
        ("yes A17", "approve A17"),
        ("ok, a17", "approve A17"),
        ("no A17, use the other table", "deny A17 use the other table"),
        ("decline A17", "deny A17"),
        ("me", "whoami"),
        ("?", "help"),
    ],
)
def test_other_words_for_a_command_mean_the_same(text: str, means: str) -> None:
    assert read_command(text) == read_command(means)


@pytest.mark.parametrize(
    "text",
    [
        "show the user's picture on the page",
        "show costs per order in the admin page",
        "list all open ports in the readme",
        "view the logs of the server and find the leak",
        "history of prices must be kept",
        "message the user when the build fails",
        "changes to the schema need a migration",
        "bill customers in euros",
        "yes or no questions need two buttons",
        "no A4 paper, use letter",
        "tell users about the new version",
        "running tests takes too long, make them faster",
        "clean up the repository",
        "init the submodules in CI",
        "get the status code right",
    ],
)
def test_a_request_that_begins_like_a_command_stays_one(text: str) -> None:
    assert read_command(text) == Command(verb=Verb.SUBMIT, text=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cancel everything", "cancel needs the name of one task."),
        ("stop it", "cancel needs the name of one task."),
        ("pause all tasks", "pause needs the name of one task."),
        ("approve it", "approve needs the name of one approval."),
        ("approve T1", "approve needs the name of one approval."),
        ("show A1", "task needs the name of one task."),
        ("A17", "What about A17?"),
    ],
)
def test_what_is_said_of_nothing_in_particular_is_asked_about_and_is_no_request(text: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(text)
    assert caught.value.message == said


@pytest.mark.parametrize("text", ["doctor", "Worker", "init"])
def test_a_command_of_the_server_is_no_request(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(text)
    assert f"On the server: orchestrator {text.lower()}." in caught.value.hint


@pytest.mark.parametrize(
    ("text", "near"), [("shwo T1", "show T1"), ("rerunn T1", "rerun T1"), ("spendings", "spending")]
)
def test_a_slip_of_another_word_is_asked_about_too(text: str, near: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(text)
    assert f"Did you mean: {near} ?" in caught.value.hint


def test_no_other_name_hides_a_verb() -> None:
    assert not set(ALIASES) & {verb.value for verb in Verb}


def _option_free(text: str) -> bool:
    """Whether nothing in `text` could be an option, so that none may be taken from it."""
    return not any(mark in text for mark in ("--", "–", "—", "-p", "-m", "-w", "-s"))


@given(words=st.lists(st.sampled_from(["fix", "the", "`code --mode auto`", '"--project x"', "T12", "#5", "\n"])))
def test_words_quotes_and_code_in_a_request_are_kept(words: list[str]) -> None:
    text = " ".join(["repair", *words, "today"])
    assert read_command(text) == Command(verb=Verb.SUBMIT, text=text)


@given(text=st.text(max_size=300))
def test_any_text_without_options_is_a_command_or_comes_out_unchanged(text: str) -> None:
    assume(_option_free(text))
    try:
        command = read_command(text)
    except InvalidInputError as error:
        assert error.hint
        return
    if command.verb is Verb.SUBMIT:
        assert command.text == text.strip()


_ODD = st.text(st.sampled_from("ab \"'`“«=-—\n>"), max_size=12)


@given(text=st.text(max_size=300), value=_ODD, analyst=st.booleans())
def test_what_a_button_stands_for_is_read_back_to_the_letter(text: str, value: str, analyst: bool) -> None:
    assume("```" not in value and not ('"' in value and "“" in value and "«" in value))
    options = {"set": (f"title={value}",), **({"include-analyst": ("",)} if analyst else {})}
    command = Command(verb=Verb.SUBMIT, text=text.strip(), options=options)
    assert read_command(written(command)) == command


@given(text=st.text(max_size=200))
def test_a_reason_on_a_button_is_read_back_to_the_letter(text: str) -> None:
    command = Command(verb=Verb.DENY, target="A17", text=text.strip())
    assert read_command(written(command)) == command


_PARTS = [*(f"--{each.name}" for each in SUBMIT_OPTIONS), "a", "`", '"', ">", "=", "\n", "—", "--"]


@given(parts=st.lists(st.sampled_from(_PARTS)))
def test_whatever_is_typed_is_read_or_asked_about(parts: list[str]) -> None:
    try:
        read_command(" ".join(parts))
    except InvalidInputError as error:
        assert error.hint


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("budget T142", Command(verb=Verb.BUDGET, target="T142")),
        ("budget 142", Command(verb=Verb.BUDGET, target="T142")),
        ("budget T142 7.50", Command(verb=Verb.BUDGET, target="T142", text="7.50")),
        ("budget T142 raise", Command(verb=Verb.BUDGET, target="T142", text="raise")),
        ("budget set T142 7.50", Command(verb=Verb.BUDGET, part="set", text="T142 7.50")),
        ("budget", Command(verb=Verb.BUDGET)),
        ("approve A17 --amount 5", Command(verb=Verb.APPROVE, target="A17", options={"amount": ("5",)})),
        ("fix it --budget 5", Command(verb=Verb.SUBMIT, text="fix it", options={"budget": ("5",)})),
        ("budget page for the web shop", Command(verb=Verb.SUBMIT, text="budget page for the web shop")),
    ],
)
def test_a_tasks_budget_is_shown_set_and_asked_for(text: str, command: Command) -> None:
    assert read_command(text) == command
    assert read_command(written(command)) == command
