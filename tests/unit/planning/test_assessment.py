"""What requests ask for and how much they are: a table of real ones, and rules that hold for any text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.task import Complexity, TaskType
from core.planning.assessment import assess, workflow_for

BUG, FEATURE, REVIEW = TaskType.BUG_FIX, TaskType.FEATURE, TaskType.CODE_REVIEW
DOCS, REFACTOR, RESEARCH = TaskType.DOCUMENTATION, TaskType.REFACTORING, TaskType.RESEARCH
CUSTOM = TaskType.CUSTOM
SIMPLE, MODERATE, COMPLEX = Complexity.SIMPLE, Complexity.MODERATE, Complexity.COMPLEX

TRACE = """Traceback (most recent call last):
  File "/srv/app/cart.py", line 31, in total
    return sum(items) / count
ZeroDivisionError: division by zero
"""
JAVA = """Exception in thread "main" java.lang.NullPointerException
    at com.shop.Cart.total(Cart.java:31)
    at com.shop.Main.main(Main.java:7)
"""
LONG_BUG = (
    "Since the release of last Tuesday the nightly export of invoices stops half way through the customers. "
    "We looked at the log and see that it always ends after the same customer. " * 8
)
EPIC = """Add invitations to workspaces:
- an endpoint in the API that creates one
- a page in the frontend where one accepts it
- an e-mail with the link
- a nightly job that removes the expired ones
- permissions: only admins may invite
- documentation for all of it
"""

REQUESTS: list[tuple[str, TaskType, Complexity | None]] = [
    # faults
    ("fix issue #123", BUG, MODERATE),
    ("Fix #7 please", BUG, MODERATE),
    ("Could you please fix the login button? It does nothing on Safari.", BUG, None),
    ("The total is wrong when the cart is empty", BUG, MODERATE),
    ("login doesn't work", BUG, MODERATE),
    ("Users can’t log in since yesterday", BUG, MODERATE),
    ("App crashes on startup with an empty config", BUG, MODERATE),
    ("If the file is missing, the CLI hangs. Expected: an error message.", BUG, None),
    ("[Bug] Dark mode: white text on white background", BUG, None),
    ("fix(parser): off-by-one in pager.py", BUG, SIMPLE),
    ("fix typo", BUG, SIMPLE),
    ("typo in the error message of parse()", BUG, SIMPLE),
    ("Fix the typo in the button label on the checkout page", BUG, SIMPLE),
    ("Stop the importer from crashing on empty lines", BUG, MODERATE),
    ("Prevent duplicate e-mails when the worker restarts", BUG, MODERATE),
    ("Resolve the memory leak in the websocket handler", BUG, MODERATE),
    ("Debug why sessions vanish after a deploy and fix it", BUG, MODERATE),
    ("Find out why checkout returns 500 and fix it", BUG, MODERATE),
    ("Investigate the failing nightly job, then repair it", BUG, MODERATE),
    ("fix the failing test in tests/test_cart.py", BUG, SIMPLE),
    ("The docs build fails on CI", BUG, MODERATE),
    ("Fix the crash described in the docs", BUG, MODERATE),
    ("We see a deadlock between two concurrent checkouts", BUG, COMPLEX),
    ("Regression: sorting by price is broken again", BUG, MODERATE),
    ("npm test is flaky, please make it stop", BUG, MODERATE),
    (TRACE, BUG, None),
    (JAVA, BUG, None),
    ("Checkout with a coupon:\n\n" + TRACE, BUG, None),
    ("```\nadd review refactor\n```\nThis throws when x is None", BUG, MODERATE),
    (LONG_BUG, BUG, MODERATE),
    ("fix the race condition across all services", BUG, COMPLEX),
    # new things
    ("add dark mode", FEATURE, MODERATE),
    ("Please add a --json flag to the status command", FEATURE, MODERATE),
    ("Can we add two-factor login?", FEATURE, None),
    ("Can you add a test for the bug in #12?", FEATURE, MODERATE),
    ("add a test for the bug", FEATURE, MODERATE),
    ("write unit tests for the failing parser", FEATURE, MODERATE),
    ("add error handling to the parser", FEATURE, MODERATE),
    ("Handle empty input gracefully", FEATURE, MODERATE),
    ("Implement the export as described in the docs", FEATURE, None),
    ("implement issue #5", FEATURE, MODERATE),
    ("Build a docs search endpoint", FEATURE, MODERATE),
    ("add an upload to the documentation service", FEATURE, None),
    ("I'd like you to create an endpoint that lists all orders", FEATURE, MODERATE),
    ("As a customer I want to export my invoices as CSV", FEATURE, MODERATE),
    ("It would be nice to see the weather on the dashboard", FEATURE, MODERATE),
    ("We need support for PostgreSQL 18", FEATURE, MODERATE),
    ("feat: keyboard shortcuts", FEATURE, MODERATE),
    ("In the API package, expose the rate limits", FEATURE, MODERATE),
    ("Show a friendly error page instead of the white one", FEATURE, MODERATE),
    ("Change the default value of the timeout to 30 s", FEATURE, SIMPLE),
    ("Make the retry count configurable", FEATURE, MODERATE),
    ("Users should be able to delete their account", FEATURE, MODERATE),
    ("Improve the error messages of the importer", FEATURE, None),
    ("prefix all names", FEATURE, MODERATE),
    ("Remove the beta banner", FEATURE, MODERATE),
    ("Implement single sign-on", FEATURE, COMPLEX),
    ("Add a plug-in system with an event-driven architecture", FEATURE, COMPLEX),
    ("Allow a REST client to pause a task: API, CLI, database and docs", FEATURE, COMPLEX),
    (EPIC, FEATURE, COMPLEX),
    ("Add a small tooltip to the save button", FEATURE, SIMPLE),
    ("Add a filter to the bug tracker page", FEATURE, MODERATE),
    # reviews
    ("review PR #45", REVIEW, MODERATE),
    ("Please review https://github.com/octo/shop/pull/45", REVIEW, MODERATE),
    ("Can you take a look at my changes on the branch feature/cart?", REVIEW, MODERATE),
    ("code review of the payment module", REVIEW, MODERATE),
    ("Audit the authentication code", REVIEW, MODERATE),
    ("Give me feedback on the diff of yesterday", REVIEW, MODERATE),
    ("PR #45", REVIEW, MODERATE),
    ("We need a security review before the release", REVIEW, MODERATE),
    ("check the pull request of Anna for bugs", REVIEW, MODERATE),
    # documents
    ("fix the docs", DOCS, MODERATE),
    ("Fix a typo in the README", DOCS, SIMPLE),
    ("typo in README.md", DOCS, SIMPLE),
    ("Update the installation guide", DOCS, MODERATE),
    ("document the public API", DOCS, MODERATE),
    ("Write a tutorial for the plugin interface", DOCS, MODERATE),
    ("docs: explain the cache", DOCS, MODERATE),
    ("Add docstrings to core/cache.py", DOCS, SIMPLE),
    ("The README is wrong about the port", DOCS, MODERATE),
    ("Rewrite the docs/setup.md page", DOCS, None),
    ("Translate the user manual to German", DOCS, MODERATE),
    ("Please add the new flags to the changelog", DOCS, MODERATE),
    ("Documentation for webhooks is missing", DOCS, MODERATE),
    # same behaviour, better code
    ("refactor and speed up the importer", REFACTOR, MODERATE),
    ("Refactor the bug tracker client", REFACTOR, MODERATE),
    ("Rename getCwd to getCurrentDirectory", REFACTOR, SIMPLE),
    ("Clean up the error handling in the parser", REFACTOR, MODERATE),
    ("remove dead code from the billing package", REFACTOR, MODERATE),
    ("Make the start page load faster", REFACTOR, MODERATE),
    ("Improve the performance of the search", REFACTOR, MODERATE),
    ("Migrate from callbacks to async everywhere", REFACTOR, COMPLEX),
    ("Rewrite the scheduler from scratch", REFACTOR, COMPLEX),
    ("Split cart.py into smaller modules", REFACTOR, None),
    ("Let's extract the price rules into a class of their own", REFACTOR, MODERATE),
    ("fix lint warnings", REFACTOR, MODERATE),
    ("Reduce the memory used by the indexer", REFACTOR, MODERATE),
    ("Add type hints to the whole code base", REFACTOR, COMPLEX),
    ("refactor the docs generator", REFACTOR, MODERATE),
    # questions
    ("how does the cache work?", RESEARCH, SIMPLE),
    ("How does the cache work", RESEARCH, SIMPLE),
    ("Why does the login fail for new users?", RESEARCH, SIMPLE),
    ("What would break if we dropped Python 3.10?", RESEARCH, SIMPLE),
    ("Is there a way to export the report as PDF?", RESEARCH, SIMPLE),
    ("Explain the retry logic to me", RESEARCH, SIMPLE),
    ("Compare Redis and Memcached for our session store", RESEARCH, SIMPLE),
    ("Hi team, could you look into why the tests got slower this month?", RESEARCH, SIMPLE),
    ("Investigate whether we can drop the old API", RESEARCH, SIMPLE),
    ("Summarise what the billing package does", RESEARCH, SIMPLE),
    ("Estimate the effort to support Windows", RESEARCH, SIMPLE),
    ("Spike: feasibility of offline mode", RESEARCH, None),
    # none of these
    ("Bump requests to 2.32", CUSTOM, SIMPLE),
    ("Update all dependencies", CUSTOM, MODERATE),
    ("Upgrade Django from 4.2 to 5.2", CUSTOM, MODERATE),
    ("Run the nightly job once", CUSTOM, MODERATE),
    ("release 1.4", CUSTOM, MODERATE),
    ("chore: tidy", CUSTOM, None),
    ("issue 12", CUSTOM, MODERATE),
    ("shop", CUSTOM, MODERATE),
    ("🙂", CUSTOM, MODERATE),
    ("Hello!", CUSTOM, MODERATE),
]  # fmt: skip


@pytest.mark.parametrize(("request_text", "kind", "complexity"), REQUESTS)
def test_a_request_is_taken_for_what_it_is(request_text: str, kind: TaskType, complexity: Complexity | None) -> None:
    found = assess(request_text)
    assert found.type is kind, found.reasons
    assert complexity in {None, found.complexity}, found.reasons
    assert all(found.reasons)


@pytest.mark.parametrize(
    ("request_text", "labels", "kind"),
    [
        ("implement issue #5", ("Bug",), BUG),
        ("implement issue #5", ("enhancement", "type: bug"), BUG),
        ("issue #5", ("kind/documentation",), DOCS),
        ("issue #5", ("good first issue", "feature-request"), FEATURE),
        ("fix issue #5", ("enhancement",), FEATURE),
        ("issue #5", ("question",), RESEARCH),
        ("fix issue #5", ("needs-triage", ""), BUG),
    ],
)
def test_the_labels_of_the_issue_go_before_the_words(
    request_text: str, labels: tuple[str, ...], kind: TaskType
) -> None:
    assert assess(request_text, labels=labels).type is kind


def test_labels_say_how_much_it_is() -> None:
    assert assess("fix issue #5", labels=("epic",)).complexity is COMPLEX
    assert assess("fix issue #5", labels=("good first issue",)).complexity is SIMPLE
    assert assess("migrate everything everywhere", labels=("easy",)).complexity is COMPLEX


def test_a_very_long_request_is_complex_and_says_why() -> None:
    found = assess("The report is wrong. " + "It should show the sum of the day for each shop. " * 40)
    assert found.type is BUG
    assert found.complexity is COMPLEX
    assert any("words" in reason for reason in found.reasons)


def test_the_reasons_quote_what_was_found() -> None:
    assert assess("Please rename cart.py").reasons == ('it asks to "rename"', 'it is short and says "rename"')
    assert assess("x y z").reasons[0] == "no rule knows its kind"
    assert assess("fix it", labels=("type: bug",)).reasons[0] == 'the issue has the label "type: bug"'


def test_every_kind_of_work_has_a_workflow() -> None:
    assert {kind: workflow_for(kind) for kind in TaskType} == {
        BUG: "bug_fix",
        FEATURE: "feature_implementation",
        REVIEW: "code_review",
        DOCS: "documentation",
        REFACTOR: "refactoring",
        RESEARCH: "research",
        CUSTOM: "custom",
    }


@settings(deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_is_assessed_and_twice_the_same(text: str, labels: list[str]) -> None:
    found = assess(text, labels=labels)
    assert found == assess(text, labels=labels)
    assert found.reasons


@pytest.mark.parametrize(
    "text",
    [
        "issue " * 20_000, "a/" * 50_000, "please " * 15_000, "and then " * 12_000, "fix the " * 12_000, "```" * 30_000,
        "- " * 50_000, "https://" * 12_000, "x" * 100_000, "(" * 100_000, "a." * 50_000, "as a " * 20_000,
        "\n" * 100_000, "  at a" * 15_000, "make " * 20_000, "update a " * 11_000, "> " * 50_000, "in a " * 20_000,
    ],
)  # fmt: skip
def test_huge_and_hostile_requests_take_no_time(text: str) -> None:
    started = time.perf_counter()
    assess(text)
    assert time.perf_counter() - started < 1
