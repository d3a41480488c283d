"""Settings of GitHub: what is refused and how it is said, what is secret, and which projects are there."""

from pathlib import Path

import pytest

from bot.github_app import github_app, is_there
from config.settings import Settings, load_settings
from core.domain.errors import ConfigurationError
from core.domain.project import IssueLabels, PublishGate

TOKEN = "github_pat_hush_hush"
SHOP = '[projects.shop]\npath = "a"\ngithub = "acme/shop"\n'


def load(folder: Path, text: str) -> Settings:
    (folder / "orchestrator.toml").write_text(text)
    return load_settings(config=None, cwd=folder, environ={"HOME": str(folder)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[github]\ntoken = "hush hush"\n', "github.token: this is no token: it has blanks"),
        ('[github]\ntoken = "-----BEGIN"\n', "github.token: this is a key; an App's key goes into private_key"),
        ('[github]\nprivate_key = "ghp_hush"\n', "github.private_key: this is a token; it goes into token"),
        ('[github]\nprivate_key = "hush"\n', "github.private_key: this is no private key: it begins with -----BEGIN"),
        ('[github]\napp_id = "7"\n', "github: an App needs all of app_id, private_key"),
        ('[github]\ntoken = "ghp_x"\napp_id = "7"\n', "github: there is a token and an App"),
        ('[github]\ntoken = "ghp_x"\nlisten = "127.0.0.1:80"\n', "github: listen needs webhook_secret"),
        ('[github]\nissues_from = ["acme"]\n', 'github.issues_from[0]: write it as "owner/repo", or "owner/*"'),
        (f'{SHOP}[github]\ntokn = "ghp_x"\n', "github.tokn is not a known key. Did you mean token?"),
        ('[projects.shop]\npath = "a"\ngithub = "shop"\n', 'projects.shop.github: write it as "owner/repo"'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, text)
    assert said in caught.value.message
    assert "hush" not in f"{caught.value} {caught.value.hint}"


def test_without_an_access_there_is_no_github(tmp_path: Path) -> None:
    assert github_app(load(tmp_path, '[projects.shop]\npath = "a"\n')) is None


def test_a_project_at_github_without_an_access_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        github_app(load(tmp_path, SHOP))
    assert "Project shop is at GitHub, and there is no access" in caught.value.message


def test_the_key_of_an_app_may_be_in_a_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text("-----BEGIN PRIVATE KEY-----")
    text = '[github]\napp_id = "7"\nprivate_key_file = "app.pem"\ninstallation_id = 8\n'

    given = github_app(load(tmp_path, text))

    assert given is not None
    assert (given.app_id, given.private_key, given.installation_id) == ("7", "-----BEGIN PRIVATE KEY-----", 8)


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = '[github]\napp_id = "7"\nprivate_key_file = "app.pem"\ninstallation_id = 8\n'
    with pytest.raises(ConfigurationError, match=r"app\.pem cannot be read: No such file"):
        github_app(load(tmp_path, text))


def test_projects_are_there_by_name_or_by_address(tmp_path: Path) -> None:
    elsewhere = '[projects.web]\nurl = "https://github.com/acme/web"\n[projects.lib]\nurl = "https://git.test/a/b"\n'
    settings = load(tmp_path, f'[github]\ntoken = "{TOKEN}"\n{SHOP}{elsewhere}')

    given = github_app(settings)

    assert given is not None
    assert {name: is_there(project, given) for name, project in settings.projects.items()} == {
        "shop": True,
        "web": True,
        "lib": False,
    }
    assert given.repositories == {"shop": "acme/shop"}


def test_secrets_are_masked_and_what_a_project_says_of_its_issues_is_kept(tmp_path: Path) -> None:
    more = 'publish_gate = "always"\nlabels = { in_progress = "doing", done = "done" }\n'
    hook = 'listen = "127.0.0.1:9000"\nwebhook_secret = "hush-hush"\n'
    settings = load(tmp_path, f'{SHOP}{more}[github]\ntoken = "{TOKEN}"\n{hook}')

    project = settings.project("shop")

    assert {TOKEN, "hush-hush"} <= set(settings.secrets())
    assert "hush" not in f"{settings.shown()} {settings!r}"
    assert project.publish_gate is PublishGate.ALWAYS
    assert project.labels == IssueLabels(in_progress="doing", done="done")
    given = github_app(settings)
    assert given is not None
    assert (given.host_address, given.port) == ("127.0.0.1", 9000)
    assert "hush" not in repr(given)
