"""What requests ask for and how much they are: tables of realistic ones, and rules that hold for any text."""

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
MORE_REQUESTS: dict[TaskType, str] = {
    BUG: """
        Our CI has been red since Monday, tests in payments time out
        hey, the /orders endpoint returns duplicates
        When I click save twice the form submits twice. Please prevent that.
        The app freezes on large files
        Wrong currency symbol on invoices
        NullPointerException in OrderService
        KeyError: 'user_id' when opening the profile page
        Make the tests pass
        make sure the cart does not lose items after login
        The sidebar overlaps the content on small screens
        Timezone bug in the calendar
        Users are being charged twice
        patch the XSS vulnerability in the comment form
        Login fails with valid credentials after password reset
        search results don't update after filtering
        The date picker shows the wrong month in Safari
        we get a 500 error when uploading a file larger than 5 MB
        Fix: users cannot reset their password
        Bug: cannot delete projects
        Sometimes messages arrive out of order
        The export button does nothing
        Unable to connect after upgrading to 2.0
        Emails are sent to the wrong people
        memory usage grows without bound in the worker
        There's an issue with the checkout: taxes are computed on the net price
        Please look into issue #88 and fix it
        I get "permission denied" when I run the setup script
        Page is blank after logging in
        Images are not displayed on mobile
        tests/test_api.py::test_login fails on Windows
        Can't install the package on Python 3.13
        fix the bug in the refactoring from last week
        Fix the review page: it shows the wrong author
        solve the N+1 query problem in the orders view
        The CLI should exit with 1 on failure, but exits with 0
        Rounding is off by one cent in the totals
        Scrolling is jumpy in Firefox since the last update
        uploading a zip leads to a 413
        Logout button missing on tablet
        Deleting a user leaves orphaned files behind
        After the migration the sums differ by a few cents
        pressing back loses the form contents
        Fix flaky test test_retry
        resolve #91
    """,
    FEATURE: """
        Handle the case where the API returns 429
        implement #44
        Add pagination to the users list
        I need a script that imports customers from CSV
        New endpoint for health checks
        Please give admins the ability to suspend users
        Let users upload an avatar
        Support Python 3.14
        Integrate Stripe
        Add retry logic to the HTTP client with exponential backoff
        Create a new React component for the pricing table
        Add logging to the payment service
        Increase test coverage of the parser
        add tests for core/money.py
        Set up a GitHub Action that runs the linter
        Feature request: export to PDF
        Add caching to reduce load on the database
        Ship a dark theme
        Expose Prometheus metrics and write docs for them
        Add input validation to the signup form and fix the typo in its title
        Add comments to the parser explaining the state machine
        translate the app to French
        Add support for webhooks
        I want a command that prints the version
        Let people log in with GitHub
        Could we have a way to undo deletes?
        Implement rate limiting for the public API
        Build a small dashboard with the sales of the day
        Please extend the search with filters by date and author
        Add a review step to the publishing workflow
        Add a "report a bug" button
        Create a page that explains our pricing
        Add documentation search to the help centre
        Add an endpoint to refactor
        Add Dutch translations
        Store uploaded files in S3 instead of on disk
        Enable CORS for the API
        Show the last login time on the profile page
        write a benchmark for the parser
        Add e2e tests for the checkout
        It should be possible to filter by tag
        Add a CLI command for backups
        Please implement what is described in issue 12
        Create an integration test for the webhook
        Make the port configurable via an environment variable
        Provide a Docker image
        Users want to be notified when a build ends
        Accept YAML besides JSON
        Give every order a number people can read
        We should validate e-mail addresses
    """,
    CUSTOM: """
        OAuth login with Google
        Bump version to 1.2.3
        update dependencies
        Upgrade to Django 5
        Deploy the latest build to staging
        Rebase my branch on main
        Revert the last commit
        Tag a new release
        Merge PR #4
        say hello
        Bump the minimum Python version
        Cut a release
        Update the lockfile
        Regenerate the API client
        Run prettier on the whole repo
        do the thing we discussed
        ticket 4711
        The weekly report e-mail has last week's numbers
        Upgrade node to 22
        Run the benchmarks and post the numbers
        pin numpy below 2
    """,
    REVIEW: """
        Can you check PR 88?
        Could you review the changes in the auth branch before we merge?
        Look over my last commit please
        Check this diff for security problems
        Security audit of the upload code
        Review the architecture of the billing module
        What do you think about PR #12?
        Is PR 33 safe to merge?
        please do a code review of src/payments
        Have a look at PR 17 and tell me if it's ok
        Review and comment on the open pull requests
        can someone review my branch feature/login
        Go through the diff and list problems
        review the code for security issues
        Review the README changes in PR #9
        Review this: https://github.com/a/b/pull/3
        Please review the last three commits
        Do a security review of the login code
        Feedback on PR 7 please
    """,
    DOCS: """
        README is out of date
        Improve the README
        Write API docs for the orders endpoints
        Document how to run the project locally
        We need a migration guide for v2
        The installation instructions are wrong
        Fix broken links in the documentation
        Correct the spelling in CONTRIBUTING.md
        Update docstrings in the models package
        create a changelog entry for 2.1
        Write an ADR about the choice of database
        Explain in the README how to configure SSL
        Update the API documentation for v2
        Add a section about proxies to the README
        Write a getting started guide for new contributors
        the docs don't mention the --dry-run flag
        Document the environment variables
        Add JSDoc to all exported functions
        Add missing docstrings
        Improve the wording of the FAQ
        Generate API documentation with Sphinx
        Clean up the docs folder
        add a changelog page to the web app
        Spelling mistakes in the handbook
        Describe the deployment in the wiki
        add usage examples to the README
        The tutorial is missing a step
        Docs for the plugin API
        Restructure the documentation
    """,
    REFACTOR: """
        Refactor UserService to use dependency injection
        Remove duplicated code in the handlers
        Get rid of the global state in config.py
        Extract the validation into its own module
        Convert the class components to hooks
        Replace moment.js with date-fns
        Reduce complexity of the checkout function
        The code in utils.py is a mess, please tidy it up
        Optimise the SQL queries on the dashboard
        Speed up CI
        Port the build from webpack to vite
        Delete unused feature flags
        Break the monolith controller into smaller ones
        Use async/await instead of callbacks in the client
        Consolidate the two logging modules
        improve code quality of the importer
        Cleanup: unused imports
        Rename the package internally from foo to bar
        Move the helpers into a utils package
        Simplify the retry logic
        Refactor the tests to use fixtures
        refactoring of the session handling
        Turn the Cart class into a dataclass
        Reorganise the project folders
        Switch from requests to httpx
        Decrease the bundle size
        The importer is too slow, make it faster
        Performance: reduce the number of queries on the start page
        Clean the build cache
        Split the big test file
        Replace print statements with logging
        extract duplicated SQL into a helper
        Lower the memory footprint of the indexer
        Migrate tests from unittest to pytest
        Make the code in parser.py more readable
        Rename the module and update all imports
    """,
    RESEARCH: """
        Which database should we use for analytics?
        Find out why builds are slow
        How can I add a new locale?
        What is the difference between the two caches?
        Give me an overview of the authentication flow
        Is the cache thread-safe?
        Analyse the logs and tell me what causes the spikes
        Do we handle expired tokens correctly?
        Research options for full-text search
        List all endpoints without authentication
        Can this be done without a lock?
        Should we move to Kubernetes?
        Where is the retry limit defined?
        What would it take to support multi-tenancy?
        who calls Cart.total()?
        Compare our API with the OpenAPI spec and report differences
        Why is the build so slow?
        I wonder whether we still need Redis
        Do a spike on WebAssembly
        Look at how other projects handle plugins and summarise it
        Find all places where we parse dates
        Is there any dead code in the billing package?
        What are the pros and cons of switching to gRPC?
        How many endpoints do we have
        Understand how the scheduler decides what runs next
        Tell me which tests are flaky
        Check if we use any GPL dependencies
        Evaluate three PDF libraries
        How do we deploy to production?
        Explain why we need the lock in store.py
        Please check whether the licence allows this
        What happens when two workers take the same job
        Estimate how long the migration would take
        could you find out which version introduced the slowdown?
    """,
}
"""One request a line; what the rules cannot tell (a title without a verb, comments in code) is here as they take it."""


@pytest.mark.parametrize(("request_text", "kind", "complexity"), REQUESTS)
def test_a_request_is_taken_for_what_it_is(request_text: str, kind: TaskType, complexity: Complexity | None) -> None:
    found = assess(request_text)
    assert found.type is kind, found.reasons
    assert complexity in {None, found.complexity}, found.reasons
    assert all(found.reasons)


@pytest.mark.parametrize("kind", TaskType)
def test_requests_of_a_kind_are_taken_for_it(kind: TaskType) -> None:
    requests = [line.strip() for line in MORE_REQUESTS[kind].strip().splitlines()]
    assert len(requests) >= 10
    wrong = {text: found.reasons for text in requests if (found := assess(text)).type is not kind}
    assert not wrong


SIZES: dict[Complexity, str] = {
    SIMPLE: """
        Fix a typo in the footer
        Rename the variable foo to bar
        Bump lodash to 4.17.21
        Change the button colour to green
        Add a comment to parse()
        What does Cart.total() return?
    """,
    MODERATE: """
        Add pagination to the users list
        Fix issue #5 in cart.py
        The date picker shows the wrong month in Safari
        Add a logout button
        Refactor UserService to use dependency injection
        How does our architecture deal with failures, and what would you change about it?
    """,
    COMPLEX: """
        Migrate the database from MySQL to PostgreSQL
        Rewrite the frontend in React
        Redesign the permission system across the whole application
        Introduce multi-tenancy
        Add a microservice for notifications with a queue, webhooks and an admin dashboard
        Replace the ORM everywhere
        Rename the field in the API, the database, the CLI, the admin dashboard and the export
    """,
}


@pytest.mark.parametrize("size", Complexity)
def test_requests_of_a_size_are_taken_for_it(size: Complexity) -> None:
    requests = [line.strip() for line in SIZES[size].strip().splitlines()]
    wrong = {text: found.reasons for text in requests if (found := assess(text)).complexity is not size}
    assert not wrong


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


def test_reading_about_much_is_complex_only_when_it_is_very_much() -> None:
    assert assess("Explain our migration to the new database").complexity is MODERATE
    everything = "Compare the API, CLI, worker, queue and dashboard for how they deal with concurrent changes"
    assert assess(everything).complexity is COMPLEX


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
    started = time.process_time()
    assess(text)
    assert time.process_time() - started < 1
