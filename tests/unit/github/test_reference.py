"""How issues and repositories may be written, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.github.reference import IssueName, issue_name, repository_name

HOST = "github.com"


@pytest.mark.parametrize(
    ("written", "repository", "number"),
    [
        ("123", "", 123),
        ("#123", "", 123),
        ("acme/shop#123", "acme/shop", 123),
        ("https://github.com/acme/shop/issues/123", "acme/shop", 123),
        ("https://github.com/acme/shop/issues/123/", "acme/shop", 123),
        ("https://GitHub.com/acme/shop/issues/123#issuecomment-9", "acme/shop", 123),
        ("https://github.com/acme/shop/issues/123?q=1", "acme/shop", 123),
    ],
)
def test_issues_are_understood(written, repository, number):
    assert issue_name(written, host=HOST) == IssueName(repository=repository, number=number)


@pytest.mark.parametrize(
    "written",
    [
        *("", "#", "0", "007", "-1", "x", "1.5", "７", "7\n", "acme/shop", "acme/shop123", "acme/shop/7", "../x#7"),
        *("a/b/c#7", "https://gitlab.com/acme/shop/issues/7", "https://github.com.evil.example/a/b/issues/7"),
        *("https://github.com/acme/shop/pull/7", "ftp://github.com/a/b/issues/7", "http://[x/a/b/issues/7", "9" * 500),
    ],
)
def test_anything_else_names_no_issue(written):
    assert issue_name(written, host=HOST) is None


@given(st.text())
def test_whatever_is_written_is_read_without_complaint(text):
    assert issue_name(text, host=HOST) is None or any(letter.isdigit() for letter in text)
    repository_name(text, host=HOST)


@pytest.mark.parametrize(
    "address",
    [
        *("https://github.com/acme/shop.git", "https://github.com/acme/shop", "https://github.com/acme/shop/"),
        *("https://someone:secret@github.com/acme/shop.git", "git@github.com:acme/shop.git", "github.com:acme/shop"),
        *("ssh://git@github.com/acme/shop.git", "ssh://git@ssh.github.com:443/acme/shop.git"),
    ],
)
def test_repositories_are_known_by_every_address_git_takes(address):
    assert repository_name(address, host=HOST) == "acme/shop"


@pytest.mark.parametrize(
    "address",
    [
        *("", "/home/me/shop", "https://gitlab.com/acme/shop.git", "https://github.com/acme", "git@evil.com:acme/shop"),
        *("https://github.com/acme/..", "https://github.com@evil.com/acme/shop", "https://github.com/a/b/c"),
    ],
)
def test_other_addresses_are_none_of_ours(address):
    assert repository_name(address, host=HOST) == ""


def test_an_own_server_may_have_a_port():
    assert repository_name("http://127.0.0.1:8080/acme/shop.git", host="127.0.0.1:8080") == "acme/shop"
    assert repository_name("git@ghe.example:acme/shop.git", host="ghe.example:8443") == "acme/shop"
