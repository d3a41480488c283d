"""Masking: no known secret and no secret's shape gets through, ordinary text does, and quickly."""

import base64
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.masking import SecretMask

SECRETS = st.text(alphabet=st.characters(codec="utf-8"), min_size=6, max_size=40).filter(lambda s: "•" not in s)


@settings(deadline=None)
@given(SECRETS, st.text(), st.text())
def test_a_known_secret_never_gets_through_in_any_common_form(secret: str, before: str, after: str) -> None:
    mask = SecretMask([secret])
    for form in (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    ):
        masked = mask.mask(f"{before}{form}{after}")
        if form not in f"{before}•••{after}":
            assert form not in masked
        assert "•••" in masked


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=8),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=8),
)
def test_a_known_secret_is_found_inside_base64_wherever_it_stands(before: str, after: str) -> None:
    secret = "correct horse battery"
    encoded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    masked = SecretMask([secret]).mask(f"Basic {encoded}")
    assert "•••" in masked
    assert len(masked) < len(encoded)


def test_of_two_secrets_the_longer_goes_as_a_whole() -> None:
    assert SecretMask(["abcdef", "abcdef-more"]).mask("x abcdef-more y abcdef") == "x ••• y •••"


def test_values_too_short_to_be_secrets_do_not_eat_the_text() -> None:
    assert SecretMask(["", "on", "12345"]).mask("on 12345") == "on 12345"


PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nMIIEow+/=\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("key sk-ant-api03-AbC_d-eF.", "key •••."),
        ("ghp_" + "a1" * 18, "•••"),
        ("github_pat_" + "a1_" * 12, "•••"),
        ("xoxb-123456789012-abcdef", "•••"),
        ("AKIAIOSFODNN7EXAMPLE", "•••"),
        ("Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer •••"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic •••"),
        ("postgres://bot:hunter2@db:5432/x", "postgres://bot:•••@db:5432/x"),
        ("https://x.org/?a=1&password=hunter2&b=2", "https://x.org/?a=1&password=•••&b=2"),
        ("SLACK_TOKEN=abcdefgh", "SLACK_TOKEN=•••"),
        ("TOKEN=abcdefgh", "TOKEN=•••"),
        (f"a\n{PRIVATE}\nb", "a\n•••\nb"),
        ("cut -----BEGIN PRIVATE KEY-----\nMIIE", "cut •••"),
        ('{"t": "ghp_' + "b" * 36 + '"}', '{"t": "•••"}'),
    ],
)
def test_the_shape_of_a_secret_is_enough(text: str, masked: str) -> None:
    assert SecretMask([]).mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "the bearer of bad news", "ask-and-tell", "task-1234567890123456789012", "token = parse(line)", "http://host:8080/a@b",
        "sha256:0123456789abcdef0123456789abcdef01234567", "T142 orchestrate/T142-fix-total", "password: str",
    ],
)  # fmt: skip
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert SecretMask(["another-secret"]).mask(text) == text


@settings(deadline=None)
@given(st.text(), st.lists(SECRETS, max_size=3))
def test_masking_twice_changes_nothing_more(text: str, secrets: list[str]) -> None:
    mask = SecretMask(secrets)
    once = mask.mask(text)
    assert mask.mask(once) == once


@pytest.mark.parametrize(
    "unit",
    [
        "a", "-", "A_", "sk-", "eyJaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "://a:", "bearer ", "x=",
        "?key=", "TOKEN", "\n", "authorization: basic ", "12345678:", "•", "-----BEGIN ", "://", "0", "_", "A A",
    ],
)  # fmt: skip
def test_a_long_text_of_anything_is_masked_in_time_that_grows_with_it(unit: str) -> None:
    text = (unit * (200_000 // len(unit) + 1))[:200_000]
    mask = SecretMask([f"secret-value-{number}" for number in range(20)])
    started = time.process_time()
    mask.mask(text)
    # Some 0.05 s; anything that grows with the square would take minutes.
    assert time.process_time() - started < 5.0


def test_a_mask_does_not_print_its_secrets() -> None:
    assert "hunter22" not in repr(SecretMask(["hunter22"]))
