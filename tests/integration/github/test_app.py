"""GitHub Apps: a token is lent for an hour, used for calls and pushes, and renewed in time."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.forge import ForgeDeniedError

pytestmark = [pytest.mark.github, pytest.mark.slow]


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    """The App's private key and its public one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def settings(stage, github, keys):
    github.api.app_id, github.api.app_key = "4711", keys[1]
    return stage.settings(token="", app_id="4711", private_key=keys[0], installation_id=github.world.installation)


async def test_an_app_publishes_with_a_lent_token(stage, settings, github, draft):
    await stage.new_forge(settings).publish(stage.project, draft)

    assert stage.repository.branches()[draft.branch] == draft.commit
    assert stage.repository.pulls()[0].author == "orchestrator[bot]"
    assert len(github.calls("POST", "/access_tokens")) == 1


async def test_a_token_is_renewed_before_it_ends(stage, settings, github, clock):
    forge = stage.new_forge(settings)
    await forge.issue(stage.project, "7")
    clock.advance(minutes=54)
    await forge.issue(stage.project, "7")
    assert len(github.calls("POST", "/access_tokens")) == 1
    clock.advance(minutes=2)

    await forge.issue(stage.project, "7")

    assert len(github.calls("POST", "/access_tokens")) == 2


async def test_a_wrong_installation_is_said_to_be_wrong(stage, settings):
    with pytest.raises(ForgeDeniedError, match="not installed under the number 5"):
        await stage.new_forge(replace(settings, installation_id=5)).issue(stage.project, "7")


async def test_a_key_that_is_none_is_not_shown(stage, settings):
    with pytest.raises(ForgeDeniedError, match="private key cannot be used") as wrong:
        await stage.new_forge(replace(settings, private_key="-----BEGIN secretpart")).issue(stage.project, "7")
    assert "secretpart" not in f"{wrong.value} {wrong.value.hint}"


async def test_a_token_that_ends_in_the_middle_is_replaced_by_another(stage, settings, github):
    forge = stage.new_forge(settings)
    await forge.issue(stage.project, "7")
    end_lent_tokens(github)

    assert (await forge.issue(stage.project, "7")).title == "No discount"
    assert len(github.calls("POST", "/access_tokens")) == 2


async def test_also_when_it_ends_just_before_the_push(stage, settings, github, draft):
    forge = stage.new_forge(settings)
    github.faults.error("GET /acme/shop.git/info/refs", 401, times=2)  # git asks without a login first

    await forge.publish(stage.project, draft)

    assert stage.repository.branches()[draft.branch] == draft.commit
    assert len(github.calls("POST", "/access_tokens")) == 2


async def test_an_app_that_was_thrown_out_is_not_asked_for_ever(stage, settings, github):
    github.faults.error("/issues/7", 401, "Bad credentials", times=9)

    with pytest.raises(ForgeDeniedError, match="does not accept our token"):
        await stage.new_forge(settings).issue(stage.project, "7")
    assert len(github.calls("POST", "/access_tokens")) == 2


def end_lent_tokens(github) -> None:
    """As GitHub may, when somebody changes what the App is allowed."""
    for token in [each for each in github.world.tokens if each.startswith("ghs_")]:
        del github.world.tokens[token]
