"""When git is lent a login: for clone and fetch, where it was not let in, and nowhere else."""

import pytest

from core.workspaces.git_credentials import wants_login

HUB = "https://github.com"
NOBODY = "fatal: could not read Username for 'https://github.com': terminal prompts disabled"


@pytest.mark.parametrize("command", ["clone", "fetch", "ls-remote"])
@pytest.mark.parametrize(
    "words",
    [
        NOBODY,
        "fatal: Authentication failed for 'https://github.com/acme/shop.git/'",
        "remote: Repository not found.\nfatal: repository 'https://github.com/acme/shop.git/' not found",
        "fatal: unable to access 'https://github.com/acme/shop.git/': The requested URL returned error: 403",
    ],
)
def test_it_is_where_git_was_not_let_in(command, words):
    assert wants_login(words, command=command, address=HUB)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("worktree", NOBODY),
        ("submodule", NOBODY),
        ("fetch", NOBODY.replace("github.com", "github.com.evil.example")),
        ("fetch", NOBODY.replace("github.com", "evil.example")),
        ("fetch", "fatal: unable to access 'https://github.com/acme/shop.git/': Could not resolve host: github.com"),
        ("fetch", "fatal: couldn't find remote ref refs/heads/main"),
    ],
)
def test_it_is_not_elsewhere(command, words):
    assert not wants_login(words, command=command, address=HUB)
