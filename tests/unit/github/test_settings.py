"""Where GitHub is and how it is entered."""

import pytest

from adapters.github.settings import GitHubSettings
from core.domain.errors import ConfigurationError


@pytest.mark.parametrize(
    ("api_url", "web_url"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://ghe.example/api/v3", "https://ghe.example"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080"),
    ],
)
def test_repositories_are_beside_the_api(api_url, web_url):
    assert GitHubSettings(token="t", api_url=api_url).web_url == web_url


@pytest.mark.parametrize(
    ("api_url", "graphql_url"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://ghe.example/api/v3/", "https://ghe.example/api/graphql"),
    ],
)
def test_the_other_api_is_beside_it_too(api_url, graphql_url):
    assert GitHubSettings(token="t", api_url=api_url).graphql_url == graphql_url


def test_a_token_does_not_go_over_an_open_line():
    with pytest.raises(ConfigurationError, match="not encrypted"):
        GitHubSettings(token="t", api_url="http://ghe.example/api/v3")


def test_half_an_app_is_no_access():
    with pytest.raises(ConfigurationError, match="neither a token nor a complete App"):
        GitHubSettings(app_id="1", private_key="k")


def test_secrets_are_not_shown():
    shown = repr(GitHubSettings(token="s3cret", private_key="k3y"))
    assert "s3cret" not in shown
    assert "k3y" not in shown
