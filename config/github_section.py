"""The shape of what `orchestrator.toml` says about GitHub."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.chat_words import listen_address
from config.documents import Document

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}", re.ASCII)
_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?:[A-Za-z0-9._-]{1,100}|\*)", re.ASCII)
_TOKENS = ("github_pat_", "ghp_", "ghs_", "gho_")
_KEY = re.compile(r"-----BEGIN (?:RSA )?PRIVATE KEY-----")


def repository(name: str) -> str:
    """`owner/repo`, or ''; ValueError otherwise."""
    if name and not _REPOSITORY.fullmatch(name):
        raise ValueError('write it as "owner/repo".')
    return name


def _pattern(name: str) -> str:
    if not _PATTERN.fullmatch(name):
        raise ValueError('write it as "owner/repo", or "owner/*" for all of theirs.')
    return name


def _token(token: SecretStr) -> SecretStr:
    text = token.get_secret_value()
    if text and any(character.isspace() for character in text):
        raise ValueError("this is no token: it has blanks in it.")
    if text.startswith("-----BEGIN"):
        raise ValueError("this is a key; an App's key goes into private_key or private_key_file.")
    return token


def _private_key(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if text.startswith(_TOKENS):
        raise ValueError("this is a token; it goes into token.")
    if text and not _KEY.search(text):
        raise ValueError("this is no private key: it begins with -----BEGIN, as the file that GitHub gave has it.")
    return key


class GitHubSection(Document):
    """`[github]`: how GitHub is reached. Without a token or an App there is no GitHub."""

    token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    """A personal one: `github_pat_…`."""
    app_id: str = ""
    """Of a GitHub App, instead of a token: its id or client id."""
    private_key: Annotated[SecretStr, AfterValidator(_private_key)] = SecretStr("")
    """The App's key as text; or where it is, in `private_key_file`."""
    private_key_file: Path | None = None
    installation_id: Annotated[int, Field(ge=0)] = 0
    """Where the App is installed: the number at the end of the installation's address."""
    api_url: str = "https://api.github.com"
    """Of an Enterprise server: `https://<host>/api/v3`."""
    issues_from: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()
    """Private repositories whose issues people may name besides the project's own, as `owner/repo` or `owner/*`."""
    listen: Annotated[str, AfterValidator(listen_address)] = ""
    """Address and port for GitHub's webhooks, for what forwards them; '' means that GitHub is asked instead."""
    webhook_secret: SecretStr = SecretStr("")
    """Signs each webhook; needed with `listen`."""
    poll_s: Annotated[float, Field(ge=1, le=3600)] = 30.0
    """How often GitHub is asked about open pull requests, at most."""
    start_label: str = "orchestrate"
    """An issue that gets this label, from somebody who may write to the repository, becomes a task; '' means none."""

    @model_validator(mode="after")
    def _whole(self) -> "GitHubSection":
        if self.token.get_secret_value() and self.app_id:
            raise ValueError("there is a token and an App; leave one of them out.")
        key = bool(self.private_key.get_secret_value() or self.private_key_file)
        app = [bool(self.app_id), key, bool(self.installation_id)]
        if any(app) and not all(app):
            raise ValueError("an App needs all of app_id, private_key (or private_key_file) and installation_id.")
        if self.listen and not self.webhook_secret.get_secret_value():
            raise ValueError("listen needs webhook_secret: without it anybody could say they were GitHub.")
        return self

    @property
    def given(self) -> bool:
        """Whether there is any access."""
        return bool(self.token.get_secret_value() or self.app_id)


class LabelsSection(Document):
    """`[projects.NAME.labels]`: what an issue is labelled while a task works on it; '' means not."""

    in_progress: str = ""
    needs_approval: str = ""
    done: str = ""
