"""Settings of Telegram and Discord: what is refused and how it is said, and what is secret."""

from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from core.domain.errors import ConfigurationError

TELEGRAM, DISCORD, SECRET = "4711:very-secret-aaaaaaaaaaaaaaa", "very.secret.token", "very-secret"
SHOP = '[projects.shop]\npath = "a"\n'


def load(folder: Path, text: str) -> Settings:
    (folder / "orchestrator.toml").write_text(text)
    return load_settings(config=None, cwd=folder, environ={"HOME": str(folder)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[telegram]\nbot_token = "very-secret"\n', "telegram.bot_token: this is no bot token: copy the line"),
        ('[telegram]\nwebhook_secret = "very secret"\n', "telegram.webhook_secret: use up to 256 letters"),
        ('[telegram]\npublic_url = "http://x"\n', "telegram.public_url: write the whole address, such as https://"),
        ('[telegram]\nlisten = "8443"\n', "telegram.listen: write an address and a port"),
        ('[telegram]\ngroups = ["shop"]\n', "telegram.groups[0]: 'shop' is no group; write its number"),
        ('[discord]\nbot_token = "very-secret"\n', "discord.bot_token: this is no bot token"),
        ('[discord]\nguilds = ["acme"]\n', "discord.guilds[0]: 'acme' is no id"),
        ('[discord]\nchannels = ["#api"]\n', "discord.channels[0]: '#api' is no id"),
        ('[access]\nadmins = ["telegram:@alice"]\n', "'telegram:@alice' names nobody; write a person of Telegram"),
        ('[access]\nadmins = ["telegram:*"]\n', "'telegram:*' names nobody"),
        ('[access]\nadmins = ["discord:1/*"]\n', "'discord:1/*' names nobody; write a person of Discord"),
        (f'{SHOP}chat = {{ channels = ["telegram:4711"] }}\n', "'telegram:4711' is no channel; write a group"),
        (f'{SHOP}chat = {{ channels = ["discord:4711"] }}\n', "'discord:4711' is no channel; write it as discord:1"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, text)
    assert said in caught.value.message
    assert "very-secret" not in f"{caught.value} {caught.value.hint}"


def test_people_and_channels_of_every_platform_can_be_named(tmp_path: Path) -> None:
    people = ["telegram:4711", "discord:4711", "discord:1234/role:5678"]
    channels = ["telegram:-1001234", "discord:1234/5678", "slack:T1/C1"]

    settings = load(tmp_path, f"[access]\nadmins = {people}\n{SHOP}chat = {{ channels = {channels} }}\n")

    assert settings.access.admins == tuple(people)
    assert settings.project("shop").channels == tuple(channels)


def test_tokens_are_secret_and_masked(tmp_path: Path) -> None:
    text = f'[telegram]\nbot_token = "{TELEGRAM}"\nwebhook_secret = "{SECRET}"\n[discord]\nbot_token = "{DISCORD}"\n'

    settings = load(tmp_path, text)

    assert {TELEGRAM, SECRET, DISCORD} <= set(settings.secrets())
    assert SECRET not in f"{settings.shown()} {settings!r}"
    assert settings.shown()["telegram.bot_token"].value == "•••"
