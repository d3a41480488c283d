"""Setting Telegram up: settings are added to without harm, and who writes to the bot is told by number."""

from pathlib import Path

import pytest

from bot.settings_tables import extended, missing
from bot.telegram_setup import TelegramIds, TelegramSetup, bot_steps, by_hand, last_steps, tables
from bot.telegram_visitors import Visitor, visitor_of
from config.settings import load_settings

pytestmark = pytest.mark.telegram
IDS = TelegramIds(username="acme_bot", admin=4711, group=-1001234)
KNOWN = TelegramSetup(ids=IDS, project="my.shop")
UNKNOWN = TelegramSetup(ids=TelegramIds(), project="shop")
ALICE = {"id": 4711, "is_bot": False, "first_name": "Alice", "username": "alice"}
SHOP = {"id": -1001234, "type": "supergroup", "title": "Shop"}
OURSELVES = {"id": 1, "is_bot": True, "first_name": "Bot"}


@pytest.mark.parametrize(
    "setup", [KNOWN, UNKNOWN, TelegramSetup(ids=IDS), TelegramSetup(ids=TelegramIds(), http_url="https://o.example")]
)
def test_what_is_added_can_be_read_as_settings(tmp_path: Path, setup: TelegramSetup) -> None:
    before = '[projects."my.shop"]\npath = "a"\n[projects.shop]\npath = "b"\n'
    text = extended(before, missing(tables(setup), text=before))
    (tmp_path / "orchestrator.toml").write_text(text)

    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})

    assert text.startswith(before)
    assert settings.telegram.mode == ("webhook" if setup.http_url else "polling")
    assert settings.telegram.public_url == setup.http_url
    assert settings.access.admins == (("telegram:4711",) if setup.ids.admin else ())
    assert settings.telegram.groups == (("-1001234",) if setup.ids.group and not setup.project else ())
    assert settings.project("my.shop").channels == (("telegram:-1001234",) if setup is KNOWN else ())
    assert missing(tables(setup), text=text) == {}
    assert by_hand(setup, settings, text=text) == []


def test_a_table_that_is_there_is_left_alone_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    before = '[telegram]\n[access]\nadmins = ["slack:T1/U1"]\n[projects."my.shop"]\npath = "a"\nchat = {}\n'
    (tmp_path / "orchestrator.toml").write_text(before)
    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    setup = TelegramSetup(ids=IDS, project="my.shop", http_url="https://o.example")

    assert missing(tables(setup), text=before) == {}
    assert by_hand(setup, settings, text=before) == [
        '[telegram] mode = "webhook"',
        '[telegram] public_url = "https://o.example"',
        '[access] admins = ["slack:T1/U1", "telegram:4711"]',
        '[projects."my.shop".chat] channels = ["telegram:-1001234"]',
    ]
    assert by_hand(TelegramSetup(ids=IDS), settings, text=before)[0] == '[telegram] groups = ["-1001234"]'


def test_the_steps_tell_only_what_is_left_to_do() -> None:
    begun = "\n".join([*bot_steps(), *last_steps(UNKNOWN, settings_step="HERE")])
    done = "\n".join(last_steps(KNOWN, settings_step="HERE"))

    assert all(
        word in begun
        for word in ("BotFather", "/newbot", "ORCHESTRATOR_TELEGRAM__BOT_TOKEN", "Your own number", "HERE")
    )
    assert "Your own number" not in done
    assert "https://t.me/acme_bot" in done


@pytest.mark.parametrize(
    ("update", "visitor"),
    [
        ({"message": {"chat": {"type": "private"}, "from": ALICE}}, Visitor(number=4711, name="Alice (@alice)")),
        ({"message": {"chat": {"type": "private"}, "from": OURSELVES}}, None),
        ({"message": {"chat": SHOP, "from": ALICE}}, Visitor(number=-1001234, name="Shop")),
        ({"message": {"chat": {"type": "channel", "id": -5, "title": "News"}}}, None),
        (
            {"message": {"chat": {"id": -7, "type": "group", "title": "Shop"}, "migrate_to_chat_id": -1001234}},
            Visitor(number=-1001234, name="Shop"),
        ),
        (
            {"my_chat_member": {"chat": SHOP, "from": ALICE, "new_chat_member": {"status": "member"}}},
            Visitor(number=-1001234, name="Shop"),
        ),
        ({"my_chat_member": {"chat": SHOP, "from": ALICE, "new_chat_member": {"status": "kicked"}}}, None),
        ({"my_chat_member": {"chat": {"type": "private", "id": 4711}, "new_chat_member": {"status": "member"}}}, None),
        ({"message": {"chat": {"type": "private"}, "from": {"id": 5, "first_name": "\x1b[2J\nX"}}}, "no escapes"),
        ({"callback_query": {}}, None),
        ({}, None),
    ],
)
def test_who_comes_is_told_by_number(update: dict[str, object], visitor: Visitor | str | None) -> None:
    found = visitor_of(update)

    if visitor == "no escapes":
        assert found is not None
        assert found.name.isprintable()
    else:
        assert found == visitor
