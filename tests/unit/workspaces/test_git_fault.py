"""Git's words become errors that say what to do and hold no secret."""

import pytest

from core.workspaces.git_fault import fault, is_busy, lock_file


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("error: file write error: No space left on device", "disk is full", "Free some space"),
        ("error: unable to create file a: Permission denied", "does not allow writing", "who owns"),
        ("git@example.invalid: Permission denied (publickey).", "did not accept our credentials", "ssh key"),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", "credentials", "helper"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "cannot be reached", "network"),
        ("fatal: not a git repository (or any of the parent directories): .git", "not a git repository", "git init"),
        ("fatal: bad object HEAD", "damaged", "git fsck"),
        ("fatal: something new", "something new", "by hand"),
    ],
)
def test_what_happened_and_what_to_do(words, message, hint):
    error = fault(words, doing="fetch origin")
    assert error.message.startswith("Could not fetch origin")
    assert message in error.message
    assert hint in error.hint


def test_credentials_in_addresses_are_not_repeated():
    error = fault("fatal: unable to access 'https://ann:hunter2@example.invalid/x.git/': SSL", doing="fetch")
    assert "hunter2" not in error.message
    assert "https://***@example.invalid/x.git/" in error.message


def test_long_words_are_cut():
    assert len(fault("x" * 100_000, doing="fetch").message) < 1000


def test_a_held_lock_is_worth_another_try_and_nothing_else_is():
    words = "fatal: Unable to create '/a b/.git/index.lock': File exists.\n\nAnother git process seems to be running"
    assert lock_file(words) == "/a b/.git/index.lock"
    assert is_busy(words)
    assert is_busy("error: cannot lock ref 'refs/heads/x': is at 1 but expected 2")
    assert is_busy("fatal: failed to read .git/worktrees/T1/commondir: Success")
    assert not is_busy("fatal: not a git repository")
